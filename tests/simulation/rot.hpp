// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/simulation/world.hpp"

namespace kari::sim {

// Bits of a tablet's database turn over while it is closed. The nurse goes on until she is told.
void rot(World& world, Tablet& tablet, Dice& dice);
// What a person does with a tablet that says so: what can be read of the unsent work is told, the
// database is set aside, and the tablet is enrolled anew where it stood. Nothing is silent: what
// was written and is nowhere else is either among what was read or counted as lost, and nothing
// else is.
void salvage(World& world, Tablet& tablet);
// Whoever looks finds it, or it is in no page that counts any more.
void look_for_rot(World& world, Tablet& tablet);

}  // namespace kari::sim
