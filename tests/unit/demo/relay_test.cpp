// SPDX-License-Identifier: Apache-2.0
#include "examples/demo/relay.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <thread>

#include <catch2/catch_test_macros.hpp>

using kari::demo::Relay;

namespace {

sockaddr_in local(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
}

// Answers every connection with what it was sent, and ends when the other side does.
class Echo {
public:
    Echo() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address = local(0);
        socklen_t size = sizeof address;
        REQUIRE(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0);
        REQUIRE(::listen(listener_, 8) == 0);
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this] { work(); });
    }
    Echo(const Echo&) = delete;
    Echo& operator=(const Echo&) = delete;
    ~Echo() {
        ::shutdown(listener_, SHUT_RDWR);
        thread_.join();
        ::close(listener_);
    }
    std::uint16_t port() const { return port_; }

private:
    void work() const {
        for (;;) {
            const int one = ::accept(listener_, nullptr, nullptr);
            if (one < 0) return;
            char bytes[4096];
            for (ssize_t got = 0; (got = ::recv(one, bytes, sizeof bytes, 0)) > 0;) {
                ::send(one, bytes, static_cast<std::size_t>(got), MSG_NOSIGNAL);
            }
            ::close(one);
        }
    }

    int listener_;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

class Client {
public:
    explicit Client(std::uint16_t port)
        : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        const timeval patience{10, 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        const sockaddr_in address = local(port);
        connected_ =
            ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
        error_ = connected_ ? 0 : errno;
    }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    ~Client() { ::close(socket_); }

    bool connected() const { return connected_; }
    int error() const { return error_; }
    void send(const std::string& text) const {
        ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
    }
    void end() const { ::shutdown(socket_, SHUT_WR); }
    // Until the other side ends. `reset` when it broke off.
    std::string receive(std::size_t enough, bool* reset = nullptr) const {
        std::string out;
        char bytes[4096];
        while (out.size() < enough) {
            const ssize_t got = ::recv(socket_, bytes, sizeof bytes, 0);
            if (reset != nullptr) *reset = got < 0 && errno == ECONNRESET;
            if (got <= 0) break;
            out.append(bytes, static_cast<std::size_t>(got));
        }
        return out;
    }

private:
    int socket_;
    bool connected_ = false;
    int error_ = 0;
};

constexpr std::size_t k_all = 1U << 30U;

}  // namespace

TEST_CASE("an open relay passes bytes both ways and counts them") {
    const Echo echo;
    Relay relay;
    relay.set_server(echo.port());
    relay.open();
    const Client client(relay.port());
    REQUIRE(client.connected());
    const std::string text(300'000, 'k');
    std::thread sender([&] {
        client.send(text);
        client.end();
    });
    CHECK(client.receive(k_all) == text);
    sender.join();
    CHECK(relay.bytes() == 2 * text.size());
    CHECK(relay.refused_or_reset() == 0);
}

TEST_CASE("a relay that is cut refuses connections and resets those it had") {
    const Echo echo;
    Relay relay;
    relay.set_server(echo.port());
    relay.open();
    const Client before(relay.port());
    before.send("hello");
    REQUIRE(before.receive(5) == "hello");
    relay.cut();
    bool reset = false;
    CHECK(before.receive(k_all, &reset).empty());
    CHECK(reset);
    const Client during(relay.port());
    CHECK_FALSE(during.connected());
    CHECK(during.error() == ECONNREFUSED);
    relay.open();
    const Client after(relay.port());
    REQUIRE(after.connected());
    after.send("again");
    CHECK(after.receive(5) == "again");
}

TEST_CASE("a relay can break off one reply after so many bytes") {
    const Echo echo;
    Relay relay;
    relay.set_server(echo.port());
    relay.open();
    relay.cut_next_after(10);
    const Client first(relay.port());
    first.send(std::string(4'000, 'k'));
    bool reset = false;
    CHECK(first.receive(k_all, &reset).size() <= 10);
    CHECK(reset);
    const Client second(relay.port());
    second.send("whole");
    CHECK(second.receive(5) == "whole");
}

TEST_CASE("a relay whose server is away resets who connects") {
    Relay relay;
    {
        const Echo echo;
        relay.set_server(echo.port());
    }
    relay.open();
    const Client client(relay.port());
    bool reset = false;
    if (client.connected()) CHECK(client.receive(k_all, &reset).empty());
    CHECK(relay.refused_or_reset() == 1);
}
