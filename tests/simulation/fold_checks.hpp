// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/simulation/log_reading.hpp"

namespace kari::sim {

// What a replica made of its log is what tests/oracle makes of it. Where no python3 is, the tally
// says that nobody asked.
void check_fold(World& world, const std::string& where, const RecordId& record, const ReadLog& log,
                const Digest& state);
// A tablet shows of its log what the oracle makes of it: what is incomplete says so, each statement
// stands as it does, what is contested has its finding, and what nobody here can read is told.
void check_shown(World& world, Tablet& tablet, const RecordId& record, const ReadLog& log);
// At rest: what a tablet has of a resource is all that the server has of it.
void check_whole(World& world, const Tablet& tablet, const RecordId& record, const ReadLog& held,
                 const ReadLog& server);

}  // namespace kari::sim
