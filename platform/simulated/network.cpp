// SPDX-License-Identifier: Apache-2.0
#include "platform/simulated/network.hpp"

#include <algorithm>
#include <utility>

namespace kari::platform_simulated {

namespace {

// How long a machine waits for an answer that does not come.
constexpr Duration k_patience = Duration::seconds(20);
// A connection that nobody answers is given up sooner.
constexpr Duration k_unreached = Duration::seconds(2);
constexpr std::size_t k_late_most = 100;

struct Post {
    explicit Post(const HttpPost& from) : request(from), body(from.body) { request.body = body; }
    Post(const Post&) = delete;
    Post& operator=(const Post&) = delete;
    HttpPost request;
    std::string body;
};

}  // namespace

struct SimulatedNetwork::State {
    State(std::uint64_t seed, Elapse elapse_in) : dice(seed), elapse(std::move(elapse_in)) {}

    struct Way {
        Weather weather;
        bool connected = true;
    };

    Result<HttpReply> serve(const HttpPost& request) {
        for (const auto& [address, server] : servers) {
            if (request.url.starts_with(address + "/")) return server(request);
        }
        return fail(ErrorCode::offline, "network: nobody has this address");
    }

    Duration one_way(const Weather& weather) {
        const auto span = static_cast<std::uint64_t>(weather.slowest.ms - weather.fastest.ms + 1);
        return {weather.fastest.ms + static_cast<std::int64_t>(dice.below(span))};
    }

    Dice dice;
    Elapse elapse;
    std::map<std::string, Server> servers;
    std::map<std::string, Way> ways;
    std::map<std::string, std::shared_ptr<HttpClient>> lines;
    std::vector<std::unique_ptr<Post>> late;
    NetworkCounts counts;
};

// One machine's HTTP stack.
class SimulatedNetwork::Line final : public HttpClient {
public:
    Line(std::string machine, std::weak_ptr<State> network)
        : machine_(std::move(machine)), network_(std::move(network)) {}

    Result<HttpReply> post(const HttpPost& request, const Cancel& cancel) override {
        const auto network = network_.lock();
        if (!network) return fail(ErrorCode::offline, "network: gone");
        if (cancel.asked()) return fail(ErrorCode::cancelled, "network");
        ++network->counts.posts;
        auto done = carry(*network, request);
        if (cancel.asked()) return fail(ErrorCode::cancelled, "network");
        return done;
    }

    void pause(Duration duration, const Cancel& cancel) override {
        const auto network = network_.lock();
        if (network && !cancel.asked()) network->elapse(duration);
    }

private:
    Result<HttpReply> carry(State& network, const HttpPost& request);
    static Result<HttpReply> unheard(State& network, std::uint64_t& count) {
        ++count;
        network.elapse(k_patience);
        return fail(ErrorCode::timed_out, "network: no answer");
    }

    std::string machine_;
    std::weak_ptr<State> network_;
};

Result<HttpReply> SimulatedNetwork::Line::carry(State& network, const HttpPost& request) {
    NetworkCounts& counts = network.counts;
    const auto connected = [&] {
        return network.ways[machine_].connected;
    };
    const Weather weather = network.ways[machine_].weather;
    Dice& dice = network.dice;
    if (!connected()) {
        ++counts.refused;
        network.elapse(k_unreached);
        return fail(ErrorCode::offline, "network: no connection");
    }
    network.elapse(network.one_way(weather));
    if (!connected() || dice.chance(weather.lose_request)) {
        return unheard(network, counts.requests_lost);
    }
    Post sent(request);
    if (dice.chance(weather.repeat) && network.late.size() < k_late_most) {
        ++counts.repeated;
        network.late.push_back(std::make_unique<Post>(request));
    }
    if (!sent.body.empty() && dice.chance(weather.halve_request)) {
        ++counts.halved;
        sent.request.body = std::string_view(sent.body).substr(0, dice.below(sent.body.size()));
    }
    counts.bytes_up += sent.request.body.size();
    auto reply = network.serve(sent.request);
    if (!reply) return reply;
    network.elapse(network.one_way(weather));
    if (!connected() || dice.chance(weather.lose_reply)) {
        return unheard(network, counts.replies_lost);
    }
    if (!reply->body.empty() && dice.chance(weather.halve_reply)) {
        ++counts.halved;
        reply->body.resize(dice.below(reply->body.size()));
    }
    if (!reply->body.empty() && dice.chance(weather.garble_reply)) {
        ++counts.garbled;
        char& byte = reply->body[dice.below(reply->body.size())];
        byte = static_cast<char>(byte ^ (1 << dice.below(8)));
    }
    counts.bytes_down += reply->body.size();
    return reply;
}

SimulatedNetwork::SimulatedNetwork(std::uint64_t seed, Elapse elapse)
    : state_(std::make_shared<State>(seed, std::move(elapse))) {}
SimulatedNetwork::~SimulatedNetwork() = default;

void SimulatedNetwork::attach(const std::string& address, Server server) {
    state_->servers.insert_or_assign(address, std::move(server));
}

std::shared_ptr<HttpClient> SimulatedNetwork::line(const std::string& machine) {
    auto& line = state_->lines[machine];
    if (!line) line = std::make_shared<Line>(machine, state_);
    return line;
}

void SimulatedNetwork::set_weather(const std::string& machine, const Weather& weather) {
    state_->ways[machine].weather = weather;
}

void SimulatedNetwork::set_connected(const std::string& machine, bool connected) {
    state_->ways[machine].connected = connected;
}

void SimulatedNetwork::deliver_late() {
    while (!state_->late.empty()) {
        const std::size_t which = state_->dice.below(state_->late.size());
        const auto post = std::move(state_->late[which]);
        state_->late.erase(state_->late.begin() + static_cast<std::ptrdiff_t>(which));
        static_cast<void>(state_->serve(post->request));  // its answer has nobody to go to
    }
}

std::size_t SimulatedNetwork::late() const {
    return state_->late.size();
}

const NetworkCounts& SimulatedNetwork::counts() const {
    return state_->counts;
}

}  // namespace kari::platform_simulated
