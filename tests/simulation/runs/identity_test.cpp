// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch_test_macros.hpp>

#include "tests/simulation/checks.hpp"
#include "tests/simulation/identity_faults.hpp"
#include "tests/simulation/runs/charting.hpp"

namespace kari::sim {
namespace {

std::string first_violation(World& world) {
    check_at_rest(world);
    return world.violations().empty() ? "" : world.violations().front();
}

TEST_CASE("what a revoked tablet cannot send stands on it and in quarantine, and nowhere else") {
    const Options options = options_of(21, 2, 0);
    World world(options);
    Tablet& tablet = *world.tablets.front();
    Dice dice(1);
    observe(world, tablet);
    REQUIRE(tablet->sync({}));
    observe(world, tablet);
    revoke(world, tablet, dice);
    observe(world, tablet);
    CHECK(tablet->sync({}).error().code == ErrorCode::device_revoked);
    CHECK(first_violation(world).empty());
    CHECK(world.tally["kept apart"] == 2);
}

TEST_CASE("a revoked tablet that is enrolled anew begins as another one") {
    const Options options = options_of(21, 2, 0);
    World world(options);
    Tablet& tablet = *world.tablets.front();
    Dice dice(1);
    observe(world, tablet);
    REQUIRE(tablet->sync({}));
    const DeviceId before = tablet.device_id;
    revoke(world, tablet, dice);
    revoke(world, tablet, dice);
    CHECK(tablet.device_id != before);
    REQUIRE(tablet->sync({}));
    observe(world, tablet);
    CHECK(first_violation(world).empty());
}

TEST_CASE("a tablet that lay for longer than its certificate lasts works on") {
    const Options options = options_of(22, 2, 0);
    World world(options);
    observe(world, *world.tablets.front());
    world.elapse(Duration::hours(24 * 9));
    const auto report = (*world.tablets.front())->sync({});
    REQUIRE(report);
    CHECK(report->progress.sent == 1);
    CHECK(first_violation(world).empty());
}

TEST_CASE("a role that somebody wrote into a tablet's own list accepts nothing") {
    const Options options = options_of(23, 2, 0);
    World world(options);
    Tablet& tablet = *world.tablets.front();
    Dice dice(1);
    forge_role(world, tablet, dice);
    const RecordId record = world.citizens.front().record;
    const auto chart = tablet->open_chart(record, {});
    REQUIRE(chart);
    REQUIRE(!chart->orders.empty());
    CHECK(tablet->signed_in()->role == "LE");
    PrescriptionProposal entry;
    entry.token = chart->orders.front().token;
    entry.dose = Quantity{Decimal::of(3), "{tablet}", "tablett"};
    entry.reason = "as agreed with nobody";
    const auto written = tablet->propose_prescription(entry);
    REQUIRE(written);
    world.ledger.wrote(written->change, {record, written->resource, 0, 0});
    CHECK(first_violation(world).empty());
    CHECK(world.tally["proposals accepted"] == 0);
}

TEST_CASE("the checkers see that the server took from a tablet that was revoked") {
    const Options options = options_of(24, 2, 0);
    World world(options);
    Tablet& tablet = *world.tablets.front();
    observe(world, tablet);
    LedgerEntry entry = world.ledger.entries().begin()->second;
    const ChangeId id = world.ledger.entries().begin()->first;
    world.ledger = {};
    entry.shut_out = true;
    world.ledger.wrote(id, entry);
    CHECK(first_violation(world).starts_with("the server took from a tablet that was revoked"));
}

TEST_CASE("the checkers see a chart that leaves out a linked record") {
    const Options options = options_of(25, 2, 0);
    World world(options);
    const RecordId a = world.citizens[0].record;
    const RecordId b = world.citizens[1].record;
    REQUIRE(world.server.link(a, b, true));
    world.links[std::minmax(a, b)] = true;
    CHECK(first_violation(world).empty());
    CHECK(world.tally["linked charts"] == 4);
    // Of a pair that nobody links any more: what is said again at rest is another's.
    world.links.clear();
    CHECK(first_violation(world).find("a chart of other records") != std::string::npos);
}

}  // namespace
}  // namespace kari::sim
