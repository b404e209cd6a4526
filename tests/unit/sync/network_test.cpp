// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch_test_macros.hpp>

#include "sdk/sync/limits.hpp"
#include "tests/unit/sync/session_run.hpp"

namespace kari::sync::test {
namespace {

const RecordId k_ada = an_id<RecordId>("ada");
const RecordId k_bo = an_id<RecordId>("bo");
constexpr Fault k_faults[] = {Fault::lost_before, Fault::lost_after, Fault::half_reply,
                              Fault::twice,       Fault::old_reply,  Fault::busy};

// A tablet with something to send and something to fetch, in several requests.
struct Scene {
    Scene() : tablet("a"), other("b") {
        server.delta_changes = 3;
        for (int i = 0; i < 5; ++i)
            other.replica.write(k_ada);
        for (int i = 0; i < 4; ++i)
            other.replica.write(k_bo);
        other.done(server);
        for (int i = 0; i < 250; ++i)
            mine.push_back(tablet.replica.write(k_ada));
        tablet.replica.open_chart(k_bo);
    }

    void all_is_well() {
        for (const ChangeId& id : mine)
            REQUIRE(server.has(id));
        REQUIRE(server.now.access.size() == 1);
        for (const auto& [record, log] : server.now.logs) {
            REQUIRE(tablet.replica.records.at(record).cursor == log.points.back());
            REQUIRE(log.ids.size() == (record == k_ada ? 255 : 4));
        }
    }

    ModelServer server;
    Tablet tablet;
    Tablet other;
    std::vector<ChangeId> mine;
};

std::size_t requests_of_a_clean_session() {
    Scene scene;
    scene.tablet.done(scene.server);
    scene.all_is_well();
    return scene.tablet.requests;
}

}  // namespace

TEST_CASE("any single failure at any step loses nothing and is made good in the same session") {
    const std::size_t requests = requests_of_a_clean_session();
    REQUIRE(requests > 5);
    for (const Fault fault : k_faults) {
        for (std::size_t at = 0; at < requests; ++at) {
            CAPTURE(static_cast<int>(fault), at);
            Scene scene;
            scene.tablet.done(scene.server,
                              [&](std::size_t n) { return n == at ? fault : Fault::none; });
            // A reply that answers another request may leave something for the next session.
            if (fault == Fault::old_reply) scene.tablet.done(scene.server);
            scene.all_is_well();
        }
    }
}

TEST_CASE("a network that goes at any step fails as offline, and the next session goes on") {
    const std::size_t requests = requests_of_a_clean_session();
    for (const Fault fault : {Fault::lost_before, Fault::lost_after}) {
        for (std::size_t at = 0; at < requests; ++at) {
            CAPTURE(static_cast<int>(fault), at);
            Scene scene;
            const Error error = scene.tablet.failed(
                scene.server, [&](std::size_t n) { return n >= at ? fault : Fault::none; });
            CHECK(error.code == ErrorCode::offline);
            CHECK(scene.tablet.waits == k_attempts - 1);
            scene.tablet.done(scene.server);
            scene.all_is_well();
        }
    }
}

TEST_CASE("a network that fails every second time still lets a session end") {
    Scene scene;
    scene.tablet.done(scene.server,
                      [](std::size_t n) { return n % 2 == 0 ? Fault::lost_after : Fault::none; });
    scene.all_is_well();
}

TEST_CASE("a busy server's word on when to come back is honoured, within reason") {
    Scene scene;
    scene.tablet.done(scene.server,
                      [](std::size_t n) { return n == 1 ? Fault::busy : Fault::none; });
    CHECK(scene.tablet.waits == 1);
    CHECK(scene.tablet.waited_ms == 7'000);

    Tablet tablet("c");
    Exchange exchange(tablet.replica, tablet.entropy);
    exchange.start({}, tablet.now());
    exchange.next(tablet.now());
    exchange.on_failure({{ErrorCode::server_busy, "test"}, Duration::hours(9), true}, tablet.now());
    const Action wait = exchange.next(tablet.now());
    REQUIRE(std::holds_alternative<WaitUntil>(wait));
    CHECK(std::get<WaitUntil>(wait).boot_clock_ms == tablet.boot_clock_ms + k_retry_after_most_ms);
}

TEST_CASE("waits are spread between nothing and a limit that doubles") {
    ModelServer server;
    std::uint64_t longest[k_attempts] = {};
    for (int i = 0; i < 200; ++i) {
        Tablet tablet("a" + std::to_string(i));
        Exchange exchange(tablet.replica, tablet.entropy);
        for (int skip = 0; skip < i; ++skip) {
            std::uint8_t byte[1];
            tablet.entropy.fill(byte);
        }
        exchange.start({}, tablet.now());
        for (std::size_t n = 0; n + 1 < k_attempts; ++n) {
            REQUIRE(std::holds_alternative<Send>(exchange.next(tablet.now())));
            exchange.on_failure({{ErrorCode::offline, "test"}, std::nullopt, false}, tablet.now());
            const Action action = exchange.next(tablet.now());
            if (const auto* wait = std::get_if<WaitUntil>(&action)) {
                const std::uint64_t length = wait->boot_clock_ms - tablet.boot_clock_ms;
                REQUIRE(length <= k_backoff_first_ms << n);
                longest[n] = std::max(longest[n], length);
                tablet.boot_clock_ms = wait->boot_clock_ms;
            }
        }
    }
    for (std::size_t n = 0; n + 1 < k_attempts; ++n) {
        CHECK(longest[n] > (k_backoff_first_ms << n) * 8 / 10);
    }
}

TEST_CASE("a refusal that no retry mends ends the session at once") {
    for (const ErrorCode code : {ErrorCode::device_unknown, ErrorCode::protocol_unsupported,
                                 ErrorCode::server_untrusted, ErrorCode::malformed}) {
        Tablet tablet("a");
        Exchange exchange(tablet.replica, tablet.entropy);
        exchange.start({}, tablet.now());
        exchange.next(tablet.now());
        exchange.on_failure({{code, "test"}, std::nullopt, true}, tablet.now());
        const Action end = exchange.next(tablet.now());
        REQUIRE(std::holds_alternative<Failed>(end));
        CHECK(std::get<Failed>(end).error.code == code);
    }
}

}  // namespace kari::sync::test
