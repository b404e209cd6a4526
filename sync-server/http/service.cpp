// SPDX-License-Identifier: Apache-2.0
#include "sync-server/http/service.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "kari/v1/pack_exchange.pb.h"
#include "kari/v1/wait.pb.h"
#include "sdk/base/id.hpp"
#include "sdk/sync/bounded.hpp"
#include "sdk/sync/reply_end.hpp"
#include "sync-server/exchange/attachments.hpp"
#include "sync-server/exchange/exchange.hpp"
#include "sync-server/exchange/packs.hpp"
#include "sync-server/fhir/everything.hpp"
#include "sync-server/fhir/issues.hpp"
#include "sync-server/http/compression.hpp"
#include "sync-server/http/limits.hpp"
#include "sync-server/identity/nurse_code.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::http {
namespace {

constexpr std::string_view k_protobuf = "application/x-protobuf";
constexpr std::string_view k_everything_prefix = "/fhir/Patient/";
constexpr std::string_view k_everything_suffix = "/$everything";
constexpr std::string_view k_issues = "/fhir/DetectedIssue";
constexpr std::size_t k_worth_packing = 512;
constexpr std::uint64_t k_minute_ms = 60'000;
constexpr std::size_t k_wrong_codes_kept = 10'000;
constexpr unsigned k_busy_retry_s = 5;

unsigned status_of(ErrorCode code) {
    switch (code) {
        case ErrorCode::malformed:
        case ErrorCode::invalid_argument:
        case ErrorCode::too_many:
        case ErrorCode::too_deep:
        case ErrorCode::protocol_unsupported:
            return 400;
        case ErrorCode::device_unknown:
            return 401;
        case ErrorCode::device_revoked:
        case ErrorCode::device_expired:
        case ErrorCode::code_refused:
        case ErrorCode::not_permitted:
        case ErrorCode::quota_exceeded:
            return 403;
        case ErrorCode::not_found:
            return 404;
        case ErrorCode::already_exists:
            return 409;
        case ErrorCode::too_large:
            return 413;
        case ErrorCode::server_busy:
            return 429;
        case ErrorCode::in_use:
        case ErrorCode::storage_full:
            return 503;
        default:
            return 500;
    }
}

template <typename Message>
Result<Message> parse(const std::string& bytes, std::size_t most) {
    Message message;
    KARI_TRY(sync::parse_bounded(bytes, most, message));
    return message;
}

// The body as the route reads it, unpacked. Errors: malformed, too_large.
Result<std::string> plain_body(const Request& request, std::size_t most) {
    if (!request.content_type.starts_with(k_protobuf)) {
        return fail(ErrorCode::invalid_argument, "Content-Type must be application/x-protobuf");
    }
    if (request.content_encoding.empty() || request.content_encoding == "identity") {
        if (request.body.size() > most) return fail(ErrorCode::too_large, "body");
        return request.body;
    }
    if (request.content_encoding != "zstd") {
        return fail(ErrorCode::invalid_argument, "Content-Encoding may be zstd only");
    }
    return unpack_zstd(request.body, most);
}

Response of_message(const google::protobuf::Message& message, const Request& request) {
    Response response;
    response.body = sync::ended(message.SerializeAsString());
    if (request.accepts_zstd && response.body.size() >= k_worth_packing) {
        response.body = pack_zstd(response.body);
        response.content_encoding = "zstd";
    }
    return response;
}

}  // namespace

Route route_of(std::string_view target) {
    target = target.substr(0, target.find('?'));
    if (target == "/v1/exchange") return Route::exchange;
    if (target == "/v1/attachment") return Route::attachment;
    if (target == "/v1/wait") return Route::wait;
    if (target == "/v1/pack") return Route::pack;
    if (target == "/v1/enrol") return Route::enrol;
    if (target == "/v1/renew") return Route::renew;
    if (target == "/v1/nurse") return Route::nurse;
    if (target == "/v1/health") return Route::health;
    if (target.starts_with(k_everything_prefix) && target.ends_with(k_everything_suffix)) {
        return Route::everything;
    }
    if (target == k_issues) return Route::issues;
    if (target.starts_with(k_issues) && target[k_issues.size()] == '/') return Route::issue;
    return Route::unknown;
}

std::string_view name_of(Route route) {
    switch (route) {
        case Route::exchange:
            return "exchange";
        case Route::attachment:
            return "attachment";
        case Route::wait:
            return "wait";
        case Route::pack:
            return "pack";
        case Route::enrol:
            return "enrol";
        case Route::renew:
            return "renew";
        case Route::nurse:
            return "nurse";
        case Route::health:
            return "health";
        case Route::everything:
            return "everything";
        case Route::issues:
            return "issues";
        case Route::issue:
            return "issue";
        case Route::unknown:
            break;
    }
    return "unknown";
}

std::size_t body_limit(Route route) {
    switch (route) {
        case Route::exchange:
            return sync::k_request_bytes;
        case Route::attachment:
            return sync::k_transfer_bytes;
        case Route::wait:
            return sync::k_wait_bytes;
        case Route::pack:
            return sync::k_pack_request_bytes;
        case Route::enrol:
        case Route::renew:
            return sync::k_enrol_bytes;
        case Route::nurse:
            return sync::k_nurse_bytes;
        default:
            return 0;
    }
}

Response Service::of_error(const Error& error) {
    return Service::error(status_of(error.code), error);
}

Response Service::error(unsigned status, const Error& error) {
    v1::ErrorReply reply;
    reply.set_error(static_cast<std::uint32_t>(error.code));
    // What went wrong inside is for the log, not for who asks.
    reply.set_what(status >= 500 ? std::string(name(error.code)) : error.what);
    Response response;
    response.status = status;
    if (status == 429 || status == 503) {
        response.retry_after_s = k_busy_retry_s;
        reply.set_retry_after_s(k_busy_retry_s);
    }
    response.body = sync::ended(reply.SerializeAsString());
    return response;
}

Result<identity::DeviceIdentity> Service::who(const Request& request) {
    if (!request.client_key) return fail(ErrorCode::device_unknown, "no client certificate");
    return identity::identify(parts_.storage, *request.client_key, parts_.clock.wall());
}

Response Service::exchange_route(const Request& request, exchange::Tally& tally) {
    const auto batch = parts_.storage.gather();
    Response response = exchange(request, tally);
    // Nobody is told of anything that is not on the disk. Whoever is told of an error already keeps
    // to it: the first says most.
    const auto settled = batch->settle();
    return settled || response.status != 200 ? response : of_error(settled.error());
}

Response Service::exchange(const Request& request, exchange::Tally& tally) {
    const auto device = who(request);
    if (!device) return of_error(device.error());
    const auto body = plain_body(request, sync::k_request_bytes);
    if (!body) return of_error(body.error());
    const auto message = parse<v1::ExchangeRequest>(*body, sync::k_request_bytes);
    if (!message) {
        const auto kept = exchange::quarantine_body(parts_, *device, *body, message.error());
        return of_error(kept ? message.error() : kept.error());
    }
    const auto reply = exchange::handle(parts_, *device, *message, tally);
    return reply ? of_message(*reply, request) : of_error(reply.error());
}

Response Service::attachment_route(const Request& request, exchange::Tally& tally) {
    const auto device = who(request);
    if (!device) return of_error(device.error());
    const auto body = plain_body(request, sync::k_transfer_bytes);
    if (!body) return of_error(body.error());
    const auto message = parse<v1::AttachmentRequest>(*body, sync::k_transfer_bytes);
    if (!message) return of_error(message.error());
    const auto reply = exchange::handle(parts_, *device, *message, tally);
    if (!reply) return of_error(reply.error());
    // Ciphertext does not pack.
    Response response;
    response.body = sync::ended(reply->SerializeAsString());
    return response;
}

Result<Waiter> Service::read_wait(const Request& request) {
    KARI_LET(const auto device, who(request));
    KARI_LET(const auto body, plain_body(request, sync::k_wait_bytes));
    KARI_LET(const auto asked, parse<v1::WaitRequest>(body, sync::k_wait_bytes));
    if (asked.protocol() != sync::k_protocol) {
        return fail(ErrorCode::protocol_unsupported, "protocol");
    }
    if (device.revoked) return fail(ErrorCode::device_revoked, "nothing is handed out");
    if (device.expired) return fail(ErrorCode::device_expired, "renew first");
    Waiter waiter;
    waiter.device = device.device;
    waiter.unit = device.unit;
    waiter.most_ms = held_ms(asked.at_most_ms());
    KARI_LET(const auto epoch, parts_.storage.epoch());
    KARI_LET(waiter.feed, parts_.storage.feed_position(device.unit));
    waiter.news_already =
        asked.epoch() != base::to_bytes(epoch.id) || asked.feed_position() != waiter.feed;
    return waiter;
}

Response Service::waited(bool news, std::uint32_t after_ms) {
    v1::WaitReply reply;
    reply.set_news(news);
    reply.set_after_ms(after_ms);
    Response response;
    response.body = sync::ended(reply.SerializeAsString());
    return response;
}

Response Service::pack_route(const Request& request) {
    const auto device = who(request);
    if (!device) return of_error(device.error());
    const auto body = plain_body(request, sync::k_pack_request_bytes);
    if (!body) return of_error(body.error());
    const auto message = parse<v1::PackRequest>(*body, sync::k_pack_request_bytes);
    if (!message) return of_error(message.error());
    const auto reply = exchange::handle(parts_, *device, *message);
    return reply ? of_message(*reply, request) : of_error(reply.error());
}

// By address, so that nobody keeps others from enrolling; by a clock that is never set back.
bool Service::too_many_wrong_codes(const std::string& address) {
    const std::lock_guard lock(mutex_);
    const std::uint64_t now = parts_.clock.boot_clock_ms();
    while (!wrong_codes_.empty() && wrong_codes_.front().boot_clock_ms + k_minute_ms < now) {
        wrong_codes_.pop_front();
    }
    const auto failures = std::count_if(wrong_codes_.begin(), wrong_codes_.end(),
                                        [&](const auto& one) { return one.address == address; });
    return failures >= static_cast<std::ptrdiff_t>(k_code_failures);
}

void Service::note_wrong_code(const std::string& address) {
    const std::lock_guard lock(mutex_);
    if (wrong_codes_.size() >= k_wrong_codes_kept) wrong_codes_.pop_front();
    wrong_codes_.push_back({parts_.clock.boot_clock_ms(), address});
}

Response Service::enrol_route(const Request& request) {
    if (too_many_wrong_codes(request.address)) {
        return of_error({ErrorCode::server_busy, "too many wrong one-time codes; wait a minute"});
    }
    const auto body = plain_body(request, sync::k_enrol_bytes);
    if (!body) return of_error(body.error());
    const auto message = parse<v1::EnrolRequest>(*body, sync::k_enrol_bytes);
    if (!message) return of_error(message.error());
    const auto reply = registrar_.enrol(*message);
    if (!reply) {
        if (reply.error().code == ErrorCode::code_refused) note_wrong_code(request.address);
        return of_error(reply.error());
    }
    return of_message(*reply, request);
}

Response Service::renew_route(const Request& request) {
    const auto device = who(request);
    if (!device) return of_error(device.error());
    const auto body = plain_body(request, sync::k_enrol_bytes);
    if (!body) return of_error(body.error());
    const auto message = parse<v1::RenewRequest>(*body, sync::k_enrol_bytes);
    if (!message) return of_error(message.error());
    const auto reply = registrar_.renew(*device, *message);
    return reply ? of_message(*reply, request) : of_error(reply.error());
}

// She shows her code on a tablet of her unit: somebody who tries codes has a tablet already.
Response Service::nurse_route(const Request& request) {
    const auto device = who(request);
    if (!device) return of_error(device.error());
    if (too_many_wrong_codes(request.address)) {
        return of_error({ErrorCode::server_busy, "too many wrong one-time codes; wait a minute"});
    }
    const auto body = plain_body(request, sync::k_nurse_bytes);
    if (!body) return of_error(body.error());
    const auto message = parse<v1::NurseRequest>(*body, sync::k_nurse_bytes);
    if (!message) return of_error(message.error());
    const auto reply = identity::admit(parts_.storage, *device, *message, parts_.clock.wall());
    if (!reply) {
        if (reply.error().code == ErrorCode::code_refused) note_wrong_code(request.address);
        return of_error(reply.error());
    }
    return of_message(*reply, request);
}

Response Service::health_route() {
    const auto epoch = parts_.storage.epoch();
    if (!epoch) return of_error(epoch.error());
    const auto room = parts_.room.here(parts_.storage, parts_.clock.wall());
    if (!room) return of_error(room.error());
    Response response;
    response.content_type = "application/json";
    response.body = fmt::format("{{\"status\":\"ok\",\"recovering\":{},\"takes_pushes\":{}}}\n",
                                epoch->recovering, *room);
    return response;
}

namespace {

Response of_fhir(Result<std::string> resource) {
    if (!resource) return Service::of_error(resource.error());
    Response response;
    response.content_type = "application/fhir+json";
    response.body = std::move(*resource);
    return response;
}

}  // namespace

Response Service::everything_route(const Request& request) {
    const auto device = who(request);
    if (!device) return of_error(device.error());
    std::string_view id(request.target);
    id = id.substr(0, id.find('?'));
    id.remove_prefix(k_everything_prefix.size());
    id.remove_suffix(k_everything_suffix.size());
    return of_fhir(fhir::everything(parts_, *device, id));
}

Response Service::issue_route(Route route, const Request& request) {
    const auto device = who(request);
    if (!device) return of_error(device.error());
    const std::string_view target(request.target);
    const auto path = target.substr(0, target.find('?'));
    if (route == Route::issue) {
        return of_fhir(fhir::read_issue(parts_, *device, path.substr(k_issues.size() + 1)));
    }
    const auto query = target.substr(std::min(target.size(), path.size() + 1));
    const auto search = fhir::read_issue_search(query, k_issue_page);
    if (!search) return of_error(search.error());
    return of_fhir(fhir::find_issues(parts_, *device, *search));
}

Response Service::dispatch(Route route, const Request& request, exchange::Tally& tally) {
    const bool reads = route == Route::health || route == Route::everything ||
                       route == Route::issues || route == Route::issue;
    if (route == Route::unknown) return of_error({ErrorCode::not_found, "no such route"});
    if (request.method != (reads ? "GET" : "POST")) {
        return error(405, {ErrorCode::invalid_argument, "method"});
    }
    switch (route) {
        case Route::exchange:
            return exchange_route(request, tally);
        case Route::attachment:
            return attachment_route(request, tally);
        case Route::pack:
            return pack_route(request);
        case Route::enrol:
            return enrol_route(request);
        case Route::renew:
            return renew_route(request);
        case Route::nurse:
            return nurse_route(request);
        case Route::everything:
            return everything_route(request);
        case Route::issues:
        case Route::issue:
            return issue_route(route, request);
        case Route::wait:  // held by the server, which asks read_wait()
            return error(500, {ErrorCode::internal, "wait"});
        default:
            return health_route();
    }
}

Response Service::answer(const Request& request) {
    const auto began = std::chrono::steady_clock::now();
    const Route route = route_of(request.target);
    exchange::Tally tally;
    Response response = dispatch(route, request, tally);
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::steady_clock::now() - began);
    metrics_.count(name_of(route), response.status, took, tally);
    // Numbers and fixed words only: no target, no body, no name.
    spdlog::info(
        R"({{"event":"request","route":"{}","status":{},"us":{},"in":{},"out":{},"stored":{},)"
        R"("repeated":{},"quarantined":{},"not_now":{},"returned":{},"seals":{},"access":{},)"
        R"("sent":{},"chunks_in":{},"chunks_out":{},"new_epoch":{}}})",
        name_of(route), response.status, took.count(), request.body.size(), response.body.size(),
        tally.stored, tally.repeated, tally.quarantined, tally.not_now, tally.returned, tally.seals,
        tally.access, tally.sent, tally.chunks_in, tally.chunks_out, tally.new_epoch);
    return response;
}

}  // namespace kari::server::http
