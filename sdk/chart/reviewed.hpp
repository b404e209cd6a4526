// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "sdk/chart/review.hpp"

namespace kari::chart {

// What stands after a review of some resources only, as Reviewed says. Ascending by id, as
// `stored` is.
std::vector<Finding> replaced(const std::vector<Finding>& stored, const Reviewed& reviewed);

// The findings that stand in one of the two and not so in the other. Both ascending by id.
std::vector<FindingId> unlike(const std::vector<Finding>& before,
                              const std::vector<Finding>& after);

}  // namespace kari::chart
