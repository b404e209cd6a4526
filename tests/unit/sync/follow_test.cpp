// SPDX-License-Identifier: Apache-2.0
#include "sdk/sync/follow.hpp"

#include <catch2/catch_test_macros.hpp>

#include "kari/v1/wait.pb.h"
#include "sdk/base/id.hpp"
#include "sdk/sync/limits.hpp"
#include "tests/unit/sync/session_run.hpp"

namespace kari::sync::test {
namespace {

const EpochId k_epoch = an_id<EpochId>("epoch");

std::string answer(bool news, std::uint32_t after_ms = 0) {
    v1::WaitReply reply;
    reply.set_news(news);
    reply.set_after_ms(after_ms);
    return reply.SerializeAsString();
}

Failure no_answer(ErrorCode code = ErrorCode::timed_out) {
    return {{code, "test"}, std::nullopt, false, false};
}

Failure refused(ErrorCode code) {
    return {{code, "test"}, std::nullopt, true, false};
}

// A device that follows, and its clock.
struct Scene {
    Moment now() const { return {Instant{}, an_id<BootId>("boot"), clock_ms}; }
    FollowAction next() { return follow.next(now()); }
    bool syncs() { return std::holds_alternative<SyncNow>(next()); }
    bool waits() { return std::holds_alternative<SendWait>(next()); }
    std::optional<ErrorCode> ended() {
        const auto action = next();
        const auto* end = std::get_if<Ended>(&action);
        return end ? std::optional(end->error.code) : std::nullopt;
    }
    // Lets the time of a WaitUntil pass. How long it was.
    std::uint64_t sleep() {
        const auto action = next();
        const auto* until = std::get_if<WaitUntil>(&action);
        if (until == nullptr) return 0;
        REQUIRE(until->boot_clock_ms > clock_ms);
        const std::uint64_t slept = until->boot_clock_ms - clock_ms;
        clock_ms = until->boot_clock_ms;
        return slept;
    }
    void synced(std::uint64_t feed, bool complete = true) {
        REQUIRE(syncs());
        Summary summary;
        summary.epoch = k_epoch;
        summary.feed_position = feed;
        summary.complete = complete;
        follow.on_synced(summary, now());
    }
    v1::WaitRequest asked() {
        const auto action = next();
        const auto* send = std::get_if<SendWait>(&action);
        REQUIRE(send != nullptr);
        CHECK(send->path == "/v1/wait");
        CHECK(send->body.size() <= k_wait_bytes);
        v1::WaitRequest request;
        REQUIRE(request.ParseFromString(send->body));
        CHECK(send->within.ms > request.at_most_ms());
        return request;
    }
    void reply(const std::string& body, bool unsent = false, std::uint64_t held_ms = 0) {
        REQUIRE(waits());
        clock_ms += held_ms;
        follow.on_reply(body, unsent, now());
    }
    void fails(const Failure& failure, std::uint64_t held_ms = 0) {
        REQUIRE(waits());
        clock_ms += held_ms;
        follow.on_failure(failure, now());
    }

    CountingEntropy entropy;
    Follow follow{entropy};
    std::uint64_t clock_ms = 1'000'000;
};

}  // namespace

TEST_CASE("a device that follows syncs, waits from where the session ended, and syncs at news") {
    Scene scene;
    CHECK(scene.syncs());
    CHECK(scene.syncs());  // the same until it is told
    scene.synced(7);
    const auto asked = scene.asked();
    CHECK(asked.protocol() == k_protocol);
    CHECK(asked.epoch() == base::to_bytes(k_epoch));
    CHECK(asked.feed_position() == 7);
    CHECK(asked.at_most_ms() == k_wait_ms);
    scene.reply(answer(true), false, 3'000);
    scene.synced(8);  // at once
    CHECK(scene.asked().feed_position() == 8);
}

TEST_CASE("a wait without news is followed by the next, and nothing is synced for it") {
    Scene scene;
    scene.synced(7);
    for (int i = 0; i < 20; ++i) {
        scene.reply(answer(false), false, k_wait_ms);
        REQUIRE(scene.waits());
    }
}

TEST_CASE("what is unsent, was passed over, or is due by the hour is synced when a wait ends") {
    Scene scene;
    scene.synced(7);
    scene.reply(answer(false), true, k_wait_ms);  // an access entry
    scene.synced(7);
    scene.reply(answer(true), false, k_wait_ms);
    scene.synced(8, false);
    scene.reply(answer(false), false, k_wait_ms);
    scene.synced(8);
    std::uint64_t held = 0;
    while (scene.waits()) {
        scene.reply(answer(false), false, k_wait_ms);
        held += k_wait_ms;
    }
    CHECK(scene.syncs());
    CHECK(held >= k_complete_every_ms);
    CHECK(held < k_complete_every_ms + k_wait_ms);
}

TEST_CASE("a write goes up when others that come with it have gathered, and no later") {
    Scene scene;
    scene.synced(7);
    REQUIRE(scene.waits());
    scene.clock_ms += 10'000;
    scene.follow.on_written(scene.now());
    const std::uint64_t first = scene.clock_ms;
    scene.clock_ms += k_gather_ms / 2;
    scene.follow.on_written(scene.now());
    CHECK(scene.sleep() > 0);
    CHECK(scene.clock_ms == first + k_gather_ms);
    CHECK(scene.syncs());
    // What is written while the session runs may have been passed by.
    scene.follow.on_written(scene.now());
    CHECK(scene.syncs());
    scene.synced(8);
    CHECK(scene.sleep() == k_gather_ms);
    scene.synced(9);
    CHECK(scene.waits());
}

TEST_CASE("news upon news is heard together, the first at once") {
    Scene scene;
    scene.synced(7);
    scene.reply(answer(true), false, 5'000);
    CHECK(scene.syncs());
    scene.synced(8);
    scene.reply(answer(true), false, 10);
    CHECK(scene.sleep() == k_gather_ms - 10);
    scene.synced(9);
}

TEST_CASE("a server that always says news and has none is asked less and less") {
    Scene scene;
    scene.synced(7);
    std::uint64_t slept = 0;
    for (int i = 0; i < 40; ++i) {
        scene.reply(answer(true));
        slept += scene.sleep();
        scene.synced(7);
        slept += scene.sleep();
    }
    CHECK(slept > 20 * k_backoff_most_ms / 4);
    CHECK(scene.follow.trouble());
    scene.reply(answer(true));
    scene.sleep();
    scene.synced(8);  // this time there was
    CHECK(scene.waits());
    CHECK_FALSE(scene.follow.trouble());
}

TEST_CASE("an answer that stays away is noticed by its time, and the next wait is shorter") {
    Scene scene;
    scene.synced(7);
    std::uint32_t before = scene.asked().at_most_ms();
    for (int i = 0; i < 8; ++i) {
        scene.fails(no_answer(), before + 10'000);
        scene.sleep();
        CHECK(scene.asked().at_most_ms() < 1'000);  // is anybody there?
        scene.reply(answer(false));
        const std::uint32_t now = scene.asked().at_most_ms();
        CHECK(now <= before);
        CHECK(now >= k_wait_least_ms);
        before = now;
    }
    CHECK(before == k_wait_least_ms);
    // One that broke at once says nothing of how long silence lives here.
    Scene other;
    other.synced(7);
    for (int i = 0; i < 8; ++i) {
        other.fails(no_answer(ErrorCode::offline), 5);
        other.sleep();
        other.fails(no_answer(), 10'001);  // nor does one while it was away
        other.sleep();
        other.reply(answer(false));
    }
    CHECK(other.asked().at_most_ms() == k_wait_ms);
}

TEST_CASE("a failed wait is tried again after a random time that grows to backoff_most_ms") {
    Scene scene;
    scene.synced(7);
    std::uint64_t longest = 0;
    for (std::size_t i = 0; i < 200; ++i) {
        scene.fails(no_answer(ErrorCode::offline));
        REQUIRE(scene.follow.trouble());
        CHECK(scene.follow.trouble()->code == ErrorCode::offline);
        const std::uint64_t slept = scene.sleep();
        if (i == 0) CHECK(slept <= k_backoff_first_ms);
        longest = std::max(longest, slept);
        REQUIRE(scene.waits());  // one small request tells whether anything is new
    }
    CHECK(longest > k_backoff_most_ms / 2);
    CHECK(longest <= k_backoff_most_ms);
    scene.reply(answer(false), false, 100);
    CHECK_FALSE(scene.follow.trouble());
    scene.fails(no_answer(ErrorCode::offline));
    CHECK(scene.sleep() <= k_backoff_first_ms);  // from the beginning
}

TEST_CASE("every failure at every step is waited out, or ends it with its reason") {
    const ErrorCode passing[] = {ErrorCode::offline,        ErrorCode::timed_out,
                                 ErrorCode::server_busy,    ErrorCode::in_use,
                                 ErrorCode::internal,       ErrorCode::storage_full,
                                 ErrorCode::storage_failed, ErrorCode::server_untrusted,
                                 ErrorCode::malformed,      ErrorCode::too_large};
    const ErrorCode final[] = {
        ErrorCode::device_revoked,       ErrorCode::device_expired,   ErrorCode::device_unknown,
        ErrorCode::protocol_unsupported, ErrorCode::locked,           ErrorCode::cancelled,
        ErrorCode::not_permitted,        ErrorCode::invalid_argument, ErrorCode::wrong_key,
        ErrorCode::key_store_failed,     ErrorCode::storage_corrupt,  ErrorCode::storage_truncated};
    for (const bool first : {true, false}) {
        for (const ErrorCode code : passing) {
            CAPTURE(name(code), first);
            Scene scene;
            if (!first) {
                scene.synced(7);
                scene.reply(answer(true));
                scene.sleep();
            }
            REQUIRE(scene.syncs());
            scene.follow.on_sync_failed({code, "test"}, scene.now());
            scene.sleep();
            scene.synced(8);  // a session again, not a wait: what failed may be owed
            CHECK(scene.asked().feed_position() == 8);
        }
        for (const ErrorCode code : final) {
            CAPTURE(name(code), first);
            Scene scene;
            if (!first) {
                scene.synced(7);
                scene.reply(answer(true));
                scene.sleep();
            }
            REQUIRE(scene.syncs());
            scene.follow.on_sync_failed({code, "test"}, scene.now());
            CHECK(scene.ended() == code);
            scene.follow.on_written(scene.now());
            CHECK(scene.ended() == code);
        }
    }
    for (const ErrorCode code : passing) {
        for (const bool by_server : {true, false}) {
            CAPTURE(name(code), by_server);
            Scene scene;
            scene.synced(7);
            scene.fails(by_server ? refused(code) : no_answer(code));
            scene.sleep();
            CHECK((scene.waits() || scene.syncs()));
        }
    }
}

TEST_CASE("a wait that is refused for who asks is followed by the session that says so") {
    for (const ErrorCode code : {ErrorCode::device_revoked, ErrorCode::device_expired}) {
        Scene scene;
        scene.synced(7);
        scene.fails(refused(code));
        CHECK(scene.sleep() <= k_backoff_first_ms);
        REQUIRE(scene.syncs());
        scene.follow.on_sync_failed({code, "test"}, scene.now());
        CHECK(scene.ended() == code);
    }
}

TEST_CASE("where the server lets nobody wait, sessions follow each other by poll_ms") {
    for (const ErrorCode code : {ErrorCode::server_busy, ErrorCode::not_found,
                                 ErrorCode::invalid_argument, ErrorCode::protocol_unsupported}) {
        Scene scene;
        for (int i = 0; i < 10; ++i) {
            scene.synced(7);
            scene.fails(refused(code));
            const std::uint64_t slept = scene.sleep();
            CHECK(slept >= k_poll_ms / 2);
            CHECK(slept <= k_poll_ms);
        }
        scene.synced(7);
        scene.fails(refused(code));
        scene.follow.on_written(scene.now());  // a nurse's write does not wait for it
        CHECK(scene.sleep() == k_gather_ms);
        CHECK(scene.syncs());
    }
}

TEST_CASE("a server that ends says when to come again, and nobody can make that long") {
    Scene scene;
    scene.synced(7);
    for (int i = 0; i < 50; ++i) {
        scene.reply(answer(false, 5'000));
        CHECK(scene.sleep() <= 5'000);
    }
    scene.reply(answer(false, 0xFFFFFFFF));
    CHECK(scene.sleep() <= k_retry_after_most_ms);
}

TEST_CASE("an answer that is none is a failure like another") {
    for (const std::string& body : {std::string("\xff\xff"), std::string(k_wait_bytes + 1, '\0'),
                                    std::string("<html>sign in</html>")}) {
        Scene scene;
        scene.synced(7);
        scene.reply(body);
        CHECK(scene.follow.trouble());
        scene.sleep();
        CHECK(scene.asked().feed_position() == 7);
    }
}

TEST_CASE("a write while the network is away is tried at once") {
    Scene scene;
    REQUIRE(scene.syncs());
    for (int i = 0; i < 12; ++i) {
        scene.follow.on_sync_failed({ErrorCode::offline, "test"}, scene.now());
        if (i < 11) scene.sleep();
        if (i < 11) REQUIRE(scene.syncs());
    }
    scene.follow.on_written(scene.now());
    CHECK(scene.sleep() <= k_gather_ms);
    CHECK(scene.syncs());
}

TEST_CASE("a boot in between ends a sleep and asks for a comparison") {
    Scene scene;
    scene.synced(7);
    scene.fails(no_answer(ErrorCode::offline));
    const Moment booted{Instant{}, an_id<BootId>("another"), 5};
    CHECK(std::holds_alternative<SendWait>(scene.follow.next(booted)));
    scene.follow.on_reply(answer(false), false, booted);
    CHECK(std::holds_alternative<SyncNow>(scene.follow.next(booted)));
}

TEST_CASE("what is owed is synced after a wait that failed, and not left for the next news") {
    for (const bool complete : {true, false}) {
        Scene scene;
        scene.synced(7, complete);
        scene.fails(no_answer(ErrorCode::offline));
        scene.sleep();
        CHECK(scene.syncs() == !complete);
    }
}

TEST_CASE("a server that was not reached says nothing of how long a wait may be") {
    for (const bool unreached : {true, false}) {
        Scene scene;
        scene.synced(7);
        scene.fails({{ErrorCode::timed_out, "test"}, std::nullopt, false, unreached}, k_wait_ms);
        scene.sleep();
        scene.reply(answer(false));
        CHECK((scene.asked().at_most_ms() == k_wait_ms) == unreached);
    }
    // Nor does a failure before anything was asked.
    Scene unasked;
    unasked.synced(7);
    unasked.follow.on_failure(no_answer(), unasked.now());
    unasked.sleep();
    unasked.reply(answer(false));
    CHECK(unasked.asked().at_most_ms() == k_wait_ms);
}

TEST_CASE("an answer or a failure that nobody waits for changes nothing") {
    Scene syncing;
    REQUIRE(syncing.syncs());
    syncing.follow.on_reply(answer(false, 5'000), false, syncing.now());
    syncing.follow.on_failure(refused(ErrorCode::server_busy), syncing.now());
    CHECK(syncing.syncs());
    CHECK_FALSE(syncing.follow.trouble());
    Scene over;
    over.follow.on_sync_failed({ErrorCode::locked, "test"}, over.now());
    over.follow.on_reply(answer(true), false, over.now());
    over.follow.on_failure(no_answer(), over.now());
    CHECK(over.ended() == ErrorCode::locked);
}

TEST_CASE(
    "a nurse's write does not wait for what the server said, nor for a clock that began anew") {
    Scene scene;
    scene.synced(7);
    scene.reply(answer(false, 60'000));
    scene.follow.on_written(scene.now());
    CHECK(scene.sleep() == k_gather_ms);
    CHECK(scene.syncs());

    Scene booted;
    REQUIRE(booted.syncs());
    booted.follow.on_sync_failed({ErrorCode::offline, "test"}, booted.now());
    const Moment after{Instant{}, an_id<BootId>("another"), 5'000'000};
    booted.follow.on_written(after);
    const auto action = booted.follow.next(after);
    const auto* until = std::get_if<WaitUntil>(&action);
    REQUIRE(until != nullptr);
    CHECK(until->boot_clock_ms == after.boot_clock_ms + k_gather_ms);
}

}  // namespace kari::sync::test
