// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace kari::demo {

// A TCP relay on this machine: the only way from the tablets to the server, and ours to cut. It
// passes bytes and understands none of them. While it is cut a connection is refused, as by a
// machine without a network, and those that were open are reset.
class Relay {
public:
    Relay();
    Relay(const Relay&) = delete;
    Relay& operator=(const Relay&) = delete;
    ~Relay();

    std::uint16_t port() const { return port_; }
    // Where the server listens; may change when it starts anew.
    void set_server(std::uint16_t port);

    void open();
    // Returns when no connection is open any more.
    void cut();

    // While it holds nothing passes and nothing is closed: a link that died without a word.
    void hold(bool held);

    // The next connection is reset when this many bytes of the server's answer have passed.
    void cut_next_after(std::uint64_t bytes_from_server);
    // Keeps what tablets send from now on, one entry for each connection. For tests.
    void keep_requests(bool keep);
    std::vector<std::string> kept_requests() const;

    std::uint64_t bytes() const { return bytes_; }
    std::uint64_t refused_or_reset() const { return resets_; }

private:
    struct Connection;
    void work();
    void wake() const;
    void obey();
    void listen_now();
    void stop_listening();
    void accept_one();
    bool pass(Connection& connection);
    void finish(Connection& connection, bool reset);

    std::uint16_t port_ = 0;
    int holder_ = -1;  // bound, never listening: nobody else gets the port while we are cut
    int listener_ = -1;
    int wake_read_ = -1;
    int wake_write_ = -1;
    std::atomic<std::uint16_t> server_ = 0;
    std::atomic<bool> want_open_ = false;
    std::atomic<bool> is_open_ = false;
    std::atomic<bool> stop_ = false;
    std::atomic<bool> keep_ = false;
    std::atomic<bool> hold_ = false;
    std::atomic<std::uint64_t> cut_after_ = 0;  // 0: not
    std::atomic<std::uint64_t> bytes_ = 0;
    std::atomic<std::uint64_t> resets_ = 0;
    mutable std::mutex kept_mutex_;
    std::list<std::string> kept_;
    std::list<Connection> connections_;
    std::thread thread_;
};

}  // namespace kari::demo
