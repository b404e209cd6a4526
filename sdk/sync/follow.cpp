// SPDX-License-Identifier: Apache-2.0
#include "sdk/sync/follow.hpp"

#include <algorithm>
#include <utility>

#include "kari/v1/wait.pb.h"
#include "sdk/base/id.hpp"
#include "sdk/sync/backoff.hpp"
#include "sdk/sync/bounded.hpp"
#include "sdk/sync/limits.hpp"

namespace kari::sync {
namespace {

constexpr const char* k_path = "/v1/wait";
// The way there and back, and a server that is busy.
constexpr std::uint64_t k_slack_ms = 10'000;
constexpr std::uint64_t k_probe_ms = 1;

// No later session of this device does better by itself.
bool is_final(ErrorCode code) {
    switch (code) {
        case ErrorCode::cancelled:
        case ErrorCode::locked:
        case ErrorCode::device_unknown:
        case ErrorCode::device_revoked:
        case ErrorCode::device_expired:
        case ErrorCode::not_permitted:
        case ErrorCode::protocol_unsupported:
        case ErrorCode::invalid_argument:
        case ErrorCode::storage_corrupt:
        case ErrorCode::storage_truncated:
        case ErrorCode::wrong_key:
        case ErrorCode::key_store_failed:
            return true;
        default:
            return false;
    }
}

std::uint64_t passed_ms(const Moment& since, const Moment& now) {
    return now.boot_clock_ms - std::min(since.boot_clock_ms, now.boot_clock_ms);
}

}  // namespace

FollowAction Follow::next(const Moment& now) {
    if (ended_) return Ended{*ended_};
    if (until_) {
        // A boot between two calls ends it: its clock counts from anew.
        if (until_->boot == now.boot && now.boot_clock_ms < until_->boot_clock_ms) {
            return WaitUntil{until_->boot_clock_ms};
        }
        until_.reset();
    }
    if (step_ == Step::sync) return SyncNow{};
    if (patience_ms_ == 0) patience_ms_ = k_wait_ms;
    if (!asked_at_) asked_at_ = now;
    v1::WaitRequest request;
    request.set_protocol(k_protocol);
    request.set_epoch(base::to_bytes(epoch_));
    request.set_feed_position(feed_);
    // After a failure an answer comes first, which says that the way is there again.
    const std::uint64_t hold_ms = trouble_ ? k_probe_ms : patience_ms_;
    request.set_at_most_ms(static_cast<std::uint32_t>(hold_ms));
    return SendWait{k_path, request.SerializeAsString(),
                    Duration{static_cast<std::int64_t>(hold_ms + k_slack_ms)}};
}

void Follow::on_synced(const Summary& summary, const Moment& now) {
    const bool stands = summary.epoch == epoch_ && summary.feed_position == feed_;
    epoch_ = summary.epoch;
    feed_ = summary.feed_position;
    owed_ = !summary.complete;
    synced_at_ = now;
    step_ = Step::wait;
    asked_at_.reset();
    const bool in_vain = std::exchange(by_news_, false) && stands;
    if (std::exchange(written_, false)) {
        sync_at(k_gather_ms, now);
    } else if (in_vain) {
        back_off({ErrorCode::malformed, "news that no session finds"}, now);
        return;
    }
    failures_ = 0;
    trouble_.reset();
}

void Follow::on_sync_failed(const Error& error, const Moment& now) {
    if (is_final(error.code)) {
        ended_ = error;
        return;
    }
    owed_ = true;
    written_ = false;
    step_ = Step::sync;
    back_off(error, now);
}

void Follow::on_reply(std::string_view body, bool unsent, const Moment& now) {
    if (ended_ || step_ != Step::wait) return;
    v1::WaitReply reply;
    if (auto parsed = parse_bounded(body, k_wait_bytes, reply); !parsed) {
        on_failure({parsed.error(), std::nullopt, false, false}, now);
        return;
    }
    asked_at_.reset();
    if (reply.news()) {
        // Many writers are heard together; the first is heard at once.
        const std::uint64_t since = passed_ms(*synced_at_, now);
        by_news_ = true;
        sync_at(since < k_gather_ms ? k_gather_ms - since : 0, now);
        return;
    }
    failures_ = 0;
    trouble_.reset();
    if (owed_ || unsent || comparison_due(now)) step_ = Step::sync;
    const std::uint64_t after = std::min<std::uint64_t>(reply.after_ms(), k_retry_after_most_ms);
    if (after > 0) sleep(random_up_to(entropy_, after), now);
}

void Follow::on_failure(const Failure& failure, const Moment& now) {
    if (ended_ || step_ != Step::wait) return;
    const ErrorCode code = failure.error.code;
    const bool lets_nobody_wait = code == ErrorCode::server_busy || code == ErrorCode::not_found ||
                                  code == ErrorCode::invalid_argument ||
                                  code == ErrorCode::protocol_unsupported;
    if (failure.by_server && lets_nobody_wait) {
        asked_at_.reset();
        trouble_ = failure.error;
        step_ = Step::sync;
        sleep(k_poll_ms / 2 + random_up_to(entropy_, k_poll_ms / 2), now);
        return;
    }
    // A session says what stands in the way, and brings away what may still go.
    if (failure.by_server && is_final(code)) step_ = Step::sync;
    if (owed_) step_ = Step::sync;
    // An answer that stayed away: perhaps something between drops what is silent for so long.
    if (!failure.by_server && !failure.unreached && !trouble_ && asked_at_ &&
        passed_ms(*asked_at_, now) >= k_wait_least_ms) {
        patience_ms_ = std::max(patience_ms_ / 2, k_wait_least_ms);
    }
    back_off(failure.error, now);
}

void Follow::on_written(const Moment& now) {
    if (ended_) return;
    written_ = step_ == Step::sync && !until_;  // a session runs, and may have passed it by
    if (!written_) sync_at(k_gather_ms, now);
}

void Follow::sleep(std::uint64_t ms, const Moment& now) {
    until_ = now;
    until_->boot_clock_ms += ms;
}

void Follow::back_off(const Error& error, const Moment& now) {
    asked_at_.reset();
    trouble_ = error;
    sleep(backoff_ms(entropy_, ++failures_), now);
}

// A session, no later than so; what was to be waited for is not.
void Follow::sync_at(std::uint64_t earliest_ms, const Moment& now) {
    const bool sooner = until_ && step_ == Step::sync && until_->boot == now.boot &&
                        until_->boot_clock_ms < now.boot_clock_ms + earliest_ms;
    if (!sooner) sleep(earliest_ms, now);
    step_ = Step::sync;
    asked_at_.reset();
}

bool Follow::comparison_due(const Moment& now) const {
    return synced_at_->boot != now.boot || passed_ms(*synced_at_, now) >= k_complete_every_ms;
}

}  // namespace kari::sync
