// SPDX-License-Identifier: Apache-2.0
#include "sdk/sync/epoch.hpp"

#include <algorithm>
#include <optional>

namespace kari::sync {

namespace {

Result<Fallback> last_shared(const Held& held, std::vector<Point> starts, Replica& replica) {
    Fallback fallback;
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
    // Below its base a window has no chain to compare by. Up to the lowest start the server's log
    // is the one that the window was given from.
    const std::uint64_t lowest = starts.front().position;
    if (held.window && lowest < held.base.position) fallback.kept = lowest;
    return fallback;
}

}  // namespace

Result<Fallback> find_fallback(const Held& held, const EpochId& epoch, std::vector<Point> starts,
                               Replica& replica) {
    auto fallback = last_shared(held, std::move(starts), replica);
    if (!fallback) return fallback;
    fallback->record = held.record;
    fallback->epoch = epoch;
    // A window is given anew, with the receipts of the new epoch for what is below its base.
    if (held.window) {
        fallback->shared = {};
        fallback->from_nothing = true;
    }
    return fallback;
}

std::uint64_t lowest(const std::vector<Point>& points) {
    std::uint64_t found = points.front().position;
    for (const Point& point : points)
        found = std::min(found, point.position);
    return found;
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
