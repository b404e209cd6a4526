// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>

#include <kari/error.hpp>
#include <kari/exchange.hpp>

// What: what Device::follow is told and tells: a tablet that stays in step with the server by
//   itself. What is written here goes up within a second, what others wrote comes down within a
//   second, while there is a network; without one it tries again by itself.
// Requires: a thread of the app's that may be blocked as long as the tablet is in use: begin after
//   unlock, ask `cancel` when the app leaves the foreground. On an event of the system that a
//   network is there again, ask and begin anew: the next try would come within 30 s.
// Returns and errors: see Device::follow.
// Durability: as of Device::sync.
// Threads: callbacks run on the thread that called follow, outside locks.
// Ownership: the caller keeps `cancel` alive until follow returns.
// Units and limits: while nothing happens it costs one request in 50 s and wakes nothing between.
// Source of clinical rules: none.
namespace kari {

enum class FollowState {  // what a tablet that follows is doing
    syncing,
    waiting,  // in step: the server says when there is news
    trouble,  // out of step; tries again by itself
};

struct FollowStatus {  // how following goes
    FollowState state = FollowState::syncing;
    std::optional<Error> why;  // of `trouble`: explain() says it in words
};

struct FollowOptions {  // who is told while a tablet follows, and what ends it
    std::function<void(const FollowStatus&)> status;  // when it is another
    std::function<void(const SyncReport&)> synced;    // after each session
    const Cancel* cancel = nullptr;
};

}  // namespace kari
