// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/simulation/log_checks.hpp"

namespace kari::sim {

// At rest: what a tablet holds in a window of a record. A resource is here with all that was ever
// said of it, or not at all; what always stands is here; and of what is not, the chart says that
// there is more. False: it has no window.
bool check_windows(World& world, Tablet& tablet, const Logs& server, const Logs& held);
// Asks on every tablet for everything of every record.
void want_all(World& world);

}  // namespace kari::sim
