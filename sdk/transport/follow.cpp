// SPDX-License-Identifier: Apache-2.0
#include "sdk/transport/follow.hpp"

#include <utility>

#include "sdk/sync/limits.hpp"

namespace kari::transport {
namespace {

constexpr int k_ok = 200;

void run_session(sync::Follow& machine, const FollowParts& parts, Clock& clock) {
    if (const auto summary = parts.session(); summary) {
        machine.on_synced(*summary, moment(clock));
    } else {
        machine.on_sync_failed(summary.error(), moment(clock));
    }
}

void wait_for_news(sync::Follow& machine, const sync::SendWait& send, const FollowParts& parts,
                   Clock& clock, CancelToken& token) {
    const auto client = parts.client();
    if (!client) {
        machine.on_failure({client.error(), std::nullopt, false, true}, moment(clock));
        return;
    }
    const auto reply =
        (*client)->post(send.path, send.body, {sync::k_error_reply_bytes, send.within}, token);
    if (reply && reply->status == k_ok) {
        machine.on_reply(reply->body, parts.unsent(), moment(clock));
    } else if (reply) {
        machine.on_failure(failure_of(*reply), moment(clock));
    } else if (reply.error().code != ErrorCode::cancelled) {
        const bool unreached = !(*client)->reached();
        machine.on_failure({reply.error(), std::nullopt, false, unreached}, moment(clock));
    }
}

}  // namespace

void Interrupt::end() {
    std::shared_ptr<CancelToken> token;
    {
        const std::lock_guard lock(mutex_);
        ended_ = true;
        token = token_;
    }
    if (token) token->cancel();
}

void Interrupt::written() {
    std::shared_ptr<CancelToken> token;
    {
        const std::lock_guard lock(mutex_);
        written_ = true;
        token = token_;
    }
    if (token) token->cancel();
}

bool Interrupt::ended() const {
    const std::lock_guard lock(mutex_);
    return ended_;
}

bool Interrupt::take_written() {
    const std::lock_guard lock(mutex_);
    return std::exchange(written_, false);
}

std::shared_ptr<CancelToken> Interrupt::token() {
    const std::lock_guard lock(mutex_);
    token_ = std::make_shared<CancelToken>();
    if (ended_ || written_) token_->cancel();
    return token_;
}

Error drive(sync::Follow& machine, const FollowParts& parts, Clock& clock, Interrupt& interrupt) {
    std::optional<Phase> shown;
    const auto tell = [&](Phase phase) {
        if (std::exchange(shown, phase) != phase) parts.tell(phase, machine.trouble());
    };
    while (!interrupt.ended()) {
        if (interrupt.take_written()) machine.on_written(moment(clock));
        const sync::FollowAction action = machine.next(moment(clock));
        if (const auto* ended = std::get_if<sync::Ended>(&action)) return ended->error;
        if (std::holds_alternative<sync::SyncNow>(action)) {
            tell(Phase::session);
            run_session(machine, parts, clock);
            continue;
        }
        const auto token = interrupt.token();
        if (const auto* send = std::get_if<sync::SendWait>(&action)) {
            // A wait that is asked for again after a failure is no connection yet.
            if (!machine.trouble()) tell(Phase::waiting);
            wait_for_news(machine, *send, parts, clock, *token);
        } else if (const auto* wait = std::get_if<sync::WaitUntil>(&action)) {
            if (machine.trouble()) tell(Phase::trouble);
            const std::uint64_t now = clock.boot_clock_ms();
            if (wait->boot_clock_ms > now) {
                token->wait_for({static_cast<std::int64_t>(wait->boot_clock_ms - now)});
            }
        }
    }
    return {ErrorCode::cancelled, "following"};
}

}  // namespace kari::transport
