// SPDX-License-Identifier: Apache-2.0
#include "sdk/sync/exchange.hpp"

#include <algorithm>
#include <utility>

#include "sdk/sync/backoff.hpp"
#include "sdk/sync/decode.hpp"
#include "sdk/sync/limits.hpp"
#include "sdk/sync/plan.hpp"
#include "sdk/sync/reply.hpp"
#include "sdk/sync/request.hpp"
#include "sdk/sync/told.hpp"

namespace kari::sync {
namespace {

constexpr const char* k_path = "/v1/exchange";

// The request as it was is refused: a part of it may be at fault.
bool about_content(ErrorCode code) {
    switch (code) {
        case ErrorCode::malformed:
        case ErrorCode::too_large:
        case ErrorCode::too_many:
        case ErrorCode::too_deep:
        case ErrorCode::invalid_argument:
            return true;
        default:
            return false;
    }
}

bool comparison_due(const Standing& standing, const Session& session, const Moment& now) {
    if (session.after_unlock || !standing.complete_at || standing.epoch.is_zero()) return true;
    const Moment& last = *standing.complete_at;
    return last.boot != now.boot || now.boot_clock_ms < last.boot_clock_ms ||
           now.boot_clock_ms - last.boot_clock_ms >= k_complete_every_ms;
}

}  // namespace

struct Exchange::State {
    State(Replica& the_replica, Entropy& the_entropy)
        : replica(the_replica), entropy(the_entropy) {}

    void end(Action action) { ended = std::move(action); }
    void end_failed(Error error) {
        asked.reset();
        ended = Failed{std::move(error), plan.summary};
    }

    void retry(Error error, std::optional<Duration> retry_after, const Moment& now) {
        asked.reset();
        if (++failures >= k_attempts) {
            end_failed(std::move(error));
            return;
        }
        std::uint64_t wait = backoff_ms(entropy, failures);
        if (retry_after && retry_after->ms > 0) {
            const auto told = static_cast<std::uint64_t>(retry_after->ms);
            wait = std::max(wait, std::min(told, k_retry_after_most_ms));
        }
        wait_until = now.boot_clock_ms + wait;
        wait_boot = now.boot;
    }

    // The server refuses the request whole. Halves what is sent until the culprit is alone, and
    // passes its record over. False when there was nothing to leave out.
    bool isolate(const Asked& was, const Error& error) {
        const bool returns = !was.returned.empty();
        const auto& sent = returns ? was.returned : was.pushed;
        if (sent.empty()) return false;
        std::size_t items = 0;
        for (const auto& [record, each] : sent)
            items += std::max<std::size_t>(each.items(), 1);
        std::size_t& most = returns ? plan.return_changes : plan.push_changes;
        if (sent.size() == 1 && (items == 1 || most == 1)) {
            (returns ? plan.skip_return : plan.skip_push).insert(sent.begin()->first);
            plan.problem(sent.begin()->first, error);
            most = returns ? k_return_changes : k_push_changes;
        } else {
            most = std::max<std::size_t>(std::min(most, items) / 2, 1);
        }
        return true;
    }

    Result<void> compose(const Moment& now) {
        if (requests >= k_requests) {
            return fail(ErrorCode::too_many, "the server leads the session in a ring");
        }
        auto request = next_request(plan, replica, entropy, now);
        if (!request) return tl::unexpected(request.error());
        if (!*request) {
            finish();
            return {};
        }
        ++requests;
        plan.summary.progress.requests = requests;
        asked = std::move((*request)->asked);
        body = std::move((*request)->body);
        return {};
    }

    void finish() {
        if (plan.refused) {
            end_failed(*plan.refused);
            return;
        }
        Summary& summary = plan.summary;
        Freshness fresh;
        fresh.server = plan.server;
        fresh.asked = plan.asked_at;
        fresh.behind.assign(plan.broken.begin(), plan.broken.end());
        if (plan.broken.empty()) {
            fresh.feed_position = plan.feed;
            fresh.complete = summary.holdings_compared;
        }
        if (auto done = replica.finish(fresh); !done) {
            plan.problem(std::nullopt, done.error());
        }
        summary.complete = summary.problems.empty();
        summary.epoch = plan.standing.epoch;
        summary.feed_position = plan.feed;
        end(Done{summary});
    }

    Replica& replica;
    Entropy& entropy;
    Plan plan;
    bool started = false;
    bool renews = false;
    std::optional<Asked> asked;  // a request is out
    std::string body;            // its bytes
    std::size_t requests = 0;
    std::size_t answered = 0;
    std::size_t failures = 0;  // in a row
    std::optional<std::uint64_t> wait_until;
    BootId wait_boot;
    std::optional<Action> ended;
};

Exchange::Exchange(Replica& replica, Entropy& entropy)
    : state_(std::make_unique<State>(replica, entropy)) {}
Exchange::~Exchange() = default;

void Exchange::start(const Session& session, const Moment& now) {
    State& state = *state_;
    if (state.started || state.ended) return;
    state.started = true;
    state.renews = session.renews;
    if (!session.maybe_online) {
        state.end_failed({ErrorCode::offline, "the platform knows of no network"});
        return;
    }
    auto standing = state.replica.standing();
    if (!standing) {
        state.end_failed(standing.error());
        return;
    }
    state.plan.standing = *standing;
    state.plan.feed = standing->feed_position;
    state.plan.clock = standing->clock;
    state.plan.complete_due = comparison_due(*standing, session, now);
    const auto unreached = state.replica.unreached();
    if (!unreached) {
        state.plan.problem(std::nullopt, unreached.error());
        return;
    }
    for (const RecordId& record : *unreached)
        state.plan.wanted[record];
}

Action Exchange::next(const Moment& now) {
    State& state = *state_;
    if (!state.started && !state.ended) {
        return Failed{{ErrorCode::invalid_argument, "the session was not started"}, {}};
    }
    if (state.ended) return *state.ended;
    if (state.wait_until) {
        // A boot between two calls ends the wait: its clock counts from anew.
        if (now.boot == state.wait_boot && now.boot_clock_ms < *state.wait_until) {
            return WaitUntil{*state.wait_until};
        }
        state.wait_until.reset();
    }
    if (!state.asked) {
        if (auto done = state.compose(now); !done) state.end_failed(done.error());
        if (state.ended) return *state.ended;
    }
    return Send{k_path, state.body};
}

void Exchange::on_reply(std::string_view body, const Moment& now) {
    State& state = *state_;
    if (state.ended || !state.asked) return;
    const auto reply = decode_reply(body);
    if (!reply) {
        state.retry(reply.error(), std::nullopt, now);
        return;
    }
    state.failures = 0;
    ++state.answered;
    const Asked asked = std::move(*state.asked);
    state.asked.reset();
    if (!asked.pushed.empty()) state.plan.push_changes = k_push_changes;
    if (!asked.returned.empty()) state.plan.return_changes = k_return_changes;
    if (auto done = apply_reply(state.plan, asked, *reply, state.replica, now); !done) {
        state.end_failed(done.error());
    }
}

void Exchange::on_failure(const Failure& failure, const Moment& now) {
    State& state = *state_;
    if (state.ended || !state.asked) return;
    const ErrorCode code = failure.error.code;
    if (code == ErrorCode::device_expired && state.renews) {
        state.end_failed(failure.error);
        return;
    }
    if (code == ErrorCode::device_revoked || code == ErrorCode::device_expired) {
        // What was charted must still reach the quarantine; then the session ends with this error.
        // The server has kept what it refused just now.
        for (const auto& [record, sent] : state.asked->pushed)
            state.plan.skip_push.insert(record);
        state.plan.refused = failure.error;
        state.asked.reset();
        return;
    }
    if (failure.by_server && about_content(code)) {
        const Asked asked = std::move(*state.asked);
        state.asked.reset();
        state.failures = 0;
        if (!state.isolate(asked, failure.error)) state.end_failed(failure.error);
        return;
    }
    // There is no network, and somebody waits for the answer. Once the server has been heard in
    // this session it is a gap in the network, which may pass.
    if (failure.unreached && state.answered == 0) {
        state.end_failed(failure.error);
        return;
    }
    const bool reply_at_fault = !failure.by_server && about_content(code);
    if (is_passing(code) || reply_at_fault) {
        state.retry(failure.error, failure.retry_after, now);
        return;
    }
    state.end_failed(failure.error);
}

void Exchange::cancel() {
    State& state = *state_;
    if (!state.ended) state.end_failed({ErrorCode::cancelled, "the exchange"});
}

const Progress& Exchange::progress() const {
    return state_->plan.summary.progress;
}

const Summary& Exchange::summary() const {
    return state_->plan.summary;
}

}  // namespace kari::sync
