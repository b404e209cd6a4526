// SPDX-License-Identifier: Apache-2.0
#include "sync-server/exchange/open_findings.hpp"

#include <algorithm>
#include <optional>

#include "sdk/base/time.hpp"
#include "sdk/chart/dispute.hpp"

namespace kari::server::exchange {
namespace {

// What was put off is due when its author said; a time that cannot be read puts nothing off.
std::optional<Instant> due_of(const chart::Group& group, const chart::ClockNotes& clocks,
                              const chart::TrackedFinding& tracked) {
    if (tracked.state == chart::FindingState::deferred) {
        if (const auto until = base::parse_fhir_time(tracked.deferred_until, "UTC")) {
            return until->end;
        }
    }
    return chart::due_of(group, clocks, tracked.finding);
}

}  // namespace

std::vector<storage::OpenFinding> open_in(const chart::Group& group, const RecordId& record,
                                          const std::vector<chart::Finding>& findings,
                                          const std::set<ResourceId>* among, Instant now) {
    std::vector<storage::OpenFinding> open;
    std::optional<chart::ClockNotes> clocks;  // read when one stands open
    for (const chart::Finding& finding : findings) {
        const ResourceId issue = chart::issue_resource(finding.id);
        if (among != nullptr && !among->contains(issue)) continue;
        if (!std::binary_search(finding.records.begin(), finding.records.end(), record)) continue;
        const auto tracked = chart::track_one(group, finding);
        if (tracked.state == chart::FindingState::resolved) continue;
        if (!clocks) clocks.emplace(group);
        storage::OpenFinding one;
        one.issue = issue;
        one.severity = static_cast<unsigned>(finding.severity);
        one.deferred = tracked.state == chart::FindingState::deferred;
        one.since = chart::first_stated(group, finding).value_or(now);
        one.rule = finding.rule;
        one.due = due_of(group, *clocks, tracked);
        open.push_back(std::move(one));
    }
    std::sort(open.begin(), open.end());
    return open;
}

}  // namespace kari::server::exchange
