// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/fork_checks.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "sdk/base/id.hpp"
#include "tests/simulation/must.hpp"

namespace kari::sim {
namespace {

const Access k_checking{Purpose::treatment, "checking"};

using AtAddress = std::map<std::pair<IncarnationId, std::uint64_t>, std::set<ChangeId>>;

AtAddress forks_of(const ReadLog& log) {
    AtAddress all;
    for (const auto& [id, change] : log) {
        if (const auto name = base::from_bytes<IncarnationId>(change.header.incarnation()))
            all[{*name, change.header.seq()}].insert(id);
    }
    std::erase_if(all, [](const auto& one) { return one.second.size() < 2; });
    return all;
}

}  // namespace

void check_forks(World& world, const std::string& where, const ReadLog& log) {
    for (const auto& [address, ids] : forks_of(log)) {
        ++world.tally["forked addresses"];
        if (world.may_fork.contains(address.first)) continue;
        world.violation(fmt::format("{} holds {} changes at one address, and the tablet could tell",
                                    where, ids.size()));
    }
}

void check_forks_are_told(World& world, Tablet& tablet, const RecordId& record,
                          const ReadLog& log) {
    const AtAddress forks = forks_of(log);
    if (forks.empty()) return;
    const auto chart = tablet->open_chart(record, k_checking);
    const auto findings = chart ? tablet->findings(record) : tl::unexpected(chart.error());
    if (!findings) return world.check_error(tablet, "findings", findings.error());
    for (const auto& [address, ids] : forks) {
        const bool told =
            std::any_of(findings->begin(), findings->end(), [&](const FindingItem& one) {
                const std::set<ChangeId> inputs(one.inputs.begin(), one.inputs.end());
                return one.rule == "integrity/stream-fork" &&
                       std::includes(inputs.begin(), inputs.end(), ids.begin(), ids.end());
            });
        if (told) continue;
        world.violation(fmt::format("{} has no finding of the {} changes at one address: {}",
                                    tablet.name(), ids.size(), ids.begin()->text()));
    }
}

}  // namespace kari::sim
