// SPDX-License-Identifier: Apache-2.0
//
// The package that a dose is taken from, as a nurse scans it.
#include <catch2/catch_test_macros.hpp>

#include "tests/unit/device/ward.hpp"

using namespace kari;
using namespace kari::test;

namespace {

std::vector<std::string> asked(Ward& ward, const DoseEntry& entry) {
    std::vector<std::string> out;
    for (const auto& warning : take(ward.device.check_dose(entry))) {
        if (!warning.rule.starts_with("entry/scan")) continue;
        out.push_back(warning.rule + (warning.needs_reason ? "!" : ""));
    }
    return out;
}
using Rules = std::vector<std::string>;

// Of the drug that the ward's order is for.
constexpr const char* k_metoprolol = "000025";

TEST_CASE("a package of another drug or past its day takes a reason of its own, and is kept") {
    Ward ward(101);
    auto entry = ward.dose();
    CHECK(asked(ward, entry).empty());
    // The order is of a tablet, of a strength that it does not say.
    entry.scanned = k_metoprolol;
    CHECK(asked(ward, entry) == Rules{"entry/scan-unclear"});
    entry.scanned =
        "0107038381000022"
        "17200131"
        "10AB-12\x1d"
        "21S1";
    CHECK(asked(ward, entry) == Rules{"entry/scan-other-drug!", "entry/scan-expired!"});
    const auto warnings = take(ward.device.check_dose(entry));
    const auto told = std::find_if(warnings.begin(), warnings.end(), [](const auto& one) {
        return one.rule == "entry/scan-other-drug";
    });
    CHECK(told->severity == 1);
    CHECK(told->sentence.find("Demo ibuprofen") != std::string::npos);
    for (const auto& warning : warnings) {
        if (warning.rule != "entry/scan-expired") entry.overrides.push_back({warning.rule, "so"});
    }
    CHECK(ward.device.give(entry).error().what == "entry/scan-expired");
    entry.overrides.push_back({"entry/scan-expired", "nothing else in the home"});
    const auto given = take(ward.device.give(entry));
    const auto all = ward.chart().administrations;
    REQUIRE(all.size() == 1);
    CHECK(all[0].resource == given.resource);
    const auto& package = all[0].statement.value->package;
    REQUIRE(package);
    CHECK(package->gtin == "07038381000022");
    CHECK(package->expires == "2020-01-31");
    CHECK(package->lot == "AB-12");
    CHECK(package->serial == "S1");
}

TEST_CASE(
    "a package that nobody knows is said to be unknown, and one that cannot be read is refused") {
    Ward ward(102);
    auto entry = ward.dose();
    entry.scanned = "099999";
    CHECK(asked(ward, entry) == Rules{"entry/scan-unknown"});
    entry.scanned = "7038381000016";
    const auto refused = ward.device.check_dose(entry);
    CHECK(refused.error().code == ErrorCode::malformed);
    CHECK(refused.error().what.starts_with("entry/scan-unreadable"));
    CHECK(explain(refused.error(), Language::en).what_to_do.find("article number") !=
          std::string::npos);
    CHECK(ward.device.give(entry).error().code == ErrorCode::malformed);
    CHECK(ward.chart().administrations.empty());
    entry.scanned.clear();
    for (const auto& warning : take(ward.device.check_dose(entry)))
        entry.overrides.push_back({warning.rule, "so"});
    CHECK(ward.device.give(entry).has_value());
}

}  // namespace
