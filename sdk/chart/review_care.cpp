// SPDX-License-Identifier: Apache-2.0
//
// Problems, measures, plans, tasks and what was done about them.
#include <algorithm>
#include <map>

#include "sdk/base/time.hpp"
#include "sdk/chart/care.hpp"
#include "sdk/chart/care_state.hpp"
#include "sdk/chart/dates.hpp"
#include "sdk/chart/rules.hpp"

namespace kari::chart {
namespace {

std::vector<ChangeId> live_of(const GroupResource& resource, std::uint32_t number) {
    std::vector<ChangeId> ids;
    if (const auto* atom = resource.atom(number)) {
        for (const auto& write : atom->live)
            ids.push_back(write.change);
    }
    return ids;
}

std::vector<ChangeId> live_of(const Act& act) {
    return live_of(*act.resource, 1);
}

std::vector<ChangeId> joined(std::vector<ChangeId> a, const std::vector<ChangeId>& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

const merge::Change* newest_of(const Act& act) {
    const auto ids = live_of(act);
    return ids.empty() ? nullptr : Causality(*act.resource).find(ids.back());
}

// A second attempt from the same tablet: whoever came again knew of the first.
bool same_hand_later(const Act& first, const Act& second) {
    const auto* a = newest_of(first);
    const auto* b = newest_of(second);
    return a != nullptr && b != nullptr && a->incarnation == b->incarnation &&
           a->record == b->record && a->header.seq() < b->header.seq();
}

// Acts by what they name, as far as findings about them are asked for: what is touched, and what
// touched acts name. Others are passed over unread, by the bytes of the id.
std::map<ResourceId, std::vector<Act>> acts_in(const Case& the_case) {
    const auto is_act = [](const GroupResource& resource) {
        return resource.kind == v1::KIND_ENCOUNTER || resource.kind == v1::KIND_PROCEDURE;
    };
    std::vector<std::string> sought;
    for (const auto* resource : the_case.asked()) {
        if (!is_care(resource->kind)) continue;
        sought.push_back(base::to_bytes(resource->id));
        if (!is_act(*resource)) continue;
        for (const auto& named : named_by(*resource))
            sought.push_back(base::to_bytes(named));
    }
    const bool all = the_case.asked().size() == the_case.group.resources.size();
    std::map<ResourceId, std::vector<Act>> acts;
    const auto take = [&](const GroupResource& resource) {
        const bool concerned =
            all || std::any_of(sought.begin(), sought.end(), [&](const std::string& id) {
                return std::any_of(resource.history.begin(), resource.history.end(),
                                   [&](const ChangePtr& change) {
                                       return change->body.resource().find(id) != std::string::npos;
                                   });
            });
        if (!concerned) return;
        for (const auto& named : named_by(resource))
            acts[named].push_back(act_of(resource));
    };
    for (const auto kind : {v1::KIND_ENCOUNTER, v1::KIND_PROCEDURE}) {
        for (const auto* resource : the_case.of(kind))
            take(*resource);
    }
    return acts;
}

// ---- Problems and measures -------------------------------------------------------------------

void review_ending(Case& the_case, const GroupResource& resource) {
    if (!resource.forked()) return;
    // A restraint ends with any end: what was changed beside it has nothing to say any more.
    if (resource.kind == v1::KIND_RESTRAINT_MEASURE) return;
    const Ending ending = ending_of(resource);
    if (ending.beside.empty()) return;
    the_case.find(resource.kind == v1::KIND_CONDITION ? "problem/ended-beside-change"
                                                      : "measure/ended-beside-change",
                  v1::SEVERITY_S2, Subject::resource(resource.id),
                  joined(ending.ends, ending.beside), {&resource});
}

void review_unconfirmed_end(Case& the_case, const GroupResource& measure) {
    const auto* status = measure.atom(k_measure_status);
    if (status == nullptr) return;
    for (const auto& proposal : status->pending) {
        if (!ends(measure_status(proposal.value))) continue;
        the_case.find("measure/end-unconfirmed", v1::SEVERITY_S2,
                      Subject::atom(measure.id, k_measure_status), {proposal.change}, {&measure});
    }
}

// A proposal whose author had not seen the value that is in effect.
void review_stale_proposals(Case& the_case, const GroupResource& resource) {
    const Causality causality(resource);
    for (const auto& atom : resource.atoms) {
        for (const auto& proposal : atom.pending) {
            for (const auto& live : atom.live) {
                if (live.value == proposal.value || causality.saw(proposal.change, live.change)) {
                    continue;
                }
                the_case.find("plan/stale-proposal", v1::SEVERITY_S3,
                              Subject::atom(resource.id, atom.number),
                              {proposal.change, live.change}, {&resource});
            }
        }
    }
}

// Ends that stood when the act was done: not lifted by somebody who had seen them and let it go on
// before that.
std::vector<ChangeId> ends_before(const Case& the_case, const GroupResource& restraint,
                                  const Span& done) {
    std::vector<ChangeId> out;
    const Causality causality(restraint);
    const auto writes = writes_of(restraint, k_measure_status);
    for (const auto& end : writes) {
        const auto status = measure_status(end.value);
        const bool stops = ends(status) || status == v1::MEASURE_STATUS_ON_HOLD;
        if (!end.effective || !stops) continue;
        if (done.latest < the_case.clocks.recorded(*end.change).earliest) continue;
        const bool lifted = std::any_of(writes.begin(), writes.end(), [&](const Write& write) {
            return write.effective && measure_status(write.value) == v1::MEASURE_STATUS_ACTIVE &&
                   causality.saw(write.change->id, end.change->id) &&
                   the_case.clocks.recorded(*write.change).latest <= done.earliest;
        });
        if (!lifted) out.push_back(end.change->id);
    }
    return out;
}

void review_restraint_use(Case& the_case, const GroupResource& restraint, const Act& act) {
    if (act.visit || !was_done(act.as_procedure) || !the_case.asks(&restraint, act.resource)) {
        return;
    }
    const auto* change = newest_of(act);
    if (change == nullptr) return;
    const Span done = the_case.clocks.effective(*change);
    auto inputs = ends_before(the_case, restraint, done);
    v1::ServiceMeasure said;
    if (const auto* validity = restraint.operative_write(k_measure_validity);
        validity != nullptr && said.ParseFromString(validity->value)) {
        const auto* by = Causality(restraint).find(validity->change);
        const auto end = by == nullptr ? std::nullopt : stated_by(*by, said.validity().end());
        if (end && done.latest > end->end) inputs.push_back(validity->change);
    }
    if (inputs.empty()) return;
    the_case.find("restraint/used-after-end", v1::SEVERITY_S1,
                  Subject::pair(restraint.id, act.resource->id), joined(inputs, live_of(act)),
                  {&restraint, act.resource});
}

// ---- Visits and tasks ------------------------------------------------------------------------

struct Plan {
    const GroupResource* resource = nullptr;
    bool cancelled = false;
    bool for_one = true;  // one person was to come
    std::uint32_t status_atom = 4;
};

Plan plan_of(const GroupResource& resource) {
    Plan plan{&resource, false, true, v1::PlannedEncounter::kStatusFieldNumber};
    if (resource.kind == v1::KIND_APPOINTMENT) {
        plan.status_atom = v1::Appointment::kStatusFieldNumber;
        plan.cancelled = merge::operative_as<v1::Appointment>(resource).status() ==
                         v1::APPOINTMENT_STATUS_CANCELLED;
        return plan;
    }
    const auto said = merge::operative_as<v1::PlannedEncounter>(resource);
    const auto count = said.performers().count();
    plan.cancelled = said.status() == v1::ENCOUNTER_STATUS_CANCELLED;
    plan.for_one = count == v1::HELPER_COUNT_UNSPECIFIED || count == v1::HELPER_COUNT_ONE;
    return plan;
}

void review_two_visits(Case& the_case, const Plan& plan, const Act& a, const Act& b) {
    if (!the_case.asks(plan.resource->id) && !the_case.asks(a.resource, b.resource)) return;
    const auto find = [&](std::string_view rule, v1::Severity severity) {
        the_case.find(rule, severity, Subject::pair(a.resource->id, b.resource->id),
                      joined(live_of(a), live_of(b)), {a.resource, b.resource, plan.resource});
    };
    if (took_place(a.as_visit) && took_place(b.as_visit)) {
        if (plan.for_one) find("visit/possible-double", v1::SEVERITY_S3);
        return;
    }
    const bool a_hindered = was_hindered(a.as_visit) && took_place(b.as_visit);
    const bool b_hindered = was_hindered(b.as_visit) && took_place(a.as_visit);
    if ((a_hindered && !same_hand_later(a, b)) || (b_hindered && !same_hand_later(b, a))) {
        find("visit/no-answer-then-done", v1::SEVERITY_S2);
    }
}

bool same_person(const v1::Reference& a, const v1::Reference& b) {
    if (!a.reference().empty() || !b.reference().empty()) return a.reference() == b.reference();
    return !a.identifier().value().empty() &&
           a.identifier().SerializeAsString() == b.identifier().SerializeAsString();
}

bool names(const v1::VisitPerformers& planned, const v1::Visit& visit) {
    return std::any_of(visit.performer().begin(), visit.performer().end(), [&](const auto& who) {
        return std::any_of(planned.performer().begin(), planned.performer().end(),
                           [&](const auto& one) { return same_person(one, who); });
    });
}

// The plan was for somebody who has begun, and has since been given to another.
void review_reassigned(Case& the_case, const GroupResource& plan, const Act& act) {
    if (plan.kind != v1::KIND_PLANNED_ENCOUNTER || !took_place(act.as_visit) ||
        !the_case.asks(&plan, act.resource)) {
        return;
    }
    const auto now = merge::operative_as<v1::PlannedEncounter>(plan).performers();
    if (now.performer().empty() || names(now, act.as_visit)) return;
    const auto writes = writes_of(plan, v1::PlannedEncounter::kPerformersFieldNumber);
    const bool was_for_them = std::any_of(writes.begin(), writes.end(), [&](const Write& write) {
        return write.effective &&
               names(said_by<v1::PlannedEncounter>(*write.change).performers(), act.as_visit);
    });
    if (!was_for_them) return;
    the_case.find("visit/started-by-another", v1::SEVERITY_S3,
                  Subject::pair(plan.id, act.resource->id),
                  joined(live_of(plan, v1::PlannedEncounter::kPerformersFieldNumber), live_of(act)),
                  {&plan, act.resource});
}

void review_visits(Case& the_case, const GroupResource& resource, const std::vector<Act>& acts) {
    const Plan plan = plan_of(resource);
    for (std::size_t i = 0; i < acts.size(); ++i) {
        if (!acts[i].visit) continue;
        for (std::size_t j = i + 1; j < acts.size(); ++j) {
            if (acts[j].visit) review_two_visits(the_case, plan, acts[i], acts[j]);
        }
        review_reassigned(the_case, resource, acts[i]);
        if (!plan.cancelled || !took_place(acts[i].as_visit) ||
            !the_case.asks(plan.resource, acts[i].resource)) {
            continue;
        }
        the_case.find("visit/cancelled-but-done", v1::SEVERITY_S3,
                      Subject::pair(resource.id, acts[i].resource->id),
                      joined(live_of(resource, plan.status_atom), live_of(acts[i])),
                      {&resource, acts[i].resource});
    }
}

void review_task(Case& the_case, const GroupResource& task, const std::vector<Act>& acts) {
    const auto said = merge::operative_as<v1::Task>(task);
    const bool cancelled =
        said.status() == v1::TASK_STATUS_CANCELLED || said.status() == v1::TASK_STATUS_REJECTED;
    // To have called twice does no harm.
    const auto twice =
        said.content().effect() == v1::TASK_EFFECT_CONTACT ? v1::SEVERITY_S4 : v1::SEVERITY_S2;
    std::vector<const Act*> done;
    for (const Act& act : acts) {
        if (!act.visit && was_done(act.as_procedure)) done.push_back(&act);
    }
    for (std::size_t i = 0; i < done.size(); ++i) {
        const auto* one = done[i]->resource;
        if (cancelled && the_case.asks(&task, one)) {
            the_case.find("task/done-and-cancelled", v1::SEVERITY_S4,
                          Subject::pair(task.id, one->id),
                          joined(live_of(task, v1::Task::kStatusFieldNumber), live_of(*done[i])),
                          {&task, one});
        }
        for (std::size_t j = i + 1; j < done.size(); ++j) {
            const auto* other = done[j]->resource;
            if (!the_case.asks(task.id) && !the_case.asks(one, other)) continue;
            the_case.find("task/done-twice", twice, Subject::pair(one->id, other->id),
                          joined(live_of(*done[i]), live_of(*done[j])), {one, other, &task});
        }
    }
}

void review_acts(Case& the_case) {
    const auto acts = acts_in(the_case);
    for (const auto kind : {v1::KIND_PLANNED_ENCOUNTER, v1::KIND_APPOINTMENT, v1::KIND_TASK,
                            v1::KIND_RESTRAINT_MEASURE}) {
        for (const auto* resource : the_case.of(kind)) {
            const auto found = acts.find(resource->id);
            if (found == acts.end()) continue;
            if (kind == v1::KIND_TASK) {
                review_task(the_case, *resource, found->second);
            } else if (kind == v1::KIND_RESTRAINT_MEASURE) {
                for (const Act& act : found->second)
                    review_restraint_use(the_case, *resource, act);
            } else {
                review_visits(the_case, *resource, found->second);
            }
        }
    }
}

}  // namespace

void review_care(Case& the_case) {
    bool asked = false;
    for (const auto* resource : the_case.asked()) {
        if (!is_care(resource->kind)) continue;
        asked = true;
        if (resource->incomplete()) continue;
        if (resource->kind == v1::KIND_CONDITION || is_measure(resource->kind)) {
            review_ending(the_case, *resource);
        }
        if (resource->kind == v1::KIND_SERVICE_MEASURE) {
            review_unconfirmed_end(the_case, *resource);
        }
        review_stale_proposals(the_case, *resource);
    }
    if (!asked) return;
    review_acts(the_case);
    review_immunizations(the_case);
}

}  // namespace kari::chart
