// SPDX-License-Identifier: Apache-2.0
//
// Doses that the nurse did not simply give, and what came of a dose.
#include <algorithm>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "sdk/base/time.hpp"
#include "tests/unit/device/ward.hpp"

using namespace kari;
using namespace kari::test;

namespace {

ResourceId as_needed(Ward& ward) {
    v1::MedicationRequest order = order_of("N02BE01", "Paracetamol 500 mg");
    v1::Dosage& line = *order.mutable_prescription()->mutable_dosage(0);
    line.set_text("1 tablet when needed");
    line.clear_timing();
    line.set_as_needed(true);
    const auto id = id_of<ResourceId>(777);
    order.mutable_lineage()->set_first_order(base::to_bytes(id));
    ward.server->put(*ward.citizen.writer, ward.citizen.record, id, order);
    ward.sync();
    return id;
}

DoseRound round_of(Ward& ward) {
    ward.chart();
    return take(ward.device.doses_due(ward.citizen.record, ward.today()));
}

EditToken token_of(Ward& ward, const ResourceId& order) {
    for (const auto& item : ward.chart().orders) {
        if (item.resource == order) return item.token;
    }
    FAIL("no such order");
    return {};
}

// With a reason for whatever is asked.
Written give(Ward& ward, DoseEntry entry) {
    for (const auto& warning : take(ward.device.check_dose(entry))) {
        if (warning.needs_reason) entry.overrides.push_back({warning.rule, "as Dr Li said"});
    }
    return take(ward.device.give(entry));
}

AdministrationItem item_of(Ward& ward, const ResourceId& dose) {
    for (const auto& item : ward.chart().administrations) {
        if (item.resource == dose) return item;
    }
    FAIL("no such dose");
    return {};
}

bool asks(const std::vector<DoseWarning>& warnings, const std::string& rule) {
    return std::any_of(warnings.begin(), warnings.end(),
                       [&](const auto& one) { return one.rule == rule; });
}

TEST_CASE("a dose that the nurse did not give closes its slot, counts, and says how it was taken") {
    struct Way {
        DoseIntake intake;
        const char* code;
        const char* words;
        bool seen;
    };
    const Way way = GENERATE(Way{DoseIntake::self_observed, "self-observed", "sett", true},
                             Way{DoseIntake::self_reported, "self-reported", "ikke sett", false},
                             Way{DoseIntake::handed_over, "handed-over", "utlevert", false},
                             Way{DoseIntake::by_other, "by-other", "Anne Moen, datter", false});
    Ward ward(600);
    auto entry = ward.dose();
    entry.intake = way.intake;
    if (way.intake == DoseIntake::by_other) entry.given_by = "Anne Moen, datter";
    const auto written = give(ward, entry);
    const auto slot = round_of(ward).slots.front();
    CHECK(slot.state == "given");
    CHECK_FALSE(slot.may_give);
    CHECK(slot.intake == way.code);
    CHECK(slot.how_taken.find(way.words) != std::string::npos);
    const auto dose = item_of(ward, written.resource);
    CHECK(dose.counts);
    REQUIRE(dose.statement.value.has_value());
    CHECK(dose.statement.value->intake == way.code);
    CHECK(dose.statement.value->status == "completed");
    // Whoever is about to give it again is told what is known of it.
    const auto again = take(ward.device.check_dose(ward.dose()));
    const auto already = std::find_if(again.begin(), again.end(), [](const auto& one) {
        return one.rule == "entry/given-already";
    });
    REQUIRE(already != again.end());
    CHECK(already->sentence.find(way.words) != std::string::npos);
}

TEST_CASE("who gave a dose that another gave is asked for, and is whom it names") {
    Ward ward(601);
    auto entry = ward.dose();
    entry.intake = DoseIntake::by_other;
    const auto refused = ward.device.give(entry);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == ErrorCode::invalid_argument);
    CHECK(explain(refused.error(), Language::en).what_to_do.find("Write who gave it") !=
          std::string::npos);
    CHECK(round_of(ward).slots.front().state != "given");
    entry.given_by = "Solbakken day centre";
    entry.intake = DoseIntake::handed_over;
    CHECK(ward.device.give(entry).error().code == ErrorCode::invalid_argument);
    entry.intake = DoseIntake::by_other;
    const auto dose = item_of(ward, give(ward, entry).resource);
    CHECK(dose.statement.value->performers == std::vector<std::string>{"Solbakken day centre"});
    // Who wrote it down stands beside that.
    CHECK(dose.statement.live.front().said.person_name == "Ingrid");
}

TEST_CASE("what nobody saw taken counts for a dose as needed, and the sum says what was not seen") {
    Ward ward(602);
    const auto order = as_needed(ward);
    DoseEntry entry;
    entry.token = token_of(ward, order);
    give(ward, entry);
    ward.machine.clock->advance(Duration::hours(1));
    entry.token = token_of(ward, order);
    entry.intake = DoseIntake::self_reported;
    give(ward, entry);
    const auto rows = round_of(ward).as_needed;
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].given_last_day.find("2 tabletter") != std::string::npos);
    CHECK(rows[0].given_last_day.find("ikke sett tatt: 1 tablett") != std::string::npos);
}

TEST_CASE("a dose that came up stays given, opens no slot, and is not repeated without a reason") {
    Ward ward(603);
    const auto dose = give(ward, ward.dose());
    ward.machine.clock->advance(Duration::minutes(20));
    VomitedEntry up;
    up.token = dose.token;
    up.seen = true;
    up.note = "whole tablet";
    const auto written = take(ward.device.care().dose_vomited(up));
    REQUIRE(written.told.size() == 1);
    CHECK(written.told[0].rule == "entry/ask-before-repeat");
    CHECK(written.told[0].action.find("Ring lege") != std::string::npos);
    const auto slot = round_of(ward).slots.front();
    CHECK(slot.state == "given");
    CHECK_FALSE(slot.may_give);
    CHECK_FALSE(slot.vomited.empty());
    CHECK(slot.how_taken.find("ring lege") != std::string::npos);
    const auto item = item_of(ward, dose.resource);
    CHECK(item.counts);
    REQUIRE(item.after.size() == 1);
    CHECK(item.after[0].what == "vomited");
    CHECK(item.after[0].outcome == "seen");
    CHECK(item.after[0].note == "whole tablet");
    // Both are asked about: that it was given, and that it came up.
    const auto again = take(ward.device.check_dose(ward.dose()));
    CHECK(asks(again, "entry/given-already"));
    CHECK(asks(again, "entry/vomited-before"));
    auto repeat = ward.dose();
    repeat.overrides = {{"entry/given-already", "it came up"}};
    CHECK(ward.device.give(repeat).error().what.find("entry/vomited-before") != std::string::npos);
    // A mistake is taken back as any act is.
    REQUIRE(ward.device.care().act_entered_in_error(item.after[0].token, "another's").has_value());
    CHECK(round_of(ward).slots.front().vomited.empty());
    CHECK_FALSE(asks(take(ward.device.check_dose(ward.dose())), "entry/vomited-before"));
}

TEST_CASE("a dose as needed is not repeated without a reason within a day of one that came up") {
    Ward ward(604);
    const auto order = as_needed(ward);
    DoseEntry entry;
    entry.token = token_of(ward, order);
    const auto dose = give(ward, entry);
    VomitedEntry up;
    up.token = dose.token;
    ward.machine.clock->advance(Duration::minutes(10));
    take(ward.device.care().dose_vomited(up));
    entry.token = token_of(ward, order);
    CHECK(asks(take(ward.device.check_dose(entry)), "entry/vomited-before"));
    ward.machine.clock->advance(Duration::hours(24));
    entry.token = token_of(ward, order);
    CHECK_FALSE(asks(take(ward.device.check_dose(entry)), "entry/vomited-before"));
}

TEST_CASE("nothing comes of a dose that was not taken, and before it only for a reason") {
    Ward ward(605);
    const auto refused =
        take(ward.device.not_given({ward.slot().token, NotGiven::refused, "no appetite", {}}));
    VomitedEntry up;
    up.token = refused.token;
    CHECK(ward.device.care().dose_vomited(up).error().code == ErrorCode::invalid_argument);
    EffectEntry effect;
    effect.token = refused.token;
    CHECK(ward.device.care().dose_effect(effect).error().what == "entry/not-taken");
    const auto dose = give(ward, ward.dose());
    up.token = dose.token;
    up.at = *base::in_zone(ward.machine.clock->wall() - Duration::hours(1), "Europe/Oslo");
    CHECK(ward.device.care().dose_vomited(up).error().what == "entry/before-dose");
    up.overrides = {{"entry/before-dose", "the clock was wrong"}};
    CHECK(ward.device.care().dose_vomited(up).has_value());
}

TEST_CASE("another attempt after a refusal is told of it, and both stay without disagreement") {
    Ward ward(606);
    take(ward.device.not_given({ward.slot().token, NotGiven::refused, "no appetite", {}}));
    CHECK(round_of(ward).slots.front().may_give);
    ward.machine.clock->advance(Duration::minutes(20));
    const auto told = take(ward.device.check_dose(ward.dose()));
    const auto before = std::find_if(told.begin(), told.end(), [](const auto& one) {
        return one.rule == "entry/refused-before";
    });
    REQUIRE(before != told.end());
    CHECK_FALSE(before->needs_reason);
    CHECK(before->sentence.find("no appetite") != std::string::npos);
    const auto dose = give(ward, ward.dose());
    const auto slot = round_of(ward).slots.front();
    CHECK(slot.state == "given");
    CHECK(slot.administrations.size() == 2);
    CHECK_FALSE(slot.given_and_not_given);
    CHECK(item_of(ward, dose.resource).statement.value->follows.size() == 1);
    CHECK_FALSE(
        has_rule(take(ward.device.findings(ward.citizen.record)), "dose/given-and-not-given"));
}

TEST_CASE("a dose that somebody decided against is given afterwards only for a reason") {
    Ward ward(607);
    take(ward.device.not_given({ward.slot().token, NotGiven::withheld_clinical, "pulse 42", {}}));
    auto entry = ward.dose();
    const auto told = take(ward.device.check_dose(entry));
    CHECK(asks(told, "entry/withheld-before"));
    for (const auto& warning : told) {
        if (warning.needs_reason && warning.rule != "entry/withheld-before") {
            entry.overrides.push_back({warning.rule, "as ordered"});
        }
    }
    CHECK(ward.device.give(entry).error().what == "entry/withheld-before");
    entry.overrides.push_back({"entry/withheld-before", "pulse 64 now"});
    CHECK(ward.device.give(entry).has_value());
}

TEST_CASE("an hour after a dose as needed somebody is to see whether it helped, until one has") {
    Ward ward(608);
    const auto order = as_needed(ward);
    DoseEntry entry;
    entry.token = token_of(ward, order);
    const auto dose = give(ward, entry);
    auto round = round_of(ward);
    REQUIRE(round.follow_ups.size() == 1);
    CHECK(round.follow_ups[0].administration == dose.resource);
    CHECK(round.follow_ups[0].medication == "Paracetamol 500 mg");
    CHECK_FALSE(round.follow_ups[0].overdue);
    REQUIRE(round.changes_in.has_value());
    CHECK(*round.changes_in <= Duration{3'600'001});
    ward.machine.clock->advance(Duration::minutes(61));
    round = round_of(ward);
    REQUIRE(round.follow_ups.size() == 1);
    CHECK(round.follow_ups[0].overdue);
    EffectEntry effect;
    effect.token = round.follow_ups[0].token;
    effect.effect = DoseEffect::none;
    effect.note = "NRS 7 before, 7 now";
    const auto written = take(ward.device.care().dose_effect(effect));
    REQUIRE(written.told.size() == 1);
    CHECK(written.told[0].rule == "entry/no-effect");
    CHECK(round_of(ward).follow_ups.empty());
    const auto item = item_of(ward, dose.resource);
    REQUIRE(item.after.size() == 1);
    CHECK(item.after[0].what == "effect");
    CHECK(item.after[0].outcome == "none");
    // Said by mistake: somebody is to see to it again.
    REQUIRE(ward.device.care().act_entered_in_error(item.after[0].token, "another's").has_value());
    CHECK(round_of(ward).follow_ups.size() == 1);
}

TEST_CASE("a follow-up is asked for of any dose, or of none, and for a day") {
    Ward ward(609);
    const auto order = as_needed(ward);
    DoseEntry entry;
    entry.token = token_of(ward, order);
    entry.effect_after = Duration{};
    give(ward, entry);
    CHECK(round_of(ward).follow_ups.empty());
    auto planned = ward.dose();
    planned.effect_after = Duration::hours(25);
    CHECK(ward.device.give(planned).error().code == ErrorCode::value_out_of_range);
    planned.effect_after = Duration::minutes(30);
    give(ward, planned);
    CHECK(round_of(ward).follow_ups.size() == 1);
    ward.machine.clock->advance(Duration::hours(25));
    CHECK(round_of(ward).follow_ups.empty());
    // That it was to be looked at, and by nobody was, stays to be read.
    const auto shown = ward.chart().administrations;
    CHECK(std::any_of(shown.begin(), shown.end(), [](const auto& item) {
        return item.after.empty() && !item.statement.value->effect_due.empty();
    }));
}

TEST_CASE("a correction says anew how a dose was taken, or leaves that as it was") {
    Ward ward(610);
    auto entry = ward.dose();
    entry.intake = DoseIntake::handed_over;
    const auto dose = give(ward, entry);
    DoseCorrection anew;
    anew.token = dose.token;
    anew.site = Coded{"", "", "left arm"};
    anew.reason = "forgot the arm";
    anew.given_by = "Anne Moen, daughter";
    CHECK(ward.device.correct_dose(anew).error().code == ErrorCode::invalid_argument);
    anew.given_by.clear();
    const auto kept = take(ward.device.correct_dose(anew));
    CHECK(item_of(ward, dose.resource).statement.value->intake == "handed-over");
    anew.token = kept.token;
    anew.intake = DoseIntake::by_other;
    CHECK(ward.device.correct_dose(anew).error().what == "entry/by-whom");
    anew.given_by = "Anne Moen, daughter";
    take(ward.device.correct_dose(anew));
    const auto item = item_of(ward, dose.resource);
    CHECK(item.statement.value->intake == "by-other");
    CHECK(item.statement.value->performers == std::vector<std::string>{"Anne Moen, daughter"});
    CHECK(item.counts);
}

}  // namespace
