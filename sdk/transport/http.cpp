// SPDX-License-Identifier: Apache-2.0
#include "sdk/transport/http.hpp"

#include <chrono>
#include <utility>

#include "sdk/sync/bounded.hpp"
#include "sdk/sync/limits.hpp"
#include "sdk/sync/told.hpp"

namespace kari::transport {
namespace {

constexpr int k_ok = 200;

// What a status says on its own, when no ErrorReply explains it.
ErrorCode code_of_status(int status) {
    switch (status) {
        case 400:
        case 415:
        case 422:
            return ErrorCode::malformed;
        case 401:
            return ErrorCode::device_unknown;
        case 403:
            return ErrorCode::not_permitted;
        case 408:
            return ErrorCode::timed_out;
        case 413:
            return ErrorCode::too_large;
        case 429:
        case 502:
        case 503:
        case 504:
        case 507:
            return ErrorCode::server_busy;
        default:
            break;
    }
    return status >= 500 ? ErrorCode::internal : ErrorCode::protocol_unsupported;
}

template <typename ReplyMessage>
Result<ReplyMessage> one_request(HttpClient& client, std::string_view path,
                                 const google::protobuf::Message& request, CancelToken& cancel) {
    auto reply = client.post(path, request.SerializeAsString(), sync::k_enrol_reply_bytes, cancel);
    if (!reply) return tl::unexpected(reply.error());
    if (reply->status != k_ok) return tl::unexpected(failure_of(*reply).error);
    ReplyMessage message;
    auto parsed = sync::parse_bounded(reply->body, sync::k_enrol_reply_bytes, message);
    if (!parsed) return tl::unexpected(parsed.error());
    return message;
}

void tell(sync::Exchange& exchange, const Result<Reply>& reply, bool reached, Clock& clock) {
    if (!reply && reply.error().code == ErrorCode::cancelled) {
        exchange.cancel();
    } else if (!reply) {
        const bool unreached = reply.error().code == ErrorCode::offline && !reached;
        exchange.on_failure({reply.error(), std::nullopt, false, unreached}, moment(clock));
    } else if (reply->status == k_ok) {
        exchange.on_reply(reply->body, moment(clock));
    } else {
        exchange.on_failure(failure_of(*reply), moment(clock));
    }
}

}  // namespace

Endpoint::~Endpoint() {
    volatile char* at = private_key_pem.data();
    for (std::size_t i = 0; i < private_key_pem.size(); ++i)
        at[i] = 0;
}

void CancelToken::cancel() {
    {
        const std::lock_guard lock(mutex_);
        cancelled_.store(true);
        if (wake_) wake_();
    }
    changed_.notify_all();
}

void CancelToken::on_cancel(std::function<void()> wake) {
    const std::lock_guard lock(mutex_);
    wake_ = std::move(wake);
    if (wake_ && cancelled_.load()) wake_();
}

bool CancelToken::wait_for(Duration duration) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::milliseconds(duration.ms),
                             [this] { return cancelled_.load(); });
}

sync::Moment moment(Clock& clock) {
    return {clock.wall(), clock.boot(), clock.boot_clock_ms()};
}

sync::Failure failure_of(const Reply& reply) {
    sync::Failure failure;
    failure.by_server = true;
    failure.retry_after = reply.retry_after;
    failure.error.code = code_of_status(reply.status);
    failure.error.what = "the server answered with status " + std::to_string(reply.status);
    v1::ErrorReply told;
    if (sync::parse_bounded(reply.body, sync::k_error_reply_bytes, told) && told.error() != 0) {
        failure.error.code = sync::told_by_server(told.error());
        if (told.retry_after_s() > 0) {
            failure.retry_after = Duration::seconds(told.retry_after_s());
        }
    }
    return failure;
}

Result<sync::Summary> drive(sync::Exchange& exchange, const sync::Session& session,
                            HttpClient& client, Clock& clock, CancelToken& cancel,
                            const ProgressFn& progress) {
    exchange.start(session, moment(clock));
    for (;;) {
        if (cancel.cancelled()) exchange.cancel();
        const sync::Action action = exchange.next(moment(clock));
        if (const auto* done = std::get_if<sync::Done>(&action)) return done->summary;
        if (const auto* failed = std::get_if<sync::Failed>(&action)) {
            return tl::unexpected(failed->error);
        }
        if (const auto* send = std::get_if<sync::Send>(&action)) {
            const auto reply = client.post(send->path, send->body, sync::k_reply_bytes, cancel);
            tell(exchange, reply, client.reached(), clock);
        } else if (const auto* wait = std::get_if<sync::WaitUntil>(&action)) {
            const std::uint64_t now = clock.boot_clock_ms();
            if (wait->boot_clock_ms > now) {
                client.pause({static_cast<std::int64_t>(wait->boot_clock_ms - now)}, cancel);
            }
        }
        if (progress) progress(exchange.progress());
    }
}

Result<v1::EnrolReply> enrol(HttpClient& client, const v1::EnrolRequest& request,
                             CancelToken& cancel) {
    return one_request<v1::EnrolReply>(client, "/v1/enrol", request, cancel);
}

Result<v1::EnrolReply> renew(HttpClient& client, const v1::RenewRequest& request,
                             CancelToken& cancel) {
    return one_request<v1::EnrolReply>(client, "/v1/renew", request, cancel);
}

Result<v1::NurseReply> admit(HttpClient& client, const v1::NurseRequest& request,
                             CancelToken& cancel) {
    return one_request<v1::NurseReply>(client, "/v1/nurse", request, cancel);
}

}  // namespace kari::transport
