// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch_test_macros.hpp>

#include "tests/simulation/checks.hpp"
#include "tests/simulation/newer_program.hpp"
#include "tests/simulation/runs/charting.hpp"

namespace kari::sim {
namespace {

TEST_CASE("what a later program says goes everywhere as it was said, and is told to be unread") {
    const Options options = options_of(15, 2, 0);
    World world(options);
    for (unsigned chance = 1; world.beyond_reading.empty() && chance < 100; ++chance) {
        Dice dice(chance);
        newer_tablet(world, *world.tablets.front(), dice);
        newer_server(world, *world.tablets.front(), dice);
        upgrade(world, *world.tablets.back(), dice);
    }
    REQUIRE(!world.beyond_reading.empty());
    check_at_rest(world);
    INFO(world.history().back());
    CHECK(world.violations().empty());
    CHECK(world.tally["charts with what cannot be read"] > 0);
}

TEST_CASE("the checkers see who names what his program could not read") {
    const Options options = options_of(15, 1, 0);
    World world(options);
    Tablet& tablet = *world.tablets.front();
    observe(world, tablet);
    const auto first = world.ledger.entries().begin()->first;
    const RecordId record = world.citizens.front().record;
    const auto chart = tablet->open_chart(record, {});
    REQUIRE(chart);
    ObservationEntry entry;
    entry.value = Quantity{Decimal::of(71), "/min", "/min"};
    const auto written = tablet->correct_observation(chart->observations.front().token, entry);
    REQUIRE(written);
    world.ledger.wrote(written->change, {record, written->resource, tablet.number, 0});
    world.beyond_reading.insert(first);
    check_under_way(world, tablet);
    REQUIRE(!world.violations().empty());
    CHECK(world.violations().front().find("could not read") != std::string::npos);
}

}  // namespace
}  // namespace kari::sim
