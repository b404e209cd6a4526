// SPDX-License-Identifier: Apache-2.0
// Orders, allergies, notes and findings: what a nurse says about something said before.
#include <catch2/catch_test_macros.hpp>

#include "kari/v1/care.pb.h"
#include "tests/unit/device/ward.hpp"

using namespace kari;
using namespace kari::test;

TEST_CASE("a stop takes effect at once; another prescription waits for the server") {
    Ward ward(52);
    const EditToken order = ward.chart().orders.at(0).token;
    CHECK(ward.device.propose_stop(order, "").error().code == ErrorCode::reason_required);
    PrescriptionProposal proposal;
    proposal.token = order;
    proposal.dose = Quantity{*Decimal::parse("2"), "{tablet}", "tablet"};
    proposal.reason = "heart rate still high";
    REQUIRE(ward.device.propose_prescription(proposal).has_value());
    OrderItem item = ward.chart().orders.at(0);
    CHECK(item.active);
    CHECK(item.prescription.value->dose->value.text() == "1");
    REQUIRE(item.prescription.proposed.size() == 1);
    CHECK(item.prescription.proposed[0].value.dose->value.text() == "2");
    REQUIRE(ward.device.propose_stop(item.token, "pulse 38").has_value());
    item = ward.chart().orders.at(0);
    CHECK_FALSE(item.active);
    CHECK(item.status.value == "stopped");
    CHECK(item.status_reason == "pulse 38");
}

TEST_CASE("a correction of an amount keeps the time at which the dose was given") {
    Ward ward(55);
    auto dose = ward.dose();
    dose.effective = *base::in_zone(ward.machine.clock->wall() - Duration::hours(2), "Europe/Oslo");
    const auto given = take(ward.device.give(dose));
    REQUIRE(ward.device.propose_stop(ward.chart().orders.at(0).token, "pulse 38").has_value());
    ward.machine.clock->advance(Duration::minutes(30));
    DoseCorrection correction;
    correction.token = given.token;
    correction.dose = Quantity{*Decimal::parse("2"), "{tablet}", "tablet"};
    correction.reason = "it was two";
    REQUIRE(ward.device.correct_dose(correction).has_value());
    CHECK_FALSE(has_rule(take(ward.device.findings(ward.citizen.record)), "dose/given-after-stop"));
}

TEST_CASE(
    "a colleague checks a dose, and not whoever gave it; a correction asks for another check") {
    Ward ward(56);
    const auto given = take(ward.device.give(ward.dose()));
    const auto own = ward.device.care().check_given_dose(given.token, "");
    CHECK(own.error().code == ErrorCode::invalid_argument);
    CHECK(explain(own.error(), Language::en).what_to_do.find("colleague") != std::string::npos);
    let_in(ward.device, *ward.server, k_bjorn, "9753");
    REQUIRE(ward.device.lock().has_value());
    REQUIRE(ward.device.unlock(k_bjorn, "9753").has_value());
    const auto seen = ward.chart().administrations.at(0);
    CHECK(seen.checks.empty());
    REQUIRE(ward.device.care().check_given_dose(seen.token, "").has_value());
    const auto checked = ward.chart().administrations.at(0);
    REQUIRE(checked.checks.size() == 1);
    CHECK(checked.checks[0].standing == "holds");
    CHECK(checked.checks[0].said.person_name == "Bjorn");
    CHECK(take(ward.device.findings(ward.citizen.record)).empty());
    DoseCorrection correction;
    correction.token = checked.token;
    correction.dose = Quantity{*Decimal::parse("2"), "{tablet}", "tablet"};
    correction.reason = "it was two";
    REQUIRE(ward.device.correct_dose(correction).has_value());
    CHECK(has_rule(take(ward.device.findings(ward.citizen.record)), "dose/second-check-void"));
}

TEST_CASE(
    "a drug that two check is given with a reason, and is found until a colleague has checked it") {
    Ward ward(58);
    const auto id = id_of<ResourceId>(784);
    v1::MedicationRequest order = order_of("B01AB05", "Enoksaparin 40 mg");
    order.mutable_lineage()->set_first_order(base::to_bytes(id));
    ward.server->put(*ward.citizen.writer, ward.citizen.record, id, order);
    ward.sync();
    DoseEntry dose;
    for (const auto& one : ward.chart().orders) {
        if (one.resource == id) dose.token = one.token;
    }
    const std::string rule = "entry/second-check-missing";
    const auto refused = ward.device.give(dose);
    CHECK(refused.error().code == ErrorCode::reason_required);
    CHECK(refused.error().what.find(rule) != std::string::npos);
    CHECK(explain(refused.error(), Language::en).what_to_do.find("colleague") != std::string::npos);
    const auto give = [&](const char* reason) {
        auto entry = dose;
        for (const auto& warning : take(ward.device.check_dose(dose)))
            entry.overrides.push_back({warning.rule, warning.rule == rule ? reason : "agreed"});
        return take(ward.device.give(entry));
    };
    const auto missing = [&](const Written& written) {
        int severity = 0;
        for (const auto& one : take(ward.device.findings(ward.citizen.record))) {
            const bool about = std::find(one.resources.begin(), one.resources.end(),
                                         written.resource) != one.resources.end();
            if (about && one.rule == "dose/second-check-missing") severity = one.severity;
        }
        return severity;
    };
    // A code of its own says that nobody looks at it; it is kept in one language.
    const auto alone = give("Alene:  ingen i nærheten");
    CHECK(missing(alone) == 4);
    const auto all = ward.chart().administrations;
    const auto stands = std::find_if(
        all.begin(), all.end(), [&](const auto& one) { return one.resource == alone.resource; });
    REQUIRE(stands != all.end());
    const auto& kept = stands->statement.live.front().value.overrides;
    CHECK(std::any_of(kept.begin(), kept.end(), [&](const auto& one) {
        return one.rule == rule && one.reason == "alone-in-home: ingen i nærheten";
    }));
    const auto checked = give("Bjorn looks at it");
    CHECK(has_rule(checked.raised, "dose/second-check-missing"));
    CHECK(missing(checked) == 2);
    let_in(ward.device, *ward.server, k_bjorn, "9753");
    REQUIRE(ward.device.lock().has_value());
    REQUIRE(ward.device.unlock(k_bjorn, "9753").has_value());
    ward.chart();
    REQUIRE(ward.device.care().check_given_dose(checked.token, "").has_value());
    CHECK(missing(checked) == 0);
    CHECK(missing(alone) == 4);
}

TEST_CASE("the chart shows NEWS2 of an hour with what to do, and no total while one is missing") {
    Ward ward(57);
    const auto observe = [&](const char* code, const char* value, const char* unit) {
        ObservationEntry entry;
        const bool letter = *unit == '\0';
        entry.code = {letter ? "http://snomed.info/sct" : "http://loinc.org", code, code};
        if (letter) {
            entry.text = value;
        } else {
            entry.value = Quantity{*Decimal::parse(value), unit, unit};
        }
        entry.confirmed = true;
        return take(ward.device.record_observation(ward.citizen.record, entry));
    };
    observe("9279-1", "22", "/min");
    observe("2708-6", "94", "%");
    observe("3151-8", "0", "L/min");
    observe("8480-6", "105", "mm[Hg]");
    observe("8867-4", "112", "/min");
    observe("1104441000000107", "A", "");
    auto scores = ward.chart().scores;
    REQUIRE(scores.size() == 1);
    CHECK_FALSE(scores[0].total);
    CHECK(scores[0].parts == 6);
    CHECK(scores[0].level == "medium");  // by what is known
    CHECK(scores[0].reservations.size() == 1);
    const auto hot = observe("8310-5", "38.4", "Cel");
    scores = ward.chart().scores;
    CHECK(scores.at(0).total == 7);
    CHECK(scores[0].level == "high");
    CHECK(scores[0].action.find("113") != std::string::npos);
    CHECK(scores[0].measurements.size() == 7);
    CHECK(scores[0].scale == 1);
    REQUIRE(ward.device.observation_entered_in_error(hot.token, "another citizen's").has_value());
    scores = ward.chart().scores;
    CHECK_FALSE(scores.at(0).total);
    CHECK(scores[0].reservations.size() == 2);
}

TEST_CASE(
    "an order by phone is read back, waits, and single doses are given from it with a reason") {
    Ward ward(54);
    VerbalOrder heard;
    heard.medication = {"http://www.whocc.no/atc", "N02AA05", "Oksykodon 5 mg"};
    heard.dose = Quantity{*Decimal::parse("1"), "{tablet}", "tablet"};
    heard.as_needed = true;
    CHECK(ward.device.care().take_verbal_order(ward.citizen.record, heard).error().code ==
          ErrorCode::invalid_argument);
    heard.prescriber = "Dr Berg";
    const auto refused = ward.device.care().take_verbal_order(ward.citizen.record, heard);
    CHECK(refused.error().code == ErrorCode::confirmation_required);
    CHECK(refused.error().what == "entry/not-read-back");
    heard.read_back = true;
    const auto written = take(ward.device.care().take_verbal_order(ward.citizen.record, heard));
    const auto orders = ward.chart().orders;
    REQUIRE(orders.size() == 2);
    const auto& order = orders.at(0).prescription.proposed.empty() ? orders.at(1) : orders.at(0);
    CHECK_FALSE(order.active);
    CHECK_FALSE(order.prescription.value);
    CHECK(order.prescriber == "Dr Berg");
    CHECK(order.prescription.proposed.at(0).value.as_needed);
    ward.slot();  // nothing is due by it: the one dose of the day is the other order's
    // A dose as agreed.
    DoseEntry dose;
    dose.token = written.token;
    const auto warnings = take(ward.device.check_dose(dose));
    REQUIRE(warnings.size() == 2);
    CHECK(warnings.at(0).rule == "entry/not-in-effect");
    CHECK(warnings.at(1).rule == "entry/no-allowance");  // none is granted of it either
    CHECK(ward.device.give(dose).error().code == ErrorCode::reason_required);
    dose.overrides = {{"entry/not-in-effect", "agreed with Dr Berg by phone"},
                      {"entry/no-allowance", "nobody else gives today"}};
    REQUIRE(ward.device.give(dose).has_value());
    const auto given = ward.chart().administrations.at(0).statement.value;
    CHECK(given->medication.text == "Oksykodon 5 mg");
    CHECK(given->dose->value.text() == "1");
    CHECK(take(ward.device.findings(ward.citizen.record)).empty());
    // A day later it has run out, and the reason for the one is none for the other.
    ward.machine.clock->advance(Duration::hours(25));
    ward.server->server_now = ward.server->server_now + Duration::hours(25);
    CHECK(take(ward.device.check_dose(dose)).at(0).rule == "entry/verbal-ran-out");
    CHECK(ward.device.give(dose).error().code == ErrorCode::reason_required);
    // A second one of the drug is phoned about, and stopping it settles it.
    const auto again = take(ward.device.care().take_verbal_order(ward.citizen.record, heard));
    CHECK(has_rule(take(ward.device.findings(ward.citizen.record)), "order/two-verbal"));
    REQUIRE(ward.device.propose_stop(again.token, "taken down twice").has_value());
    for (const auto& finding : take(ward.device.findings(ward.citizen.record)))
        CHECK(finding.rule != "order/two-verbal");
}

TEST_CASE("a refutation that did not see new evidence cannot end the warning") {
    Ward ward(53);
    const auto allergy = take(ward.device.add_allergy(ward.citizen.record, beta_blocker_allergy()));
    AllergyEntry evidence;
    evidence.reaction = "rash on both arms";
    REQUIRE(ward.device.add_allergy_evidence(allergy.token, evidence).has_value());
    REQUIRE(ward.device.refute_allergy(allergy.token, "tested negative").has_value());
    AllergyItem item = ward.chart().allergies.at(0);
    CHECK(item.active);
    CHECK(item.verification_status.value == "confirmed");
    CHECK(item.verification_status.contested);
    REQUIRE(ward.device.refute_allergy(item.token, "tested negative, rash was scabies"));
    item = ward.chart().allergies.at(0);
    CHECK_FALSE(item.active);
    CHECK_FALSE(item.verification_status.contested);  // this time all of it was seen
    CHECK(item.verification_status.live.size() == 1);
    CHECK(item.code.live.size() == 1);
    CHECK(item.reactions == std::vector<std::string>{"rash on both arms"});
}

TEST_CASE("a new reaction stands beside the earlier ones, and weakens no warning") {
    Ward ward(153);
    v1::AllergyIntolerance known;
    *known.mutable_code() = order_of("C07AB02", "Metoprolol").prescription().medication();
    known.set_clinical_status(v1::ALLERGY_CLINICAL_STATUS_ACTIVE);
    known.set_verification_status(v1::ALLERGY_VERIFICATION_STATUS_CONFIRMED);
    v1::Reaction& reaction = *known.mutable_reaction()->add_items();
    reaction.set_description("collapsed");
    reaction.set_severity(v1::REACTION_SEVERITY_SEVERE);
    known.mutable_note()->add_items()->set_text("seen by a doctor");
    ward.server->put(*ward.citizen.writer, ward.citizen.record, id_of<ResourceId>(455), known);
    ward.sync();
    const auto severity = [&] {
        return take(ward.device.check_dose(ward.dose())).at(0).severity;
    };
    REQUIRE(severity() == 1);
    AllergyEntry evidence;
    evidence.reaction = "itching";
    evidence.note = "told by her daughter";
    const auto token = ward.chart().allergies.at(0).token;
    const auto added = take(ward.device.add_allergy_evidence(token, evidence));
    AllergyItem item = ward.chart().allergies.at(0);
    CHECK(std::count(item.reactions.begin(), item.reactions.end(), "collapsed") == 1);
    CHECK(std::count(item.reactions.begin(), item.reactions.end(), "itching") == 1);
    CHECK(item.notes.size() == 2);
    CHECK(severity() == 1);
    REQUIRE(ward.device.refute_allergy(added.token, "tested negative"));
    CHECK(ward.chart().allergies.at(0).notes.size() == 3);
}

TEST_CASE("a note is edited by its author until it is signed, and added to after") {
    Ward ward(54);
    let_in(ward.device, *ward.server, k_bjorn, "9753");
    NoteEntry entry;
    entry.title = "Visit";
    entry.text = "Slept well";
    const auto note = take(ward.device.write_note(ward.citizen.record, entry));
    REQUIRE(ward.device.unlock(k_bjorn, "9753").has_value());
    CHECK(ward.device.sign_note(note.token).error().code == ErrorCode::not_the_author);
    REQUIRE(ward.device.unlock(k_ingrid, k_pin).has_value());
    entry.text = "Slept well, ate little";
    const auto edited = take(ward.device.edit_note(note.token, entry));
    const auto sealed = take(ward.device.sign_note(edited.token));
    CHECK(ward.device.edit_note(sealed.token, entry).error().code ==
          ErrorCode::signed_text_is_final);
    entry.text = "Ate supper";
    REQUIRE(ward.device.addend(sealed.token, entry).has_value());
    const ChartView view = ward.chart();
    REQUIRE(view.notes.size() == 2);
    const bool points = std::any_of(view.notes.begin(), view.notes.end(), [&](const auto& n) {
        return n.document.value->appends_to == note.resource;
    });
    CHECK(points);
}

TEST_CASE("a draft is kept for its author over lock and unlock, and is no change") {
    Ward ward(55);
    NoteEntry entry;
    entry.text = "half a sentence";
    REQUIRE(ward.device.save_draft(ward.citizen.record, "visit", entry).has_value());
    let_in(ward.device, *ward.server, k_bjorn, "9753");
    REQUIRE(ward.device.lock().has_value());
    REQUIRE(ward.device.unlock(k_bjorn, "9753").has_value());
    CHECK_FALSE(ward.device.load_draft(ward.citizen.record, "visit")->has_value());
    REQUIRE(ward.device.unlock(k_ingrid, k_pin).has_value());
    CHECK((*ward.device.load_draft(ward.citizen.record, "visit"))->text == "half a sentence");
    CHECK(ward.device.sync_status()->unsent == 0);
    REQUIRE(ward.device.drop_draft(ward.citizen.record, "visit").has_value());
    CHECK_FALSE(ward.device.load_draft(ward.citizen.record, "visit")->has_value());
}

TEST_CASE("a finding is closed by an answer that names its inputs, with a reason when severe") {
    Ward ward(56);
    const DoseEntry entry = ward.dose();
    REQUIRE(ward.device.give(entry).has_value());
    DoseEntry again = entry;
    again.overrides.push_back({"entry/given-already", "no"});
    REQUIRE(ward.device.give(again).has_value());
    auto findings = take(ward.device.findings(ward.citizen.record));
    const auto found = std::find_if(findings.begin(), findings.end(), [](const auto& one) {
        return one.rule == "dose/possible-double";
    });
    REQUIRE(found != findings.end());
    CHECK(found->severity == 1);
    CHECK(found->inputs.size() == 2);
    CHECK_FALSE(found->title.empty());
    CHECK_FALSE(found->action.empty());
    CHECK(found->resolver == "nurse-in-charge");
    CHECK_FALSE(found->resolver_name.empty());
    REQUIRE(found->due);
    const auto in_full = take(ward.device.finding_case(found->token, {}));
    CHECK(in_full.finding.id == found->id);
    CHECK(in_full.base.empty());
    REQUIRE(in_full.sides.size() == 2);
    for (const auto& side : in_full.sides) {
        CHECK(side.kind == "MedicationAdministration");
        CHECK(side.here);
        CHECK(side.said.person == k_ingrid);
        REQUIRE(side.parts.size() == 1);
        CHECK(side.parts[0].atom == "administration");
        CHECK(side.parts[0].value.find("gitt") != std::string::npos);
        CHECK(side.parts[0].acted_on);
    }
    CHECK(in_full.resolutions.empty());
    FindingAnswer answer{found->token, "confirmed-double", ""};
    CHECK(ward.device.resolve_finding(answer).error().code == ErrorCode::reason_required);
    answer.reason = "phoned; observe for two hours";
    REQUIRE(ward.device.resolve_finding(answer).has_value());
    for (const auto& one : take(ward.device.findings(ward.citizen.record))) {
        if (one.id != found->id) continue;
        CHECK(one.state == "resolved");
        const auto closed = take(ward.device.finding_case(one.token, {}));
        REQUIRE(closed.resolutions.size() == 1);
        CHECK(closed.resolutions[0].outcome == "confirmed-double");
        CHECK(closed.resolutions[0].inputs == found->inputs);
    }
}

TEST_CASE("a deferral holds for the inputs that its author saw, and for no later one") {
    Ward ward(64);
    const DoseEntry entry = ward.dose();
    const auto first = take(ward.device.give(entry));
    DoseEntry again = entry;
    again.overrides.push_back({"entry/given-already", "no"});
    REQUIRE(ward.device.give(again).has_value());
    const auto state = [&] {
        for (const auto& one : take(ward.device.findings(ward.citizen.record))) {
            if (one.rule == "dose/possible-double") return one.state;
        }
        return std::string("none");
    };
    const auto findings = take(ward.device.findings(ward.citizen.record));
    REQUIRE_FALSE(findings.empty());
    REQUIRE(findings[0].rule == "dose/possible-double");
    const auto in = [&](Duration after) {
        return *base::in_zone(ward.machine.clock->wall() + after, "Europe/Oslo");
    };
    const auto defer = [&](const ZonedInstant& until) {
        return ward.device.defer_finding(findings[0].token, until, "waiting for the doctor");
    };
    CHECK(defer(in(Duration{0})).error().code == ErrorCode::value_out_of_range);
    CHECK(defer({{INT64_MAX}, 3600, {}}).error().code == ErrorCode::malformed);
    CHECK(state() == "open");
    REQUIRE(defer(in(Duration::hours(1))));
    CHECK(state() == "deferred");
    const auto open = [&] {
        return take(ward.device.my_patients({})).rows.front().open_findings;
    };
    const auto put_off = open();
    // The hour is over: nobody has answered it.
    ward.machine.clock->advance(Duration::minutes(61));
    CHECK(state() == "open");
    CHECK(open() == put_off + 1);
    ward.machine.clock->advance(Duration::minutes(-61));
    DoseCorrection correction;
    correction.token = first.token;
    correction.reason = "it was the other arm";
    REQUIRE(ward.device.correct_dose(correction).has_value());
    CHECK(state() == "open");
}

TEST_CASE("a death that a nurse tells suspends doses and visits, and no fact is refused") {
    Ward ward(171);
    v1::PlannedEncounter plan;
    plan.set_status(v1::ENCOUNTER_STATUS_PLANNED);
    ward.server->put(*ward.citizen.writer, ward.citizen.record, id_of<ResourceId>(3071), plan);
    ward.sync();
    CHECK(ward.slot().may_give);
    CHECK_FALSE(ward.chart().suspended);
    DeathEntry entry;
    entry.token = ward.chart().patient->token;
    CHECK(ward.device.care().report_death(entry).error().code == ErrorCode::reason_required);
    entry.reason = "found in bed at 06:30, Dr Berg is phoned";
    const Written told = take(ward.device.care().report_death(entry));
    CHECK(told.also.size() == 1);  // how it is known
    CHECK(has_rule(told.raised, "patient/death-unconfirmed"));
    const ChartView chart = ward.chart();
    REQUIRE(chart.suspended);
    CHECK(chart.suspended->rule == "patient/death-unconfirmed");
    CHECK_FALSE(chart.suspended->action.empty());
    CHECK_FALSE(chart.patient->deceased);
    CHECK(chart.care.planned_visits.at(0).state == "suspended");
    CHECK(chart.notes.at(0).document.value->text == entry.reason);
    const DoseRound round = take(ward.device.doses_due(ward.citizen.record, ward.today()));
    REQUIRE(round.suspended);
    CHECK(round.slots.at(0).state == "suspended");
    CHECK_FALSE(round.slots.at(0).may_give);

    DoseEntry dose = ward.dose();
    CHECK(ward.device.give(dose).error().what == "patient/death-unconfirmed");
    dose.overrides.push_back({"patient/death-unconfirmed", "he opened the door himself"});
    REQUIRE(ward.device.give(dose).has_value());
    CHECK(ward.slot().state == "given");

    REQUIRE(ward.device.care().report_alive(told.token, "he opened the door himself"));
    CHECK_FALSE(ward.chart().suspended);
    CHECK(ward.chart().care.planned_visits.at(0).state == "planned");
    const auto findings = take(ward.device.findings(ward.citizen.record));
    CHECK_FALSE(has_rule(findings, "patient/death-unconfirmed"));
}
