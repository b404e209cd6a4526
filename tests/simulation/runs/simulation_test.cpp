// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "kari/v1/change.pb.h"
#include "sdk/base/id.hpp"
#include "tests/simulation/checks.hpp"
#include "tests/simulation/runs/charting.hpp"

namespace kari::sim {
namespace {

// As a failing run shows itself.
std::string told(const Outcome& outcome) {
    std::string out;
    for (const std::string& one : outcome.violations)
        out += "\n" + one;
    return out;
}

TEST_CASE("a seed is the same run again, to the last id, and another seed is another run") {
    const Outcome once = run_seed(options_of(7, 3, 80));
    const Outcome again = run_seed(options_of(7, 3, 80));
    CHECK(once.history == again.history);
    CHECK(once.digest == again.digest);
    CHECK(once.history.size() > 60);
    CHECK(run_seed(options_of(8, 3, 80)).digest != once.digest);
}

TEST_CASE("an op that is left out changes the chance of no other") {
    Options options = options_of(7, 2, 12);
    options.faults = false;
    const Outcome whole = run_seed(options);
    unsigned last = 0;  // that left a line
    for (const std::string& line : whole.history)
        last = std::max(last, static_cast<unsigned>(std::stoul(line)));
    options.without = {last};
    const Outcome part = run_seed(options);
    // All but that op and what comes to rest after it.
    std::size_t same = 0;
    while (same < part.history.size() && part.history[same] == whole.history[same])
        ++same;
    REQUIRE(same < part.history.size());
    CHECK(whole.history[same].starts_with(std::to_string(last) + " "));
    CHECK(part.history[same].starts_with("0 "));
}

TEST_CASE("tablets agree and nothing is lost, whatever goes wrong") {
    for (std::uint64_t seed = 100; seed < 108; ++seed) {
        const Options options = options_of(seed, 4, 120);
        const Outcome outcome = run_seed(options);
        INFO(replay(options) << told(outcome));
        CHECK(outcome.violations.empty());
    }
}

TEST_CASE("a seal goes after all that it covers, however much was read with no network") {
    Options options = options_of(9, 1, 0);
    World world(options);
    Tablet& tablet = *world.tablets.front();
    // More entries of the access log than one push takes.
    for (int round = 0; round < 60; ++round) {
        REQUIRE(tablet->lock());
        REQUIRE(tablet.unlock(0));
        for (const Citizen& citizen : world.citizens)
            REQUIRE(tablet->open_chart(citizen.record, {}));
    }
    const auto report = tablet->sync({});
    REQUIRE(report);
    CHECK(report->complete);
    CHECK(world.server.quarantined().empty());
}

TEST_CASE("a record that left while work in it waited goes once all of it is secured") {
    const Options options = options_of(11, 2, 0);
    World world(options);
    const RecordId record = world.citizens.front().record;
    // The work is placed above what the tablet has got, and nothing more of the record comes.
    observe(world, *world.tablets.front());
    REQUIRE(world.server.remove(world.unit, record));
    world.granted.erase(record);
    check_at_rest(world);
    INFO(world.history().back());
    CHECK(world.violations().empty());
    CHECK(world.tally["tablet: purged"] == 2);
}

// A world that has run, and is checked again after `spoil`.
template <typename Spoil>
std::string violation_after(Spoil spoil) {
    Options options = options_of(3, 2, 40);
    options.faults = false;
    World world(options);
    world.run();
    REQUIRE(world.violations().empty());
    spoil(world);
    check_at_rest(world);
    return world.violations().empty() ? "" : world.violations().front();
}

TEST_CASE("the checkers see a change that was lost") {
    const std::string seen = violation_after([](World& world) {
        world.ledger.wrote(ChangeId{}, {world.citizens.front().record, {}, 0, 1});
    });
    CHECK(seen.starts_with("the server lacks"));
}

TEST_CASE("the checkers see a change that nobody wrote") {
    const std::string seen = violation_after([](World& world) { world.ledger = {}; });
    CHECK(seen.find("nobody wrote") != std::string::npos);
}

TEST_CASE("the checkers see a change that names other than what its author saw") {
    const std::string seen = violation_after([](World& world) {
        Ledger other;
        auto [id, entry] = *world.ledger.entries().begin();
        entry.saw = std::set<ChangeId>{ChangeId{}};
        other.wrote(id, entry);
        for (const auto& [each, as_it_was] : world.ledger.entries())
            other.wrote(each, as_it_was);
        world.ledger = other;
    });
    CHECK(seen.find("and others") != std::string::npos);
}

TEST_CASE("the checkers see a hazard that has no finding") {
    const std::string seen = violation_after([](World& world) {
        // One that is there, and was given once.
        const RecordId record = *world.granted.begin();
        const auto log = world.server.log(record).value();
        v1::ChangeHeader header;
        REQUIRE(header.ParseFromString(log.front().header));
        const auto one = base::from_bytes<ResourceId>(header.resource()).value();
        world.ledger.gave({record, {}, {}, "08:00"}, one);
        world.ledger.gave({record, {}, {}, "08:00"}, one);
    });
    CHECK(seen.find("no finding of a double dose") != std::string::npos);
}

TEST_CASE("a run that fails is made smaller, and still fails") {
    Options options = options_of(5, 2, 30);
    options.fails_at = 20;
    REQUIRE(!run_seed(options).violations.empty());
    const Options least = shrink(options, 40);
    CHECK(!run_seed(least).violations.empty());
    CHECK(least.without.size() > 20);
    CHECK(replay(least).find("--only 20") != std::string::npos);
}

}  // namespace
}  // namespace kari::sim
