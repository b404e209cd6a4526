// SPDX-License-Identifier: Apache-2.0
#include "sdk/transport/transfer.hpp"

#include <algorithm>

#include "sdk/sync/limits.hpp"

namespace kari::transport {
namespace {

constexpr int k_ok = 200;

// One at a time waits for one chunk: they need not be spread as whole sessions are.
Duration pause_after(std::size_t failures, const std::optional<Duration>& told) {
    const auto most = static_cast<std::int64_t>(sync::k_retry_after_most_ms);
    const auto own = static_cast<std::int64_t>(sync::k_backoff_first_ms) << failures;
    return {std::clamp(told ? std::max(told->ms, own) : own, std::int64_t{0}, most)};
}

}  // namespace

Result<void> drive(sync::Transfer& transfer, HttpClient& client, CancelToken& cancel,
                   const std::function<void()>& between) {
    std::size_t failures = 0;
    for (;;) {
        if (cancel.cancelled()) return fail(ErrorCode::cancelled, "the transfer of attachments");
        const auto send = transfer.next();
        if (!send) return tl::unexpected(send.error());
        if (!*send) return {};
        const auto reply =
            client.post((*send)->path, (*send)->body, sync::k_transfer_bytes, cancel);
        if (reply && reply->status == k_ok) {
            failures = 0;
            transfer.on_reply(reply->body);
        } else {
            const sync::Failure failure =
                reply ? failure_of(*reply) : sync::Failure{reply.error(), {}, false, false};
            if (!transfer.on_failure(failure)) {
                failures = 0;
            } else if (++failures >= sync::k_attempts) {
                return tl::unexpected(failure.error);
            } else {
                cancel.wait_for(pause_after(failures - 1, failure.retry_after));
            }
        }
        if (between) between();
    }
}

}  // namespace kari::transport
