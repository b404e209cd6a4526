// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/simulation/world.hpp"

namespace kari::sim {

// Two records turn out to be one citizen's, or not to be: the operator says so.
Result<void> link_or_unlink(World& world, Dice& dice);
// What was cut off half-way, or fell with a server that was restored, is said again.
void say_links_again(World& world);
// A chart is of all records of the unit that are one citizen's, and says when one is elsewhere.
void check_links(World& world, Tablet& tablet, const RecordId& record);

}  // namespace kari::sim
