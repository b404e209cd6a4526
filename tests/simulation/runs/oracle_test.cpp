// SPDX-License-Identifier: Apache-2.0
//
// The slow fold is asked about what a run left, and what it says of a spoilt log is noticed.
#include <catch2/catch_test_macros.hpp>

#include "tests/simulation/campaign.hpp"
#include "tests/simulation/fold_checks.hpp"
#include "tests/simulation/must.hpp"

namespace kari::sim {
namespace {

Options options_of(std::uint64_t seed, unsigned devices, unsigned ops) {
    Options options;
    options.seed = seed;
    options.devices = devices;
    options.ops = ops;
    return options;
}

// A run without faults, its first tablet, a record of it and a change in that which another names.
struct Ran {
    Ran() : world(options_of(3, 2, 60)), tablet(*world.tablets.front()) {
        world.run();
        REQUIRE(world.violations().empty());
        for (const RecordId& one : world.granted) {
            ReadLog read = must(read_log(tablet, one));
            for (const auto& [id, change] : read) {
                const auto parents = parents_of(change.header);
                if (!parents.empty()) named = *parents.begin();
            }
            record = one;
            log = std::move(read);
            if (named) break;
        }
        REQUIRE(named);
    }
    std::string last() const { return world.violations().empty() ? "" : world.violations().back(); }

    World world;
    Tablet& tablet;
    RecordId record;
    ReadLog log;
    std::optional<ChangeId> named;
};

TEST_CASE("a run asks the slow fold about every record on the server and on each tablet") {
    const Outcome outcome = run_seed(options_of(3, 2, 60));
    CHECK(outcome.violations.empty());
    REQUIRE(outcome.tally.contains("records folded by the oracle too"));
    // The server's and both tablets' at the end, at least.
    CHECK(outcome.tally.at("records folded by the oracle too") >= 9);
}

TEST_CASE("the checkers see a replica that folds to another state than its log") {
    Ran ran;
    const Digest state = must(ran.tablet->state_digest(ran.record));
    check_fold(ran.world, "a tablet", ran.record, ran.log, state);
    CHECK(ran.world.violations().empty());
    ran.log.erase(*ran.named);
    check_fold(ran.world, "a tablet", ran.record, ran.log, state);
    CHECK(ran.last().starts_with("a tablet folds to another state"));
}

TEST_CASE("the checkers see a chart that does not say what it lacks") {
    Ran ran;
    check_shown(ran.world, ran.tablet, ran.record, ran.log);
    CHECK(ran.world.violations().empty());
    ran.log.erase(*ran.named);
    check_shown(ran.world, ran.tablet, ran.record, ran.log);
    bool said = false;
    for (const std::string& one : ran.world.violations())
        said = said || one.find("does not say what it lacks") != std::string::npos;
    CHECK(said);
}

TEST_CASE("the checkers see a resource that is here in part") {
    Ran ran;
    check_whole(ran.world, ran.tablet, ran.record, ran.log, ran.log);
    CHECK(ran.world.violations().empty());
    ReadLog part = ran.log;
    part.erase(*ran.named);
    check_whole(ran.world, ran.tablet, ran.record, part, ran.log);
    CHECK(ran.last().ends_with("does not get the rest"));
}

}  // namespace
}  // namespace kari::sim
