// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "tests/simulation/world.hpp"

namespace kari::sim {

// Lets all tablets and the server agree, then looks for everything that may not be.
void check_at_rest(World& world);
// What must hold at any moment, whatever is under way.
void check_under_way(World& world, Tablet& tablet);
// What SQLite calls the present pages of the log of a tablet's database; empty: it has none.
std::string log_salt(const Tablet& tablet);
// After a sync: of the records that the tablet had before it, with that salt, and has no more.
void check_purged(World& world, Tablet& tablet, const std::vector<RecordId>& before,
                  const std::string& salt, const Result<SyncReport>& report);

}  // namespace kari::sim
