// SPDX-License-Identifier: Apache-2.0
#include "examples/demo/relay.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>

#include "examples/demo/process.hpp"

namespace kari::demo {
namespace {

constexpr std::size_t k_buffer_bytes = 256U << 10U;

sockaddr_in local(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
}

int bound_socket(std::uint16_t port) {
    const int made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const int on = 1;
    ::setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    ::setsockopt(made, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    const sockaddr_in address = local(port);
    if (::bind(made, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        ::close(made);
        throw Trouble("the relay cannot have its port");
    }
    return made;
}

void close_one(int& descriptor) {
    if (descriptor >= 0) ::close(descriptor);
    descriptor = -1;
}

// One way of a connection: bytes read from one end and not yet written to the other.
struct Way {
    std::string waiting;
    bool ended = false;   // no more will come
    bool passed = false;  // and the other end has been told
};

}  // namespace

struct Relay::Connection {
    int tablet = -1;
    int server = -1;
    Way up;
    Way down;
    std::uint64_t from_server = 0;
    std::uint64_t cut_after = 0;
    std::string* kept = nullptr;
};

Relay::Relay() {
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) throw Trouble("no more pipes");
    wake_read_ = ends[0];
    wake_write_ = ends[1];
    holder_ = bound_socket(0);
    sockaddr_in address{};
    socklen_t size = sizeof address;
    ::getsockname(holder_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { work(); });
}

Relay::~Relay() {
    stop_ = true;
    wake();
    thread_.join();
    for (Connection& one : connections_)
        finish(one, true);
    stop_listening();
    for (int* one : {&holder_, &wake_read_, &wake_write_})
        close_one(*one);
}

void Relay::set_server(std::uint16_t port) {
    server_ = port;
}

void Relay::open() {
    want_open_ = true;
    wake();
    is_open_.wait(false);
}

void Relay::cut() {
    want_open_ = false;
    wake();
    is_open_.wait(true);
}

void Relay::cut_next_after(std::uint64_t bytes_from_server) {
    cut_after_ = bytes_from_server;
}

void Relay::hold(bool held) {
    hold_ = held;
    wake();
}

void Relay::keep_requests(bool keep) {
    keep_ = keep;
}

std::vector<std::string> Relay::kept_requests() const {
    const std::scoped_lock lock(kept_mutex_);
    return {kept_.begin(), kept_.end()};
}

void Relay::wake() const {
    const char byte = 1;
    [[maybe_unused]] const ssize_t done = ::write(wake_write_, &byte, 1);
}

void Relay::listen_now() {
    listener_ = bound_socket(port_);
    if (::listen(listener_, 64) != 0) throw Trouble("the relay cannot listen");
}

void Relay::stop_listening() {
    close_one(listener_);
}

// Brings what is into line with what is wanted.
void Relay::obey() {
    char bytes[64];
    while (::read(wake_read_, bytes, sizeof bytes) > 0) {
    }
    const bool wanted = want_open_;
    if (wanted && listener_ < 0) listen_now();
    if (!wanted) {
        stop_listening();
        for (Connection& one : connections_)
            finish(one, true);
        connections_.clear();
    }
    is_open_ = wanted;
    is_open_.notify_all();
}

void Relay::accept_one() {
    const int tablet = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (tablet < 0) return;
    Connection made;
    made.tablet = tablet;
    made.cut_after = cut_after_.exchange(0);
    // On this machine a connection is there at once or not at all.
    made.server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = local(server_);
    if (::connect(made.server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        finish(made, true);
        return;
    }
    const int on = 1;
    for (const int end : {made.tablet, made.server}) {
        ::setsockopt(end, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    ::fcntl(made.server, F_SETFL, O_NONBLOCK);
    if (keep_) {
        const std::scoped_lock lock(kept_mutex_);
        made.kept = &kept_.emplace_back();
    }
    connections_.push_back(std::move(made));
}

namespace {

// Reads once. False when the connection broke.
bool take(int from, Way& way, std::string& fresh) {
    if (way.ended || way.waiting.size() >= k_buffer_bytes) return true;
    char bytes[65536];
    const ssize_t got = ::recv(from, bytes, sizeof bytes, 0);
    if (got > 0) fresh.assign(bytes, static_cast<std::size_t>(got));
    if (got == 0) way.ended = true;
    return got >= 0 || errno == EAGAIN || errno == EINTR;
}

// Writes what it can. False when the connection broke.
bool give(int to, Way& way) {
    while (!way.waiting.empty()) {
        const ssize_t done = ::send(to, way.waiting.data(), way.waiting.size(), MSG_NOSIGNAL);
        if (done < 0) return errno == EAGAIN || errno == EINTR;
        way.waiting.erase(0, static_cast<std::size_t>(done));
    }
    if (way.ended && !way.passed) {
        ::shutdown(to, SHUT_WR);
        way.passed = true;
    }
    return true;
}

}  // namespace

// Moves what can be moved. False when the connection is over.
bool Relay::pass(Connection& connection) {
    std::string up;
    std::string down;
    if (!take(connection.tablet, connection.up, up) ||
        !take(connection.server, connection.down, down)) {
        return false;
    }
    if (connection.kept != nullptr) {
        const std::scoped_lock lock(kept_mutex_);
        connection.kept->append(up);
    }
    const std::uint64_t limit = connection.cut_after;
    const bool falls = limit != 0 && connection.from_server + down.size() >= limit;
    if (falls) down.resize(limit - connection.from_server);
    connection.from_server += down.size();
    bytes_ += up.size() + down.size();
    connection.up.waiting += up;
    connection.down.waiting += down;
    const bool whole =
        give(connection.server, connection.up) && give(connection.tablet, connection.down);
    return whole && !falls && !(connection.up.passed && connection.down.passed);
}

void Relay::finish(Connection& connection, bool reset) {
    if (reset) {
        const linger at_once{1, 0};
        for (const int end : {connection.tablet, connection.server}) {
            ::setsockopt(end, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        }
        ++resets_;
    }
    close_one(connection.tablet);
    close_one(connection.server);
}

void Relay::work() {
    while (!stop_) {
        const bool held = hold_;
        std::vector<pollfd> waiting = {{wake_read_, POLLIN, 0}, {held ? -1 : listener_, POLLIN, 0}};
        const auto wants = [held](const Way& in, const Way& out) {
            if (held) return short{0};
            const bool reads = !in.ended && in.waiting.size() < k_buffer_bytes;
            const bool writes = !out.waiting.empty();
            return static_cast<short>((reads ? POLLIN : 0) | (writes ? POLLOUT : 0));
        };
        // An end that nothing is wanted of is left out: a hang-up there would wake us for ever.
        const auto end_of = [&](int end, short events) {
            waiting.push_back({events == 0 ? -1 : end, events, 0});
        };
        for (const Connection& one : connections_) {
            end_of(one.tablet, wants(one.up, one.down));
            end_of(one.server, wants(one.down, one.up));
        }
        ::poll(waiting.data(), waiting.size(), -1);
        std::size_t at = 2;
        for (auto one = connections_.begin(); one != connections_.end(); at += 2) {
            const int moved = waiting[at].revents | waiting[at + 1].revents;
            if ((moved & POLLERR) != 0 || (moved != 0 && !pass(*one))) {
                const bool clean = one->up.passed && one->down.passed;
                finish(*one, !clean);
                one = connections_.erase(one);
            } else {
                ++one;
            }
        }
        if (waiting[1].revents != 0 && listener_ >= 0) accept_one();
        if (waiting[0].revents != 0) obey();
    }
}

}  // namespace kari::demo
