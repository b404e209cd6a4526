// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/mutants.hpp"

#include <algorithm>
#include <cstdio>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "sdk/base/mutant.hpp"
#include "tests/simulation/workers.hpp"

namespace kari::sim {

#ifdef KARI_MUTANTS

namespace {

using base::Mutant;

struct Row {
    Mutant mutant;
    const char* name;
    const char* breaks;
};
constexpr Row k_rows[] = {
#define KARI_MUTANT(name, breaks) {Mutant::name, #name, breaks},
#include "sdk/base/mutants.def"
#undef KARI_MUTANT
};

class Hunter {
public:
    Hunter(const Options& first, unsigned seeds, unsigned jobs)
        : first_(first), seeds_(seeds), jobs_(jobs) {}

    void look_for(const Row& row) {
        Sighting sighting{row.name, row.breaks, std::nullopt, {}, 0};
        // A process takes the mutant that is switched on when it begins.
        base::the_mutant = row.mutant;
        each_seed(
            first_, seeds_, jobs_, [&] { return !sighting.seed; },
            [&](const Outcome& outcome) {
                if (sighting.seed) return;
                ++sighting.tried;
                if (outcome.violations.empty() || !sound_without(outcome.seed)) return;
                sighting.seed = outcome.seed;
                sighting.seen_as = outcome.violations.front();
            });
        base::the_mutant = Mutant::none;
        fmt::print("{:32} {}\n", row.name,
                   sighting.seed ? fmt::format("seed {}: {}", *sighting.seed, sighting.seen_as)
                                 : fmt::format("survives {} seeds", sighting.tried));
        std::fflush(stdout);
        found_.mutants.push_back(std::move(sighting));
    }

    Hunt take() { return std::move(found_); }

private:
    bool sound_without(std::uint64_t seed) {
        const auto known = sound_.find(seed);
        if (known != sound_.end()) return known->second;
        Options options = first_;
        options.seed = seed;
        const Mutant before = std::exchange(base::the_mutant, Mutant::none);
        Outcome outcome = run_seed(options);
        base::the_mutant = before;
        const bool sound = outcome.violations.empty();
        if (!sound) found_.violations.push_back(std::move(outcome));
        return sound_.emplace(seed, sound).first->second;
    }

    Options first_;
    unsigned seeds_;
    unsigned jobs_;
    std::map<std::uint64_t, bool> sound_;
    Hunt found_;
};

}  // namespace

bool has_mutants() {
    return true;
}

std::vector<std::string> mutant_names() {
    std::vector<std::string> names;
    for (const Row& row : k_rows)
        names.emplace_back(row.name);
    return names;
}

Hunt hunt(const Options& first, unsigned seeds, unsigned jobs,
          const std::vector<std::string>& only) {
    Hunter hunter(first, seeds, jobs);
    for (const Row& row : k_rows) {
        const bool asked =
            only.empty() || std::find(only.begin(), only.end(), row.name) != only.end();
        if (asked) hunter.look_for(row);
    }
    return hunter.take();
}

#else

bool has_mutants() {
    return false;
}

std::vector<std::string> mutant_names() {
    return {};
}

Hunt hunt(const Options&, unsigned, unsigned, const std::vector<std::string>&) {
    return {};
}

#endif

}  // namespace kari::sim
