// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <deque>
#include <mutex>
#include <optional>
#include <string>

#include <kari/error.hpp>
#include <kari/ids.hpp>

#include "sync-server/exchange/parts.hpp"
#include "sync-server/http/metrics.hpp"
#include "sync-server/http/waiting.hpp"
#include "sync-server/identity/enrolment.hpp"

namespace kari::server::http {

// A request once it has arrived whole. No socket here.
struct Request {
    std::string method;
    std::string target;
    std::string content_type;
    std::string content_encoding;
    bool accepts_zstd = false;
    std::string body;
    std::string address;               // of the peer; for limits, never for the log
    std::optional<Digest> client_key;  // SPKI digest of the certificate that TLS verified
};

struct Response {
    unsigned status = 200;
    std::string content_type = "application/x-protobuf";
    std::string content_encoding;
    std::string body;
    std::optional<unsigned> retry_after_s;
};

// Which route a target names, for limits and logs: never the target itself, which may name a
// person's record.
enum class Route {
    exchange,
    attachment,
    wait,
    pack,
    enrol,
    renew,
    nurse,
    health,
    everything,
    issues,
    issue,
    unknown
};
Route route_of(std::string_view target);
std::string_view name_of(Route route);
// The largest body that the route takes.
std::size_t body_limit(Route route);

// Answers requests: the routes, their authentication, their limits and their log lines.
// Threads: any; blocks on storage. Throws nothing that is not a broken invariant.
class Service {
public:
    Service(exchange::Parts& parts, identity::Registrar& registrar)
        : parts_(parts), registrar_(registrar) {}

    Response answer(const Request& request);
    // The first half of a wait: who asks, and where the feed stands. The second is waited(), which
    // asks no storage. Errors: as the route answers them.
    Result<Waiter> read_wait(const Request& request);
    void watch_feeds(storage::FeedWatch moved) { parts_.storage.watch_feeds(std::move(moved)); }
    // Without news: to be asked again after a random part of `after_ms`.
    static Response waited(bool news, std::uint32_t after_ms);
    static Response of_error(const Error& error);
    const Metrics& metrics() const { return metrics_; }
    // The answer to what could not become a request.
    static Response error(unsigned status, const Error& error);

private:
    Response dispatch(Route route, const Request& request, exchange::Tally& tally);
    Response exchange_route(const Request& request, exchange::Tally& tally);
    Response exchange(const Request& request, exchange::Tally& tally);
    Response attachment_route(const Request& request, exchange::Tally& tally);
    Response pack_route(const Request& request);
    Response enrol_route(const Request& request);
    Response renew_route(const Request& request);
    Response nurse_route(const Request& request);
    Response health_route();
    Response everything_route(const Request& request);
    Response issue_route(Route route, const Request& request);
    Result<identity::DeviceIdentity> who(const Request& request);
    bool too_many_wrong_codes(const std::string& address);
    void note_wrong_code(const std::string& address);

    exchange::Parts& parts_;
    identity::Registrar& registrar_;
    Metrics metrics_;
    std::mutex mutex_;
    struct WrongCode {
        std::uint64_t boot_clock_ms;
        std::string address;
    };
    std::deque<WrongCode> wrong_codes_;  // of the last minute
};

}  // namespace kari::server::http
