// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include <kari/device.hpp>
#include <kari/live.hpp>

namespace kari::device {

// One live query.
struct LiveEntry {
    LiveQuery query;
    // Held while the callback runs, so that whoever ends the query can wait for it; recursive,
    // because a callback may end its own.
    std::recursive_mutex running;
    std::function<void()> changed;
    bool ended = false;
    SignInId sign_in;  // that it was begun in, and is of
    // Under the device's lock:
    bool armed = false;
    std::uint64_t since = 0;        // what is newer is told
    std::vector<RecordId> records;  // that the view was made of
};

// The records that a view of this one is made of.
using MembersOf = std::function<Result<std::vector<RecordId>>(const RecordId&)>;

// What the views are made of, numbered by when it was another last. Everything but `call` is under
// the device's lock; a change is noted in the same hold of it in which it was made, so no reader
// comes between.
class Lives {
public:
    void note(const Event& event);
    void note_all();  // what every view shows: names of people

    // Errors: those of `members`.
    Result<void> arm(const std::shared_ptr<LiveEntry>& entry, const MembersOf& members);
    // Those whose view may be another; they are not armed any more.
    std::vector<std::shared_ptr<LiveEntry>> take_changed(const MembersOf& members);
    // All that are armed: the sign-in that they are of ends.
    std::vector<std::shared_ptr<LiveEntry>> take_all();

    // Without the lock.
    static void call(const std::vector<std::shared_ptr<LiveEntry>>& changed);

private:
    bool is_newer(const RecordId& record, std::uint64_t since) const;
    bool may_differ(const LiveEntry& entry, const MembersOf& members) const;

    std::uint64_t now_ = 0;
    std::uint64_t looked_at_ = 0;
    std::uint64_t all_ = 0;
    std::uint64_t any_record_ = 0;
    std::map<RecordId, std::uint64_t> records_;
    std::vector<std::weak_ptr<LiveEntry>> entries_;
};

}  // namespace kari::device

namespace kari {

struct Live::State {
    std::shared_ptr<device::LiveEntry> entry;
};

}  // namespace kari
