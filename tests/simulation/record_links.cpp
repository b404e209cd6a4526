// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/record_links.hpp"

#include <algorithm>

#include "tests/simulation/must.hpp"

namespace kari::sim {

Result<void> link_or_unlink(World& world, Dice& dice) {
    // Seldom who is in pain: no allowance is given of several records.
    const std::size_t among = world.citizens.size() - (dice.chance(150) ? 0 : 1);
    const std::size_t one = dice.below(among);
    const std::size_t two = (one + 1 + dice.below(among - 1)) % among;
    const RecordId a = world.citizens[one].record;
    const RecordId b = world.citizens[two].record;
    bool& linked = world.links[std::minmax(a, b)];
    linked = !linked;
    ++world.tally[linked ? "records linked" : "records unlinked"];
    world.note(linked ? "two records are one citizen's" : "two records are two citizens'");
    return world.server.link(a, b, linked);
}

void say_links_again(World& world) {
    for (const auto& [pair, linked] : world.links)
        must(world.server.link(pair.first, pair.second, linked));
}

void check_links(World& world, Tablet& tablet, const RecordId& record) {
    std::set<RecordId> whole{record};
    bool elsewhere = false;
    for (std::size_t before = 0; before != whole.size();) {
        before = whole.size();
        for (const auto& [pair, linked] : world.links) {
            const bool touches = whole.contains(pair.first) || whole.contains(pair.second);
            if (!linked || !touches) continue;
            for (const RecordId& one : {pair.first, pair.second}) {
                if (world.granted.contains(one)) {
                    whole.insert(one);
                } else {
                    elsewhere = true;
                }
            }
        }
    }
    const auto chart = must(tablet->open_chart(record, {Purpose::treatment, "checking"}));
    if (std::set<RecordId>(chart.group.begin(), chart.group.end()) != whole) {
        world.violation(tablet.name() +
                        " shows a chart of other records than the citizen's: " + record.text());
    }
    const bool says = std::any_of(chart.missing.begin(), chart.missing.end(), [](const auto& part) {
        return part.what.starts_with("linked record");
    });
    if (elsewhere != says) {
        world.violation(tablet.name() +
                        (says ? " misses a record that nobody linked: "
                              : " does not say that a linked record is absent: ") +
                        record.text());
    }
    if (whole.size() > 1) ++world.tally["linked charts"];
}

}  // namespace kari::sim
