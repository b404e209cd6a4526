// SPDX-License-Identifier: Apache-2.0
// Resources to import, and what every report of an import must say.
#pragma once

#include <string>

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/fhir/kept_journal.hpp"

namespace kari::fhir::test {

inline const std::string k_weight =
    R"({"resourceType":"Observation","id":"o1","status":"final","code":{"text":"Weight"},)"
    R"("subject":{"reference":"Patient/p1"},"valueQuantity":{"value":72.10,"unit":"kg"}})";

inline std::string observation(const std::string& id, const std::string& subject) {
    return R"({"resourceType":"Observation","id":")" + id +
           R"(","status":"final","code":{"text":"x"},"subject":)" + subject + '}';
}

inline std::string order(const std::string& id, const std::string& more) {
    return R"({"resourceType":"MedicationRequest","id":")" + id +
           R"(","status":"active","intent":"order","subject":{"reference":"Patient/p1"},)" + more +
           '}';
}

// in == by_kind + rejected, and what was counted was stored.
inline void check_sums(const ImportReport& report) {
    std::uint64_t taken = 0;
    for (const auto& [type, count] : report.by_kind)
        taken += count;
    CHECK(report.in == taken + report.rejected_count);
    CHECK(taken == report.written + report.unchanged);
    CHECK(report.rejected.size() == report.rejected_count);
}

inline const ImportNote& only_rejection(const ImportReport& report) {
    REQUIRE(report.rejected.size() == 1);
    return report.rejected.front();
}

}  // namespace kari::fhir::test
