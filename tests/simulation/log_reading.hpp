// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <kari/ids.hpp>

#include "kari/v1/change.pb.h"
#include "tests/simulation/world.hpp"

namespace kari::sim {

// A change by its bytes, read with nothing but the schema of the header.
struct ReadChange {
    ChangeId id;
    std::string header_bytes;
    std::optional<std::string> body;
    v1::ChangeHeader header;
    // It is what its id says, and its body what its header says.
    bool sound = false;
};
using ReadLog = std::map<ChangeId, ReadChange>;

// Errors: what the tablet says to the export.
Result<ReadLog> read_log(Tablet& tablet, const RecordId& record);
Result<ReadLog> read_log(Server& server, const RecordId& record);

// What stands last of each resource: changes that no other change of it names as seen.
Heads heads_of(const ReadLog& log);

std::set<ChangeId> parents_of(const v1::ChangeHeader& header);
// Nothing: it is not here, or is none.
std::optional<v1::ChangeBody> body_of(const ReadChange& change);

}  // namespace kari::sim
