// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/simulation/campaign.hpp"

namespace kari::sim {

// A fault that is built in on purpose, and the first seed whose checks saw it.
struct Sighting {
    std::string name;
    std::string breaks;
    std::optional<std::uint64_t> seed;  // nothing: it survived
    std::string seen_as;                // the first violation of that seed
    unsigned tried = 0;                 // seeds that were run with it
};

struct Hunt {
    std::vector<Sighting> mutants;
    std::vector<Outcome> violations;  // of seeds that fail without any mutant
};

// False in a build without the seams (sdk/base/mutant.hpp): there is nothing to hunt.
bool has_mutants();
std::vector<std::string> mutant_names();

// Runs seeds with one mutant at a time until a check sees it, `seeds` at most. A seed that fails
// without the mutant too catches nothing. Each mutant is printed as it ends.
Hunt hunt(const Options& first, unsigned seeds, unsigned jobs,
          const std::vector<std::string>& only);

}  // namespace kari::sim
