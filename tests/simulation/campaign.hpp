// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/simulation/world.hpp"

namespace kari::sim {

// What came of one seed.
struct Outcome {
    std::uint64_t seed = 0;
    Digest digest;
    std::vector<std::string> violations;
    std::vector<std::string> history;
    std::map<std::string, unsigned> tally;
};

// Runs a seed. What the simulator itself trips over is a violation too.
Outcome run_seed(const Options& options);
// The least that still fails: leaves out ops as long as some violation stays.
Options shrink(const Options& failing, unsigned attempts);
// The one command that shows it again.
std::string replay(const Options& options);

}  // namespace kari::sim
