// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch_test_macros.hpp>

#include "sdk/clinical/second_person.hpp"

namespace kari::clinical {
namespace {

TEST_CASE("only a known code with words after it waives a second person, and is kept as the code") {
    CHECK(waiver("alone: nobody near") == "alone-in-home: nobody near");
    CHECK(waiver("Alene:ingen") == "alone-in-home: ingen");
    CHECK(waiver("alone-in-home: x") == "alone-in-home: x");
    CHECK(waiver("AKUTT: kramper") == "emergency: kramper");
    CHECK(waiver("Palliativ plan: avtalt") == "palliative-plan: avtalt");
    for (const auto* reason : {"", "alone", "alone:", "alone:  ", ": alone", "I was alone: yes",
                               "Bjorn looks at it", "no: time"}) {
        INFO(reason);
        CHECK_FALSE(waiver(reason));
    }
}

}  // namespace
}  // namespace kari::clinical
