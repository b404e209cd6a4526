// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch_test_macros.hpp>

#include "tests/simulation/checks.hpp"
#include "tests/simulation/rot.hpp"
#include "tests/simulation/runs/charting.hpp"

namespace kari::sim {
namespace {

TEST_CASE("a tablet whose bits turned over is salvaged where it stands, and all goes on") {
    const Options options = options_of(14, 2, 0);
    World world(options);
    Tablet& tablet = *world.tablets.front();
    observe(world, tablet);
    const auto home = tablet.home();
    Dice dice(1);
    rot(world, tablet, dice);
    look_for_rot(world, tablet);
    CHECK(world.tally["tablet: salvaged"] == 1);
    CHECK(tablet.home() == home);
    CHECK_FALSE(tablet.rotten);
    REQUIRE(tablet->sync({}));
    observe(world, tablet);
    check_at_rest(world);
    INFO(world.history().back());
    CHECK(world.violations().empty());
}

TEST_CASE("the checkers see unsent work that a salvage passes over in silence") {
    const Options options = options_of(14, 1, 0);
    World world(options);
    Tablet& tablet = *world.tablets.front();
    observe(world, tablet);
    // As if it had written one more.
    world.ledger.wrote(ChangeId{{7}}, {world.citizens.front().record, {}, tablet.number, 0});
    Dice dice(2);  // bits that leave readable which streams there are
    rot(world, tablet, dice);
    look_for_rot(world, tablet);
    REQUIRE(!world.violations().empty());
    CHECK(world.violations().front().find("had not sent, and tells of") != std::string::npos);
}

}  // namespace
}  // namespace kari::sim
