// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/campaign.hpp"

#include <exception>

#include <fmt/format.h>

namespace kari::sim {

Outcome run_seed(const Options& options) {
    Outcome out;
    out.seed = options.seed;
    try {
        World world(options);
        try {
            world.run();
        } catch (const std::exception& broken) {
            world.violation(std::string("internal: ") + broken.what());
        }
        out.digest = world.digest();
        out.violations = world.violations();
        out.history = world.history();
        out.tally = world.tally;
    } catch (const std::exception& broken) {
        out.violations.push_back(std::string("founding: ") + broken.what());
    }
    return out;
}

Options shrink(const Options& failing, unsigned attempts) {
    Options best = failing;
    best.tell = false;
    std::vector<unsigned> kept;
    for (unsigned number = 1; number <= best.ops; ++number) {
        if (!best.without.contains(number)) kept.push_back(number);
    }
    for (std::size_t part = kept.size() / 2; part > 0 && attempts > 0;) {
        bool smaller = false;
        for (std::size_t from = 0; from < kept.size() && attempts > 0;) {
            const std::size_t to = std::min(from + part, kept.size());
            Options fewer = best;
            fewer.without.insert(kept.begin() + static_cast<std::ptrdiff_t>(from),
                                 kept.begin() + static_cast<std::ptrdiff_t>(to));
            --attempts;
            if (run_seed(fewer).violations.empty()) {
                from = to;
                continue;
            }
            best = fewer;
            kept.erase(kept.begin() + static_cast<std::ptrdiff_t>(from),
                       kept.begin() + static_cast<std::ptrdiff_t>(to));
            smaller = true;
        }
        if (!smaller) part /= 2;
    }
    return best;
}

std::string replay(const Options& options) {
    std::string out = fmt::format("./dev sim --start {} --seeds 1 --devices {} --ops {}",
                                  options.seed, options.devices, options.ops);
    if (!options.faults) out += " --no-faults";
    std::string only;
    for (unsigned number = 1; number <= options.ops && !options.without.empty(); ++number) {
        if (!options.without.contains(number)) only += fmt::format(",{}", number);
    }
    if (!only.empty()) out += " --only " + only.substr(1);
    return out + " --tell";
}

}  // namespace kari::sim
