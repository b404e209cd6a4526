// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/simulation/world.hpp"

namespace kari::sim {

// Something goes wrong, now or soon: power, disk, network or clock.
void fault(World& world, Dice& dice);
// Whatever waited to go wrong with a disk does not any more.
void still(platform_simulated::Drive& drive);
// Everything works again, and stays so.
void calm(World& world);

}  // namespace kari::sim
