// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/simulation/world.hpp"

namespace kari::sim {

// Lets all tablets and the server agree, then looks for everything that may not be.
void check_at_rest(World& world);

}  // namespace kari::sim
