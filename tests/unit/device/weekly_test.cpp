// SPDX-License-Identifier: Apache-2.0
//
// A drug for one day a week, as a nurse takes down an order of it and gives it.
#include <catch2/catch_test_macros.hpp>

#include "tests/unit/device/ward.hpp"

using namespace kari;
using namespace kari::test;

namespace {

// Methotrexate once a week, in an order of its own.
EditToken weekly_order(Ward& ward, std::uint64_t number) {
    v1::MedicationRequest order = order_of("L04AX03", "Metotreksat 2,5 mg");
    auto& repeat =
        *order.mutable_prescription()->mutable_dosage(0)->mutable_timing()->mutable_repeat();
    repeat.clear_time_of_day();
    repeat.add_day_of_week("thu");
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

std::vector<std::string> asked(Ward& ward, const DoseEntry& entry) {
    std::vector<std::string> out;
    for (const auto& warning : take(ward.device.check_dose(entry))) {
        if (warning.rule.starts_with("entry/weekly")) out.push_back(warning.rule);
    }
    return out;
}

DoseEntry dose_of(const EditToken& order) {
    DoseEntry entry;
    entry.token = order;
    return entry;
}

// With a reason for whatever is asked.
Written give(Ward& ward, DoseEntry entry) {
    for (const auto& warning : take(ward.device.check_dose(entry)))
        entry.overrides.push_back({warning.rule, "as agreed with Dr Li"});
    return take(ward.device.give(entry));
}

TEST_CASE(
    "a weekly drug is not given twice in a week without its own reason, from whatever order") {
    Ward ward(95);
    const auto first = dose_of(weekly_order(ward, 781));
    const auto second = dose_of(weekly_order(ward, 782));
    CHECK(asked(ward, first).empty());
    give(ward, first);
    ward.machine.clock->advance(Duration::hours(24));
    for (const auto& again : {first, second}) {
        const auto warnings = take(ward.device.check_dose(again));
        const auto told = std::find_if(warnings.begin(), warnings.end(), [](const auto& one) {
            return one.rule == "entry/weekly-twice";
        });
        REQUIRE(told != warnings.end());
        CHECK(told->severity == 1);
        CHECK(told->needs_reason);
        CHECK(told->action.find("Gi det ikke") != std::string::npos);
        // Reasons for all else do not carry it.
        auto entry = again;
        for (const auto& warning : warnings) {
            if (warning.rule != "entry/weekly-twice")
                entry.overrides.push_back({warning.rule, "so"});
        }
        const auto refused = ward.device.give(entry);
        CHECK(refused.error().code == ErrorCode::reason_required);
        CHECK(refused.error().what == "entry/weekly-twice");
    }
    // What is written down late lies before the other.
    auto before = second;
    before.effective =
        *base::in_zone(ward.machine.clock->wall() - Duration::hours(72), "Europe/Oslo");
    CHECK(asked(ward, before) == std::vector<std::string>{"entry/weekly-twice"});
    const auto given = give(ward, second);
    CHECK(has_rule(given.raised, "dose/weekly-twice"));
    const auto all = ward.chart().administrations;
    const auto stands = std::find_if(
        all.begin(), all.end(), [&](const auto& one) { return one.resource == given.resource; });
    REQUIRE(stands != all.end());
    const auto& overrides = stands->statement.live.front().value.overrides;
    CHECK(std::any_of(overrides.begin(), overrides.end(), [](const auto& one) {
        return one.rule == "entry/weekly-twice" && one.reason == "as agreed with Dr Li";
    }));
    // A week after the later of the two.
    ward.machine.clock->advance(Duration::hours(24 * 7));
    CHECK(asked(ward, first).empty());
}

TEST_CASE("a weekly drug is not ordered for every day without its own reason, which stands in it") {
    Ward ward(96);
    ward.chart();
    VerbalOrder heard;
    heard.medication = {"http://www.whocc.no/atc", "L01BA01", "Metotreksat 2,5 mg"};
    heard.strength = Quantity{*Decimal::parse("0.5"), "mg", "mg"};
    heard.dose = Quantity{Decimal::of(4), "{tablet}", "tablett"};
    heard.prescriber = "Dr Li";
    heard.read_back = true;
    const auto taken_down = [&] {
        return ward.device.care().take_verbal_order(ward.citizen.record, heard);
    };
    CHECK(taken_down().error().what == "entry/weekly-unclear");
    heard.times_of_day = {"08:00"};
    const auto daily = taken_down();
    CHECK(daily.error().code == ErrorCode::reason_required);
    CHECK(daily.error().what == "entry/weekly-too-often");
    CHECK(explain(daily.error(), Language::en).what_to_do.find("one weekday") != std::string::npos);
    heard.days_of_week = {"thursday"};
    CHECK(taken_down().error().code == ErrorCode::malformed);
    heard.days_of_week = {"mon", "thu"};
    CHECK(taken_down().error().what == "entry/weekly-too-often");
    heard.days_of_week = {"thu"};
    const auto weekly = take(taken_down());

    // And an order that stands is not made a daily one by a proposal.
    PrescriptionProposal proposal;
    proposal.token = weekly_order(ward, 783);
    proposal.days_of_week = {{"mon", "tue"}};
    proposal.reason = "he has forgotten it";
    CHECK(ward.device.propose_prescription(proposal).error().what == "entry/weekly-too-often");
    proposal.overrides = {{"entry/weekly-too-often", "split by Dr Li"}};
    const auto proposed = take(ward.device.propose_prescription(proposal));
    bool noted = false;
    for (const auto& order : ward.chart().orders) {
        if (order.resource != proposed.resource) continue;
        for (const auto& note : order.notes)
            noted =
                noted || note.find("entry/weekly-too-often: split by Dr Li") != std::string::npos;
    }
    CHECK(noted);
    proposal.days_of_week = {{"fri"}};
    proposal.overrides.clear();
    CHECK(ward.device.propose_prescription(proposal).has_value());
}

}  // namespace
