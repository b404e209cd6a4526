// SPDX-License-Identifier: Apache-2.0
#include "sdk/chart/dispute.hpp"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "sdk/chart/finding_rules.hpp"
#include "sdk/chart/history.hpp"

namespace kari::chart {
namespace {

bool writes_any(const merge::Change& change, const std::set<std::uint32_t>& atoms) {
    const auto& written = change.header.atom();
    return std::any_of(written.begin(), written.end(),
                       [&](std::uint32_t atom) { return atoms.contains(atom); });
}

void sort_by_tick(std::vector<DisputeStatement>& statements) {
    std::sort(statements.begin(), statements.end(),
              [](const DisputeStatement& a, const DisputeStatement& b) {
                  return std::pair(a.change->header.tick(), a.change->id) <
                         std::pair(b.change->header.tick(), b.change->id);
              });
}

std::vector<DisputeStatement> sides_in(const GroupResource& resource, const Finding& finding,
                                       const Causality& causality) {
    std::vector<DisputeStatement> sides;
    for (const auto& change : resource.history) {
        if (std::binary_search(finding.inputs.begin(), finding.inputs.end(), change->id)) {
            sides.push_back({&resource, change.get(), {}});
        }
    }
    for (auto& side : sides) {
        for (const auto& other : sides) {
            if (causality.saw(side.change->id, other.change->id) ||
                causality.saw(other.change->id, side.change->id)) {
                continue;
            }
            side.not_seen.push_back(other.change->id);
        }
        std::sort(side.not_seen.begin(), side.not_seen.end());
    }
    sort_by_tick(sides);
    return sides;
}

std::vector<DisputeStatement> base_of(const GroupResource& resource,
                                      const std::vector<DisputeStatement>& sides,
                                      const Causality& causality) {
    std::set<std::uint32_t> atoms;
    for (const auto& side : sides)
        atoms.insert(side.change->header.atom().begin(), side.change->header.atom().end());
    std::vector<DisputeStatement> common;
    for (const auto& change : resource.history) {
        const bool seen_by_all =
            std::all_of(sides.begin(), sides.end(), [&](const DisputeStatement& side) {
                return side.change->id != change->id && causality.saw(side.change->id, change->id);
            });
        if (seen_by_all && writes_any(*change, atoms)) {
            common.push_back({&resource, change.get(), {}});
        }
    }
    const auto all = common;
    std::erase_if(common, [&](const DisputeStatement& one) {
        return std::any_of(all.begin(), all.end(), [&](const DisputeStatement& newer) {
            return newer.change != one.change && causality.saw(newer.change->id, one.change->id);
        });
    });
    sort_by_tick(common);
    return common;
}

}  // namespace

Dispute dispute_of(const Group& group, const Finding& finding) {
    Dispute out;
    std::set<ChangeId> here;
    for (const auto& resource : group.resources) {
        const Causality causality(resource);
        const auto sides = sides_in(resource, finding, causality);
        if (sides.empty()) continue;
        const auto base = base_of(resource, sides, causality);
        out.base.insert(out.base.end(), base.begin(), base.end());
        out.sides.insert(out.sides.end(), sides.begin(), sides.end());
        for (const auto& side : sides)
            here.insert(side.change->id);
    }
    std::set_difference(finding.inputs.begin(), finding.inputs.end(), here.begin(), here.end(),
                        std::back_inserter(out.not_here));
    return out;
}

void set_due(const Group& group, std::vector<TrackedFinding>& tracked) {
    std::unordered_map<ChangeId, Instant> recorded;
    for (const auto& one : tracked) {
        for (const auto& input : one.finding.inputs)
            recorded.emplace(input, Instant{INT64_MIN});
    }
    if (recorded.empty()) return;
    const ClockNotes clocks(group);
    for (const auto& resource : group.resources) {
        for (const auto& change : resource.history) {
            const auto known = recorded.find(change->id);
            if (known != recorded.end()) known->second = clocks.recorded(*change).latest;
        }
    }
    for (auto& one : tracked) {
        const auto time = time_to_resolve(one.finding.rule, one.finding.severity);
        Instant newest{INT64_MIN};
        for (const auto& input : one.finding.inputs)
            newest = std::max(newest, recorded.at(input));
        if (time && newest.ms != INT64_MIN) one.due = newest + *time;
    }
}

}  // namespace kari::chart
