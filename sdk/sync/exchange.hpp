// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <kari/error.hpp>
#include <kari/platform.hpp>

#include "sdk/sync/replica.hpp"

namespace kari::sync {

struct Progress {
    std::size_t requests = 0;
    std::size_t records_done = 0;    // brought up to date in this session
    std::size_t records_wanted = 0;  // known to be behind
    std::size_t changes_sent = 0;    // acknowledged or quarantined
    std::size_t changes_returned = 0;
    std::size_t changes_received = 0;
    std::size_t findings_of_fault = 0;  // entries of Summary::problems
};

// Something that was passed over; the rest went on.
struct Problem {
    std::optional<RecordId> record;
    Error error;
};

struct Summary {
    Progress progress;
    bool safety_done = false;  // the safety lane was read to its end
    bool complete = false;     // nothing was left to send or fetch, and nothing was passed over
    bool holdings_compared = false;
    bool new_epoch = false;
    bool recovering = false;  // the server said so
    std::size_t quarantined = 0;
    std::size_t hidden = 0;
    std::size_t purged = 0;
    // As the last reply told them: from where a wait for news begins.
    EpochId epoch;
    std::uint64_t feed_position = 0;
    std::vector<Problem> problems;  // the first 100
};

// What is to be done next.
struct Send {
    std::string path;  // "/v1/exchange"
    std::string body;  // application/x-protobuf, not compressed
};
struct WaitUntil {
    std::uint64_t boot_clock_ms = 0;
};
struct Done {
    Summary summary;
};
struct Failed {
    Error error;  // the last one: offline, timed_out, server_busy, device_revoked, cancelled ...
    Summary summary;
};
using Action = std::variant<Send, WaitUntil, Done, Failed>;

// Why there is no reply.
struct Failure {
    Error error;  // as the transport or an ErrorReply tells it
    std::optional<Duration> retry_after;
    bool by_server = false;  // an answer of the server that says so, not a missing answer
    bool unreached = false;  // no connection could be made: nothing was sent
};

struct Session {
    bool after_unlock = false;  // every holding is compared
    bool maybe_online = true;
    // A refusal as expired ends the session, and nothing is sent for the quarantine: who drives it
    // renews, and begins another.
    bool renews = false;
};

// What:      one session of the exchange, from the safety lane to "nothing more": a machine that
//            is told what happened and answers what to do. No socket, thread, clock or disk.
// Requires:  calls in the order start, then next and on_reply or on_failure by turns. `replica`
//            and `entropy` outlive it.
// Returns:   next() answers the same until it is told something; after Done or Failed for ever.
// Durability: what a reply carried is durable when on_reply returns, record by record.
// Threads:   one at a time.
class Exchange {
public:
    Exchange(Replica& replica, Entropy& entropy);
    ~Exchange();
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;

    void start(const Session& session, const Moment& now);
    Action next(const Moment& now);
    // The body of a 200, decompressed.
    void on_reply(std::string_view body, const Moment& now);
    void on_failure(const Failure& failure, const Moment& now);
    // Ends the session; next() answers Failed(cancelled). What was applied stays.
    void cancel();

    const Progress& progress() const;
    // So far; after Failed, what was done before it.
    const Summary& summary() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace kari::sync
