// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/simulation/world.hpp"

namespace kari::sim {

// The law of docs/adr/0210: of what is given under allowances no rolling period has more than the
// order's maximum, whatever reached whom when. A tablet that was put back with its keys can spend
// twice what it had, and nothing in it can tell: its doses are not asked. Nor is a dose that its
// giver took back: it was not given.
void check_maximum(World& world);

}  // namespace kari::sim
