// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <kari/error.hpp>
#include <kari/platform.hpp>

#include "sdk/sync/exchange.hpp"

namespace kari::sync {

// Run one session of the exchange.
struct SyncNow {};
// Ask the server to say when there is news.
struct SendWait {
    std::string path;  // "/v1/wait"
    std::string body;
    Duration within;  // an answer that is not here by then does not come: the connection is dead
};
// It cannot go on: nothing but the app, the nurse or an operator changes that.
struct Ended {
    Error error;
};
using FollowAction = std::variant<SyncNow, SendWait, WaitUntil, Ended>;

// What:      keeps a device in step: a session, then a wait for news, and again. A machine that is
//            told what happened and answers what to do. No socket, thread, clock or disk.
// Requires:  next, then the one call that tells what came of its answer, by turns; on_written at
//            any time between. `entropy` outlives it.
// Returns:   next() answers the same until it is told something or the time of a WaitUntil is over.
// Threads:   one at a time.
//
// What fails is tried again after a random time that grows to half a minute: a network that is
// away, a captive portal (its key is not the pinned one), a server that restarts. Where the server
// lets nobody wait, or does not know how, sessions follow each other by the clock.
class Follow {
public:
    explicit Follow(Entropy& entropy) : entropy_(entropy) {}

    FollowAction next(const Moment& now);
    // SyncNow came to its end.
    void on_synced(const Summary& summary, const Moment& now);
    void on_sync_failed(const Error& error, const Moment& now);
    // The body of a 200 to a SendWait. `unsent`: something here is still to go.
    void on_reply(std::string_view body, bool unsent, const Moment& now);
    // No answer to it, or another one. Not called when the wait was broken off from here.
    void on_failure(const Failure& failure, const Moment& now);
    // Something was written here that is to be sent, while a session ran or not.
    void on_written(const Moment& now);

    // The last failure, while it is waited for to pass.
    const std::optional<Error>& trouble() const { return trouble_; }

private:
    enum class Step { sync, wait };

    void sleep(std::uint64_t ms, const Moment& now);
    void back_off(const Error& error, const Moment& now);
    void sync_at(std::uint64_t earliest_ms, const Moment& now);
    bool comparison_due(const Moment& now) const;

    Entropy& entropy_;
    Step step_ = Step::sync;
    std::optional<Moment> until_;  // by its boot clock
    EpochId epoch_;                // as the last session saw them
    std::uint64_t feed_ = 0;
    std::optional<Moment> asked_at_;   // when the wait that is out was first given
    std::optional<Moment> synced_at_;  // when the last session ended
    bool owed_ = false;                // it passed something over, or failed
    bool by_news_ = false;             // news asked for the session that comes
    bool written_ = false;             // since that session was asked for
    std::size_t failures_ = 0;         // in a row
    std::uint64_t patience_ms_ = 0;    // 0: not set yet
    std::optional<Error> trouble_;
    std::optional<Error> ended_;
};

}  // namespace kari::sync
