// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/simulation/world.hpp"

namespace kari::sim {

// A nurse does one thing with a tablet: charts, gives, reads, hands it over, syncs.
void act(World& world, Tablet& tablet, Dice& dice);
// The operator does one thing with the server.
void administer(World& world, Dice& dice);

// A sync as an act, and when everything comes to rest.
Result<SyncReport> sync(World& world, Tablet& tablet);

}  // namespace kari::sim
