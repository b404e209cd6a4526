// SPDX-License-Identifier: Apache-2.0
//
// Problems, measures, visits, vaccines, tasks, relatives, consents and messages through the facade.
#include <algorithm>

#include <catch2/catch_test_macros.hpp>

#include "kari/v1/care.pb.h"
#include "sdk/base/time.hpp"
#include "tests/unit/device/fake_server.hpp"

using namespace kari;
using namespace kari::test;

namespace {

struct Ward : Bench {
    explicit Ward(std::uint64_t seed) : Bench(seed), device(enrolled()) {
        citizen = put_citizen(*server, 30);
        sync();
    }
    CareView care() { return take(device.open_chart(citizen.record, {})).care; }
    ChartView chart() { return take(device.open_chart(citizen.record, {})); }
    void sync() { REQUIRE(device.sync({})->complete); }
    template <typename Message>
    ResourceId put(std::uint64_t number, const Message& message) {
        const auto id = id_of<ResourceId>(number);
        server->put(*citizen.writer, citizen.record, id, message);
        sync();
        return id;
    }

    Device device;
    Citizen citizen;
};

bool has_rule(const std::vector<FindingItem>& findings, const std::string& rule) {
    return std::any_of(findings.begin(), findings.end(),
                       [&](const FindingItem& one) { return one.rule == rule; });
}

template <typename Measure>
Measure measure(v1::MeasureStatus status) {
    Measure out;
    out.mutable_content()->set_title("Sengehest");
    out.set_status(status);
    return out;
}

}  // namespace

TEST_CASE("a problem is on the chart at once, and resolved with a reason") {
    Ward ward(140);
    ProblemEntry entry;
    entry.code = {"", "", "Fall i hjemmet"};
    entry.severity = {"", "", "moderat"};
    entry.onset = "2026-01";
    entry.note = "to ganger";
    const auto made = take(ward.device.care().add_problem(ward.citizen.record, entry));
    auto item = ward.care().problems.at(0);
    CHECK(item.active);
    CHECK(item.code.value->text == "Fall i hjemmet");
    CHECK(item.clinical_status.value == "active");
    CHECK(item.verification_status.value == "unconfirmed");
    CHECK(item.onset == "2026-01");
    CHECK(item.notes == std::vector<std::string>{"to ganger"});
    CHECK(ward.device.care().resolve_problem(made.token, "").error().code ==
          ErrorCode::reason_required);
    REQUIRE(ward.device.care().resolve_problem(made.token, "ikke falt på et år"));
    item = ward.care().problems.at(0);
    CHECK_FALSE(item.active);
    CHECK(item.clinical_status.value == "resolved");
    CHECK_FALSE(item.abatement.empty());
    CHECK(item.notes.size() == 2);
    CHECK(ward.device.care().add_problem(ward.citizen.record, {}).error().code ==
          ErrorCode::invalid_argument);
}

TEST_CASE("a protective measure holds at once, a service waits, and both take acts as facts") {
    Ward ward(141);
    MeasureEntry entry;
    entry.protective = true;
    entry.what.text = "To ved forflytning";
    entry.per_day = 3;
    entry.people = 2;
    const auto made = take(ward.device.care().add_measure(ward.citizen.record, entry));
    entry.protective = false;
    entry.what.text = "Dusj";
    REQUIRE(ward.device.care().add_measure(ward.citizen.record, entry));
    auto care = ward.care();
    REQUIRE(care.measures.size() == 2);
    CHECK(care.measures[0].kind == "protective");
    CHECK(care.measures[0].in_force);
    CHECK(care.measures[0].people.value == 2);
    CHECK(care.measures[1].kind == "service");
    CHECK_FALSE(care.measures[1].in_force);
    CHECK_FALSE(care.measures[1].status.value);
    CHECK(care.measures[1].status.proposed.size() == 1);

    ActEntry act;
    act.token = made.token;
    REQUIRE(ward.device.care().measure_done(act));
    CHECK(ward.device.care().measure_not_done(act).error().code == ErrorCode::reason_required);
    act.reason = "hun sov";
    const auto undone = take(ward.device.care().measure_not_done(act));
    MeasureChange change;
    change.token = made.token;
    change.instruction = "bruk seil";
    change.reason = "fysioterapeut";
    REQUIRE(ward.device.care().change_measure(change));
    // The end was written on the view of before the change: it does not end it.
    REQUIRE(ward.device.care().end_measure(made.token, "flytter selv"));
    care = ward.care();
    CHECK(care.measures[0].in_force);
    CHECK(care.measures[0].status.contested);
    CHECK(care.measures[0].acts.size() == 2);
    CHECK(has_rule(ward.chart().findings, "measure/ended-beside-change"));
    REQUIRE(care.acts.size() == 2);
    CHECK(care.acts[0].statement.value->about == made.resource);
    REQUIRE(ward.device.care().act_entered_in_error(undone.token, "feil person"));
    // A measure that is over takes facts all the same.
    act.token = ward.care().measures[0].token;
    CHECK(ward.device.care().measure_done(act));
    CHECK(ward.care().acts.size() == 3);
}

TEST_CASE("a restraint that is ended here is not in force any more, and takes no other change") {
    Ward ward(142);
    ward.put(401, measure<v1::RestraintMeasure>(v1::MEASURE_STATUS_ACTIVE));
    auto item = ward.care().measures.at(0);
    CHECK(item.kind == "restraint");
    CHECK(item.in_force);
    MeasureChange change;
    change.token = item.token;
    change.instruction = "oftere";
    change.reason = "uro";
    CHECK(ward.device.care().change_measure(change).error().code == ErrorCode::not_permitted);
    CHECK(ward.device.care().end_measure(item.token, "").error().code ==
          ErrorCode::reason_required);
    REQUIRE(ward.device.care().end_measure(item.token, "ikke lenger uro"));
    item = ward.care().measures.at(0);
    CHECK_FALSE(item.in_force);
    CHECK(item.status.value == "revoked");
    CHECK(item.status_reason == "ikke lenger uro");
    // To use it now is recorded, not refused, and found.
    ActEntry act;
    act.token = item.token;
    const auto used = take(ward.device.care().measure_done(act));
    CHECK(has_rule(used.raised, "restraint/used-after-end"));
}

TEST_CASE("a visit is started and ended, planned or not, and one in vain leaves the plan open") {
    Ward ward(143);
    v1::PlannedEncounter plan;
    plan.set_status(v1::ENCOUNTER_STATUS_PLANNED);
    plan.mutable_schedule()->set_start("2026-05-29T08:00:00+02:00");
    ward.put(402, plan);
    VisitEntry entry;
    entry.plan = ward.care().planned_visits.at(0).token;
    REQUIRE(
        ward.device.care().hindered_visit(ward.citizen.record, entry, VisitHindrance::no_answer));
    CHECK(ward.care().planned_visits.at(0).state == "hindered");
    const auto started = take(ward.device.care().start_visit(ward.citizen.record, entry));
    CHECK(ward.care().planned_visits.at(0).state == "under-way");
    VisitEnd end;
    end.token = started.token;
    end.note = "alt vel";
    REQUIRE(ward.device.care().end_visit(end));
    auto care = ward.care();
    CHECK(care.planned_visits.at(0).state == "carried-out");
    CHECK(care.planned_visits.at(0).visits.size() == 2);
    REQUIRE(care.visits.size() == 2);
    CHECK(care.visits[0].statement.value->status == "finished");
    CHECK(care.visits[0].earlier.size() == 1);
    CHECK(care.visits[1].statement.value->hindrance == "no-answer");
    // Her own second attempt is no matter for anybody.
    CHECK_FALSE(has_rule(ward.chart().findings, "visit/no-answer-then-done"));
    REQUIRE(ward.device.care().start_visit(ward.citizen.record, {}));
    CHECK(ward.care().visits.size() == 3);

    VisitProposal proposal;
    proposal.token = care.planned_visits.at(0).token;
    proposal.starts = {Instant{1'780'040'000'000}, 7200, "Europe/Oslo"};
    proposal.reason = "hun vil sove";
    REQUIRE(ward.device.care().propose_visit_time(proposal));
    care = ward.care();
    CHECK(care.planned_visits.at(0).time.value->starts == "2026-05-29T08:00:00+02:00");
    CHECK(care.planned_visits.at(0).time.proposed.size() == 1);
}

TEST_CASE("a visit cannot have started tomorrow") {
    Ward ward(144);
    VisitEntry entry;
    entry.starts = ZonedInstant{ward.machine.clock->wall() + Duration::hours(20), 0, "UTC"};
    CHECK(ward.device.care().start_visit(ward.citizen.record, entry).error().code ==
          ErrorCode::time_in_future);
}

TEST_CASE("a vaccine is a fact; what speaks against it wants a reason first") {
    Ward ward(145);
    ImmunizationEntry entry;
    entry.vaccine = {"http://www.whocc.no/atc", "J07BB02", "Influensavaksine"};
    entry.lot = "L1";
    CHECK(ward.device.care().check_immunization(ward.citizen.record, entry)->empty());
    const auto first = take(ward.device.care().immunize(ward.citizen.record, entry));
    CHECK(first.raised.empty());
    const auto refused = ward.device.care().immunize(ward.citizen.record, entry);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::reason_required);
    CHECK(refused.error().what == "immunization/possible-double");
    CHECK(ward.care().immunizations.size() == 1);
    entry.expires = "2020-01-01";
    entry.overrides = {{"immunization/possible-double", "den første gikk utenfor"}};
    CHECK(ward.device.care().immunize(ward.citizen.record, entry).error().what ==
          "immunization/expired");
    entry.overrides.push_back({"immunization/expired", "oppdaget etterpå"});
    const auto second = take(ward.device.care().immunize(ward.citizen.record, entry));
    CHECK(has_rule(second.raised, "immunization/possible-double"));
    CHECK(has_rule(second.raised, "immunization/expired"));
    REQUIRE(ward.device.care().immunization_entered_in_error(second.token, "ført to ganger"));
    const auto care = ward.care();
    REQUIRE(care.immunizations.size() == 2);
    CHECK_FALSE(has_rule(ward.chart().findings, "immunization/possible-double"));
    // What the patient tells of is another provenance, and asks for nothing.
    entry.told = true;
    entry.overrides.clear();
    CHECK(ward.device.care().immunize(ward.citizen.record, entry));
}

TEST_CASE("a vaccine warns of an allergy to it") {
    Ward ward(146);
    AllergyEntry allergy;
    allergy.code = {"http://www.whocc.no/atc", "J07BB02", "Influensavaksine"};
    allergy.criticality = "high";
    allergy.verification = "confirmed";
    REQUIRE(ward.device.add_allergy(ward.citizen.record, allergy));
    ImmunizationEntry entry;
    entry.vaccine = allergy.code;
    CHECK(ward.device.care().immunize(ward.citizen.record, entry).error().what ==
          "dose/given-against-allergy");
}

TEST_CASE("a task is taken, done and cancelled") {
    Ward ward(147);
    TaskEntry entry;
    entry.description = "Ring datteren";
    entry.effect = "contact";
    entry.priority = "urgent";
    const auto made = take(ward.device.care().add_task(ward.citizen.record, entry));
    const auto taken = take(ward.device.care().take_task(made.token));
    auto item = ward.care().tasks.at(0);
    CHECK(item.state == "open");
    CHECK(item.owner.value == "Ingrid");
    CHECK(item.status.value == "accepted");
    CHECK(item.priority.value == "urgent");
    ActEntry act;
    act.token = taken.token;
    REQUIRE(ward.device.care().task_done(act));
    CHECK(ward.care().tasks.at(0).state == "done");
    REQUIRE(ward.device.care().cancel_task(taken.token, "ikke nødvendig"));
    CHECK(ward.care().tasks.at(0).state == "done");
    CHECK(has_rule(ward.chart().findings, "task/done-and-cancelled"));
    entry.effect = "perhaps";
    CHECK(ward.device.care().add_task(ward.citizen.record, entry).error().code ==
          ErrorCode::invalid_argument);
}

TEST_CASE("a limit to treatment that should have been reviewed is marked, and holds until then") {
    Ward ward(160);
    const auto today = base::local_date(*base::in_zone(ward.machine.clock->wall(), "Europe/Oslo"));
    const auto limit = [](v1::TreatmentLimit is, const LocalDate& until) {
        v1::AdvanceDecision out;
        out.mutable_decision()->set_limit(is);
        out.mutable_decision()->mutable_period()->set_end(base::to_text(until));
        return out;
    };
    ward.put(411, limit(v1::TREATMENT_LIMIT_IN_FORCE, base::add_days(today, -1)));
    auto item = ward.care().treatment_limits.at(0);
    CHECK(item.review_overdue);
    CHECK(item.decision.value->effect == "in-force");
    for (const auto& [is, until] : {std::pair(v1::TREATMENT_LIMIT_IN_FORCE, today),
                                    {v1::TREATMENT_LIMIT_ENDED, base::add_days(today, -1)}}) {
        Ward other(161);
        other.put(412, limit(is, until));
        CHECK_FALSE(other.care().treatment_limits.at(0).review_overdue);
    }
    // While two stand nothing holds, so nothing is overdue.
    ward.put(411, limit(v1::TREATMENT_LIMIT_ENDED, today));  // without having seen the first
    item = ward.care().treatment_limits.at(0);
    CHECK(item.unclear);
    CHECK_FALSE(item.review_overdue);
}

TEST_CASE("a relative gets another number beside the first, and is left alone at once") {
    Ward ward(148);
    RelatedPersonEntry entry;
    entry.given = "Anne";
    entry.family = "Testesen";
    entry.relationship.text = "datter";
    entry.phone = "11111111";
    entry.next_of_kin = true;
    const auto made = take(ward.device.care().add_related_person(ward.citizen.record, entry));
    const auto more = take(ward.device.care().add_phone(made.token, "22222222"));
    auto item = ward.care().related_persons.at(0);
    CHECK(item.name.value == "Anne Testesen");
    CHECK(item.telecom.size() == 2);
    CHECK(item.next_of_kin.value == true);
    REQUIRE(ward.device.care().do_not_contact(more.token, "etter ønske"));
    item = ward.care().related_persons.at(0);
    CHECK(item.contact.value == "do-not-contact");
    CHECK(item.telecom.size() == 2);
    CHECK(item.notes.size() == 1);
}

TEST_CASE("a denial and a withdrawal hold at once, and a permission waits") {
    Ward ward(149);
    v1::Consent permitted;
    permitted.mutable_decision()->set_effect(v1::CONSENT_EFFECT_PERMITTED);
    permitted.mutable_decision()->set_status("active");
    ward.put(403, permitted);
    const auto standing = ward.care().consents.at(0);
    CHECK(standing.decision.value->effect == "permitted");
    REQUIRE(ward.device.care().withdraw_consent(standing.token, "ombestemte seg"));
    CHECK(ward.care().consents.at(0).decision.value->effect == "withdrawn");
    ConsentEntry entry;
    entry.text = "Ingen bilder";
    const auto denied = take(ward.device.care().record_consent(ward.citizen.record, entry));
    entry.permits = true;
    const auto asked = take(ward.device.care().record_consent(ward.citizen.record, entry));
    for (const auto& item : ward.care().consents) {
        if (item.resource == denied.resource) CHECK(item.decision.value->effect == "denied");
        if (item.resource == asked.resource) {
            CHECK_FALSE(item.decision.value);
            CHECK(item.decision.proposed.size() == 1);
        }
    }
    CHECK(ward.device.care().withdraw_consent(denied.token, "x").error().code ==
          ErrorCode::invalid_argument);
}

TEST_CASE("a message that was sent is a fact") {
    Ward ward(150);
    CommunicationEntry entry;
    entry.topic.text = "fall";
    entry.text = "Hun falt, men er uskadd.";
    entry.recipient = "datteren";
    const auto made = take(ward.device.care().record_communication(ward.citizen.record, entry));
    CHECK(ward.care().communications.at(0).readers.empty());
    REQUIRE(ward.device.care().read_message(made.token));
    const auto read = ward.care();
    REQUIRE(read.communications.at(0).readers.size() == 1);
    CHECK(read.communications[0].readers[0].said.person_name == "Ingrid");
    CHECK(read.communications[0].readers[0].as_it_stands);
    CHECK(read.acts.empty());
    REQUIRE(ward.device.care().act_entered_in_error(read.communications[0].readers[0].token,
                                                    "feil beskjed"));
    CHECK(ward.care().communications.at(0).readers.empty());
    CHECK(ward.care().acts.size() == 1);
    REQUIRE(ward.device.care().read_message(made.token));
    REQUIRE(ward.device.care().communication_entered_in_error(made.token, "feil pasient"));
    const auto item = ward.care().communications.at(0);
    CHECK_FALSE(item.readers.at(0).as_it_stands);
    CHECK(item.statement.value->status == "entered-in-error");
    CHECK(item.statement.value->sender == "Ingrid");
    CHECK(item.earlier.at(0).value.text == entry.text);
}

TEST_CASE("what an earlier version took in whole is on the chart, and takes facts but no edit") {
    Ward ward(151);
    v1::OtherResource kept;
    kept.mutable_resource()->set_type("Condition");
    kept.mutable_resource()->set_json(
        R"({"resourceType":"Condition","id":"c","code":{"text":"KOLS"},)"
        R"("subject":{"reference":"Patient/p"}})");
    kept.mutable_resource()->mutable_source()->set_system("urn:test");
    kept.mutable_resource()->mutable_source()->set_type("Condition");
    kept.mutable_resource()->mutable_source()->set_logical_id("c");
    ward.put(404, kept);
    const auto chart = ward.chart();
    REQUIRE(chart.care.problems.size() == 1);
    CHECK(chart.other_resources == 0);
    const auto& item = chart.care.problems[0];
    CHECK(item.code.value->text == "KOLS");
    CHECK(item.kept_whole);
    CHECK(ward.device.care().resolve_problem(item.token, "frisk").error().code ==
          ErrorCode::resource_kept_whole);
    CHECK(take(ward.device.verify()).sound());
}
