// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

#include <kari/ids.hpp>

// What: how an app hears of changes: live queries, which tell when a view that is shown may be
//   another by now, and the events that they stand on.
// Requires: the order watch, read; then, each time it is told: again, read. What changes between
//   the two is told too: nothing is missed. A lock is told and ends it: `again` is refused then.
// Returns and errors: see Device::watch.
// Durability: none; a new process watches anew.
// Threads: the callback runs on a thread that is in a call of the device (the one that changed
//   something, or that follows), outside locks, at most once until again. It may read and call
//   again; it may not sync, follow or lock. Most apps only send word to the thread that draws.
// Ownership: dropping a Live ends it, and waits for a callback that runs elsewhere.
// Units and limits: a reply of the server is one burst and tells once, however much it brings.
// Source of clinical rules: none.
namespace kari {

// What Device::observe tells, one by one.
enum class EventKind { record_changed, findings_changed, caseload_changed, synced, locked };

struct Event {  // what changed
    EventKind kind = EventKind::record_changed;
    RecordId record;  // zero where it concerns none
};

// What a view is of: the caseload, or a record with those linked to it (its chart, its findings,
// its doses of any date).
struct LiveQuery {
    static LiveQuery caseload() { return {}; }                        // of the list of patients
    static LiveQuery of(const RecordId& record) { return {record}; }  // of what is shown of one
    RecordId record;                                                  // zero: the caseload
};

class Live {  // a live query; it ends with this
public:
    Live() = default;
    Live(Live&&) noexcept;
    Live& operator=(Live&&) noexcept;
    ~Live();

private:
    friend class Device;
    struct State;
    explicit Live(std::shared_ptr<State> state);
    std::shared_ptr<State> state_;
};

}  // namespace kari
