// SPDX-License-Identifier: Apache-2.0
//
// What findings about the ledger a touched event may bring or end.
#include <algorithm>
#include <map>
#include <set>

#include "sdk/base/mutant.hpp"
#include "sdk/chart/stock.hpp"

namespace kari::chart {
namespace {

bool is_in(const std::vector<ResourceId>& ids, const ResourceId& id) {
    return std::binary_search(ids.begin(), ids.end(), id);
}

// The earliest that any statement of the event, by whatever is known of its clock, can be of.
Instant since(const GroupResource& event, const ClockNotes& clocks) {
    Instant out{INT64_MAX};
    for (const auto& change : event.history)
        out = std::min(out, clocks.effective(*change).earliest);
    return out;
}

}  // namespace

std::vector<ResourceId> stock_near(const Group& group, const std::vector<ResourceId>& touched) {
    std::set<ResourceId> out;
    std::set<ResourceId> events;
    for (const auto& resource : group.resources) {
        if (!is_in(touched, resource.id)) continue;
        for (const auto& id : witnessed_by(resource))
            out.insert(id);
        if (resource.kind == v1::KIND_STOCK_EVENT) events.insert(resource.id);
    }
    if (events.empty() || KARI_MUTATED(stock_reviewed_alone)) return {out.begin(), out.end()};
    const ClockNotes clocks(group);
    std::map<std::string, Instant> from;
    for (const auto& resource : group.resources) {
        if (resource.kind != v1::KIND_STOCK_EVENT) continue;
        const auto named = named_by_stock(resource);
        if (!events.contains(resource.id)) {
            // The half of a transfer whose other half is touched.
            if (std::any_of(named.begin(), named.end(),
                            [&](const ResourceId& id) { return events.contains(id); })) {
                out.insert(resource.id);
            }
            continue;
        }
        out.insert(named.begin(), named.end());
        const Instant at = since(resource, clocks);
        for (const auto& account : accounts_named(resource)) {
            const auto known = from.emplace(account, at).first;
            known->second = std::min(known->second, at);
        }
    }
    for (const auto& resource : group.resources) {
        if (resource.kind != v1::KIND_STOCK_EVENT) continue;
        for (const auto& account : accounts_named(resource)) {
            const auto at = from.find(account);
            if (at == from.end()) continue;
            const bool later = std::any_of(
                resource.history.begin(), resource.history.end(),
                [&](const auto& one) { return clocks.effective(*one).latest >= at->second; });
            if (later) out.insert(resource.id);
        }
    }
    // An account has one finding of too little: it is still found when what is touched was only a
    // part of it.
    std::map<std::string, std::vector<StockRow>> accounts;
    for (const auto& resource : group.resources) {
        auto row = stock_row(resource, clocks);
        if (row && from.contains(row->account)) accounts[row->account].push_back(std::move(*row));
    }
    for (auto& [account, rows] : accounts) {
        const StockSum sum = sum_of(std::move(rows));
        for (std::size_t at = 0; at < sum.rows.size(); ++at) {
            if (sum.goes_below(at)) out.insert(sum.rows[at].resource->id);
        }
    }
    return {out.begin(), out.end()};
}

}  // namespace kari::chart
