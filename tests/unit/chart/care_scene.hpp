// SPDX-License-Identifier: Apache-2.0
// A scene with problems, measures, visits, tasks, vaccines and consents.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kari/v1/care.pb.h"
#include "tests/unit/chart/scene.hpp"

namespace kari::test {

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

inline v1::Condition problem(v1::ConditionClinicalStatus status) {
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

inline v1::PlannedEncounter plan(v1::EncounterStatus status = v1::ENCOUNTER_STATUS_PLANNED) {
    v1::PlannedEncounter out;
    out.set_status(status);
    return out;
}

}  // namespace kari::test
