// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/allowance_checks.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace kari::sim {

void check_maximum(World& world) {
    std::map<ResourceId, std::vector<Instant>> given;  // ascending: they were noted as they came
    for (const AllowedDose& dose : world.ledger.allowed()) {
        if (!world.may_fork.contains(dose.by)) given[dose.order].push_back(dose.at);
    }
    for (const auto& [order, moments] : given) {
        for (std::size_t i = k_pain_most; i < moments.size(); ++i) {
            const Duration span = moments[i] - moments[i - k_pain_most];
            if (span >= Duration::hours(k_pain_hours)) continue;
            world.violation(fmt::format("{} doses within {} minutes of an order that allows {}",
                                        k_pain_most + 1, span.ms / 60'000, k_pain_most));
        }
    }
}

}  // namespace kari::sim
