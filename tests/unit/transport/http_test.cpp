// SPDX-License-Identifier: Apache-2.0
#include "sdk/transport/http.hpp"

#include <chrono>
#include <cstdlib>
#include <thread>

#include <catch2/catch_test_macros.hpp>

#include "sdk/base/digest.hpp"
#include "sdk/sync/limits.hpp"
#include "sdk/transport/zstd_body.hpp"
#include "tests/unit/transport/tls_server.hpp"

namespace kari::transport::test {
namespace {

constexpr std::size_t k_most = 1024 * 1024;

Answer text(const std::string& body) {
    Answer answer;
    answer.body = body;
    return answer;
}

const Credentials& tablet() {
    static const Credentials credentials = make_credentials("tablet 7");
    return credentials;
}

std::unique_ptr<HttpClient> client_of(const TlsServer& server, std::vector<Digest> pins = {},
                                      Timeouts timeouts = {}) {
    if (pins.empty()) pins = {server.credentials().spki};
    auto client = HttpClient::make(
        {server.url(), pins, tablet().certificate_pem, tablet().private_key_pem}, timeouts);
    REQUIRE(client);
    return std::move(*client);
}

ErrorCode error_of(HttpClient& client, std::size_t most = k_most) {
    CancelToken cancel;
    const auto reply = client.post("/v1/exchange", "question", most, cancel);
    REQUIRE_FALSE(reply);
    CHECK(reply.error().what.find("127.0.0.1") == std::string::npos);
    CHECK(reply.error().what.find("/v1/") == std::string::npos);
    return reply.error().code;
}

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

TEST_CASE("a request carries the body, the client's certificate and nothing of the machine") {
    TlsServer server({}, [](const SeenRequest& request) { return text("got " + request.body); });
    const auto client = client_of(server);
    CancelToken cancel;
    const auto reply = client->post("/v1/exchange", "question", k_most, cancel);
    REQUIRE(reply);
    CHECK(reply->status == 200);
    CHECK(reply->body == "got question");
    REQUIRE(server.seen().size() == 1);
    const SeenRequest seen = server.seen()[0];
    CHECK(seen.line == "POST /v1/exchange HTTP/1.1");
    CHECK(seen.client == "tablet 7");
    CHECK(seen.headers.at("content-type") == "application/x-protobuf");
    CHECK(seen.headers.at("accept-encoding") == "zstd");
    CHECK(seen.headers.count("content-encoding") == 0);
    CHECK(seen.headers.count("user-agent") == 0);
    CHECK(seen.headers.count("cookie") == 0);
}

TEST_CASE("a body above one KiB is sent as zstd, and a zstd reply is read") {
    const std::string large(100'000, 'k');
    TlsServer server({}, [](const SeenRequest& request) {
        Answer answer = text(request.body);
        answer.headers = {"Content-Encoding: zstd"};
        return answer;
    });
    const auto client = client_of(server);
    CancelToken cancel;
    const auto reply = client->post("/v1/exchange", large, k_most, cancel);
    REQUIRE(reply);
    CHECK(reply->body == large);
    CHECK(server.seen()[0].headers.at("content-encoding") == "zstd");
    CHECK(server.seen()[0].body.size() < 1000);
    CHECK(client->count().sent < 1000);
    CHECK(client->count().received < 1000);
}

TEST_CASE("a small reply that unpacks to a large one is refused at the limit") {
    const auto bomb = compress(std::string(20'000'000, '\0'));
    REQUIRE(bomb);
    REQUIRE(bomb->size() < 10'000);
    CHECK(decompress(*bomb, k_most).error().code == ErrorCode::too_large);
    CHECK(decompress(*compress(std::string(k_most, 'x')), k_most));
    CHECK(decompress(*compress(std::string(k_most + 1, 'x')), k_most).error().code ==
          ErrorCode::too_large);
    TlsServer server({}, [&](const SeenRequest&) {
        Answer answer = text(*bomb);
        answer.headers = {"Content-Encoding: zstd"};
        return answer;
    });
    CHECK(error_of(*client_of(server)) == ErrorCode::too_large);
}

TEST_CASE("a body that is not zstd, ends too early or is packed otherwise is malformed") {
    const auto packed = *compress(std::string(5000, 'x') + "end");
    CHECK(decompress("not zstd at all", k_most).error().code == ErrorCode::malformed);
    CHECK(decompress("", k_most).error().code == ErrorCode::malformed);
    for (std::size_t size = 1; size < packed.size(); ++size) {
        CHECK_FALSE(decompress(packed.substr(0, size), k_most));
    }
    TlsServer server({}, [](const SeenRequest&) {
        Answer answer = text("x");
        answer.headers = {"Content-Encoding: gzip"};
        return answer;
    });
    CHECK(error_of(*client_of(server)) == ErrorCode::malformed);
}

TEST_CASE("a server with another key gets no request and is not trusted") {
    TlsServer server({}, [](const SeenRequest&) { return text("x"); });
    const auto client = client_of(server, {base::sha256("another key")});
    CHECK(error_of(*client) == ErrorCode::server_untrusted);
    CHECK(server.seen().empty());
}

TEST_CASE("either of two pins will do") {
    TlsServer server({}, [](const SeenRequest&) { return text("x"); });
    CancelToken cancel;
    const Digest other = base::sha256("the next key");
    const Digest right = server.credentials().spki;
    for (const auto& pins : {std::vector{other, right}, std::vector{right, other}}) {
        CHECK(client_of(server, pins)->post("/v1/exchange", "q", k_most, cancel));
    }
}

TEST_CASE("the pin decides, not the dates: a clock three hours slow still gets in") {
    ServerOptions options;
    options.credentials = make_credentials("server", 3 * 3600, 9 * 3600);
    TlsServer server(options, [](const SeenRequest&) { return text("x"); });
    CancelToken cancel;
    CHECK(client_of(server)->post("/v1/exchange", "q", k_most, cancel));
}

TEST_CASE("a server that speaks nothing newer than TLS 1.2 is not trusted") {
    ServerOptions options;
    options.tls_1_2 = true;
    TlsServer server(options, [](const SeenRequest&) { return text("x"); });
    CHECK(error_of(*client_of(server)) == ErrorCode::server_untrusted);
    CHECK(server.seen().empty());
}

TEST_CASE("no server, a cut handshake and a connection cut in a reply are offline") {
    auto nobody =
        std::make_unique<TlsServer>(ServerOptions{}, [](const SeenRequest&) { return text("x"); });
    const auto client = client_of(*nobody);
    nobody.reset();
    CHECK(error_of(*client) == ErrorCode::offline);
    CHECK_FALSE(client->reached());

    ServerOptions options;
    options.cut_handshake = true;
    TlsServer cut(options, [](const SeenRequest&) { return text("x"); });
    const auto refused = client_of(cut);
    CHECK(error_of(*refused) == ErrorCode::offline);
    CHECK_FALSE(refused->reached());

    TlsServer half({}, [](const SeenRequest&) {
        Answer answer = text(std::string(1000, 'x'));
        answer.end = Answer::End::cut_in_body;
        return answer;
    });
    const auto halved = client_of(half);
    CHECK(error_of(*halved) == ErrorCode::offline);
    CHECK(halved->reached());
}

TEST_CASE("a reply beyond the limit is given up") {
    TlsServer server({}, [](const SeenRequest&) { return text(std::string(2001, 'x')); });
    const auto client = client_of(server);
    CHECK(error_of(*client, 2000) == ErrorCode::too_large);
    CancelToken cancel;
    CHECK(client->post("/v1/exchange", "q", 2001, cancel));
}

TEST_CASE("a server that never answers is timed out") {
    TlsServer server({}, [](const SeenRequest&) {
        Answer answer;
        answer.end = Answer::End::never;
        return answer;
    });
    Timeouts timeouts;
    timeouts.total = Duration{400};
    CHECK(error_of(*client_of(server, {}, timeouts)) == ErrorCode::timed_out);
}

TEST_CASE("cancelling ends a transfer that waits, and one that has not begun") {
    std::atomic<bool> asked{false};
    TlsServer server({}, [&](const SeenRequest&) {
        asked = true;
        asked.notify_all();
        Answer answer;
        answer.end = Answer::End::never;
        return answer;
    });
    const auto client = client_of(server);
    CancelToken cancel;
    std::thread other([&] {
        asked.wait(false);
        cancel.cancel();
    });
    const auto start = std::chrono::steady_clock::now();
    const auto reply = client->post("/v1/exchange", "q", k_most, cancel);
    other.join();
    REQUIRE_FALSE(reply);
    CHECK(reply.error().code == ErrorCode::cancelled);
    CHECK(seconds_since(start) < 10);
    CHECK(client->post("/v1/exchange", "q", k_most, cancel).error().code == ErrorCode::cancelled);
    CHECK(server.seen().size() == 1);
}

TEST_CASE("one connection serves a session, and a new one resumes it") {
    bool close = false;
    TlsServer server({}, [&](const SeenRequest&) {
        Answer answer = text("x");
        if (close) {
            answer.headers = {"Connection: close"};
            answer.end = Answer::End::close;
        }
        return answer;
    });
    const auto client = client_of(server);
    CancelToken cancel;
    for (int i = 0; i < 3; ++i)
        REQUIRE(client->post("/v1/exchange", "q", k_most, cancel));
    CHECK(client->count().handshakes == 1);
    close = true;
    REQUIRE(client->post("/v1/exchange", "q", k_most, cancel));
    REQUIRE(client->post("/v1/exchange", "q", k_most, cancel));
    CHECK(client->count().handshakes == 2);
    CHECK(server.full_handshakes() == 1);
    CHECK(server.resumed_handshakes() == 1);
}

TEST_CASE("a redirection is not followed and no proxy of the environment is used") {
    ::setenv("https_proxy", "http://127.0.0.1:1", 1);
    ::setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
    TlsServer server({}, [](const SeenRequest&) {
        Answer answer;
        answer.status = 302;
        answer.headers = {"Location: https://127.0.0.1:1/elsewhere"};
        return answer;
    });
    CancelToken cancel;
    const auto reply = client_of(server)->post("/v1/exchange", "q", k_most, cancel);
    ::unsetenv("https_proxy");
    ::unsetenv("ALL_PROXY");
    REQUIRE(reply);
    CHECK(reply->status == 302);
    CHECK(failure_of(*reply).error.code == ErrorCode::protocol_unsupported);
    CHECK(server.seen().size() == 1);
}

TEST_CASE("an endpoint without https, without a pin or with half an identity is refused") {
    const std::vector<Digest> pins = {base::sha256("key")};
    const auto refused = [](const Endpoint& endpoint) {
        const auto client = HttpClient::make(endpoint);
        return !client && client.error().code == ErrorCode::invalid_argument;
    };
    CHECK(refused({"http://ward.example:1", pins, "", ""}));
    CHECK(refused({"https://", pins, "", ""}));
    CHECK(refused({"https://ward.example/path", pins, "", ""}));
    CHECK(refused({"https://user@ward.example", pins, "", ""}));
    CHECK(refused({"https://ward.example:1", {}, "", ""}));
    CHECK(refused({"https://ward.example:1", {pins[0], pins[0], pins[0]}, "", ""}));
    CHECK(refused({"https://ward.example:1", pins, tablet().certificate_pem, ""}));
    CHECK(HttpClient::make({"https://ward.example:1", pins, "", ""}));
}

TEST_CASE("a refusal is told by its ErrorReply, else by its status") {
    v1::ErrorReply told;
    told.set_error(static_cast<std::uint32_t>(ErrorCode::device_revoked));
    told.set_retry_after_s(9);
    const auto by_reply = failure_of({403, told.SerializeAsString(), std::nullopt});
    CHECK(by_reply.error.code == ErrorCode::device_revoked);
    CHECK(by_reply.retry_after == Duration::seconds(9));
    CHECK(by_reply.by_server);
    // The server's disk is not this tablet's.
    for (const auto code :
         {ErrorCode::storage_full, ErrorCode::storage_failed, ErrorCode::storage_corrupt}) {
        told.set_error(static_cast<std::uint32_t>(code));
        CHECK(failure_of({503, told.SerializeAsString(), {}}).error.code == ErrorCode::server_busy);
    }
    told.set_error(static_cast<std::uint32_t>(ErrorCode::device_revoked));
    // Row error_reply_bytes: just within it the ErrorReply is read, beyond it only the status.
    const auto padded = [&](std::size_t size) {
        told.set_what(std::string(size, 'x'));
        while (told.ByteSizeLong() > size)
            told.mutable_what()->pop_back();
        return failure_of({403, told.SerializeAsString(), std::nullopt}).error.code;
    };
    CHECK(padded(sync::k_error_reply_bytes) == ErrorCode::device_revoked);
    CHECK(told.ByteSizeLong() == sync::k_error_reply_bytes);
    CHECK(padded(sync::k_error_reply_bytes + 1) == ErrorCode::not_permitted);

    const auto code = [](int status) {
        return failure_of({status, "<html>", {}}).error.code;
    };
    CHECK(code(400) == ErrorCode::malformed);
    CHECK(code(401) == ErrorCode::device_unknown);
    CHECK(code(403) == ErrorCode::not_permitted);
    CHECK(code(404) == ErrorCode::protocol_unsupported);
    CHECK(code(413) == ErrorCode::too_large);
    CHECK(code(429) == ErrorCode::server_busy);
    CHECK(code(500) == ErrorCode::internal);
    CHECK(code(503) == ErrorCode::server_busy);
    CHECK(code(507) == ErrorCode::server_busy);

    TlsServer server({}, [](const SeenRequest&) {
        Answer answer;
        answer.status = 503;
        answer.headers = {"Retry-After: 12"};
        return answer;
    });
    CancelToken cancel;
    const auto busy = client_of(server)->post("/v1/exchange", "q", k_most, cancel);
    REQUIRE(busy);
    CHECK(failure_of(*busy).retry_after == Duration::seconds(12));
}

TEST_CASE("enrolment is one request that gives the reply or the server's reason") {
    bool good = true;
    std::size_t size = 0;
    TlsServer server({}, [&](const SeenRequest& request) {
        v1::EnrolRequest asked;
        if (!asked.ParseFromString(request.body)) return text("?");
        if (good) {
            v1::EnrolReply reply;
            reply.set_device("device of " + asked.code());
            if (size > 0) {
                reply.set_ca_certificate(std::string(size, 'x'));
                while (reply.ByteSizeLong() > size)
                    reply.mutable_ca_certificate()->pop_back();
            }
            return text(reply.SerializeAsString());
        }
        v1::ErrorReply error;
        error.set_error(static_cast<std::uint32_t>(ErrorCode::code_refused));
        Answer answer = text(error.SerializeAsString());
        answer.status = 403;
        return answer;
    });
    const auto client = HttpClient::make({server.url(), {server.credentials().spki}, "", ""});
    REQUIRE(client);
    CancelToken cancel;
    v1::EnrolRequest request;
    request.set_code("abc");
    const auto reply = enrol(**client, request, cancel);
    REQUIRE(reply);
    CHECK(reply->device() == "device of abc");
    CHECK(server.seen()[0].line == "POST /v1/enrol HTTP/1.1");
    CHECK(server.seen()[0].client.empty());
    // Row enrol_reply_bytes: a large directory is taken, a larger one is not.
    size = sync::k_enrol_reply_bytes;
    CHECK(enrol(**client, request, cancel));
    ++size;
    CHECK(enrol(**client, request, cancel).error().code == ErrorCode::too_large);
    good = false;
    CHECK(enrol(**client, request, cancel).error().code == ErrorCode::code_refused);
    CHECK(renew(**client, v1::RenewRequest(), cancel).error().code == ErrorCode::code_refused);
    CHECK(server.seen().back().line == "POST /v1/renew HTTP/1.1");
}

TEST_CASE("an answer that the server holds is waited for in silence, and no longer than said") {
    TlsServer server({}, [](const SeenRequest& request) {
        if (request.line.find("/v1/wait") != std::string::npos) {
            // The silence itself is what is tested: longer than `stalled`, shorter than was said.
            std::this_thread::sleep_for(std::chrono::milliseconds(1'500));
            return text("news");
        }
        Answer answer;
        answer.end = Answer::End::never;
        return answer;
    });
    Timeouts timeouts;
    timeouts.total = Duration{1'000};
    timeouts.stalled = Duration{1'000};
    const auto client = client_of(server, {}, timeouts);
    CancelToken cancel;
    const auto held = client->post("/v1/wait", "q", Expect(k_most, Duration{20'000}), cancel);
    REQUIRE(held);
    CHECK(held->body == "news");
    const auto start = std::chrono::steady_clock::now();
    const auto dead = client->post("/v1/silent", "q", Expect(k_most, Duration{300}), cancel);
    REQUIRE_FALSE(dead);
    CHECK(dead.error().code == ErrorCode::timed_out);
    CHECK(seconds_since(start) < 5.0);
}

TEST_CASE("cancelling wakes a transfer at once, and the client can be used again") {
    TlsServer server({}, [](const SeenRequest& request) {
        Answer answer = text("got " + request.body);
        if (request.body == "silent") answer.end = Answer::End::never;
        return answer;
    });
    const auto client = client_of(server);
    for (int i = 0; i < 5; ++i) {
        CancelToken cancel;
        std::thread asks([&] {
            while (server.seen().size() < static_cast<std::size_t>(2 * i + 1))
                std::this_thread::yield();
            cancel.cancel();
        });
        const auto start = std::chrono::steady_clock::now();
        const auto reply =
            client->post("/v1/wait", "silent", Expect(k_most, Duration{60'000}), cancel);
        asks.join();
        REQUIRE_FALSE(reply);
        CHECK(reply.error().code == ErrorCode::cancelled);
        CHECK(seconds_since(start) < 1.0);
        CancelToken fresh;
        const auto next = client->post("/v1/exchange", "q", k_most, fresh);
        REQUIRE(next);
        CHECK(next->body == "got q");
    }
}

}  // namespace kari::transport::test
