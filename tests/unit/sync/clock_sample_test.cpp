// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch_test_macros.hpp>

#include "sdk/sync/clock_sample.hpp"
#include "tests/unit/sync/session_run.hpp"

namespace kari::sync::test {
namespace {

Moment at(std::int64_t wall, std::uint64_t boot_clock, const char* boot = "boot") {
    return {Instant{wall}, an_id<BootId>(boot), boot_clock};
}

// A server that is 5,000 ms ahead, heard `up` after sending and answering `down` before receipt.
ClockSample learnt(std::uint64_t sent, std::uint64_t up, std::uint64_t down) {
    const auto wall = [](std::uint64_t boot_clock) {
        return 1'000'000 + static_cast<std::int64_t>(boot_clock);
    };
    const std::uint64_t end = sent + up + down;
    return *sample_of(at(wall(sent), sent), at(wall(end), end), Instant{wall(sent + up) + 5'000});
}

}  // namespace

TEST_CASE("the true difference lies within the doubt, however the round trip was split") {
    for (const auto& [up, down] : {std::pair<std::uint64_t, std::uint64_t>{0, 0},
                                   {40, 0},
                                   {0, 41},
                                   {20'000, 10},
                                   {10, 30'000},
                                   {333, 334}}) {
        CAPTURE(up, down);
        const ClockSample sample = learnt(7'000, up, down);
        CHECK(sample.doubt.ms >= static_cast<std::int64_t>((up + down) / 2));
        CHECK(sample.server_minus_wall.ms - sample.doubt.ms <= 5'000);
        CHECK(sample.server_minus_wall.ms + sample.doubt.ms >= 5'000);
    }
}

TEST_CASE("a slow upload does not take the place of what a quick reply taught") {
    const ClockSample quick = learnt(1'000, 20, 20);
    const ClockSample slow = learnt(60'000, 30'000, 10);
    CHECK(better(quick, slow) == quick);
    CHECK(better(slow, learnt(200'000, 20, 20)).doubt.ms == 20);
    CHECK(better(std::nullopt, slow) == slow);
    // In the end drift makes the quick one doubtful: 100 parts in a million of a week.
    CHECK_FALSE(better(quick, learnt(7 * 86'400'000ULL, 30'000, 10)) == quick);
}

TEST_CASE("a sample of another boot, or from before the clock was set, is not gone by") {
    const ClockSample sample = learnt(1'000, 20, 20);
    CHECK(holds(sample, at(1'000'000 + 50'000, 50'000)));
    CHECK_FALSE(holds(sample, at(1'000'000 + 50'000, 50'000, "another")));
    CHECK_FALSE(holds(sample, at(1'000'000 + 50'000 + 3'600'000, 50'000)));
    CHECK_FALSE(sample_of(at(0, 10), at(0, 20, "another"), Instant{5}).has_value());
}

TEST_CASE("a request says what earlier replies of the boot taught of the clock, and how surely") {
    ModelServer server;
    Tablet tablet("a");
    std::vector<v1::ExchangeRequest> asked;
    tablet.done(server, {}, [&](v1::ExchangeReply& reply, const v1::ExchangeRequest& request) {
        asked.push_back(request);
        reply.set_server_ms(2'000'000);
    });
    REQUIRE(asked.size() >= 2);
    CHECK_FALSE(asked.front().has_server_minus_wall_ms());
    CHECK(asked.back().has_server_minus_wall_ms());
    CHECK(asked.back().server_doubt_ms() == 50);  // the model network takes 100 ms
}

TEST_CASE(
    "a reply without a time, or that came before it was asked for, teaches nothing of a clock") {
    CHECK(sample_of(at(0, 10), at(0, 20), Instant{5}).has_value());
    CHECK_FALSE(sample_of(at(0, 10), at(0, 20), Instant{0}).has_value());
    CHECK_FALSE(sample_of(at(0, 20), at(0, 10), Instant{5}).has_value());
    const ClockSample sample = learnt(1'000, 20, 20);
    CHECK_FALSE(holds(sample, at(1'000'000, 1'000)));  // before it was learnt
}

}  // namespace kari::sync::test
