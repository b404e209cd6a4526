// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kari::fhir::test {

// One full example of a kind: every element that is mapped, and beside each some that are not.
struct Example {
    std::string_view type;
    std::string_view json;
    // The mapped elements. "a[].b" is b of each item of a.
    std::vector<std::string_view> mapped;
};

const std::vector<Example>& care_examples();  // of the kinds of care.proto
const std::vector<Example>& examples();       // all

}  // namespace kari::fhir::test
