// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <kari/error.hpp>
#include <kari/ids.hpp>
#include <kari/time.hpp>

// What: what Device::sync is told, tells while it runs, and answers.
// Requires: nothing.
// Returns and errors: see Device::sync.
// Durability: what a report counts as received or acknowledged is durable.
// Threads: Cancel may be used from any thread; the rest are values.
// Ownership: the caller keeps a Cancel alive until its call, one at a time, has returned.
// Units and limits: bytes are of HTTP bodies as sent.
// Source of clinical rules: none; the safety lane's content is marked in the schema.
namespace kari {

// Asks a call under way to end soon. What was done until then stays done.
class Cancel {
public:
    void ask();          // any thread may; the call ends soon
    bool asked() const;  // whether it was
    // Called once when somebody asks, on that thread, or at once when somebody has. The SDK's own
    // calls use it to wake from a wait; nullptr takes it away.
    void on_ask(std::function<void()> wake) const;

private:
    mutable std::mutex mutex_;
    bool asked_ = false;
    mutable std::function<void()> wake_;
};

struct SyncProgress {  // how far a sync has come
    std::uint64_t requests = 0;
    std::uint64_t sent = 0;            // own changes the server answered for
    std::uint64_t received = 0;        // changes applied
    std::uint64_t records_done = 0;    // brought up to date
    std::uint64_t records_wanted = 0;  // known to be behind
    std::uint64_t chunks_up = 0;       // of attachments
    std::uint64_t chunks_down = 0;
};

struct SyncOptions {  // how a sync is told to go
    // Called on the thread that called sync, outside locks, after each step.
    std::function<void(const SyncProgress&)> progress;
    const Cancel* cancel = nullptr;
    // Moves attachments when all else is done. On a network that costs money: another time.
    bool attachments = true;
};

// A finding that came with a sync, or grew more severe by it. Whose it is, is not said here: the
// list of patients shows it, and leaves an access entry.
struct NewFinding {
    FindingId id;
    RecordId record;
    std::string rule;
    int severity = 3;
    std::string title;  // in the device's language
};

struct SyncReport {         // what a sync brought
    bool complete = false;  // nothing was left to send or fetch, and nothing was passed over
    SyncProgress progress;
    std::uint64_t returned = 0;  // others' changes that a restored server got back
    std::uint64_t quarantined = 0;
    std::uint64_t bytes_up = 0;  // zero with the app's own HTTP stack
    std::uint64_t bytes_down = 0;
    std::vector<NewFinding> findings_new;  // the most severe first
    std::uint64_t records_hidden = 0;
    std::uint64_t records_purged = 0;
    std::uint64_t attachments_sent = 0;
    std::uint64_t attachments_fetched = 0;
    std::uint64_t attachments_waiting = 0;  // made here, and still not at the server
    bool new_epoch = false;                 // the server was restored; what it lost is given back
    bool server_recovering = false;
    std::vector<std::string> problems;  // a record's id and an error name: what was passed over
};

struct QuarantinedItem {  // unreadable here; or own, and set aside at the server for its operator
    ChangeId change;
    RecordId record;
    std::string reason;  // an error name
    std::string advice;
};

// The drug facts that rules lean on.
struct PackStatus {
    std::string name;         // "kari-demo@2026-02", as changes name it
    std::string label;        // what it calls itself; to be shown with it
    LocalDate date;           // what it says was so on that day
    int days_old = 0;         // today, by the best knowledge of the time
    bool compiled_in = true;  // it came with the program, not from the server
    std::string told;         // a sentence, where the last one offered was not taken, or none is
    std::string told_to_do;   // what to do about it
};

struct SyncStatus {               // what waits here
    std::uint64_t unsent = 0;     // changes not acknowledged as stored
    std::uint64_t unsecured = 0;  // stored, not yet secured
    std::uint64_t access_unsent = 0;
    std::optional<Instant> last_complete;  // server time
    std::optional<std::int64_t> server_minus_wall_ms;
    bool server_recovering = false;
    PackStatus pack;
    std::vector<QuarantinedItem> quarantined;
};

}  // namespace kari
