// SPDX-License-Identifier: Apache-2.0
#include "sync-server/http/server.hpp"

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <spdlog/spdlog.h>
#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast.hpp>
#include <boost/beast/ssl.hpp>

#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sync-server/http/limits.hpp"

namespace kari::server::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace wire = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

using Stream = beast::ssl_stream<beast::tcp_stream>;
using std::chrono::seconds;

constexpr auto k_no_throw = asio::as_tuple(asio::use_awaitable);

// An expired certificate is a known device that may still renew; the routes tell it apart.
bool verify_client(bool good, asio::ssl::verify_context& context) {
    const int error = X509_STORE_CTX_get_error(context.native_handle());
    return good || error == X509_V_ERR_CERT_HAS_EXPIRED || error == X509_V_ERR_CERT_NOT_YET_VALID;
}

std::optional<Digest> client_key(SSL* ssl) {
    X509* certificate = SSL_get0_peer_certificate(ssl);
    if (certificate == nullptr) return std::nullopt;
    unsigned char* der = nullptr;
    const int length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
    if (length <= 0) return std::nullopt;
    const Digest digest =
        base::sha256({reinterpret_cast<const char*>(der), static_cast<std::size_t>(length)});
    OPENSSL_free(der);
    return digest;
}

void set_up_tls(asio::ssl::context& context, const identity::Secrets& secrets) {
    SSL_CTX* native = context.native_handle();
    SSL_CTX_set_min_proto_version(native, TLS1_3_VERSION);
    SSL_CTX_set_max_proto_version(native, TLS1_3_VERSION);
    context.use_certificate_chain(asio::buffer(secrets.server_certificate));
    context.use_private_key(asio::buffer(secrets.server_key.view()), asio::ssl::context::pem);
    context.add_certificate_authority(asio::buffer(secrets.ca_certificate));
    context.set_verify_mode(asio::ssl::verify_peer);
    context.set_verify_callback(verify_client);
    // Without it a resumed handshake with a client certificate fails.
    constexpr unsigned char name[] = "kari";
    SSL_CTX_set_session_id_context(native, name, sizeof name - 1);
    SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_SERVER);
    // Early data could be replayed, and renegotiation is not in TLS 1.3.
    SSL_CTX_set_max_early_data(native, 0);
}

}  // namespace

class Listener {
public:
    Listener(Service& service, const config::Config& config, const identity::Secrets& secrets)
        : service_(service),
          config_(config),
          room_(std::max<std::size_t>(config.connections * k_waiting_of_four / 4, 1)),
          workers_(config.workers),
          acceptor_(io_),
          signals_(io_, SIGTERM, SIGINT),
          tls_(asio::ssl::context::tls_server) {
        set_up_tls(tls_, secrets);
    }

    Result<std::uint16_t> bind() {
        error_code error;
        const auto address = asio::ip::make_address(config_.address, error);
        if (error) return fail(ErrorCode::invalid_argument, "address in the configuration");
        const tcp::endpoint endpoint(address, config_.port);
        acceptor_.open(endpoint.protocol(), error);
        if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
        if (!error) acceptor_.bind(endpoint, error);
        if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
        if (error) return fail(ErrorCode::in_use, "cannot listen: " + error.message());
        return acceptor_.local_endpoint().port();
    }

    void run() {
        asio::co_spawn(io_, accept_all(), asio::detached);
        signals_.async_wait([this](const error_code& error, int) {
            if (!error) drain();
        });
        service_.watch_feeds([this](const std::vector<storage::FeedMove>& moved) {
            asio::post(io_, [this, moved] {
                for (const storage::FeedMove& move : moved)
                    room_.moved(move);
            });
        });
        io_.run();
        service_.watch_feeds({});
        workers_.join();
    }

private:
    // One connection, as far as draining is concerned.
    struct Connection {
        Connection(Stream stream, std::string peer)
            : tls(std::move(stream)), address(std::move(peer)) {}
        Stream tls;
        std::string address;     // of the peer; for limits, never for the log
        bool busy = false;       // a request is being read, answered or written
        std::string counted_as;  // its address, and once TLS has verified it, its key
        std::size_t requests = 0;
        std::string_view end = "closed";  // why it ended, for the log
    };

    asio::awaitable<void> accept_all();
    asio::awaitable<void> converse(std::shared_ptr<Connection> connection);
    asio::awaitable<bool> one_request(Connection& connection, beast::flat_buffer& buffer);
    template <typename Answer, typename Ask>
    asio::awaitable<Answer> on_worker(const Ask& ask);
    asio::awaitable<Response> answer(Request request);
    struct Hold;
    asio::awaitable<Response> answer_wait(Connection& connection, Request request);
    asio::awaitable<void> hold(Connection& connection, std::shared_ptr<Hold> held,
                               std::chrono::milliseconds most);
    asio::awaitable<bool> write(Connection& connection, const Response& response, unsigned version,
                                bool keep);
    void forget(const std::shared_ptr<Connection>& connection);
    bool count_as(Connection& connection, const std::string& peer, unsigned most);
    void stop_counting(Connection& connection);
    void drain();
    asio::awaitable<void> wait_until_drained();

    Service& service_;
    const config::Config& config_;
    WaitingRoom room_;  // before what may still hold a seat in it
    asio::io_context io_{1};
    asio::thread_pool workers_;
    tcp::acceptor acceptor_;
    asio::signal_set signals_;
    asio::ssl::context tls_;
    std::set<std::shared_ptr<Connection>> connections_;
    std::map<std::string, unsigned> by_peer_;
    bool draining_ = false;
};

asio::awaitable<void> Listener::accept_all() {
    while (!draining_) {
        auto [error, socket] = co_await acceptor_.async_accept(k_no_throw);
        if (draining_ || error == asio::error::operation_aborted) co_return;
        if (error) {
            // Out of descriptors or an impatient peer: wait a little, then go on.
            asio::steady_timer pause(io_, std::chrono::milliseconds(50));
            co_await pause.async_wait(k_no_throw);
            continue;
        }
        error_code ignored;
        const std::string address = socket.remote_endpoint(ignored).address().to_string();
        socket.set_option(tcp::no_delay(true), ignored);
        auto connection = std::make_shared<Connection>(
            Stream(beast::tcp_stream(std::move(socket)), tls_), address);
        // Nobody without a certificate can take all connections from one place.
        if (connections_.size() >= config_.connections ||
            !count_as(*connection, address, config_.connections_per_address)) {
            continue;  // closed by its destructor
        }
        connections_.insert(connection);
        asio::co_spawn(io_, converse(connection), [this, connection](std::exception_ptr failed) {
            // What goes wrong on one connection ends that connection and no other.
            if (failed) spdlog::error(R"({{"event":"connection.failed"}})");
            forget(connection);
        });
    }
}

// False: there are as many of that peer as may be.
bool Listener::count_as(Connection& connection, const std::string& peer, unsigned most) {
    unsigned& here = by_peer_[peer];
    if (here >= most) return false;
    ++here;
    stop_counting(connection);
    connection.counted_as = peer;
    return true;
}

void Listener::stop_counting(Connection& connection) {
    const auto here = by_peer_.find(std::exchange(connection.counted_as, {}));
    if (here != by_peer_.end() && --here->second == 0) by_peer_.erase(here);
}

void Listener::forget(const std::shared_ptr<Connection>& connection) {
    connections_.erase(connection);
    stop_counting(*connection);
    spdlog::info(R"({{"event":"connection","open":{},"requests":{},"end":"{}"}})",
                 connections_.size(), connection->requests, connection->end);
}

asio::awaitable<void> Listener::converse(std::shared_ptr<Connection> connection) {
    auto& tcp_layer = beast::get_lowest_layer(connection->tls);
    tcp_layer.expires_after(seconds(config_.handshake_seconds));
    auto [error] =
        co_await connection->tls.async_handshake(asio::ssl::stream_base::server, k_no_throw);
    if (error) {
        connection->end = error == beast::error::timeout ? "slow handshake" : "no handshake";
        co_return;
    }
    // Tablets behind one address may all be here and wait.
    const auto key = client_key(connection->tls.native_handle());
    if (key && !count_as(*connection, base::to_bytes(*key), k_connections_per_tablet)) {
        connection->end = "many of one tablet";
        co_return;
    }
    beast::flat_buffer buffer(2 * k_head_bytes + 64 * 1024);
    for (std::size_t count = 0; count < k_requests_per_connection && !draining_; ++count) {
        if (!co_await one_request(*connection, buffer)) break;
    }
    if (connection->requests >= k_requests_per_connection) connection->end = "many requests";
    // A peer that does not say goodbye is not waited for, least of all when the server is to end.
    tcp_layer.expires_after(std::chrono::milliseconds(draining_ ? 200 : 2'000));
    co_await connection->tls.async_shutdown(k_no_throw);
}

namespace {

Request to_request(const wire::request<wire::string_body>& message, SSL* ssl,
                   const std::string& address) {
    Request request;
    request.method = std::string(message.method_string());
    request.target = std::string(message.target());
    request.content_type = std::string(message[wire::field::content_type]);
    request.content_encoding = std::string(message[wire::field::content_encoding]);
    request.accepts_zstd =
        message[wire::field::accept_encoding].find("zstd") != beast::string_view::npos;
    request.body = message.body();
    request.client_key = client_key(ssl);
    request.address = address;
    return request;
}

// What could not be read as a request; nothing when the peer is simply gone.
std::optional<Response> complaint(const error_code& error) {
    if (error == wire::error::body_limit) {
        return Service::error(413, {ErrorCode::too_large, "body"});
    }
    if (error == wire::error::header_limit || error == wire::error::buffer_overflow) {
        return Service::error(431, {ErrorCode::too_large, "header fields"});
    }
    if (error == beast::error::timeout) return std::nullopt;  // the stream is closed by then
    if (error.category() == make_error_code(wire::error::bad_target).category() &&
        error != wire::error::end_of_stream && error != wire::error::partial_message) {
        return Service::error(400, {ErrorCode::malformed, "HTTP"});
    }
    return std::nullopt;
}

}  // namespace

// False: the connection ends.
asio::awaitable<bool> Listener::one_request(Connection& connection, beast::flat_buffer& buffer) {
    auto& tcp_layer = beast::get_lowest_layer(connection.tls);
    wire::request_parser<wire::string_body> parser;
    parser.header_limit(k_head_bytes);
    parser.body_limit(sync::k_request_bytes);
    // Waiting for the first byte may take as long as a connection may idle; once a request has
    // begun, all of it must be here within read_seconds: a trickle does not renew the time.
    const bool known = SSL_get0_peer_certificate(connection.tls.native_handle()) != nullptr;
    tcp_layer.expires_after(seconds(known ? config_.idle_seconds : config_.handshake_seconds));
    if (buffer.size() == 0) {
        auto [idle, read] =
            co_await connection.tls.async_read_some(buffer.prepare(4096), k_no_throw);
        if (idle) {
            if (idle == beast::error::timeout) connection.end = "idle";
            co_return false;
        }
        buffer.commit(read);
    }
    connection.busy = true;
    tcp_layer.expires_after(seconds(config_.read_seconds));
    auto [head_error, head] =
        co_await wire::async_read_header(connection.tls, buffer, parser, k_no_throw);
    error_code error = head_error;
    // Beast looks at its limit only where a line ends.
    if (!error && head > k_head_bytes) error = make_error_code(wire::error::header_limit);
    if (!error) {
        parser.body_limit(body_limit(route_of(parser.get().target())));
        const auto length = parser.content_length();
        if (length && *length > body_limit(route_of(parser.get().target()))) {
            error = make_error_code(wire::error::body_limit);
        }
    }
    if (!error) {
        auto [body_error, body] =
            co_await wire::async_read(connection.tls, buffer, parser, k_no_throw);
        error = body_error;
    }
    bool keep = false;
    if (error) {
        connection.end = error == beast::error::timeout ? "slow request" : "no request";
        const auto said = complaint(error);
        if (said) co_await write(connection, *said, 11, false);
    } else {
        const auto message = parser.release();
        ++connection.requests;
        Request request = to_request(message, connection.tls.native_handle(), connection.address);
        Response response;
        if (route_of(request.target) == Route::wait && request.method == "POST") {
            response = co_await answer_wait(connection, std::move(request));
        } else {
            response = co_await answer(std::move(request));
        }
        // After a HEAD no body may follow, and ours has one: the peer would read it as a reply.
        const bool more = message.keep_alive() && !draining_ &&
                          message.method() != wire::verb::head &&
                          connection.requests < k_requests_per_connection;
        keep = co_await write(connection, response, message.version(), more);
    }
    connection.busy = false;
    co_return keep;
}

// Storage blocks, so it is asked on a worker; this thread goes on with the other connections.
template <typename Answer, typename Ask>
asio::awaitable<Answer> Listener::on_worker(const Ask& ask) {
    const auto work = [&ask]() -> asio::awaitable<Answer> {
        co_return ask();
    };
    co_return co_await asio::co_spawn(workers_, work(), asio::use_awaitable);
}

asio::awaitable<Response> Listener::answer(Request request) {
    const auto ask = [&] {
        return service_.answer(request);
    };
    try {
        co_return co_await on_worker<Response>(ask);
    } catch (const std::exception&) {
        spdlog::error(R"({{"event":"request.failed","route":"{}"}})",
                      name_of(route_of(request.target)));
    }
    co_return Service::error(500, {ErrorCode::internal, "internal"});
}

// A connection that waits: a timer, and whether the tablet is still there.
struct Listener::Hold {
    explicit Hold(asio::io_context& io) : until(io) {}
    asio::steady_timer until;
    std::optional<Waking> why;
    bool gone = false;  // it closed, or spoke out of turn
};

asio::awaitable<Response> Listener::answer_wait(Connection& connection, Request request) {
    constexpr std::uint32_t after_ending_ms = 5'000;
    constexpr std::uint32_t after_replaced_ms = 30'000;
    const auto began = std::chrono::steady_clock::now();
    Result<Waiter> waiter = fail(ErrorCode::internal, "internal");
    const auto ask = [&] {
        return service_.read_wait(request);
    };
    try {
        waiter = co_await on_worker<Result<Waiter>>(ask);
    } catch (const std::exception&) {
        spdlog::error(R"({{"event":"request.failed","route":"wait"}})");
    }
    if (!waiter) co_return Service::of_error(waiter.error());
    if (waiter->news_already) co_return Service::waited(true, 0);
    const auto held = std::make_shared<Hold>(io_);
    const auto seat = room_.enter(*waiter, [held](Waking why) {
        held->why = why;
        held->until.cancel();
    });
    if (!seat) co_return Service::of_error({ErrorCode::server_busy, "as many wait as may"});
    co_await hold(connection, held, std::chrono::milliseconds(waiter->most_ms));
    const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - began);
    const bool news = held->why == Waking::news;
    spdlog::info(R"({{"event":"wait","ms":{},"news":{},"waiting":{}}})", waited.count(), news,
                 room_.waiting());
    if (held->why == Waking::ending) co_return Service::waited(false, after_ending_ms);
    if (held->why == Waking::replaced) co_return Service::waited(false, after_replaced_ms);
    co_return Service::waited(news, 0);
}

// Costs a timer and no thread. The socket is looked at, not read: what comes stays for the next
// request.
asio::awaitable<void> Listener::hold(Connection& connection, std::shared_ptr<Hold> held,
                                     std::chrono::milliseconds most) {
    if (held->why) co_return;
    auto& tcp_layer = beast::get_lowest_layer(connection.tls);
    tcp_layer.expires_never();
    held->until.expires_after(most);
    tcp_layer.socket().async_wait(tcp::socket::wait_read, [held](const error_code& error) {
        if (error) return;
        held->gone = true;
        held->until.cancel();
    });
    co_await held->until.async_wait(k_no_throw);
    error_code ignored;
    tcp_layer.socket().cancel(ignored);
}

asio::awaitable<bool> Listener::write(Connection& connection, const Response& response,
                                      unsigned version, bool keep) {
    wire::response<wire::string_body> message(static_cast<wire::status>(response.status), version);
    message.set(wire::field::server, "kari");
    message.set(wire::field::content_type, response.content_type);
    message.set(wire::field::cache_control, "no-store");
    if (!response.content_encoding.empty()) {
        message.set(wire::field::content_encoding, response.content_encoding);
    }
    if (response.retry_after_s) {
        message.set(wire::field::retry_after, std::to_string(*response.retry_after_s));
    }
    message.body() = response.body;
    message.keep_alive(keep);
    message.prepare_payload();
    beast::get_lowest_layer(connection.tls).expires_after(seconds(config_.write_seconds));
    auto [error, written] = co_await wire::async_write(connection.tls, message, k_no_throw);
    if (error) connection.end = error == beast::error::timeout ? "slow reader" : "closed";
    co_return !error && keep;
}

void Listener::drain() {
    draining_ = true;
    spdlog::info(R"({{"event":"draining","connections":{}}})", connections_.size());
    error_code ignored;
    acceptor_.close(ignored);
    room_.end();
    for (const auto& connection : connections_) {
        // A connection that only waits for its next request has nothing to finish.
        if (!connection->busy) beast::get_lowest_layer(connection->tls).cancel();
    }
    asio::co_spawn(io_, wait_until_drained(), asio::detached);
}

asio::awaitable<void> Listener::wait_until_drained() {
    const auto deadline = std::chrono::steady_clock::now() + seconds(config_.drain_seconds);
    asio::steady_timer look(io_);
    while (!connections_.empty() && std::chrono::steady_clock::now() < deadline) {
        look.expires_after(std::chrono::milliseconds(20));
        co_await look.async_wait(k_no_throw);
    }
    io_.stop();
}

Result<void> serve(Service& service, const config::Config& config, const identity::Secrets& secrets,
                   const std::function<void(std::uint16_t port)>& listening) {
    Listener listener(service, config, secrets);
    const auto port = listener.bind();
    if (!port) return tl::unexpected(port.error());
    listening(*port);
    listener.run();
    return {};
}

}  // namespace kari::server::http
