// SPDX-License-Identifier: Apache-2.0
#include "sync-server/http/local_listener.hpp"

#include <chrono>
#include <exception>
#include <thread>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <boost/asio.hpp>

namespace kari::server::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::size_t k_request_bytes = 4 * 1024;
constexpr std::chrono::seconds k_patience{5};
constexpr auto k_no_throw = asio::as_tuple(asio::use_awaitable);

std::string written(const LocalPage& page) {
    return fmt::format(
        "HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n"
        "Cache-Control: no-store\r\n\r\n{}",
        page.status, page.status == 200 ? "OK" : "Refused", page.content_type, page.body.size(),
        page.body);
}

LocalPage refusal(unsigned status, std::string_view what) {
    return {status, "text/plain", std::string(what) + "\n"};
}

// The answer to a head of "GET /path HTTP/1.1".
LocalPage answer(std::string_view head, const LocalPages& pages) {
    const std::string_view line = head.substr(0, head.find("\r\n"));
    const auto method = line.find(' ');
    const auto target = line.find(' ', method == std::string_view::npos ? method : method + 1);
    if (target == std::string_view::npos || !line.substr(target + 1).starts_with("HTTP/1.")) {
        return refusal(400, "no HTTP request");
    }
    if (line.substr(0, method) != "GET") return refusal(405, "GET only");
    std::string_view path = line.substr(method + 1, target - method - 1);
    path = path.substr(0, path.find('?'));
    try {
        auto page = pages(path);
        return page ? std::move(*page) : refusal(404, "no such page");
    } catch (const std::exception&) {
        spdlog::error(R"({{"event":"local.failed"}})");
        return refusal(500, "internal");
    }
}

}  // namespace

struct LocalListener::State {
    explicit State(LocalPages all) : pages(std::move(all)), acceptor(io) {}

    asio::awaitable<void> serve() {
        for (;;) {
            auto [error, socket] = co_await acceptor.async_accept(k_no_throw);
            if (error == asio::error::operation_aborted) co_return;
            if (error) {
                asio::steady_timer pause(io, std::chrono::milliseconds(50));
                co_await pause.async_wait(k_no_throw);
                continue;
            }
            co_await converse(std::move(socket));
        }
    }

    asio::awaitable<void> converse(tcp::socket accepted) {
        // Also the timer's: it may be due already when the client has gone.
        const auto shared = std::make_shared<tcp::socket>(std::move(accepted));
        tcp::socket& socket = *shared;
        asio::steady_timer timer(io, k_patience);
        timer.async_wait([shared](const error_code& error) {
            error_code ignored;
            if (!error) shared->close(ignored);
        });
        std::string head;
        auto [error, size] = co_await asio::async_read_until(
            socket, asio::dynamic_buffer(head, k_request_bytes), "\r\n\r\n", k_no_throw);
        LocalPage page;
        if (!error) {
            page = answer(std::string_view(head).substr(0, size), pages);
        } else if (error == asio::error::not_found) {
            page = refusal(431, "too large");
        } else {
            timer.cancel();
            co_return;
        }
        const std::string bytes = written(page);
        co_await asio::async_write(socket, asio::buffer(bytes), k_no_throw);
        timer.cancel();
        error_code ignored;
        socket.shutdown(tcp::socket::shutdown_both, ignored);
    }

    LocalPages pages;
    asio::io_context io{1};
    tcp::acceptor acceptor;
    std::thread thread;
};

Result<std::unique_ptr<LocalListener>> LocalListener::start(std::uint16_t port, LocalPages pages) {
    auto state = std::make_unique<State>(std::move(pages));
    error_code error;
    const tcp::endpoint where(asio::ip::address_v4::loopback(), port);
    state->acceptor.open(where.protocol(), error);
    if (!error) state->acceptor.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) state->acceptor.bind(where, error);
    if (!error) state->acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
        return fail(ErrorCode::in_use,
                    fmt::format("cannot listen for a monitor on 127.0.0.1 port {}: {}", port,
                                error.message()));
    }
    asio::co_spawn(state->io, state->serve(), asio::detached);
    state->thread = std::thread([io = &state->io] { io->run(); });
    return std::unique_ptr<LocalListener>(new LocalListener(std::move(state)));
}

LocalListener::LocalListener(std::unique_ptr<State> state) : state_(std::move(state)) {}

LocalListener::~LocalListener() {
    state_->io.stop();
    state_->thread.join();
}

std::uint16_t LocalListener::port() const {
    error_code ignored;
    return state_->acceptor.local_endpoint(ignored).port();
}

}  // namespace kari::server::http
