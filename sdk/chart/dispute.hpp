// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "sdk/chart/finding.hpp"
#include "sdk/chart/group.hpp"

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

// States by when each should be resolved: after its newest input, by the time that its rule gives.
// Nothing: it is for the log, or no input is here.
void set_due(const Group& group, std::vector<TrackedFinding>& tracked);

}  // namespace kari::chart
