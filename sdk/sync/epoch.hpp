// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <kari/error.hpp>

#include "sdk/sync/replica.hpp"

namespace kari::sync {

// Where a record falls back to when the server was restored. `starts` are the points of its log
// at the start of each epoch after that of the holding, in any order, at least one.
// Errors: those of the replica.
Result<Fallback> find_fallback(const Held& held, const EpochId& epoch, std::vector<Point> starts,
                               Replica& replica);

// The lowest position of `points`, of which there is one at least.
std::uint64_t lowest(const std::vector<Point>& points);

// What a server says of a record that it took from the caseload, as far as a purge needs it.
struct Removal {
    bool recovering = true;
    EpochId epoch;
    std::optional<Point> server;
    // The holding that the request named, if it did.
    std::optional<Held> asked;
};

// True when the reply proves that the server has all that is held of the record, so that only the
// device's own obligations stand against a purge.
bool covers(const Removal& removal, const Held& held);

}  // namespace kari::sync
