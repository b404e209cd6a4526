// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/simulation/log_reading.hpp"

namespace kari::sim {

// Two changes stand at one address only where a tablet was put back and nothing in it could tell.
void check_forks(World& world, const std::string& where, const ReadLog& log);
// Of two that stand at one address, as far as `log` has both, the tablet tells.
void check_forks_are_told(World& world, Tablet& tablet, const RecordId& record, const ReadLog& log);

}  // namespace kari::sim
