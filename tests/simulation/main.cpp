// SPDX-License-Identifier: Apache-2.0
//
// kari-sim: runs seeds until one of them breaks a law, or all have been run.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <thread>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include "tests/simulation/campaign.hpp"
#include "tests/simulation/mutants.hpp"
#include "tests/simulation/workers.hpp"

using namespace kari;

namespace {

// So many seeds a mutant may survive before it counts as not caught.
constexpr unsigned k_seeds_of_a_mutant = 200;

struct Asked {
    unsigned seeds = 20;
    unsigned jobs = std::max(std::thread::hardware_concurrency(), 1U);
    bool mutants = false;
    std::vector<std::string> only_mutants;
    double minutes = 0;
    std::string json;
    std::vector<unsigned> only;
    bool no_faults = false;
    unsigned shrink = 200;
    sim::Options options;
};

struct Sum {
    std::uint64_t seeds = 0;
    std::uint64_t ops = 0;
    std::map<std::string, std::uint64_t> tally;
    boost::json::array violations;
    double seconds = 0;
};

void report(const Asked& asked, const sim::Options& options, const sim::Outcome& outcome,
            Sum& sum) {
    fmt::print("seed {}: {}\n", options.seed, outcome.violations.front());
    const sim::Options least = asked.shrink > 0 ? sim::shrink(options, asked.shrink) : options;
    const sim::Outcome shown = sim::run_seed(least);
    fmt::print("what is left of it when all that need not happen is left out:\n");
    for (const std::string& line : shown.history)
        fmt::print("    {}\n", line);
    fmt::print("to see it again: {}\n", sim::replay(least));
    std::fflush(stdout);
    boost::json::array told;
    for (const std::string& one : outcome.violations)
        told.push_back(boost::json::value(one));
    sum.violations.push_back(boost::json::object{
        {"seed", options.seed}, {"what", std::move(told)}, {"replay", sim::replay(least)}});
}

void write_json(const Asked& asked, const Sum& sum) {
    boost::json::object tally;
    for (const auto& [name, count] : sum.tally)
        tally[name] = count;
    std::ofstream(asked.json) << boost::json::serialize(boost::json::object{
                                     {"seeds", sum.seeds},
                                     {"start", asked.options.seed},
                                     {"devices", asked.options.devices},
                                     {"ops_per_seed", asked.options.ops},
                                     {"ops", sum.ops},
                                     {"seconds", sum.seconds},
                                     {"ops_per_hour", 3600.0 * static_cast<double>(sum.ops) /
                                                          std::max(sum.seconds, 0.001)},
                                     {"tally", std::move(tally)},
                                     {"violations", sum.violations}})
                              << "\n";
}

int hunt_mutants(const Asked& asked) {
    if (!sim::has_mutants()) {
        fmt::print(stderr, "this build has no mutants; `./dev sim --mutants` makes one that has\n");
        return 2;
    }
    const sim::Hunt found = sim::hunt(asked.options, asked.seeds, asked.jobs, asked.only_mutants);
    boost::json::array violations;
    for (const sim::Outcome& one : found.violations) {
        violations.push_back(
            boost::json::object{{"seed", one.seed}, {"what", one.violations.front()}});
    }
    boost::json::array mutants;
    std::size_t caught = 0;
    for (const sim::Sighting& one : found.mutants) {
        boost::json::value seed;
        if (one.seed) seed = *one.seed;
        mutants.push_back(boost::json::object{{"name", one.name},
                                              {"breaks", one.breaks},
                                              {"caught", one.seed.has_value()},
                                              {"seed", std::move(seed)},
                                              {"seen_as", one.seen_as},
                                              {"seeds_tried", one.tried}});
        if (one.seed) ++caught;
    }
    const bool good = caught == found.mutants.size() && violations.empty();
    fmt::print("{} of {} mutants caught, {} violations without one\n", caught, found.mutants.size(),
               violations.size());
    if (!asked.json.empty()) {
        std::ofstream(asked.json) << boost::json::serialize(
                                         boost::json::object{{"violations", std::move(violations)},
                                                             {"mutants", std::move(mutants)}})
                                  << "\n";
    }
    return good ? 0 : 1;
}

Sum run(const Asked& asked) {
    Sum sum;
    const auto began = std::chrono::steady_clock::now();
    const auto spent = [&] {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    };
    const auto in_time = [&] {
        return asked.minutes <= 0 || spent() < 60 * asked.minutes;
    };
    sim::each_seed(asked.options, asked.seeds, asked.jobs, in_time, [&](const auto& outcome) {
        sim::Options options = asked.options;
        options.seed = outcome.seed;
        ++sum.seeds;
        sum.ops += options.ops - options.without.size();
        for (const auto& [name, count] : outcome.tally)
            sum.tally[name] += count;
        if (options.tell) fmt::print("digest {}\n", outcome.digest.text());
        if (!outcome.violations.empty()) report(asked, options, outcome, sum);
    });
    sum.seconds = spent();
    return sum;
}

}  // namespace

int main(int argc, char** argv) {
    Asked asked;
    CLI::App app{"simulates tablets, a server and everything that may befall them"};
    auto* seeds = app.add_option("--seeds", asked.seeds, "how many runs, each of its own seed");
    app.add_option("--start", asked.options.seed, "the first seed");
    app.add_option("--devices", asked.options.devices, "tablets")->check(CLI::Range(1, 100));
    app.add_option("--ops", asked.options.ops, "operations of a whole run");
    app.add_option("--jobs", asked.jobs, "seeds side by side; as many as there are processors")
        ->check(CLI::Range(1, 256));
    app.add_option("--minutes", asked.minutes, "begin no new run after so many");
    app.add_option("--json", asked.json, "where figures and violations are written");
    app.add_option("--only", asked.only, "the operations that happen; the others do not")
        ->delimiter(',');
    app.add_option("--shrink", asked.shrink, "attempts to make a failing run smaller");
    app.add_flag("--no-faults", asked.no_faults, "nothing goes wrong");
    app.add_flag("--tell", asked.options.tell, "print every operation");
    auto* mutants = app.add_flag("--mutants", asked.mutants,
                                 "one fault of the product at a time: do the checks see it?");
    app.add_option("--mutant", asked.only_mutants, "these alone (sdk/base/mutants.def)")
        ->needs(mutants)
        ->check(CLI::IsMember(sim::mutant_names()));
    CLI11_PARSE(app, argc, argv);
    asked.options.faults = !asked.no_faults;
    if (asked.options.tell) asked.jobs = 1;
    if (!asked.only.empty()) {
        for (unsigned number = 1; number <= asked.options.ops; ++number)
            asked.options.without.insert(number);
        for (const unsigned number : asked.only)
            asked.options.without.erase(number);
        asked.shrink = 0;
    }
    if (asked.mutants) {
        if (seeds->count() == 0) asked.seeds = k_seeds_of_a_mutant;
        return hunt_mutants(asked);
    }
    const Sum sum = run(asked);
    for (const auto& [name, count] : sum.tally)
        fmt::print("{:>9} {}\n", count, name);
    fmt::print("{} seeds, {} operations, {:.1f} s, {:.0f} operations an hour, {} violations\n",
               sum.seeds, sum.ops, sum.seconds,
               3600.0 * static_cast<double>(sum.ops) / std::max(sum.seconds, 0.001),
               sum.violations.size());
    if (!asked.json.empty()) write_json(asked, sum);
    return sum.violations.empty() ? 0 : 1;
}
