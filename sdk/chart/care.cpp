// SPDX-License-Identifier: Apache-2.0
#include "sdk/chart/care.hpp"

#include <algorithm>
#include <map>

#include "sdk/chart/care_state.hpp"
#include "sdk/chart/death.hpp"
#include "sdk/chart/nearest.hpp"
#include "sdk/chart/statements.hpp"

namespace kari::chart {
namespace {

constexpr std::uint32_t k_fact_atom = 1;

template <typename Message>
Message read_as(const google::protobuf::Message* from) {
    Message out;
    // The kinds of measure are read as one of them: same atoms under the same numbers.
    if (from != nullptr && !out.ParseFromString(from->SerializeAsString())) out.Clear();
    return out;
}

template <typename Message>
std::vector<Statement<Message>> all_statements(const GroupResource& resource,
                                               const std::vector<merge::AtomWrite>& writes) {
    std::vector<Statement<Message>> out;
    const Causality causality(resource);
    for (const auto& write : writes) {
        const auto* change = causality.find(write.change);
        out.push_back({read_as<Message>(resource.value_of(write).get()),
                       change == nullptr ? Authorship{} : authorship_of(*change)});
    }
    return out;
}

template <typename View, typename Message>
View view_of(const GroupResource& resource) {
    View view;
    static_cast<Item&>(view) = item_of(resource);
    view.value = read_as<Message>(resource.operative().get());
    for (const auto& atom : resource.atoms) {
        view.atoms.push_back({atom.number, atom.contested,
                              all_statements<Message>(resource, atom.live),
                              all_statements<Message>(resource, atom.pending)});
    }
    const auto* schema = merge::schema_of(resource.kind);
    if (schema != nullptr && schema->fact) {
        view.earlier = earlier_statements<Message>(resource, k_fact_atom,
                                                   [](const Message& said) { return said; });
    }
    return view;
}

template <typename Message>
ResourceView<Message> plain(const GroupResource& resource) {
    return view_of<ResourceView<Message>, Message>(resource);
}

// Acts by what they name.
using ActsOf = std::map<ResourceId, std::vector<Act>>;

ActsOf acts_in(const Group& group) {
    ActsOf acts;
    for (const auto& resource : group.resources) {
        if (resource.kind != v1::KIND_ENCOUNTER && resource.kind != v1::KIND_PROCEDURE) continue;
        for (const auto& named : named_by(resource))
            acts[named].push_back(act_of(resource));
    }
    return acts;
}

ConditionView condition_of(const GroupResource& resource) {
    auto view = view_of<ConditionView, v1::Condition>(resource);
    const Ending ending = ending_of(resource);
    view.active =
        ending.ends.empty() || !ending.beside.empty() || view.incomplete || view.unreadable;
    return view;
}

MeasureView measure_of(const GroupResource& resource, const ActsOf& acts) {
    auto view = view_of<MeasureView, v1::ServiceMeasure>(resource);
    const Ending ending = ending_of(resource);
    const auto status = view.value.status();
    view.in_force = status == v1::MEASURE_STATUS_ACTIVE;
    if (resource.kind == v1::KIND_PROTECTIVE_MEASURE && !ending.beside.empty()) {
        view.in_force = true;
    }
    if (resource.kind == v1::KIND_RESTRAINT_MEASURE && !ending.ends.empty()) {
        view.in_force = false;
    }
    if (const auto* atom = resource.atom(k_measure_status)) {
        view.end_proposed =
            std::any_of(atom->pending.begin(), atom->pending.end(),
                        [](const auto& write) { return ends(measure_status(write.value)); });
    }
    if (const auto found = acts.find(resource.id); found != acts.end()) {
        for (const Act& act : found->second)
            view.acts.push_back(act.resource->id);
    }
    return view;
}

// Facts win over a cancellation, and of several the one that came furthest.
template <typename View>
void state_visits(const ActsOf& acts, bool cancelled, View& view) {
    view.state = cancelled ? VisitState::cancelled : VisitState::planned;
    const auto found = acts.find(view.version.resource);
    if (found == acts.end()) return;
    for (const Act& act : found->second) {
        if (!act.visit) continue;
        const v1::Visit& visit = act.as_visit;
        view.visits.push_back(act.resource->id);
        VisitState state = view.state;
        if (visit.status() == v1::ENCOUNTER_STATUS_FINISHED) {
            state = VisitState::carried_out;
        } else if (took_place(visit)) {
            state = VisitState::under_way;
        } else if (was_hindered(visit)) {
            state = VisitState::hindered;
        } else if (visit.status() == v1::ENCOUNTER_STATUS_ENTERED_IN_ERROR && visit.has_source()) {
            state = VisitState::cancelled;  // the source took back visit and plan together
        }
        view.state = std::max(view.state, state);
    }
}

PlannedVisitView planned_visit_of(const GroupResource& resource, const ActsOf& acts) {
    auto view = view_of<PlannedVisitView, v1::PlannedEncounter>(resource);
    const auto status = view.value.status();
    state_visits(
        acts,
        status == v1::ENCOUNTER_STATUS_CANCELLED || status == v1::ENCOUNTER_STATUS_ENTERED_IN_ERROR,
        view);
    return view;
}

AppointmentView appointment_of(const GroupResource& resource, const ActsOf& acts) {
    auto view = view_of<AppointmentView, v1::Appointment>(resource);
    const auto status = view.value.status();
    state_visits(acts,
                 status == v1::APPOINTMENT_STATUS_CANCELLED ||
                     status == v1::APPOINTMENT_STATUS_NOSHOW ||
                     status == v1::APPOINTMENT_STATUS_ENTERED_IN_ERROR,
                 view);
    if (status == v1::APPOINTMENT_STATUS_FULFILLED) {
        view.state = std::max(view.state, VisitState::carried_out);
    }
    return view;
}

// The earliest end, else start, that a live statement names.
std::string earliest_due(const AtomView<v1::Task>* due, std::string_view zone) {
    std::string out;
    std::optional<Instant> at;
    if (due == nullptr) return out;
    for (const auto& said : due->live) {
        const auto& period = said.value.due().period();
        const std::string& text = period.end().empty() ? period.start() : period.end();
        const auto lies = base::parse_fhir_time(text, zone);
        if (out.empty() || (lies && (!at || lies->end < *at))) {
            out = text;
            if (lies) at = lies->end;
        }
    }
    return out;
}

// Somebody may be lying there: only who saw that nobody had it open any more closes a welfare check
// without having looked.
bool stays_open(const TaskView& view) {
    if (view.value.content().effect() != v1::TASK_EFFECT_WELFARE_CHECK) return false;
    const auto* status = view.atom(v1::Task::kStatusFieldNumber);
    return view.incomplete || (status != nullptr && status->contested);
}

TaskView task_of(const GroupResource& resource, const ActsOf& acts, std::string_view zone) {
    auto view = view_of<TaskView, v1::Task>(resource);
    const auto status = view.value.status();
    bool done = status == v1::TASK_STATUS_COMPLETED;
    const bool cancelled = status == v1::TASK_STATUS_CANCELLED ||
                           status == v1::TASK_STATUS_REJECTED || status == v1::TASK_STATUS_FAILED ||
                           status == v1::TASK_STATUS_ENTERED_IN_ERROR;
    if (const auto found = acts.find(resource.id); found != acts.end()) {
        for (const Act& act : found->second) {
            if (act.visit) continue;
            view.acts.push_back(act.resource->id);
            done = done || was_done(act.as_procedure);
        }
    }
    view.state = done                             ? TaskState::done
                 : cancelled && !stays_open(view) ? TaskState::cancelled
                                                  : TaskState::open;
    view.due = earliest_due(view.atom(v1::Task::kDueFieldNumber), zone);
    return view;
}

ConsentView consent_of(const GroupResource& resource) {
    auto view = view_of<ConsentView, v1::Consent>(resource);
    const auto* decision = view.atom(v1::Consent::kDecisionFieldNumber);
    if (decision == nullptr) return view;
    for (const auto& said : decision->live) {
        const auto effect = said.value.decision().effect();
        if (effect == v1::CONSENT_EFFECT_DENIED || effect == v1::CONSENT_EFFECT_WITHDRAWN) {
            view.denials.push_back(said);
        }
    }
    return view;
}

// One of the relatives, or none: whose word beats every other that says so. Whoever that is beats
// each that was best so far, so the last that did is asked about.
void mark_nearest(const Group& group, std::vector<RelatedPersonView>& relatives) {
    std::vector<std::pair<RelatedPersonView*, v1::NextOfKin>> said;
    std::size_t best = 0;
    for (auto& view : relatives) {
        const auto* resource = group.find(view.version.record, view.version.resource);
        if (resource == nullptr) continue;
        auto word = nearest_word_of(*resource);
        if (!word.counts || !word.counts->nearest()) continue;
        said.emplace_back(&view, std::move(*word.counts));
        if (is_newer(said.back().second, said[best].second)) best = said.size() - 1;
    }
    if (said.empty()) return;
    said[best].first->nearest = std::all_of(said.begin(), said.end(), [&](const auto& other) {
        return other.first == said[best].first || is_newer(said[best].second, other.second);
    });
}

CommunicationView communication_of(const GroupResource& resource, const ActsOf& acts) {
    auto view = view_of<CommunicationView, v1::Communication>(resource);
    const auto found = acts.find(resource.id);
    if (found != acts.end()) view.readings = readings_of(resource, found->second);
    return view;
}

// It stands with the message that it is about, when that is here.
bool is_told_with_message(const Group& group, const GroupResource& procedure) {
    const auto about = named_by(procedure);
    return std::any_of(about.begin(), about.end(), [&](const ResourceId& id) {
        const auto* message = group.find(id);
        return message != nullptr && message->kind == v1::KIND_COMMUNICATION &&
               !readings_of(*message, {act_of(procedure)}).empty();
    });
}

AdvanceDecisionView advance_decision_of(const GroupResource& resource) {
    auto view = view_of<AdvanceDecisionView, v1::AdvanceDecision>(resource);
    view.unclear = view.contested || view.incomplete || view.unreadable;
    return view;
}

template <typename View>
void suspend(std::vector<View>& planned) {
    for (auto& view : planned)
        view.state = std::max(view.state, VisitState::suspended);
}

void sort_care(Care& care, std::string_view zone) {
    const auto by_time = [zone](auto& views, auto when) {
        newest_first(views, [&](const auto& view) {
            const auto* atom = view.atom(k_fact_atom);
            if (atom == nullptr || atom->live.empty()) return Instant{};
            const auto& said = atom->live.front();
            const auto [text, period] = when(said.value);
            return happened(text, period, said.by, zone);
        });
    };
    using Said = std::pair<std::string, v1::Period>;
    by_time(care.visits, [](const v1::Encounter& of) { return Said{{}, of.visit().period()}; });
    by_time(care.procedures, [](const v1::Procedure& of) {
        return Said{of.procedure().performed(), of.procedure().performed_period()};
    });
    by_time(care.immunizations,
            [](const v1::Immunization& of) { return Said{of.immunization().occurrence(), {}}; });
    by_time(care.communications,
            [](const v1::Communication& of) { return Said{of.communication().sent(), {}}; });
    std::stable_partition(care.conditions.begin(), care.conditions.end(),
                          [](const ConditionView& view) { return view.active; });
    std::stable_partition(care.measures.begin(), care.measures.end(),
                          [](const MeasureView& view) { return view.in_force; });
}

void add(const Group& group, const GroupResource& resource, const ActsOf& acts,
         std::string_view zone, Care& care) {
    switch (resource.kind) {
        case v1::KIND_CONDITION:
            return care.conditions.push_back(condition_of(resource));
        case v1::KIND_PROTECTIVE_MEASURE:
        case v1::KIND_SERVICE_MEASURE:
        case v1::KIND_RESTRAINT_MEASURE:
            return care.measures.push_back(measure_of(resource, acts));
        case v1::KIND_ENCOUNTER:
            return care.visits.push_back(plain<v1::Encounter>(resource));
        case v1::KIND_PLANNED_ENCOUNTER:
            return care.planned_visits.push_back(planned_visit_of(resource, acts));
        case v1::KIND_APPOINTMENT:
            return care.appointments.push_back(appointment_of(resource, acts));
        case v1::KIND_IMMUNIZATION:
            return care.immunizations.push_back(plain<v1::Immunization>(resource));
        case v1::KIND_TASK:
            return care.tasks.push_back(task_of(resource, acts, zone));
        case v1::KIND_RELATED_PERSON:
            return care.related_persons.push_back(
                view_of<RelatedPersonView, v1::RelatedPerson>(resource));
        case v1::KIND_CONSENT:
            return care.consents.push_back(consent_of(resource));
        case v1::KIND_ADVANCE_DECISION:
            return care.advance_decisions.push_back(advance_decision_of(resource));
        case v1::KIND_COMMUNICATION:
            return care.communications.push_back(communication_of(resource, acts));
        case v1::KIND_PROCEDURE:
            if (is_told_with_message(group, resource)) return;
            return care.procedures.push_back(plain<v1::Procedure>(resource));
        default:
            return;
    }
}

}  // namespace

bool is_care(std::uint32_t kind) {
    return kind >= v1::KIND_CONDITION && kind <= v1::KIND_PROCEDURE;
}

Care care_of(const Group& group, std::string_view zone) {
    Care care;
    const ActsOf acts = acts_in(group);
    for (const auto& resource : group.resources)
        add(group, resource, acts, zone, care);
    mark_nearest(group, care.related_persons);
    if (death_of(group) != Death::not_told) {
        suspend(care.planned_visits);
        suspend(care.appointments);
    }
    sort_care(care, zone);
    return care;
}

}  // namespace kari::chart
