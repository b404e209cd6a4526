// SPDX-License-Identifier: Apache-2.0
//
// More of a drug than the pack says is given, as a nurse gives it and takes down an order of it.
#include <catch2/catch_test_macros.hpp>

#include "tests/unit/device/ward.hpp"

using namespace kari;
using namespace kari::test;

namespace {

// An order of so many tablets at eight, of a strength where one is stated.
EditToken order(Ward& ward, std::uint64_t number, const char* atc, const char* tablets,
                const char* strength, const char* unit = "mg") {
    v1::MedicationRequest order = order_of(atc, "en tablett");
    auto& prescription = *order.mutable_prescription();
    if (*strength != '\0') {
        prescription.mutable_strength()->mutable_numerator()->set_value(strength);
        prescription.mutable_strength()->mutable_numerator()->set_code(unit);
        prescription.mutable_strength()->mutable_denominator()->set_value("1");
        prescription.mutable_strength()->mutable_denominator()->set_code("{tablet}");
    }
    prescription.mutable_dosage(0)->mutable_dose_and_rate(0)->mutable_dose_quantity()->set_value(
        tablets);
    const auto id = id_of<ResourceId>(number);
    order.mutable_lineage()->set_first_order(base::to_bytes(id));
    ward.server->put(*ward.citizen.writer, ward.citizen.record, id, order);
    ward.sync();
    const auto orders = ward.chart().orders;
    const auto found = std::find_if(orders.begin(), orders.end(),
                                    [&](const auto& one) { return one.resource == id; });
    REQUIRE(found != orders.end());
    return found->token;
}

DoseEntry dose_of(const EditToken& order) {
    DoseEntry entry;
    entry.token = order;
    return entry;
}

std::vector<DoseWarning> asked(Ward& ward, const DoseEntry& entry) {
    auto all = take(ward.device.check_dose(entry));
    std::erase_if(all, [](const auto& one) {
        return one.rule.find("limit") == std::string::npos && one.rule != "entry/thousandfold";
    });
    return all;
}

Written give(Ward& ward, DoseEntry entry) {
    for (const auto& warning : take(ward.device.check_dose(entry)))
        entry.overrides.push_back({warning.rule, "as agreed with Dr Li"});
    return take(ward.device.give(entry));
}

TEST_CASE("more of a drug than is given takes a reason of its own, whatever order it comes from") {
    Ward ward(97);
    const auto tablets = dose_of(order(ward, 791, "N02BE01", "4", "500"));
    const auto strong = dose_of(order(ward, 792, "N02BE01", "2", "1", "g"));
    CHECK(asked(ward, tablets).empty());
    give(ward, tablets);
    CHECK(asked(ward, strong).empty());
    give(ward, strong);
    ward.machine.clock->advance(Duration::hours(6));
    const auto warnings = asked(ward, tablets);
    REQUIRE(warnings.size() == 1);
    CHECK(warnings[0].rule == "entry/over-limit");
    CHECK(warnings[0].severity == 1);
    CHECK(warnings[0].needs_reason);
    CHECK(warnings[0].sentence.find("mer enn 4 g p\u00e5 et d\u00f8gn") != std::string::npos);
    CHECK(warnings[0].sentence.find("4 tabletter") != std::string::npos);
    auto entry = tablets;
    for (const auto& warning : take(ward.device.check_dose(entry))) {
        if (warning.rule != "entry/over-limit") entry.overrides.push_back({warning.rule, "so"});
    }
    const auto refused = ward.device.give(entry);
    CHECK(refused.error().code == ErrorCode::reason_required);
    CHECK(refused.error().what == "entry/over-limit");
    const auto given = give(ward, tablets);
    // Found beside the reason, for review alone.
    const auto raised = std::find_if(given.raised.begin(), given.raised.end(),
                                     [](const auto& one) { return one.rule == "dose/over-limit"; });
    REQUIRE(raised != given.raised.end());
    CHECK(raised->severity == 3);
    ward.machine.clock->advance(Duration::hours(22));
    CHECK(asked(ward, tablets).empty());
    // She is over a hundred years old: tramadol has a stricter limit.
    const auto tramadol = dose_of(order(ward, 793, "N02AX02", "7", "50"));
    REQUIRE(asked(ward, tramadol).size() == 1);
    CHECK(asked(ward, tramadol)[0].sentence.find("300 mg") != std::string::npos);
}

TEST_CASE("what cannot be computed is said, and asks for a reason where it is not as ordered") {
    Ward ward(98);
    auto entry = dose_of(order(ward, 794, "N02BE01", "2", ""));
    auto warnings = asked(ward, entry);
    REQUIRE(warnings.size() == 1);
    CHECK(warnings[0].rule == "entry/limit-unknown");
    CHECK_FALSE(warnings[0].needs_reason);
    REQUIRE(ward.device.give(entry).has_value());
    entry.dose = Quantity{Decimal::of(3), "{tablet}", "tablett"};
    warnings = asked(ward, entry);
    REQUIRE(warnings.size() == 1);
    CHECK(warnings[0].needs_reason);
}

TEST_CASE("a dose that is said anew is held against the limits as it is said now") {
    Ward ward(100);
    auto entry = dose_of(order(ward, 796, "H03AA01", "1", "100", "ug"));
    const auto given = give(ward, entry);
    DoseCorrection correction;
    correction.token = given.token;
    correction.reason = "wrong unit";
    correction.dose = Quantity{Decimal::of(100), "mg", "mg"};
    const auto written = take(ward.device.correct_dose(correction));
    const auto has = [&](const char* rule) {
        return std::any_of(written.told.begin(), written.told.end(),
                           [&](const auto& one) { return one.rule == rule && !one.needs_reason; });
    };
    CHECK(has("entry/thousandfold"));
    CHECK(has("entry/over-limit"));
    // Itself, as it was said before, is no second dose.
    correction.token = written.token;
    correction.dose = Quantity{Decimal::of(250), "ug", "µg"};
    CHECK(take(ward.device.correct_dose(correction)).told.empty());
}

TEST_CASE("a dose a thousand times too large is asked about as such") {
    Ward ward(99);
    auto entry = dose_of(order(ward, 795, "H03AA01", "1", "100", "ug"));
    CHECK(asked(ward, entry).empty());
    entry.dose = Quantity{Decimal::of(100), "mg", "mg"};
    const auto warnings = asked(ward, entry);
    CHECK(std::any_of(warnings.begin(), warnings.end(), [](const auto& one) {
        return one.rule == "entry/thousandfold" && one.severity == 1 && one.needs_reason;
    }));
    entry.overrides = {{"entry/dose-unit-differs", "so"}, {"entry/over-limit", "so"}};
    CHECK(ward.device.give(entry).error().what.find("entry/thousandfold") != std::string::npos);
}

TEST_CASE("an order by phone for too much, or that cannot be computed, takes a reason of its own") {
    Ward ward(100);
    ward.chart();
    VerbalOrder heard;
    heard.medication = {"http://www.whocc.no/atc", "N02BE01", "Paracetamol"};
    heard.dose = Quantity{Decimal::of(3), "{tablet}", "tablett"};
    heard.times_of_day = {"08:00", "14:00", "20:00"};
    heard.prescriber = "Dr Li";
    heard.read_back = true;
    const auto taken_down = [&] {
        return ward.device.care().take_verbal_order(ward.citizen.record, heard);
    };
    CHECK(taken_down().error().what == "entry/limit-unclear");
    CHECK(explain(taken_down().error(), Language::en).what_to_do.find("strength") !=
          std::string::npos);
    heard.strength = Quantity{Decimal::of(500), "mg", "mg"};
    CHECK(taken_down().error().code == ErrorCode::reason_required);
    CHECK(taken_down().error().what == "entry/over-limit-order");
    heard.overrides = {{"entry/over-limit-order", "Dr Li, for three days"}};
    CHECK(taken_down().has_value());
    heard.overrides.clear();
    heard.dose = Quantity{Decimal::of(2), "{tablet}", "tablett"};
    const auto written = take(taken_down());

    PrescriptionProposal proposal;
    proposal.token = order(ward, 796, "N02BE01", "2", "500");
    proposal.dose = Quantity{Decimal::of(9), "{tablet}", "tablett"};
    proposal.reason = "still in pain";
    CHECK(ward.device.propose_prescription(proposal).error().what == "entry/over-limit-order");
    proposal.dose = Quantity{Decimal::of(500), "g", "g"};
    CHECK(ward.device.propose_prescription(proposal).error().what ==
          "entry/thousandfold, entry/over-limit-order");
}

}  // namespace
