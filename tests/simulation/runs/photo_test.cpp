// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch_test_macros.hpp>

#include "tests/simulation/chart_acts.hpp"
#include "tests/simulation/checks.hpp"
#include "tests/simulation/runs/charting.hpp"

namespace kari::sim {
namespace {

// The first tablet takes one photo; what the ledger keeps of it is as `altered` leaves it.
void take_one(World& world, bool altered) {
    Tablet& tablet = *world.tablets.front();
    const auto chart = tablet->open_chart(world.citizens.front().record, {});
    REQUIRE(chart);
    Dice dice(3);
    Seen seen{world, tablet, dice, *chart};
    const Answer written = photo_acts().front().call(seen);
    REQUIRE(written);
    REQUIRE(*written);
    world.ledger.wrote((*written)->change,
                       {(*written)->record, (*written)->resource, tablet.number, 0});
    if (!altered) return;
    const auto photo = *world.ledger.photos().begin();
    world.ledger.took(photo.first, {photo.second.record, photo.second.change, "another"});
}

TEST_CASE("a photo comes to every tablet that wants it as it was taken") {
    const Options options = options_of(16, 3, 0);
    World world(options);
    take_one(world, false);
    check_at_rest(world);
    INFO(world.history().back());
    CHECK(world.violations().empty());
    CHECK(world.tally["photos compared"] == 3);
}

TEST_CASE("the checkers see a photo that is another") {
    const Options options = options_of(16, 2, 0);
    World world(options);
    take_one(world, true);
    check_at_rest(world);
    REQUIRE(!world.violations().empty());
    CHECK(world.violations().front().find("another photo") != std::string::npos);
}

}  // namespace
}  // namespace kari::sim
