// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kari/error.hpp>
#include <kari/platform.hpp>

#include "kari/v1/exchange.pb.h"
#include "kari/v1/nurse.pb.h"
#include "sdk/sync/exchange.hpp"

namespace kari::transport {

// Where the server is and who we are. Everything is in memory; nothing is read from a file or
// from the environment, and no proxy is used.
struct Endpoint {
    Endpoint() = default;
    Endpoint(std::string address, std::vector<Digest> server_pins, std::string certificate,
             std::string private_key)
        : url(std::move(address)),
          pins(std::move(server_pins)),
          certificate_pem(std::move(certificate)),
          private_key_pem(std::move(private_key)) {}
    Endpoint(const Endpoint&) = default;
    Endpoint(Endpoint&&) noexcept = default;
    Endpoint& operator=(const Endpoint&) = default;
    Endpoint& operator=(Endpoint&&) noexcept = default;
    ~Endpoint();      // overwrites the private key
    std::string url;  // "https://host:port", without path
    // SHA-256 of the server key's SubjectPublicKeyInfo, 32 bytes each; one or two. The pin alone
    // decides whether the server is ours: a clock three hours slow must still get in.
    std::vector<Digest> pins;
    std::string certificate_pem;  // of the device; empty before enrolment
    std::string private_key_pem;
    bool operator==(const Endpoint&) const = default;
};

struct Timeouts {
    Duration connect = Duration::seconds(10);
    Duration total = Duration::seconds(60);
    // A transfer slower than 64 bytes a second for so long is given up.
    Duration stalled = Duration::seconds(20);
};

// Told from another thread to stop; wakes a wait and ends a transfer at once.
// Threads: any.
class CancelToken {
public:
    void cancel();
    bool cancelled() const { return cancelled_.load(); }
    // Called when it is cancelled, on that thread, or at once when it has been; nullptr takes it
    // away, and it does not run any more when this returns. It may not call back into the token.
    void on_cancel(std::function<void()> wake);
    // Returns true when cancelled, false when the time is over.
    bool wait_for(Duration duration);

private:
    std::atomic<bool> cancelled_{false};
    std::mutex mutex_;
    std::condition_variable changed_;
    std::function<void()> wake_;
};

struct Reply {
    int status = 0;
    std::string body;  // decompressed
    std::optional<Duration> retry_after;
};

// What is expected of an answer.
struct Expect {
    Expect(std::size_t most) : bytes(most) {}
    Expect(std::size_t most, Duration patience) : bytes(most), within(patience) {}
    std::size_t bytes;  // at most
    // The server holds the request for so long before it answers; nothing: it answers at once, and
    // Timeouts say when it is given up.
    std::optional<Duration> within;
};

struct TransferCount {
    std::uint64_t sent = 0;  // bytes of bodies on the wire
    std::uint64_t received = 0;
    std::uint64_t handshakes = 0;  // connections made
};

// What:      POSTs protobuf bodies over TLS 1.3 with a client certificate and a pinned key.
// Requires:  an https URL and at least one pin. One connection is kept and used again.
// Errors:    offline, timed_out, cancelled, server_untrusted (the key is not a pinned one, or no
//            TLS 1.3), too_large (the reply is beyond what is expected), malformed (a reply that
//            does not decompress), invalid_argument (the endpoint). No error names more than the
//            step.
// Threads:   one call at a time; blocking.
class HttpClient {
public:
    // Errors: invalid_argument.
    static Result<std::unique_ptr<HttpClient>> make(Endpoint endpoint, Timeouts timeouts = {});
    virtual ~HttpClient() = default;

    // Any status is a Reply; only a missing answer is an error.
    virtual Result<Reply> post(std::string_view path, std::string_view body, const Expect& expect,
                               CancelToken& cancel) = 0;
    // Waits before the next attempt; returns earlier when cancelled.
    virtual void pause(Duration duration, CancelToken& cancel) { cancel.wait_for(duration); }
    virtual TransferCount count() const = 0;
    // Whether the last post() got through to the server: its TLS handshake ended. True where the
    // client cannot tell.
    virtual bool reached() const { return true; }
};

// The failure that a status other than 200 stands for: its ErrorReply when there is one that can
// be read, else what the status says.
sync::Failure failure_of(const Reply& reply);

using ProgressFn = std::function<void(const sync::Progress&)>;

// What:      runs the machine to its end: sends, waits, tells it what came of it.
// Returns:   the summary, or the error with which the session failed. cancelled when told so.
// Threads:   blocking; `progress` is called on this thread.
Result<sync::Summary> drive(sync::Exchange& exchange, const sync::Session& session,
                            HttpClient& client, Clock& clock, CancelToken& cancel,
                            const ProgressFn& progress = {});

// One request without retry. Errors: as post, and what the server's ErrorReply says (code_refused,
// device_unknown, ...); malformed when the answer cannot be read.
Result<v1::EnrolReply> enrol(HttpClient& client, const v1::EnrolRequest& request,
                             CancelToken& cancel);
Result<v1::EnrolReply> renew(HttpClient& client, const v1::RenewRequest& request,
                             CancelToken& cancel);
Result<v1::NurseReply> admit(HttpClient& client, const v1::NurseRequest& request,
                             CancelToken& cancel);

sync::Moment moment(Clock& clock);

}  // namespace kari::transport
