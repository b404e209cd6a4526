// SPDX-License-Identifier: Apache-2.0
//
// Short forms of the campaigns; the long ones are `./dev faults`.
#include <catch2/catch_test_macros.hpp>

#include "tests/fault/campaign.hpp"

namespace kari::faults {
namespace {

void check(const Told& told, std::uint64_t least) {
    std::string all;
    for (const std::string& one : told.violations)
        all += "\n" + one;
    INFO(all);
    CHECK(told.violations.empty());
    CHECK(told.faults >= least);
}

TEST_CASE("power that goes at any call leaves an image with all that was durable") {
    check(cut_power(1, 40), 40);
}

TEST_CASE("a call to the disk that fails is told, and tablet and server go on") {
    check(fail_calls(1, 7, "write: give"), 4);
    check(fail_calls(1, 17, "exchange: push and pull"), 4);
}

TEST_CASE("a damaged page is noticed, and costs no unsent change of another page") {
    check(damage_pages(1, 7), 8);
}

TEST_CASE("the images would show a database that does not flush its commits") {
    check(cut_power_on_rows(1, 40, ""), 40);
    CHECK(!cut_power_on_rows(1, 40, "PRAGMA synchronous = NORMAL").violations.empty());
}

}  // namespace
}  // namespace kari::faults
