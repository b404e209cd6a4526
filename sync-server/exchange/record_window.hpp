// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

#include <kari/time.hpp>

#include "kari/v1/exchange.pb.h"
#include "sync-server/exchange/record_log.hpp"

namespace kari::server::exchange {

// What a server gives of a long record before it is asked for more.
struct WindowChoice {
    std::uint64_t above = 2'000;                // changes; a shorter record goes whole
    Duration reach = Duration::hours(24 * 90);  // what is recent
    std::size_t newest = 50;                    // of each kind these go, however old they are
};
// A resource beyond this cannot go whole beside others: its record goes as one that is short.
inline constexpr std::size_t k_window_resource_bytes = 256 * 1024;

// A place in the order of a record's resources: those before it are held.
struct WindowMark {
    Instant moment;
    ResourceId resource;
    auto operator<=>(const WindowMark&) const = default;
};
Result<WindowMark> mark_from(const v1::WindowMark& wire);
v1::WindowMark to_wire(const WindowMark& mark);

// Whether a window may leave out what is old of a kind. Not of what stands, not of issues (a
// finding that is here is judged by them), not of vaccines, nor of what no build has read yet.
bool is_cut(std::uint32_t kind);

struct WindowItem {
    WindowMark at;  // when it last mattered, or what is to be shown with it; k_stands: always
    std::uint32_t kind = 0;
    bool among_newest = false;
    bool named = false;                    // by a finding that waits for somebody
    std::vector<std::uint64_t> positions;  // of its changes, ascending
};

// The resources of a record in the order in which a tablet needs them. Immutable.
struct RecordWindow {
    std::shared_ptr<const RecordLog> log;
    std::vector<WindowItem> items;  // the greatest mark first
    // Of planned visits, appointments and doses, the acts that name them.
    std::map<ResourceId, std::vector<ResourceId>> acts;
    bool parts_fit = true;  // no resource is too large to go whole

    static RecordWindow of(std::shared_ptr<const RecordLog> log, const WindowChoice& choice);
};

// What is still to go, in this order: what stands and, in a first pass, what a mark cannot speak of
// (the newest of each kind, what a finding names, what the tablet wrote), then what is recent.
struct WindowPass {
    struct Step {
        WindowMark after;  // once it has gone
        const WindowItem* item = nullptr;
    };
    std::vector<Step> steps;
    WindowMark end;
};
WindowPass pass_of(const RecordWindow& window, const std::optional<WindowMark>& held,
                   Instant back_to, const std::set<IncarnationId>& own);

// Those asked for lately: the pages of a window cost one fold. Threads: any.
class RecordWindows {
public:
    WindowChoice choice;  // set before the first is asked for

    // As the log stands now. Errors: as of RecordLogs::read.
    Result<std::shared_ptr<const RecordWindow>> read(storage::Storage& storage, RecordLogs& logs,
                                                     const RecordId& record);

private:
    std::mutex mutex_;
    std::list<std::shared_ptr<const RecordWindow>> used_;  // the latest in front
};

}  // namespace kari::server::exchange
