// SPDX-License-Identifier: Apache-2.0
//
// Correcting a dose of which two say otherwise.
#include <catch2/catch_test_macros.hpp>

#include "tests/unit/device/ward.hpp"

using namespace kari;
using namespace kari::test;

TEST_CASE("who corrects a dose of which two say how much says how much it was") {
    Ward ward(310);
    const auto given = take(ward.device.give(ward.dose()));
    const auto correct = [&](const EditToken& token, const char* tablets) {
        DoseCorrection out;
        out.token = token;
        out.reason = "looked at the package";
        if (*tablets != '\0') out.dose = Quantity{*Decimal::parse(tablets), "{tablet}", "tablet"};
        return ward.device.correct_dose(out);
    };
    REQUIRE(correct(given.token, "2").has_value());
    REQUIRE(correct(given.token, "3").has_value());  // from the same view
    const auto shown = ward.chart().administrations.at(0);
    REQUIRE(shown.statement.contested);
    const auto refused = correct(shown.token, "");
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == ErrorCode::invalid_argument);
    CHECK(explain(refused.error(), Language::en).what_to_do.find("how much") != std::string::npos);
    CHECK(ward.chart().administrations.at(0).statement.contested);
    REQUIRE(correct(shown.token, "3").has_value());
    CHECK(ward.chart().administrations.at(0).statement.value->dose->value.text() == "3");
}

TEST_CASE("a reason for what was shown is none for what has arrived since under the same rule") {
    Ward ward(311);
    AllergyEntry mild = beta_blocker_allergy();
    mild.criticality = "low";
    REQUIRE(ward.device.add_allergy(ward.citizen.record, mild).has_value());
    DoseEntry entry = ward.dose();
    for (const DoseWarning& one : take(ward.device.check_dose(entry))) {
        REQUIRE_FALSE(one.shown.empty());
        entry.overrides.push_back({one.rule, "agreed with Dr Li", one.shown});
    }
    DoseEntry unnamed = entry;
    for (Override& one : unnamed.overrides)
        one.shown.clear();
    REQUIRE(ward.device.add_allergy(ward.citizen.record, beta_blocker_allergy()).has_value());
    const auto refused = ward.device.give(entry);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == ErrorCode::reason_required);
    CHECK(refused.error().what == "dose/given-against-allergy");
    for (const DoseWarning& one : take(ward.device.check_dose(entry)))
        entry.overrides.push_back({one.rule, "agreed with Dr Li once more", one.shown});
    CHECK(ward.device.give(entry).has_value());
    // Whoever does not say what was shown is taken to have read all of it.
    CHECK(ward.device.check_dose(unnamed).has_value());
}

TEST_CASE("blanks are no reason, and one that is longer than a reason may be is not kept") {
    Ward ward(313);
    REQUIRE(ward.device.add_allergy(ward.citizen.record, beta_blocker_allergy()).has_value());
    DoseEntry entry = ward.dose();
    entry.overrides = {{"dose/given-against-allergy", "  "}};
    CHECK(ward.device.give(entry).error().code == ErrorCode::reason_required);
    entry.overrides = {{"dose/given-against-allergy", std::string(3'000, 'x')}};
    CHECK(ward.device.give(entry).error().code == ErrorCode::too_large);
    entry.overrides = {{"dose/given-against-allergy", "agreed with Dr Li"}};
    CHECK(ward.device.give(entry).has_value());
}
