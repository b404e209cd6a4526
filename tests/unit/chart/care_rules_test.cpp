// SPDX-License-Identifier: Apache-2.0
//
// Problems, measures, visits and tasks: each rule's case, and its converse.
#include <catch2/catch_test_macros.hpp>

#include "tests/unit/chart/care_scene.hpp"

namespace kari::test {

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

}  // namespace kari::test
