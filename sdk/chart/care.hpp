// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kari/v1/care.pb.h"
#include "sdk/chart/group.hpp"
#include "sdk/chart/message_reading.hpp"
#include "sdk/chart/view.hpp"

namespace kari::chart {

// One atom as it stands. Each statement's value is the resource with that atom alone.
template <typename Message>
struct AtomView {
    std::uint32_t number = 0;
    bool contested = false;
    std::vector<Statement<Message>> live;
    std::vector<Statement<Message>> pending;  // proposals
};

template <typename Message>
struct ResourceView : Item {
    Message value;                            // operative
    std::vector<AtomView<Message>> atoms;     // ascending by number
    std::vector<Statement<Message>> earlier;  // of a fact: superseded, newest first

    const AtomView<Message>* atom(std::uint32_t number) const {
        for (const auto& each : atoms) {
            if (each.number == number) return &each;
        }
        return nullptr;
    }
};

struct ConditionView : ResourceView<v1::Condition> {
    bool active = true;  // nobody ended it having seen all that speaks for it
};

// Of any of the three kinds (see Item::kind), which have the same atoms: read as one of them.
struct MeasureView : ResourceView<v1::ServiceMeasure> {
    // Is to be done, or may be, as far as status and ends tell; validity is the reader's to compare
    // with the time. A protective measure stays in force while somebody changed it who had not
    // seen its end; a service while its end is a proposal; a restraint ends with any end.
    bool in_force = false;
    bool end_proposed = false;
    std::vector<ResourceId> acts;  // procedures that name it, newest first
};

// In the order in which facts win. Suspended: planned, and the citizen is said to be dead.
enum class VisitState { planned, suspended, cancelled, hindered, under_way, carried_out };

struct PlannedVisitView : ResourceView<v1::PlannedEncounter> {
    VisitState state = VisitState::planned;
    std::vector<ResourceId> visits;  // that name it, newest first
};

struct AppointmentView : ResourceView<v1::Appointment> {
    VisitState state = VisitState::planned;
    std::vector<ResourceId> visits;
};

enum class TaskState { open, done, cancelled };

struct TaskView : ResourceView<v1::Task> {
    TaskState state = TaskState::open;
    std::string due;  // the earliest that anybody states, as written; empty when nobody does
    std::vector<ResourceId> acts;
};

struct AdvanceDecisionView : ResourceView<v1::AdvanceDecision> {
    bool unclear = false;  // contested, incomplete or unreadable: treat, and ring
};

struct RelatedPersonView : ResourceView<v1::RelatedPerson> {
    // The nearest of all, as far as anybody said: by the only word, or by the patient's newest.
    // None is while two are and nobody knows which.
    bool nearest = false;
};

struct ConsentView : ResourceView<v1::Consent> {
    // Every denial and withdrawal that stands, each for its own scope: beside another author's none
    // is narrower than it was.
    std::vector<Statement<v1::Consent>> denials;
};

struct CommunicationView : ResourceView<v1::Communication> {
    std::vector<MessageReading> readings;
};

// The kinds of care.proto. Facts newest first by their time, the rest by (record, id).
struct Care {
    std::vector<ConditionView> conditions;  // active first
    std::vector<MeasureView> measures;      // those in force first
    std::vector<ResourceView<v1::Encounter>> visits;
    std::vector<PlannedVisitView> planned_visits;
    std::vector<AppointmentView> appointments;
    std::vector<ResourceView<v1::Immunization>> immunizations;
    std::vector<TaskView> tasks;
    std::vector<RelatedPersonView> related_persons;
    std::vector<ConsentView> consents;
    std::vector<AdvanceDecisionView> advance_decisions;
    std::vector<CommunicationView> communications;
    std::vector<ResourceView<v1::Procedure>> procedures;  // readings stand with their message
};

bool is_care(std::uint32_t kind);
Care care_of(const Group& group, std::string_view zone);

}  // namespace kari::chart
