// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <kari/http.hpp>

#include "platform/simulated/dice.hpp"

namespace kari::platform_simulated {

// What befalls a machine's requests: how many of a thousand, and how slow the rest are. TLS sees to
// it that nobody changes a byte unseen; a bit that turned over, or half a body, is what a stack
// that an app brings along, or a proxy, may still make of a connection that broke.
struct Weather {
    unsigned lose_request = 0;  // the server never sees it
    unsigned lose_reply = 0;    // the server has acted, and the machine does not know
    unsigned repeat = 0;        // the server gets it again, maybe after newer ones
    unsigned halve_request = 0;
    unsigned halve_reply = 0;
    unsigned garble_reply = 0;  // one bit is another
    Duration fastest{5};        // one way
    Duration slowest{80};
};

struct NetworkCounts {
    std::uint64_t posts = 0;
    std::uint64_t refused = 0;  // no connection
    std::uint64_t requests_lost = 0;
    std::uint64_t replies_lost = 0;
    std::uint64_t repeated = 0;
    std::uint64_t halved = 0;
    std::uint64_t garbled = 0;
    std::uint64_t bytes_up = 0;
    std::uint64_t bytes_down = 0;
};

// Carries requests from simulated machines to simulated servers by call, in the thread of the
// machine that asks. Waiting is done by `elapse`, which moves the clocks on and may let others act:
// a machine may write, or lose its power, while its request is under way.
//
// Threads: one at a time. Ownership: the lines that it gives out live on their own, and are offline
// once it is gone.
class SimulatedNetwork {
public:
    using Elapse = std::function<void(Duration)>;
    // Errors: offline, where the server is down. It may be called again before it has returned.
    using Server = std::function<Result<HttpReply>(const HttpPost&)>;

    SimulatedNetwork(std::uint64_t seed, Elapse elapse);
    ~SimulatedNetwork();
    SimulatedNetwork(const SimulatedNetwork&) = delete;
    SimulatedNetwork& operator=(const SimulatedNetwork&) = delete;

    // From now on it answers what is posted below `address`, "https://server.test".
    void attach(const std::string& address, Server server);
    // What a Device is given as its HTTP stack. The same line for the same name.
    std::shared_ptr<HttpClient> line(const std::string& machine);

    void set_weather(const std::string& machine, const Weather& weather);
    // Without it nothing gets through, in either direction.
    void set_connected(const std::string& machine, bool connected);
    // Gives servers, in any order, what has been under way for the second time.
    void deliver_late();
    std::size_t late() const;

    const NetworkCounts& counts() const;

private:
    class Line;
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace kari::platform_simulated
