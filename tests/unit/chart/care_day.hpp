// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <vector>

#include <rapidcheck.h>

#include "kari/v1/care.pb.h"
#include "tests/unit/chart/scene.hpp"

namespace kari::test {

// A random day of care. Each author acts on the view of a random earlier moment.
class Day {
public:
    Scene scene;

    Day() {
        begin<v1::PlannedEncounter>(scene.server,
                                    [](auto& m) { m.set_status(v1::ENCOUNTER_STATUS_PLANNED); });
        begin<v1::Task>(scene.a, [](auto& m) { m.set_status(v1::TASK_STATUS_REQUESTED); });
        begin<v1::ProtectiveMeasure>(scene.a,
                                     [](auto& m) { m.set_status(v1::MEASURE_STATUS_ACTIVE); });
        begin<v1::RestraintMeasure>(scene.server,
                                    [](auto& m) { m.set_status(v1::MEASURE_STATUS_ACTIVE); });
        begin<v1::ServiceMeasure>(scene.server,
                                  [](auto& m) { m.set_status(v1::MEASURE_STATUS_ACTIVE); });
        begin<v1::Condition>(
            scene.b, [](auto& m) { m.set_clinical_status(v1::CONDITION_CLINICAL_STATUS_ACTIVE); });
        begin<v1::Patient>(scene.server, [](auto& m) { m.set_birth_date("1931-05-04"); });
        const int length = *rc::gen::inRange(1, 14);
        for (int i = 0; i < length; ++i)
            step();
    }

    const std::vector<ChangePtr>& of(v1::Kind kind) const { return made_.at(kind); }
    static constexpr v1::Kind k_plans[] = {v1::KIND_PLANNED_ENCOUNTER,  v1::KIND_TASK,
                                           v1::KIND_PROTECTIVE_MEASURE, v1::KIND_RESTRAINT_MEASURE,
                                           v1::KIND_SERVICE_MEASURE,    v1::KIND_CONDITION};

    void tell_of_death() {
        edit<v1::Patient>(v1::KIND_PATIENT, [](auto& m) {
            m.mutable_deceased()->set_deceased(*rc::gen::arbitrary<bool>());
        });
    }

private:
    template <typename Message, typename Fill>
    void begin(Writer& who, Fill fill) {
        Message message;
        fill(message);
        const auto change =
            scene.add(who, {.record = scene.record, .resource = scene.next()}, message);
        made_[static_cast<v1::Kind>(change->header.kind())].push_back(change);
    }
    Writer& somebody() {
        switch (*rc::gen::inRange(0, 4)) {
            case 0:
                return scene.server;
            case 1:
                return scene.a;
            case 2:
                return scene.b;
            default:
                return scene.c;
        }
    }
    template <typename Message, typename Fill>
    void edit(v1::Kind kind, Fill fill) {
        auto& known = made_.at(kind);
        const auto seen = known[*rc::gen::inRange<std::size_t>(0, known.size())];
        Message message;
        fill(message);
        known.push_back(scene.add(
            somebody(), {.record = scene.record, .resource = seen->resource, .parents = {seen->id}},
            message));
    }
    template <typename Measure>
    void edit_measure(v1::Kind kind) {
        edit<Measure>(kind, [](auto& m) {
            if (*rc::gen::arbitrary<bool>()) {
                m.set_status(static_cast<v1::MeasureStatus>(*rc::gen::inRange(1, 8)));
            } else {
                m.set_instruction(*rc::gen::arbitrary<bool>() ? "x" : "y");
            }
        });
    }
    void act() {
        v1::Procedure message;
        message.mutable_procedure()->set_status(
            static_cast<v1::ProcedureStatus>(*rc::gen::inRange(1, 9)));
        const auto kind = k_plans[*rc::gen::inRange(1, 5)];
        message.mutable_procedure()->mutable_about()->set_resource(
            base::to_bytes(made_.at(kind).front()->resource));
        auto& who = somebody();
        scene.add(who,
                  {.record = scene.record,
                   .resource = scene.next(),
                   .effective = std::pair(who.now, who.now)},
                  message);
    }
    void visit() {
        v1::Encounter message;
        const bool stay = *rc::gen::inRange(0, 3) == 0;
        message.mutable_visit()->mutable_encounter_class()->set_system(
            "http://terminology.hl7.org/CodeSystem/v3-ActCode");
        message.mutable_visit()->mutable_encounter_class()->set_code(stay ? "IMP" : "HH");
        message.mutable_visit()->set_status(
            static_cast<v1::EncounterStatus>(*rc::gen::inRange(1, 10)));
        message.mutable_visit()->set_hindrance(
            static_cast<v1::VisitHindrance>(*rc::gen::inRange(0, 3)));
        message.mutable_visit()->mutable_plan()->set_resource(
            base::to_bytes(made_.at(v1::KIND_PLANNED_ENCOUNTER).front()->resource));
        scene.add(somebody(), {.record = scene.record, .resource = scene.next()}, message);
    }
    void name_relative() {
        v1::RelatedPerson message;
        message.mutable_next_of_kin()->set_nearest(*rc::gen::inRange(0, 3) > 0);
        message.mutable_next_of_kin()->set_stated_by_patient(*rc::gen::arbitrary<bool>());
        message.mutable_next_of_kin()->set_stated_on("2026-01-0" +
                                                     std::to_string(*rc::gen::inRange(1, 4)));
        scene.add(somebody(), {.record = scene.record, .resource = scene.next()}, message);
    }
    void vaccinate() {
        v1::Immunization message;
        message.mutable_immunization()->set_status(
            static_cast<v1::ImmunizationStatus>(*rc::gen::inRange(1, 4)));
        *message.mutable_immunization()->mutable_vaccine_code() =
            atc(*rc::gen::arbitrary<bool>() ? "J07BB02" : "J07AL02");
        scene.add(somebody(), {.record = scene.record, .resource = scene.next()}, message);
    }
    void step() {
        somebody().waits(Duration::minutes(*rc::gen::inRange(0, 90)));
        switch (*rc::gen::inRange(0, 11)) {
            case 0:
                return edit_measure<v1::ProtectiveMeasure>(v1::KIND_PROTECTIVE_MEASURE);
            case 1:
                return edit_measure<v1::RestraintMeasure>(v1::KIND_RESTRAINT_MEASURE);
            case 2:
                return edit_measure<v1::ServiceMeasure>(v1::KIND_SERVICE_MEASURE);
            case 3:
                return edit<v1::Condition>(v1::KIND_CONDITION, [](auto& m) {
                    m.set_clinical_status(
                        static_cast<v1::ConditionClinicalStatus>(*rc::gen::inRange(1, 7)));
                });
            case 4:
                return edit<v1::Task>(v1::KIND_TASK, [](auto& m) {
                    m.set_status(static_cast<v1::TaskStatus>(*rc::gen::inRange(1, 13)));
                });
            case 5:
                return edit<v1::PlannedEncounter>(v1::KIND_PLANNED_ENCOUNTER, [](auto& m) {
                    m.set_status(*rc::gen::arbitrary<bool>() ? v1::ENCOUNTER_STATUS_PLANNED
                                                             : v1::ENCOUNTER_STATUS_CANCELLED);
                });
            case 6:
                return visit();
            case 7:
                return vaccinate();
            case 8:
                return tell_of_death();
            case 9:
                return name_relative();
            default:
                return act();
        }
    }

    std::map<v1::Kind, std::vector<ChangePtr>> made_;
};

}  // namespace kari::test
