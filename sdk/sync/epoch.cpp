// SPDX-License-Identifier: Apache-2.0
#include "sdk/sync/epoch.hpp"

#include <algorithm>
#include <optional>

namespace kari::sync {

Result<Fallback> find_fallback(const Held& held, const EpochId& epoch, std::vector<Point> starts,
                               Replica& replica) {
    Fallback fallback;
    fallback.record = held.record;
    fallback.epoch = epoch;
    std::sort(starts.begin(), starts.end(),
              [](const Point& a, const Point& b) { return a.position < b.position; });
    if (starts.front().position > held.cursor.position) {
        fallback.shared = held.cursor;
        fallback.kept = starts.front().position;
        return fallback;
    }
    for (auto start = starts.rbegin(); start != starts.rend(); ++start) {
        if (start->position > held.cursor.position) continue;
        const auto own = replica.chain_at(held.record, start->position);
        if (!own) return tl::unexpected(own.error());
        if (*own && **own == start->chain) {
            fallback.shared = *start;
            fallback.kept = start->position;
            return fallback;
        }
    }
    fallback.from_nothing = true;
    return fallback;
}

bool covers(const Removal& removal, const Held& held) {
    if (removal.recovering || !removal.server) return false;
    const bool untouched = held.epoch.is_zero() && held.cursor.position == 0;
    if (!untouched && held.epoch != removal.epoch) return false;
    const Point& server = *removal.server;
    if (server.position < held.cursor.position || server.position < held.highest_beside) {
        return false;
    }
    if (server.position == held.cursor.position) return server.chain == held.cursor.chain;
    // Above the cursor only the server can tell that its log goes through it, and it was asked.
    return removal.asked && removal.asked->cursor == held.cursor &&
           removal.asked->epoch == held.epoch;
}

}  // namespace kari::sync
