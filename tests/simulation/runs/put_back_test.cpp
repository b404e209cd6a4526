// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch_test_macros.hpp>

#include "tests/simulation/checks.hpp"
#include "tests/simulation/put_back.hpp"
#include "tests/simulation/runs/charting.hpp"

namespace kari::sim {
namespace {

// The tablet writes, is put back to before it, and writes again before it hears of the first.
void write_twice_in_one_place(World& world, PutBack what) {
    Tablet& tablet = *world.tablets.front();
    keep_image(world, tablet);
    observe(world, tablet);
    REQUIRE(tablet->sync({}));
    put_back(world, tablet, what);
    observe(world, tablet);
}

TEST_CASE("what a tablet wrote before and after it was put back whole stands, and is told") {
    const Options options = options_of(12, 2, 0);
    World world(options);
    write_twice_in_one_place(world, PutBack::whole);
    check_at_rest(world);
    INFO(world.history().back());
    CHECK(world.violations().empty());
    CHECK(world.tally["forked addresses"] > 0);  // each look at a log counts it
}

TEST_CASE("a tablet whose files alone were put back writes in a place of its own") {
    const Options options = options_of(12, 2, 0);
    World world(options);
    write_twice_in_one_place(world, PutBack::files);
    check_at_rest(world);
    INFO(world.history().back());
    CHECK(world.violations().empty());
    CHECK(world.tally["forked addresses"] == 0);
}

TEST_CASE("the checkers see two changes in one place where the tablet could tell") {
    const Options options = options_of(12, 2, 0);
    World world(options);
    write_twice_in_one_place(world, PutBack::whole);
    world.may_fork.clear();
    check_at_rest(world);
    REQUIRE(!world.violations().empty());
    CHECK(world.violations().front().find("the tablet could tell") != std::string::npos);
}

}  // namespace
}  // namespace kari::sim
