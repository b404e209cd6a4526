// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "sdk/sync/exchange.hpp"
#include "sdk/sync/limits.hpp"
#include "sdk/sync/replica.hpp"

namespace kari::sync {

// What was sent of one record and must be answered.
struct Sent {
    using Address = std::pair<IncarnationId, std::uint64_t>;
    // Nothing as address: named by its id alone in a give_back.
    std::map<ChangeId, std::optional<Address>> change;
    std::map<ChangeId, Address> access;  // by the digest of the entry
    std::size_t seals = 0;
    std::size_t items() const { return change.size() + access.size() + seals; }
};

// One request, as far as its reply is judged by it.
struct Asked {
    bool safety = false;
    bool complete = false;  // `holding` names every record held
    Moment sent;
    EpochId epoch;
    std::uint64_t feed_position = 0;
    std::map<RecordId, Held> holding;
    std::map<RecordId, Sent> pushed;
    std::map<RecordId, Sent> returned;
    std::set<IncarnationId> certificates;
};

// A record that is known to be behind the server.
struct Behind {
    std::size_t asked = 0;  // times without getting on
    std::uint64_t cursor = 0;
    std::optional<WindowMark> mark;
    std::uint64_t server = 0;  // where the server said that its log stands

    // Notes how far it is held now; whether that is further than before.
    bool gets_on(const Held& held) {
        const auto now = held.window ? held.window->held : std::nullopt;
        const bool further = held.cursor.position > cursor || now != mark;
        cursor = held.cursor.position;
        mark = now;
        return further;
    }
};

// What a session still has to do, and what it has seen so far.
struct Plan {
    Standing standing;
    Summary summary;
    std::uint64_t feed = 0;
    std::optional<ClockSample> clock;  // the best that is known of this boot

    bool need_safety = true;
    bool need_full = true;
    bool complete_due = false;
    bool returns_due = true;
    bool fell_behind = false;  // the feed went back once

    std::map<RecordId, Behind> wanted;
    std::set<RecordId> asked_safety;  // of these the safety lane has been asked with a holding
    std::set<RecordId> broken;        // passed over in this session; not brought up to date
    std::set<RecordId> skip_push;
    std::set<RecordId> skip_return;
    std::map<RecordId, std::size_t> unanswered;
    // Removed records whose stored changes are to be asked about, once a session.
    std::set<RecordId> confirm;
    std::set<RecordId> confirmed;
    // Receipts that the server's log seems to lack, shown once a session.
    std::map<RecordId, v1::RangeReceipt> evidence;
    std::set<RecordId> evidenced;
    std::set<IncarnationId> certificates_asked;  // once a session

    std::size_t push_changes = k_push_changes;
    std::size_t return_changes = k_return_changes;
    bool push_failed = false;  // the outbox cannot be read
    // The server takes nothing from us but into quarantine; why.
    std::optional<Error> refused;

    // The last reply of the full lane.
    Instant server;
    Moment asked_at;

    void problem(std::optional<RecordId> record, Error error) {
        constexpr std::size_t k_listed = 100;
        ++summary.progress.findings_of_fault;
        if (summary.problems.size() < k_listed) {
            summary.problems.push_back({record, std::move(error)});
        }
    }
    void pass_over(const RecordId& record, Error error) {
        problem(record, std::move(error));
        broken.insert(record);
        wanted.erase(record);
    }

    // Of another epoch still: what is over its changes would come without them, which count as
    // sent.
    void stay_behind(const RecordId& record, Error error) {
        pass_over(record, std::move(error));
        skip_push.insert(record);
        skip_return.insert(record);
    }
};

}  // namespace kari::sync
