// SPDX-License-Identifier: Apache-2.0
//
// Problems, measures, visits, tasks, vaccines, consents: each rule's case, and its converse.
#include <catch2/catch_test_macros.hpp>

#include "kari/v1/care.pb.h"
#include "tests/unit/chart/scene.hpp"

namespace kari::test {
namespace {

using Strings = std::vector<std::string>;

struct Made {
    ResourceId id;
    ChangePtr change;
};

// A scene with what care is made of.
struct CareScene : Scene {
    template <typename Message>
    Made begin(Writer& who, const Message& message, std::optional<Instant> at = {}) {
        Made made{next(), nullptr};
        Act act{.record = record, .resource = made.id};
        if (at) act.effective = std::pair(*at, *at);
        made.change = add(who, act, message);
        return made;
    }
    template <typename Message>
    ChangePtr then(Writer& who, const Made& of, std::vector<ChangeId> parents,
                   const Message& message) {
        return add(who, {.record = record, .resource = of.id, .parents = std::move(parents)},
                   message);
    }
    Made act(Writer& who, const Made& about, v1::ProcedureStatus status,
             std::optional<Instant> at = {}) {
        v1::Procedure message;
        message.mutable_procedure()->set_status(status);
        message.mutable_procedure()->mutable_about()->set_resource(base::to_bytes(about.id));
        return begin(who, message, at.value_or(who.now));
    }
    Made visit(Writer& who, const Made& plan, v1::EncounterStatus status,
               v1::VisitHindrance hindrance = v1::VISIT_HINDRANCE_UNSPECIFIED) {
        v1::Encounter message;
        message.mutable_visit()->set_status(status);
        message.mutable_visit()->set_hindrance(hindrance);
        message.mutable_visit()->mutable_plan()->set_resource(base::to_bytes(plan.id));
        return begin(who, message, who.now);
    }
    std::vector<std::string> rules() const { return rules_of(findings()); }
};

v1::Condition problem(v1::ConditionClinicalStatus status) {
    v1::Condition out;
    out.mutable_code()->set_text("fall");
    out.set_clinical_status(status);
    return out;
}

template <typename Measure>
Measure measure(v1::MeasureStatus status) {
    Measure out;
    out.mutable_content()->set_title("to ved forflytning");
    out.set_status(status);
    return out;
}

template <typename Measure>
Measure only_status(v1::MeasureStatus status) {
    Measure out;
    out.set_status(status);
    return out;
}

v1::PlannedEncounter plan(v1::EncounterStatus status = v1::ENCOUNTER_STATUS_PLANNED) {
    v1::PlannedEncounter out;
    out.set_status(status);
    return out;
}

}  // namespace

TEST_CASE("a problem that was resolved beside a newer entry stays active") {
    CareScene scene;
    const auto made = scene.begin(scene.a, problem(v1::CONDITION_CLINICAL_STATUS_ACTIVE));
    v1::Condition resolved;
    resolved.set_clinical_status(v1::CONDITION_CLINICAL_STATUS_RESOLVED);
    const auto end = scene.then(scene.a, made, {made.change->id}, resolved);
    CHECK(scene.findings().empty());
    CHECK_FALSE(scene.chart().care.conditions.at(0).active);

    v1::Condition worse;
    worse.mutable_severity()->set_text("alvorlig");
    const auto news = scene.then(scene.b, made, {made.change->id}, worse);
    const auto found = only(scene.findings(), "problem/ended-beside-change");
    REQUIRE(found);
    CHECK(found->severity == v1::SEVERITY_S2);
    CHECK(found->inputs == ids({end, news}));
    CHECK(found->subject == chart::Subject::resource(made.id));
    CHECK(scene.chart().care.conditions.at(0).active);

    // Whoever saw both and resolved it decided.
    scene.then(scene.c, made, {end->id, news->id}, resolved);
    CHECK(scene.findings().empty());
    CHECK_FALSE(scene.chart().care.conditions.at(0).active);
}

TEST_CASE("a note beside a resolved problem does not make it active again") {
    CareScene scene;
    const auto made = scene.begin(scene.a, problem(v1::CONDITION_CLINICAL_STATUS_ACTIVE));
    v1::Condition resolved;
    resolved.set_clinical_status(v1::CONDITION_CLINICAL_STATUS_RESOLVED);
    scene.then(scene.a, made, {made.change->id}, resolved);
    v1::Condition remark;
    remark.mutable_note()->add_items()->set_text("ringt");
    scene.then(scene.b, made, {made.change->id}, remark);
    CHECK(scene.findings().empty());
    CHECK_FALSE(scene.chart().care.conditions.at(0).active);
}

TEST_CASE("two views of a problem's status are one finding, and the active one is obeyed") {
    CareScene scene;
    const auto made = scene.begin(scene.a, problem(v1::CONDITION_CLINICAL_STATUS_INACTIVE));
    v1::Condition active, resolved;
    active.set_clinical_status(v1::CONDITION_CLINICAL_STATUS_ACTIVE);
    active.set_verification_status(v1::CONDITION_VERIFICATION_STATUS_CONFIRMED);
    resolved.set_clinical_status(v1::CONDITION_CLINICAL_STATUS_RESOLVED);
    resolved.set_verification_status(v1::CONDITION_VERIFICATION_STATUS_REFUTED);
    scene.then(scene.a, made, {made.change->id}, active);
    scene.then(scene.b, made, {made.change->id}, resolved);
    const auto found = only(scene.findings(), "merge/problem-status");
    REQUIRE(found);
    CHECK(found->severity == v1::SEVERITY_S2);
    const auto view = scene.chart().care.conditions.at(0);
    CHECK(view.active);
    CHECK(view.value.clinical_status() == v1::CONDITION_CLINICAL_STATUS_ACTIVE);
    CHECK(view.value.verification_status() == v1::CONDITION_VERIFICATION_STATUS_CONFIRMED);
}

TEST_CASE("a protective measure stays in force beside an end that had not seen its change") {
    using Protective = v1::ProtectiveMeasure;
    CareScene scene;
    const auto made = scene.begin(scene.a, measure<Protective>(v1::MEASURE_STATUS_ACTIVE));
    const auto end = scene.then(scene.a, made, {made.change->id},
                                only_status<Protective>(v1::MEASURE_STATUS_REVOKED));
    CHECK(scene.findings().empty());
    CHECK_FALSE(scene.chart().care.measures.at(0).in_force);
    Protective change;
    change.set_instruction("bruk seil");
    const auto edit = scene.then(scene.b, made, {made.change->id}, change);
    const auto found = only(scene.findings(), "measure/ended-beside-change");
    REQUIRE(found);
    CHECK(found->severity == v1::SEVERITY_S2);
    CHECK(found->inputs == ids({end, edit}));
    CHECK(scene.chart().care.measures.at(0).in_force);
}

TEST_CASE(
    "of two timings of a protective measure the more frequent is obeyed, and both are shown") {
    CareScene scene;
    const auto made =
        scene.begin(scene.a, measure<v1::ProtectiveMeasure>(v1::MEASURE_STATUS_ACTIVE));
    v1::ProtectiveMeasure daily, hourly;
    daily.mutable_timing()->set_frequency(v1::MEASURE_FREQUENCY_DAILY);
    hourly.mutable_timing()->set_frequency(v1::MEASURE_FREQUENCY_HOURLY);
    scene.then(scene.a, made, {made.change->id}, daily);
    scene.then(scene.b, made, {made.change->id}, hourly);
    const auto found = only(scene.findings(), "merge/protection-timing");
    REQUIRE(found);
    CHECK(found->severity == v1::SEVERITY_S2);
    const auto view = scene.chart().care.measures.at(0);
    CHECK(view.value.timing().frequency() == v1::MEASURE_FREQUENCY_HOURLY);
    CHECK(view.atom(2)->live.size() == 2);
}

TEST_CASE("different parts of a measure are changed side by side without a word") {
    CareScene scene;
    const auto made =
        scene.begin(scene.a, measure<v1::ProtectiveMeasure>(v1::MEASURE_STATUS_ACTIVE));
    v1::ProtectiveMeasure one, other;
    one.set_instruction("bruk seil");
    other.mutable_staffing()->set_count(v1::HELPER_COUNT_TWO);
    scene.then(scene.a, made, {made.change->id}, one);
    scene.then(scene.b, made, {made.change->id}, other);
    CHECK(scene.findings().empty());
    const auto view = scene.chart().care.measures.at(0);
    CHECK(view.value.instruction() == "bruk seil");
    CHECK(view.value.staffing().count() == v1::HELPER_COUNT_TWO);
}

TEST_CASE("an act beside the end of its measure stands without a finding") {
    CareScene scene;
    const auto made =
        scene.begin(scene.a, measure<v1::ProtectiveMeasure>(v1::MEASURE_STATUS_ACTIVE));
    scene.then(scene.b, made, {made.change->id},
               only_status<v1::ProtectiveMeasure>(v1::MEASURE_STATUS_COMPLETED));
    scene.act(scene.a, made, v1::PROCEDURE_STATUS_COMPLETED);
    CHECK(scene.findings().empty());
    CHECK(scene.chart().care.procedures.size() == 1);
    CHECK_FALSE(scene.chart().care.measures.at(0).in_force);
}

TEST_CASE("of two instructions for a service the last that was accepted is acted on") {
    CareScene scene;
    Writer other = Writer::server(901);
    const auto made =
        scene.begin(scene.server, measure<v1::ServiceMeasure>(v1::MEASURE_STATUS_ACTIVE));
    other.reads(*made.change);
    v1::ServiceMeasure one, two, proposed;
    one.set_instruction("dusj");
    two.set_instruction("bad");
    proposed.set_instruction("karbad");
    const auto left = scene.then(scene.server, made, {made.change->id}, one);
    other.reads(*left);
    CHECK(scene.findings().empty());
    const auto right = scene.then(other, made, {made.change->id}, two);
    scene.then(scene.a, made, {left->id, right->id}, proposed);
    const auto found = only(scene.findings(), "merge/service-instruction");
    REQUIRE(found);
    CHECK(found->severity == v1::SEVERITY_S2);
    CHECK(scene.chart().care.measures.at(0).value.instruction() == "bad");
    scene.then(other, made, {left->id, right->id}, one);
    CHECK_FALSE(only(scene.findings(), "merge/service-instruction"));
}

TEST_CASE("the end of a service is a proposal until it is confirmed") {
    using Service = v1::ServiceMeasure;
    CareScene scene;
    const auto made = scene.begin(scene.server, measure<Service>(v1::MEASURE_STATUS_ACTIVE));
    const auto end = scene.then(scene.a, made, {made.change->id},
                                only_status<Service>(v1::MEASURE_STATUS_REVOKED));
    const auto found = only(scene.findings(), "measure/end-unconfirmed");
    REQUIRE(found);
    CHECK(found->severity == v1::SEVERITY_S2);
    CHECK(found->inputs == ids({end}));
    auto view = scene.chart().care.measures.at(0);
    CHECK(view.in_force);
    CHECK(view.end_proposed);
    scene.then(scene.server, made, {end->id}, only_status<Service>(v1::MEASURE_STATUS_REVOKED));
    CHECK(scene.findings().empty());
    view = scene.chart().care.measures.at(0);
    CHECK_FALSE(view.in_force);
    CHECK_FALSE(view.end_proposed);
}

TEST_CASE("a restraint ends with any end, at once, and a renewal beside it is phoned about") {
    using Restraint = v1::RestraintMeasure;
    CareScene scene;
    const auto made = scene.begin(scene.server, measure<Restraint>(v1::MEASURE_STATUS_ACTIVE));
    CHECK(scene.chart().care.measures.at(0).in_force);
    const auto end = scene.then(scene.a, made, {made.change->id},
                                only_status<Restraint>(v1::MEASURE_STATUS_REVOKED));
    CHECK(scene.findings().empty());
    CHECK_FALSE(scene.chart().care.measures.at(0).in_force);
    const auto renewed = scene.then(scene.server, made, {made.change->id},
                                    only_status<Restraint>(v1::MEASURE_STATUS_ACTIVE));
    const auto found = only(scene.findings(), "merge/restraint-status");
    REQUIRE(found);
    CHECK(found->severity == v1::SEVERITY_S1);
    CHECK_FALSE(scene.chart().care.measures.at(0).in_force);
    // A new decision that saw the end lets it go on.
    scene.then(scene.server, made, {end->id, renewed->id},
               only_status<Restraint>(v1::MEASURE_STATUS_ACTIVE));
    CHECK(scene.findings().empty());
    CHECK(scene.chart().care.measures.at(0).in_force);
}

TEST_CASE("a restraint that was used after its end is found, and not one used before") {
    using Restraint = v1::RestraintMeasure;
    CareScene scene;
    const auto made = scene.begin(scene.server, measure<Restraint>(v1::MEASURE_STATUS_ACTIVE));
    const auto before = scene.act(scene.b, made, v1::PROCEDURE_STATUS_COMPLETED);
    scene.a.waits(Duration::hours(1));
    scene.b.waits(Duration::hours(2));
    const auto end = scene.then(scene.a, made, {made.change->id},
                                only_status<Restraint>(v1::MEASURE_STATUS_REVOKED));
    CHECK(scene.findings().empty());
    const auto after = scene.act(scene.b, made, v1::PROCEDURE_STATUS_COMPLETED);
    const auto found = only(scene.findings(), "restraint/used-after-end");
    REQUIRE(found);
    CHECK(found->severity == v1::SEVERITY_S1);
    CHECK(found->inputs == ids({end, after.change}));
    scene.act(scene.b, made, v1::PROCEDURE_STATUS_NOT_DONE);
    CHECK(scene.findings().size() == 1);
    CHECK(scene.chart().care.measures.at(0).acts.size() == 3);
}

TEST_CASE("a restraint that was used after its decision had run out is found") {
    CareScene scene;
    auto decided = measure<v1::RestraintMeasure>(v1::MEASURE_STATUS_ACTIVE);
    decided.mutable_validity()->set_end("2026-01-05");
    const auto made = scene.begin(scene.server, decided);
    scene.act(scene.a, made, v1::PROCEDURE_STATUS_COMPLETED);
    CHECK(scene.findings().empty());
    scene.a.waits(Duration::hours(48));
    scene.act(scene.a, made, v1::PROCEDURE_STATUS_COMPLETED);
    CHECK(scene.rules() == Strings{"restraint/used-after-end"});
}

TEST_CASE("a visit that was made wins over its cancellation") {
    CareScene scene;
    const auto made = scene.begin(scene.server, plan());
    CHECK(scene.chart().care.planned_visits.at(0).state == chart::VisitState::planned);
    scene.visit(scene.a, made, v1::ENCOUNTER_STATUS_IN_PROGRESS);
    CHECK(scene.findings().empty());
    CHECK(scene.chart().care.planned_visits.at(0).state == chart::VisitState::under_way);
    scene.then(scene.server, made, {made.change->id}, plan(v1::ENCOUNTER_STATUS_CANCELLED));
    const auto found = only(scene.findings(), "visit/cancelled-but-done");
    REQUIRE(found);
    CHECK(found->severity == v1::SEVERITY_S3);
    CHECK(scene.chart().care.planned_visits.at(0).state == chart::VisitState::under_way);
}

TEST_CASE("a cancelled visit that nobody made is cancelled, without a finding") {
    CareScene scene;
    const auto made = scene.begin(scene.server, plan());
    scene.then(scene.server, made, {made.change->id}, plan(v1::ENCOUNTER_STATUS_CANCELLED));
    CHECK(scene.findings().empty());
    CHECK(scene.chart().care.planned_visits.at(0).state == chart::VisitState::cancelled);
}

TEST_CASE("two who came to a visit for one are found, and to a visit for two not") {
    for (const auto count : {v1::HELPER_COUNT_ONE, v1::HELPER_COUNT_TWO}) {
        CareScene scene;
        auto planned = plan();
        planned.mutable_performers()->set_count(count);
        const auto made = scene.begin(scene.server, planned);
        scene.visit(scene.a, made, v1::ENCOUNTER_STATUS_FINISHED);
        CHECK(scene.findings().empty());
        scene.visit(scene.b, made, v1::ENCOUNTER_STATUS_IN_PROGRESS);
        const Strings expected =
            count == v1::HELPER_COUNT_ONE ? Strings{"visit/possible-double"} : Strings{};
        CHECK(scene.rules() == expected);
        CHECK(scene.chart().care.planned_visits.at(0).state == chart::VisitState::carried_out);
    }
}

TEST_CASE("a visit that was begun by whom the plan has lost is found, and goes on") {
    const auto planned_for = [](const char* who) {
        auto out = plan();
        out.mutable_performers()->add_performer()->set_reference(who);
        return out;
    };
    for (const bool reassigned : {true, false}) {
        CareScene scene;
        const auto made = scene.begin(scene.server, planned_for("Practitioner/b"));
        v1::Encounter begun;
        begun.mutable_visit()->set_status(v1::ENCOUNTER_STATUS_IN_PROGRESS);
        begun.mutable_visit()->add_performer()->set_reference("Practitioner/b");
        begun.mutable_visit()->mutable_plan()->set_resource(base::to_bytes(made.id));
        const auto visit = scene.begin(scene.b, begun, scene.b.now);
        CHECK(scene.findings().empty());
        const auto moved =
            scene.then(scene.server, made, {made.change->id},
                       planned_for(reassigned ? "Practitioner/c" : "Practitioner/b"));
        CHECK(scene.chart().care.planned_visits.at(0).state == chart::VisitState::under_way);
        if (!reassigned) {
            CHECK(scene.findings().empty());
            continue;
        }
        const auto found = only(scene.findings(), "visit/started-by-another");
        REQUIRE(found);
        CHECK(found->severity == v1::SEVERITY_S3);
        CHECK(found->inputs == ids({moved, visit.change}));
    }
}

TEST_CASE("one whom the plan never named, and who stands in for another, is no finding") {
    CareScene scene;
    auto planned = plan();
    planned.mutable_performers()->add_performer()->set_reference("Practitioner/b");
    const auto made = scene.begin(scene.server, planned);
    v1::Encounter begun;
    begun.mutable_visit()->set_status(v1::ENCOUNTER_STATUS_FINISHED);
    begun.mutable_visit()->add_performer()->set_reference("Practitioner/c");
    begun.mutable_visit()->mutable_plan()->set_resource(base::to_bytes(made.id));
    scene.begin(scene.c, begun, scene.c.now);
    CHECK(scene.findings().empty());
}

TEST_CASE("no answer for one and a visit by another is found; one's own second attempt is not") {
    CareScene scene;
    const auto made = scene.begin(scene.server, plan());
    scene.visit(scene.a, made, v1::ENCOUNTER_STATUS_CANCELLED, v1::VISIT_HINDRANCE_NO_ANSWER);
    CHECK(scene.findings().empty());
    CHECK(scene.chart().care.planned_visits.at(0).state == chart::VisitState::hindered);
    CareScene again = scene;
    again.visit(again.a, made, v1::ENCOUNTER_STATUS_FINISHED);
    CHECK(again.findings().empty());
    scene.visit(scene.b, made, v1::ENCOUNTER_STATUS_FINISHED);
    const auto found = only(scene.findings(), "visit/no-answer-then-done");
    REQUIRE(found);
    CHECK(found->severity == v1::SEVERITY_S2);
}

TEST_CASE("a proposal that had not seen the plan in effect is found, and one that had is not") {
    CareScene scene;
    const auto made = scene.begin(scene.server, plan());
    v1::PlannedEncounter earlier, later;
    earlier.mutable_schedule()->set_start("2026-01-06T08:00:00+01:00");
    later.mutable_schedule()->set_start("2026-01-06T10:00:00+01:00");
    const auto moved = scene.then(scene.server, made, {made.change->id}, earlier);
    scene.then(scene.a, made, {moved->id}, later);
    CHECK(scene.findings().empty());
    scene.then(scene.b, made, {made.change->id}, later);
    CHECK(scene.rules() == Strings{"plan/stale-proposal"});
    CHECK(scene.chart().care.planned_visits.at(0).value.schedule().start() ==
          "2026-01-06T08:00:00+01:00");
}

TEST_CASE("a task done twice is looked at when that may harm, and only noted when it was a call") {
    for (const auto effect : {v1::TASK_EFFECT_CLINICAL, v1::TASK_EFFECT_CONTACT}) {
        CareScene scene;
        v1::Task task;
        task.mutable_content()->set_effect(effect);
        task.set_status(v1::TASK_STATUS_REQUESTED);
        const auto made = scene.begin(scene.a, task);
        CHECK(scene.chart().care.tasks.at(0).state == chart::TaskState::open);
        scene.act(scene.a, made, v1::PROCEDURE_STATUS_COMPLETED);
        CHECK(scene.findings().empty());
        CHECK(scene.chart().care.tasks.at(0).state == chart::TaskState::done);
        scene.act(scene.b, made, v1::PROCEDURE_STATUS_COMPLETED);
        const auto found = only(scene.findings(), "task/done-twice");
        REQUIRE(found);
        CHECK(found->severity ==
              (effect == v1::TASK_EFFECT_CONTACT ? v1::SEVERITY_S4 : v1::SEVERITY_S2));
    }
}

TEST_CASE("a task that was done and cancelled is done; priority is the highest, due the earliest") {
    CareScene scene;
    v1::Task task;
    task.set_status(v1::TASK_STATUS_REQUESTED);
    const auto made = scene.begin(scene.a, task);
    v1::Task urgent, later, cancelled;
    urgent.set_priority(v1::TASK_PRIORITY_URGENT);
    urgent.mutable_due()->mutable_period()->set_end("2026-01-07");
    later.set_priority(v1::TASK_PRIORITY_ROUTINE);
    later.mutable_due()->mutable_period()->set_end("2026-01-06");
    scene.then(scene.a, made, {made.change->id}, urgent);
    scene.then(scene.b, made, {made.change->id}, later);
    auto view = scene.chart().care.tasks.at(0);
    CHECK(view.value.priority() == v1::TASK_PRIORITY_URGENT);
    CHECK(view.due == "2026-01-06");
    cancelled.set_status(v1::TASK_STATUS_CANCELLED);
    scene.then(scene.a, made, {made.change->id}, cancelled);
    CHECK(scene.chart().care.tasks.at(0).state == chart::TaskState::cancelled);
    scene.act(scene.b, made, v1::PROCEDURE_STATUS_COMPLETED);
    CHECK(only(scene.findings(), "task/done-and-cancelled"));
    CHECK(scene.chart().care.tasks.at(0).state == chart::TaskState::done);
}

TEST_CASE(
    "a welfare check that one cancelled and another had open is open until somebody decides") {
    for (const auto effect : {v1::TASK_EFFECT_WELFARE_CHECK, v1::TASK_EFFECT_CLINICAL}) {
        CareScene scene;
        v1::Task task, begun, cancelled;
        task.mutable_content()->set_effect(effect);
        task.set_status(v1::TASK_STATUS_REQUESTED);
        const auto made = scene.begin(scene.a, task);
        begun.set_status(v1::TASK_STATUS_IN_PROGRESS);
        cancelled.set_status(v1::TASK_STATUS_CANCELLED);
        const auto one = scene.then(scene.a, made, {made.change->id}, begun);
        const auto other = scene.then(scene.b, made, {made.change->id}, cancelled);
        CHECK(scene.rules() == Strings{"merge/task-status"});
        CHECK(scene.chart().care.tasks.at(0).state == (effect == v1::TASK_EFFECT_WELFARE_CHECK
                                                           ? chart::TaskState::open
                                                           : chart::TaskState::cancelled));
        scene.then(scene.c, made, {one->id, other->id}, cancelled);
        CHECK(scene.findings().empty());
        CHECK(scene.chart().care.tasks.at(0).state == chart::TaskState::cancelled);
    }
}

TEST_CASE("a denial or withdrawal holds at once, a permission only from the server") {
    CareScene scene;
    const auto say = [](v1::ConsentEffect effect) {
        v1::Consent out;
        out.mutable_decision()->set_effect(effect);
        return out;
    };
    const auto made = scene.begin(scene.server, say(v1::CONSENT_EFFECT_PERMITTED));
    const auto asked = scene.begin(scene.a, say(v1::CONSENT_EFFECT_PERMITTED));
    const auto effect_of = [&](const Made& of) {
        for (const auto& view : scene.chart().care.consents) {
            if (view.version.resource == of.id) return view.value.decision().effect();
        }
        return v1::CONSENT_EFFECT_UNSPECIFIED;
    };
    CHECK(effect_of(made) == v1::CONSENT_EFFECT_PERMITTED);
    CHECK(effect_of(asked) == v1::CONSENT_EFFECT_UNSPECIFIED);
    scene.then(scene.a, made, {made.change->id}, say(v1::CONSENT_EFFECT_WITHDRAWN));
    CHECK(effect_of(made) == v1::CONSENT_EFFECT_WITHDRAWN);
    CHECK(scene.findings().empty());
    // Beside a grant that had not seen it the withdrawal stands, and somebody must look.
    scene.then(scene.server, made, {made.change->id}, say(v1::CONSENT_EFFECT_PERMITTED));
    CHECK(effect_of(made) == v1::CONSENT_EFFECT_WITHDRAWN);
    const auto found = only(scene.findings(), "merge/consent-decision");
    REQUIRE(found);
    CHECK(found->severity == v1::SEVERITY_S2);
}

TEST_CASE("two decisions about treatment that did not see each other limit nothing") {
    CareScene scene;
    const auto say = [](v1::TreatmentLimit limit, const char* text) {
        v1::AdvanceDecision out;
        out.mutable_decision()->set_limit(limit);
        out.mutable_decision()->set_text(text);
        return out;
    };
    const auto made = scene.begin(scene.server, say(v1::TREATMENT_LIMIT_IN_FORCE, "HLR-"));
    CHECK_FALSE(scene.chart().care.advance_decisions.at(0).unclear);
    Writer other = Writer::server(901);
    scene.then(scene.server, made, {made.change->id}, say(v1::TREATMENT_LIMIT_IN_FORCE, "HLR-, 2"));
    CHECK(scene.findings().empty());
    scene.then(other, made, {made.change->id}, say(v1::TREATMENT_LIMIT_ENDED, ""));
    const auto found = only(scene.findings(), "merge/treatment-limit-decision");
    REQUIRE(found);
    CHECK(found->severity == v1::SEVERITY_S1);
    const auto view = scene.chart().care.advance_decisions.at(0);
    CHECK(view.unclear);
    CHECK(view.value.decision().limit() == v1::TREATMENT_LIMIT_ENDED);
}

TEST_CASE("a tablet's word on the limits to treatment is a proposal") {
    CareScene scene;
    v1::AdvanceDecision said;
    said.mutable_decision()->set_limit(v1::TREATMENT_LIMIT_IN_FORCE);
    scene.begin(scene.a, said);
    CHECK_FALSE(scene.chart().care.advance_decisions.at(0).value.has_decision());
    CHECK(scene.findings().empty());
}

TEST_CASE("numbers that two gave for a relative stand together; one that was seen may be removed") {
    CareScene scene;
    const auto numbers = [](std::initializer_list<const char*> values) {
        v1::RelatedPerson out;
        for (const auto* value : values) {
            auto* item = out.mutable_telecom()->add_items();
            item->set_system("phone");
            item->set_value(value);
        }
        return out;
    };
    const auto made = scene.begin(scene.a, numbers({"1"}));
    const auto removed = scene.then(scene.a, made, {made.change->id}, numbers({"2"}));
    const auto shown = [&] {
        return scene.chart().care.related_persons.at(0).value.telecom().items_size();
    };
    CHECK(shown() == 1);
    const auto kept = scene.then(scene.b, made, {made.change->id}, numbers({"1", "3"}));
    CHECK(shown() == 3);
    CHECK(scene.findings().empty());
    scene.then(scene.c, made, {removed->id, kept->id}, numbers({"3"}));
    CHECK(shown() == 1);
}

TEST_CASE("do not contact holds at once; who is nearest is contested when two say otherwise") {
    CareScene scene;
    v1::RelatedPerson person, stop, nearest, not_nearest;
    person.mutable_name()->add_items()->set_text("Anne");
    const auto made = scene.begin(scene.a, person);
    stop.set_contact(v1::CONTACT_PERMISSION_DO_NOT_CONTACT);
    scene.then(scene.a, made, {made.change->id}, stop);
    CHECK(scene.chart().care.related_persons.at(0).value.contact() ==
          v1::CONTACT_PERMISSION_DO_NOT_CONTACT);
    CHECK(scene.findings().empty());
    nearest.mutable_next_of_kin()->set_nearest(true);
    not_nearest.mutable_next_of_kin()->set_stated_by_patient(true);
    scene.then(scene.a, made, {made.change->id}, nearest);
    scene.then(scene.b, made, {made.change->id}, not_nearest);
    const auto found = only(scene.findings(), "merge/relative-next-of-kin");
    REQUIRE(found);
    CHECK(found->severity == v1::SEVERITY_S2);
    CHECK_FALSE(scene.chart().care.related_persons.at(0).value.has_next_of_kin());
}

namespace {

v1::Immunization vaccine(const std::string& code, const char* expires = "") {
    v1::Immunization out;
    out.mutable_immunization()->set_status(v1::IMMUNIZATION_STATUS_COMPLETED);
    *out.mutable_immunization()->mutable_vaccine_code() = atc(code);
    out.mutable_immunization()->set_expiration_date(expires);
    return out;
}

}  // namespace

TEST_CASE(
    "one vaccine twice within its interval is phoned about, and later or other ones are not") {
    CareScene scene;
    const auto first = scene.begin(scene.a, vaccine("J07BB02"), scene.a.now);
    scene.begin(scene.b, vaccine("J07BN01"), scene.b.now);
    scene.begin(scene.b, vaccine("J07BB02"), scene.b.now - Duration::hours(24 * 30));
    CHECK(scene.findings().empty());
    const auto second =
        scene.begin(scene.b, vaccine("J07BB03"), scene.b.now - Duration::hours(24 * 4));
    // Four days from today's, and 26 from the one of a month ago.
    const auto findings = scene.findings();
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].rule == "immunization/possible-double");
    CHECK(findings[0].severity == v1::SEVERITY_S1);
    CHECK(findings[0].inputs == ids({first.change, second.change}));
    v1::Immunization wrong = vaccine("J07BB03");
    wrong.mutable_immunization()->set_status(v1::IMMUNIZATION_STATUS_ENTERED_IN_ERROR);
    scene.then(scene.b, second, {second.change->id}, wrong);
    CHECK(scene.findings().empty());
    CHECK(scene.chart().care.immunizations.size() == 4);
}

TEST_CASE("a vaccine past its date is found, and one on its last day is not") {
    CareScene scene;
    scene.begin(scene.a, vaccine("J07BB02", "2026-01-05"), scene.a.now);
    CHECK(scene.findings().empty());
    scene.begin(scene.a, vaccine("J07AL02", "2026-01-03"), scene.a.now);
    CHECK(scene.rules() == Strings{"immunization/expired"});
}

TEST_CASE("two corrections of one vaccination count as given, and somebody must look") {
    CareScene scene;
    const auto made = scene.begin(scene.a, vaccine("J07BB02"), scene.a.now);
    auto wrong = vaccine("J07BB02");
    wrong.mutable_immunization()->set_status(v1::IMMUNIZATION_STATUS_ENTERED_IN_ERROR);
    auto lot = vaccine("J07BB02");
    lot.mutable_immunization()->set_lot_number("L2");
    scene.then(scene.a, made, {made.change->id}, wrong);
    scene.then(scene.b, made, {made.change->id}, lot);
    CHECK(scene.rules() == Strings{"merge/immunization"});
    const auto view = scene.chart().care.immunizations.at(0);
    CHECK(view.value.immunization().lot_number() == "L2");
    CHECK(view.earlier.size() == 1);
}

TEST_CASE("facts about one thing never hide each other, whoever corrects whom") {
    CareScene scene;
    v1::Communication message;
    message.mutable_communication()->set_status(v1::COMMUNICATION_STATUS_COMPLETED);
    message.mutable_communication()->add_payload("hun falt");
    scene.begin(scene.a, message, scene.a.now);
    scene.begin(scene.b, message, scene.b.now);
    CHECK(scene.findings().empty());
    CHECK(scene.chart().care.communications.size() == 2);
}

}  // namespace kari::test
