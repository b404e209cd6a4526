// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "tests/simulation/log_reading.hpp"

namespace kari::sim {

using Logs = std::map<RecordId, ReadLog>;

// Every change is what its id says and was written by somebody, its tick is greater than those of
// all that it names as seen, and its program could read these.
void check_log(World& world, const std::string& where, const ReadLog& log);
// What its author had before her eyes is what a change names as seen: no more and no less.
void check_seen(World& world, const Logs& server);
// Everything that was durable somewhere is on the server.
void check_nothing_lost(World& world, const Logs& server);
// A tablet that holds a record holds what it wrote in it; one that was purged and is back in the
// caseload comes over several syncs.
enum class Arrived { all, not_all };
void check_own_is_held(World& world, Tablet& tablet, const Logs& held, Arrived arrived);
// What a tablet wrote since it last got a name of its own is under a seal that the server has.
void check_sealed(World& world, Tablet& tablet, const Logs& server);
// No file of anybody's shows a word of a record.
void check_no_plain_text(World& world);

}  // namespace kari::sim
