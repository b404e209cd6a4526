// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "tests/simulation/world.hpp"

namespace kari::sim {

// What a nurse has before her eyes while she acts.
struct Seen {
    World& world;
    Tablet& tablet;
    Dice& dice;
    const ChartView& chart;  // maybe an old one
};

// Each writes something, or finds nothing to write about: then there is no answer.
using Answer = std::optional<Result<Written>>;

struct Act {
    const char* name;
    unsigned weight;
    Answer (*call)(Seen&);
};
std::span<const Act> medicine_acts();
std::span<const Act> care_acts();
std::span<const Act> pain_acts();
std::span<const Act> photo_acts();
std::span<const Act> after_acts();
std::span<const Act> stock_acts();

// In the ledger, what an op writes beside what it answers.
void write_beside(Seen& seen, const Written& written);

// One of the items. She tries those too that take no edit, and is told so.
template <typename Items>
auto* pick(Seen& seen, const Items& items) {
    return items.empty() ? nullptr : &items[seen.dice.below(items.size())];
}

}  // namespace kari::sim
