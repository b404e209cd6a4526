// SPDX-License-Identifier: Apache-2.0
#include "sync-server/exchange/open_findings.hpp"

#include <algorithm>

namespace kari::server::exchange {
namespace {

Instant first_stated(const chart::Group& group, const RecordId& record, const ResourceId& issue,
                     Instant now) {
    Instant first = now;
    const auto* carrier = group.find(record, issue);
    if (carrier == nullptr) return first;
    for (const auto& change : carrier->history) {
        if (change->from_server()) {
            first = std::min(first, Instant{change->header.recorded().wall_ms()});
        }
    }
    return first;
}

}  // namespace

std::vector<storage::OpenFinding> open_in(const chart::Group& group, const RecordId& record,
                                          const std::vector<chart::Finding>& findings,
                                          const std::set<ResourceId>* among, Instant now) {
    std::vector<storage::OpenFinding> open;
    for (const chart::Finding& finding : findings) {
        const ResourceId issue = chart::issue_resource(finding.id);
        if (among != nullptr && !among->contains(issue)) continue;
        if (!std::binary_search(finding.records.begin(), finding.records.end(), record)) continue;
        const auto state = chart::state_of(group, finding);
        if (state == chart::FindingState::resolved) continue;
        open.push_back({issue, static_cast<unsigned>(finding.severity),
                        state == chart::FindingState::deferred,
                        first_stated(group, record, issue, now)});
    }
    std::sort(open.begin(), open.end());
    return open;
}

}  // namespace kari::server::exchange
