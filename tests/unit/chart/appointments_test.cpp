// SPDX-License-Identifier: Apache-2.0
//
// Appointments and who comes: what is shown of them, and which visit beside them is found.
#include <catch2/catch_test_macros.hpp>

#include "tests/unit/chart/care_scene.hpp"

namespace kari::test {
namespace {

v1::Appointment appointment(v1::AppointmentStatus status) {
    v1::Appointment out;
    out.set_status(status);
    return out;
}

chart::VisitState state_of(const CareScene& scene) {
    return scene.chart().care.appointments.at(0).state;
}

v1::Reference by_identifier(const char* system, const char* value) {
    v1::Reference out;
    out.mutable_identifier()->set_system(system);
    out.mutable_identifier()->set_value(value);
    return out;
}

}  // namespace

TEST_CASE("an appointment is shown as its status says where nobody came") {
    for (const auto& [status, state] :
         {std::pair{v1::APPOINTMENT_STATUS_BOOKED, chart::VisitState::planned},
          std::pair{v1::APPOINTMENT_STATUS_CANCELLED, chart::VisitState::cancelled},
          std::pair{v1::APPOINTMENT_STATUS_NOSHOW, chart::VisitState::cancelled},
          std::pair{v1::APPOINTMENT_STATUS_ENTERED_IN_ERROR, chart::VisitState::cancelled},
          std::pair{v1::APPOINTMENT_STATUS_FULFILLED, chart::VisitState::carried_out}}) {
        CareScene scene;
        scene.begin(scene.server, appointment(status));
        CHECK(state_of(scene) == state);
        CHECK(scene.findings().empty());
    }
}

TEST_CASE("whoever came to an appointment wins over its status, and one cancelled is found") {
    for (const auto status : {v1::APPOINTMENT_STATUS_BOOKED, v1::APPOINTMENT_STATUS_CANCELLED}) {
        CareScene scene;
        const auto made = scene.begin(scene.server, appointment(status));
        scene.visit(scene.a, made, v1::ENCOUNTER_STATUS_CANCELLED, v1::VISIT_HINDRANCE_NO_ANSWER);
        CHECK(state_of(scene) == chart::VisitState::hindered);
        CHECK(scene.findings().empty());
        scene.visit(scene.a, made, v1::ENCOUNTER_STATUS_IN_PROGRESS);
        CHECK(state_of(scene) == chart::VisitState::under_way);
        scene.visit(scene.a, made, v1::ENCOUNTER_STATUS_FINISHED);
        CHECK(state_of(scene) == chart::VisitState::carried_out);
        CHECK(scene.chart().care.appointments.at(0).visits.size() == 3);
        const auto found = scene.rules();
        const bool named = std::count(found.begin(), found.end(), "visit/cancelled-but-done") > 0;
        CHECK(named == (status == v1::APPOINTMENT_STATUS_CANCELLED));
    }
}

TEST_CASE("a visit that its source took back takes its plan with it, and one of ours does not") {
    for (const bool imported : {true, false}) {
        CareScene scene;
        const auto made = scene.begin(scene.server, plan());
        v1::Encounter withdrawn;
        withdrawn.mutable_visit()->set_status(v1::ENCOUNTER_STATUS_ENTERED_IN_ERROR);
        withdrawn.mutable_visit()->mutable_plan()->set_resource(base::to_bytes(made.id));
        if (imported) withdrawn.mutable_visit()->mutable_source()->set_system("upstream");
        scene.begin(scene.a, withdrawn, scene.a.now);
        CHECK(scene.chart().care.planned_visits.at(0).state ==
              (imported ? chart::VisitState::cancelled : chart::VisitState::planned));
    }
}

TEST_CASE("no answer after a visit by another is found too, whoever wrote first") {
    CareScene scene;
    const auto made = scene.begin(scene.server, plan());
    scene.visit(scene.a, made, v1::ENCOUNTER_STATUS_FINISHED);
    scene.visit(scene.b, made, v1::ENCOUNTER_STATUS_CANCELLED, v1::VISIT_HINDRANCE_NO_ANSWER);
    CHECK(scene.rules() == Strings{"visit/no-answer-then-done"});
    // And one's own attempt after one's own visit is as much at odds with it.
    CareScene own;
    const auto other = own.begin(own.server, plan());
    own.visit(own.a, other, v1::ENCOUNTER_STATUS_FINISHED);
    own.visit(own.a, other, v1::ENCOUNTER_STATUS_CANCELLED, v1::VISIT_HINDRANCE_NO_ANSWER);
    CHECK(own.rules() == Strings{"visit/no-answer-then-done"});
}

TEST_CASE("a person is the same by reference, else by identifier of the same system") {
    struct Pair {
        v1::Reference planned, came;
        bool found;
    };
    v1::Reference referred;
    referred.set_reference("Practitioner/b");
    const auto hpr = by_identifier("hpr", "9000001");
    const Pair pairs[] = {
        {hpr, hpr, true},
        {hpr, by_identifier("hpr", "9000002"), false},
        {hpr, by_identifier("local", "9000001"), false},
        {hpr, referred, false},
        {referred, hpr, false},
        {v1::Reference(), v1::Reference(), false},
    };
    for (const Pair& pair : pairs) {
        CareScene scene;
        auto first = plan();
        *first.mutable_performers()->add_performer() = pair.planned;
        const auto made = scene.begin(scene.server, first);
        v1::Encounter begun;
        begun.mutable_visit()->set_status(v1::ENCOUNTER_STATUS_IN_PROGRESS);
        *begun.mutable_visit()->add_performer() = pair.came;
        begun.mutable_visit()->mutable_plan()->set_resource(base::to_bytes(made.id));
        scene.begin(scene.b, begun, scene.b.now);
        auto moved = plan();
        *moved.mutable_performers()->add_performer() = by_identifier("hpr", "9000009");
        scene.then(scene.server, made, {made.change->id}, moved);
        CHECK((scene.rules() == Strings{"visit/started-by-another"}) == pair.found);
    }
}

TEST_CASE("a task that was rejected and done is found as one that was cancelled and done") {
    CareScene scene;
    v1::Task task;
    task.set_status(v1::TASK_STATUS_REJECTED);
    task.mutable_content()->mutable_code()->set_text("ring");
    const auto made = scene.begin(scene.a, task);
    CHECK(scene.findings().empty());
    scene.act(scene.a, made, v1::PROCEDURE_STATUS_NOT_DONE);
    CHECK(scene.findings().empty());
    scene.act(scene.a, made, v1::PROCEDURE_STATUS_COMPLETED);
    CHECK(scene.rules() == Strings{"task/done-and-cancelled"});
}

}  // namespace kari::test
