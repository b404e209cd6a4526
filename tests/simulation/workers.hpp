// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "tests/simulation/campaign.hpp"

namespace kari::sim {

// Runs seeds `first.seed` and on, `seeds` of them, `jobs` at a time, as long as `another` says yes.
// Each has a process of its own: a world takes the random generator of its process, and one that
// dies ends no campaign. Its death is a violation. `take` gets the outcomes in the order of seeds.
void each_seed(const Options& first, unsigned seeds, unsigned jobs,
               const std::function<bool()>& another,
               const std::function<void(const Outcome&)>& take);

}  // namespace kari::sim
