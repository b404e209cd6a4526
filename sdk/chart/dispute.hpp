// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sdk/chart/finding.hpp"
#include "sdk/chart/group.hpp"
#include "sdk/chart/history.hpp"
#include "sdk/clinical/catalogue.hpp"

namespace kari::chart {

// One change that a finding rests on, or from which its sides went apart.
struct DisputeStatement {
    const GroupResource* resource = nullptr;
    const merge::Change* change = nullptr;
    // Sides about the same resource that its author had not seen, nor they it; ascending.
    std::vector<ChangeId> not_seen;
};

// What a finding is about, in full. Points into the group.
struct Dispute {
    // Of each resource the newest changes that wrote an atom of a side and that all its sides had
    // seen: what they had in common.
    std::vector<DisputeStatement> base;
    std::vector<DisputeStatement> sides;  // the inputs, by (record, resource, tick, id)
    std::vector<ChangeId> not_here;       // inputs that the group does not hold, ascending
};
Dispute dispute_of(const Group& group, const Finding& finding);

// One atom that a statement wrote.
struct StatementPart {
    std::string atom;       // the schema's name: "prescription", "status"
    std::string value;      // whole, in words; empty when it was cleared, or is not here
    bool acted_on = false;  // this is what holds now
};
std::vector<StatementPart> parts_of(const DisputeStatement& statement, clinical::Language language);

// What somebody did about a finding, whether or not it suffices: one of the two.
struct FindingAnswer {
    const merge::Change* change = nullptr;
    std::optional<v1::Resolution> resolution;
    std::optional<v1::Deferral> deferral;
};
// Those that stand, oldest first. Points into the group.
std::vector<FindingAnswer> answers_of(const Group& group, const Finding& finding);

// When the server first stated the finding, by its own clock. Nothing: it has not yet.
std::optional<Instant> first_stated(const Group& group, const Finding& finding);

// By when a finding should be resolved: after its newest input, by the time that its rule gives.
// Nothing: it is for the log, or no input is here. Costs with the resources that it names.
std::optional<Instant> due_of(const Group& group, const ClockNotes& clocks, const Finding& finding);

// States the same of all, also of those whose resources are not known; one pass over the group.
void set_due(const Group& group, std::vector<TrackedFinding>& tracked);

}  // namespace kari::chart
