// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/finding_checks.hpp"

#include <algorithm>

#include "kari/v1/resources.pb.h"
#include "sdk/base/id.hpp"

namespace kari::sim {
namespace {

// What is said about a finding is said of a resource that begins its id.
constexpr std::size_t k_resource_bytes = 16;

using Named = std::map<std::string, std::set<ChangeId>>;

// What the resolutions of each finding name, whoever wrote them and whenever.
void add_resolutions(const ReadChange& change, Named& named) {
    if (change.header.kind() != v1::KIND_DETECTED_ISSUE) return;
    const auto body = body_of(change);
    v1::DetectedIssue issue;
    if (!body || !issue.ParseFromString(body->resource())) return;
    for (const v1::Resolution& resolution : issue.resolution().items()) {
        for (const std::string& input : resolution.input()) {
            if (const auto id = base::from_bytes<ChangeId>(input))
                named[change.header.resource()].insert(*id);
        }
    }
}

}  // namespace

void check_resolved(World& world, const std::string& where,
                    const std::vector<FindingItem>& findings, const Logs& held) {
    Named named;
    for (const auto& [record, log] : held) {
        for (const auto& [id, change] : log)
            add_resolutions(change, named);
    }
    for (const FindingItem& one : findings) {
        if (one.state != "resolved") continue;
        ++world.tally["resolved findings"];
        const auto by_all = named.find(base::to_bytes(one.id).substr(0, k_resource_bytes));
        const bool all = by_all != named.end() &&
                         std::all_of(one.inputs.begin(), one.inputs.end(), [&](const ChangeId& id) {
                             return by_all->second.contains(id);
                         });
        if (all) continue;
        world.violation(where + " takes a finding for resolved that has an input which nobody " +
                        "who resolved it saw: " + one.rule);
    }
}

void check_stated(World& world, const std::string& where,
                  const std::vector<FindingItem>& findings) {
    for (const FindingItem& one : findings) {
        if (one.provisional)
            world.violation(where + " has a finding that the server has not: " + one.rule);
    }
}

}  // namespace kari::sim
