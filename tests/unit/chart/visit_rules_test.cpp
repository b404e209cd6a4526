// SPDX-License-Identifier: Apache-2.0
//
// What was done beside its plan, where only one of several things about it is so.
#include <catch2/catch_test_macros.hpp>

#include "tests/unit/chart/care_scene.hpp"

namespace kari::test {
namespace {

using Restraint = v1::RestraintMeasure;

constexpr Duration k_hour = Duration::hours(1);

TEST_CASE("a restraint that is on hold is not to be used") {
    CareScene scene;
    const auto made = scene.begin(scene.server, measure<Restraint>(v1::MEASURE_STATUS_ACTIVE));
    const auto hold = scene.then(scene.a, made, {made.change->id},
                                 only_status<Restraint>(v1::MEASURE_STATUS_ON_HOLD));
    scene.b.waits(k_hour);
    const auto use = scene.act(scene.b, made, v1::PROCEDURE_STATUS_COMPLETED);
    const auto found = only(scene.findings(), "restraint/used-after-end");
    REQUIRE(found);
    CHECK(found->inputs == ids({hold, use.change}));
}

TEST_CASE(
    "a restraint that was let go on by whom knew of its end is used from then on, not before") {
    CareScene scene;
    const auto made = scene.begin(scene.server, measure<Restraint>(v1::MEASURE_STATUS_ACTIVE));
    const auto end = scene.then(scene.a, made, {made.change->id},
                                only_status<Restraint>(v1::MEASURE_STATUS_REVOKED));
    scene.server.waits(Duration::hours(2));
    scene.server.reads(*end);
    scene.then(scene.server, made, {end->id}, only_status<Restraint>(v1::MEASURE_STATUS_ACTIVE));
    scene.c.waits(Duration::hours(3));
    scene.act(scene.c, made, v1::PROCEDURE_STATUS_COMPLETED);
    CHECK(scene.findings().empty());
    scene.b.waits(k_hour);
    const auto between = scene.act(scene.b, made, v1::PROCEDURE_STATUS_COMPLETED);
    const auto found = only(scene.findings(), "restraint/used-after-end");
    REQUIRE(found);
    CHECK(found->inputs == ids({end, between.change}));
}

TEST_CASE("that a restraint go on is proposed by a nurse and decided by others") {
    CareScene scene;
    const auto made = scene.begin(scene.server, measure<Restraint>(v1::MEASURE_STATUS_ACTIVE));
    const auto end = scene.then(scene.a, made, {made.change->id},
                                only_status<Restraint>(v1::MEASURE_STATUS_REVOKED));
    scene.then(scene.a, made, {end->id}, only_status<Restraint>(v1::MEASURE_STATUS_ACTIVE));
    scene.b.waits(k_hour);
    const auto use = scene.act(scene.b, made, v1::PROCEDURE_STATUS_COMPLETED);
    const auto found = only(scene.findings(), "restraint/used-after-end");
    REQUIRE(found);
    CHECK(found->inputs == ids({end, use.change}));
}

TEST_CASE("a decision on a restraint that names no end does not run out") {
    CareScene scene;
    auto decided = measure<Restraint>(v1::MEASURE_STATUS_ACTIVE);
    decided.mutable_validity()->set_start("2026-01-01");
    const auto made = scene.begin(scene.server, decided);
    scene.a.waits(Duration::hours(48));
    scene.act(scene.a, made, v1::PROCEDURE_STATUS_COMPLETED);
    CHECK(scene.findings().empty());
}

TEST_CASE("a visit is no use of the restraint that it names") {
    CareScene scene;
    const auto made = scene.begin(scene.server, measure<Restraint>(v1::MEASURE_STATUS_REVOKED));
    scene.a.waits(k_hour);
    scene.visit(scene.a, made, v1::ENCOUNTER_STATUS_FINISHED);
    CHECK(scene.findings().empty());
    scene.act(scene.a, made, v1::PROCEDURE_STATUS_COMPLETED);
    CHECK(scene.rules() == Strings{"restraint/used-after-end"});
}

TEST_CASE("of what an act and a visit name only what was touched is reviewed") {
    CareScene scene;
    const auto one = scene.begin(scene.server, measure<Restraint>(v1::MEASURE_STATUS_REVOKED));
    const auto other = scene.begin(scene.server, measure<Restraint>(v1::MEASURE_STATUS_REVOKED));
    const auto planned = scene.begin(scene.server, plan(v1::ENCOUNTER_STATUS_CANCELLED));
    const auto moved = scene.begin(scene.server, plan(v1::ENCOUNTER_STATUS_CANCELLED));
    scene.a.waits(k_hour);
    v1::Procedure use;
    use.mutable_procedure()->set_status(v1::PROCEDURE_STATUS_COMPLETED);
    use.mutable_procedure()->mutable_about()->set_resource(base::to_bytes(one.id));
    use.mutable_procedure()->add_based_on()->set_resource(base::to_bytes(other.id));
    scene.begin(scene.a, use, scene.a.now);
    v1::Encounter visit;
    visit.mutable_visit()->set_status(v1::ENCOUNTER_STATUS_FINISHED);
    visit.mutable_visit()->mutable_plan()->set_resource(base::to_bytes(planned.id));
    visit.mutable_visit()->add_appointment()->set_resource(base::to_bytes(moved.id));
    scene.begin(scene.a, visit, scene.a.now);
    const auto all = scene.findings();
    REQUIRE(all.size() == 4);
    for (const auto& touched : {one.id, other.id, planned.id, moved.id}) {
        const auto reviewed =
            chart::review_touched(scene.group(), clinical::demo_pack(), {touched}).findings;
        REQUIRE(reviewed.size() == 1);
        CHECK(std::count(reviewed[0].resources.begin(), reviewed[0].resources.end(), touched) == 1);
        CHECK(std::find(all.begin(), all.end(), reviewed[0]) != all.end());
    }
}

TEST_CASE("two who both found nobody at home do not contradict each other") {
    CareScene scene;
    const auto made = scene.begin(scene.server, plan());
    scene.visit(scene.a, made, v1::ENCOUNTER_STATUS_CANCELLED, v1::VISIT_HINDRANCE_NO_ANSWER);
    scene.visit(scene.b, made, v1::ENCOUNTER_STATUS_CANCELLED, v1::VISIT_HINDRANCE_NO_ANSWER);
    CHECK(scene.findings().empty());
    CHECK(scene.chart().care.planned_visits.at(0).state == chart::VisitState::hindered);
}

TEST_CASE("who comes again and gets in contradicts nobody, whichever visit has the lower id") {
    int lower_first = 0;
    for (int shift = 0; shift < 8; ++shift) {
        CareScene scene;
        const auto made = scene.begin(scene.server, plan());
        for (int i = 0; i < shift; ++i)
            scene.next();
        const auto first = scene.visit(scene.a, made, v1::ENCOUNTER_STATUS_CANCELLED,
                                       v1::VISIT_HINDRANCE_NO_ANSWER);
        CareScene by_another = scene;
        const auto second = scene.visit(scene.a, made, v1::ENCOUNTER_STATUS_FINISHED);
        CHECK(scene.findings().empty());
        by_another.visit(by_another.b, made, v1::ENCOUNTER_STATUS_FINISHED);
        CHECK(by_another.rules() == Strings{"visit/no-answer-then-done"});
        lower_first += first.id < second.id ? 1 : 0;
    }
    CHECK(lower_first > 0);
    CHECK(lower_first < 8);
}

TEST_CASE("in two records of one citizen nobody can tell which attempt was the second") {
    CareScene scene;
    const auto other = id_of<RecordId>(2);
    const auto made = scene.begin(scene.server, plan());
    scene.visit(scene.a, made, v1::ENCOUNTER_STATUS_CANCELLED, v1::VISIT_HINDRANCE_NO_ANSWER);
    v1::Encounter done;
    done.mutable_visit()->set_status(v1::ENCOUNTER_STATUS_FINISHED);
    done.mutable_visit()->mutable_plan()->set_resource(base::to_bytes(made.id));
    scene.add(scene.a, {.record = other, .resource = scene.next()}, done);
    CHECK(scene.findings().empty());
    const auto both = chart::make_group({scene.record, other}, {}, scene.changes);
    CHECK(rules_of(chart::review(both, clinical::demo_pack())) ==
          Strings{"visit/no-answer-then-done"});
}

TEST_CASE("a plan was for somebody only once that was decided") {
    CareScene scene;
    const auto planned_for = [](const char* who) {
        auto out = plan();
        out.mutable_performers()->add_performer()->set_reference(who);
        return out;
    };
    const auto made = scene.begin(scene.server, planned_for("Practitioner/c"));
    scene.then(scene.a, made, {made.change->id}, planned_for("Practitioner/b"));
    v1::Encounter begun;
    begun.mutable_visit()->set_status(v1::ENCOUNTER_STATUS_IN_PROGRESS);
    begun.mutable_visit()->add_performer()->set_reference("Practitioner/b");
    begun.mutable_visit()->mutable_plan()->set_resource(base::to_bytes(made.id));
    scene.begin(scene.b, begun, scene.b.now);
    CHECK(scene.findings().empty());
}

TEST_CASE("what was done on a planned visit is not the visit, and a visit does not do a task") {
    CareScene scene;
    const auto planned = scene.begin(scene.server, plan(v1::ENCOUNTER_STATUS_CANCELLED));
    v1::Task asked;
    asked.set_status(v1::TASK_STATUS_REQUESTED);
    const auto task = scene.begin(scene.a, asked);
    for (int i = 0; i < 4; ++i)
        scene.act(scene.a, planned, v1::PROCEDURE_STATUS_COMPLETED);
    scene.visit(scene.b, task, v1::ENCOUNTER_STATUS_FINISHED);
    scene.visit(scene.c, task, v1::ENCOUNTER_STATUS_FINISHED);
    scene.act(scene.c, task, v1::PROCEDURE_STATUS_NOT_DONE);
    CHECK(scene.findings().empty());
    const auto care = scene.chart().care;
    CHECK(care.planned_visits.at(0).visits.empty());
    CHECK(care.planned_visits.at(0).state == chart::VisitState::cancelled);
    CHECK(care.tasks.at(0).acts.size() == 1);
    CHECK(care.tasks.at(0).state == chart::TaskState::open);
    const auto visit = scene.visit(scene.a, planned, v1::ENCOUNTER_STATUS_FINISHED);
    CHECK(scene.rules() == Strings{"visit/cancelled-but-done"});
    CHECK(scene.chart().care.planned_visits.at(0).visits == std::vector{visit.id});
}

}  // namespace
}  // namespace kari::test
