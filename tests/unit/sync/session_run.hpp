// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <variant>

#include <catch2/catch_test_macros.hpp>

#include "sdk/sync/exchange.hpp"
#include "tests/unit/sync/memory_replica.hpp"
#include "tests/unit/sync/model_server.hpp"

namespace kari::sync::test {

class CountingEntropy : public Entropy {
public:
    void fill(std::span<std::uint8_t> out) override {
        for (std::uint8_t& byte : out) {
            next_ = next_ * 1'664'525 + 1'013'904'223;
            byte = static_cast<std::uint8_t>(next_ >> 24);
        }
    }

private:
    std::uint32_t next_ = 1;
};

enum class Fault { none, lost_before, lost_after, half_reply, twice, old_reply, busy };

// What the network does with the n-th request, from 0.
using Network = std::function<Fault(std::size_t)>;
using Tamper = std::function<void(v1::ExchangeReply&, const v1::ExchangeRequest&)>;

// One tablet: its replica, its clock, and sessions with a server.
struct Tablet {
    explicit Tablet(const std::string& name) : replica(name) {}

    Action sync(ModelServer& server, const Network& network = {}, const Tamper& tamper = {},
                Session session = {}) {
        Exchange exchange(in_front != nullptr ? *in_front : replica, entropy);
        session.after_unlock = session.after_unlock || !unlocked_;
        unlocked_ = true;
        requests = 0;
        waits = 0;
        exchange.start(session, now());
        std::string last;
        for (int step = 0; step < 5000; ++step) {
            const Action action = exchange.next(now());
            if (const auto* send = std::get_if<Send>(&action)) {
                REQUIRE(send->path == "/v1/exchange");
                boot_clock_ms += 100;
                const Fault fault = network ? network(requests) : Fault::none;
                ++requests;
                answer(exchange, server, send->body, fault, tamper, last);
            } else if (const auto* wait = std::get_if<WaitUntil>(&action)) {
                REQUIRE(wait->boot_clock_ms > boot_clock_ms);
                waited_ms = wait->boot_clock_ms - boot_clock_ms;
                boot_clock_ms = wait->boot_clock_ms;
                ++waits;
            } else {
                replica.check();
                summary = exchange.summary();
                return action;
            }
        }
        FAIL("the session does not end");
        return Failed{};
    }

    Summary done(ModelServer& server, const Network& network = {}, const Tamper& tamper = {}) {
        const Action action = sync(server, network, tamper);
        REQUIRE(std::holds_alternative<Done>(action));
        return std::get<Done>(action).summary;
    }

    Error failed(ModelServer& server, const Network& network = {}, const Tamper& tamper = {}) {
        const Action action = sync(server, network, tamper);
        REQUIRE(std::holds_alternative<Failed>(action));
        return std::get<Failed>(action).error;
    }

    Moment now() const {
        return {Instant{500'000 + static_cast<std::int64_t>(boot_clock_ms)}, an_id<BootId>("boot"),
                boot_clock_ms};
    }

    MemoryReplica replica;
    Replica* in_front = nullptr;  // of it, where there is one
    CountingEntropy entropy;
    std::uint64_t boot_clock_ms = 1000;
    std::size_t requests = 0;
    std::size_t waits = 0;
    std::uint64_t waited_ms = 0;
    Summary summary;

private:
    void answer(Exchange& exchange, ModelServer& server, const std::string& body, Fault fault,
                const Tamper& tamper, std::string& last) {
        const auto lost = [&] {
            exchange.on_failure({{ErrorCode::offline, "test"}, std::nullopt, false}, now());
        };
        if (fault == Fault::lost_before) return lost();
        if (fault == Fault::busy) {
            return exchange.on_failure(
                {{ErrorCode::server_busy, "test"}, Duration::seconds(7), true}, now());
        }
        v1::ExchangeRequest request;
        REQUIRE(request.ParseFromString(body));
        const auto is_fatal = [&](const v1::WireChange& wire) {
            const auto change = from_wire(wire);
            return change && server.fatal.count(change->id) > 0;
        };
        bool fatal = false;
        for (const auto& push : request.push())
            fatal = fatal || std::any_of(push.change().begin(), push.change().end(), is_fatal);
        for (const auto& given : request.give_back())
            fatal = fatal || std::any_of(given.change().begin(), given.change().end(), is_fatal);
        if (fatal) {
            return exchange.on_failure({{ErrorCode::malformed, "test"}, std::nullopt, true}, now());
        }
        v1::ExchangeReply reply = server.answer(request);
        if (fault == Fault::twice) reply = server.answer(request);
        if (tamper) tamper(reply, request);
        std::string bytes = reply.SerializeAsString();
        if (fault == Fault::lost_after) return lost();
        if (fault == Fault::half_reply) bytes.resize(bytes.size() / 2);
        if (fault == Fault::old_reply && !last.empty()) bytes = last;
        last = bytes;
        exchange.on_reply(bytes, now());
    }

    bool unlocked_ = false;
};

}  // namespace kari::sync::test
