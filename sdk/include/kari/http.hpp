// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kari/error.hpp>
#include <kari/exchange.hpp>
#include <kari/ids.hpp>
#include <kari/time.hpp>

// What: the seam for an app that brings its own HTTP stack.
// Requires: TLS 1.3; the server's key is one of the pins, whatever its certificate says; no proxy,
//   no redirect, no cache, no log of bodies.
// Returns and errors: beside post().
// Durability: none.
// Threads: on the thread that called Device::enrol, sync or follow; one call at a time, or two
//   where an app syncs while it follows. `cancel` is asked on another thread.
// Ownership: shared with the device.
// Units and limits: a request is at most 1.2 MiB, a reply at most `reply_bytes_max`.
// Source of clinical rules: none.
namespace kari {

struct HttpPost {                 // a request that is to be sent
    std::string url;              // whole: "https://host:port/v1/exchange"
    std::vector<Digest> pins;     // SHA-256 of the SubjectPublicKeyInfo; one suffices
    std::string certificate_pem;  // of the device; empty before enrolment
    std::string private_key_pem;
    std::string_view body;  // application/x-protobuf
    std::size_t reply_bytes_max = 0;
    // The server may hold this request in silence for so long; nothing: it answers at once.
    std::optional<Duration> within;
};

struct HttpReply {  // what came back
    int status = 0;
    std::string body;  // decompressed
    std::optional<Duration> retry_after;
};

class HttpClient {  // an app's own HTTP stack
public:
    virtual ~HttpClient() = default;
    // Any status is a reply. Errors: offline (no connection; a session's first request is then not
    // tried again), timed_out (also for a connection that was cut), cancelled, server_untrusted,
    // too_large.
    virtual Result<HttpReply> post(const HttpPost& request, const Cancel& cancel) = 0;
    // Waits before the next attempt; returns earlier when `cancel` is asked. An app whose time is
    // not the system's (a simulation) waits in its own.
    virtual void pause(Duration duration, const Cancel& cancel);
};

}  // namespace kari
