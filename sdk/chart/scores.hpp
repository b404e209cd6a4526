// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include <kari/ids.hpp>
#include <kari/time.hpp>

#include "sdk/chart/group.hpp"
#include "sdk/clinical/news2.hpp"

namespace kari::chart {

// Which scale of saturation applies: the first, unless a care plan measure in effect decides for
// the second. A measure that is proposed, contested or whose end is proposed settles nothing.
struct ScaleInForce {
    clinical::SaturationScale scale = clinical::SaturationScale::one;
    std::optional<ResourceId> decision;  // that the second is used by
    bool settled = true;
};
ScaleInForce scale_at(const Group& group, Instant at, std::string_view zone);

// NEWS2 of what was measured within an hour: of each part the newest. Of a value that two
// corrected apart, and of two of one moment, each may be the true one.
struct Score {
    Instant at;                             // of the newest measurement in it
    ScaleInForce scale;                     // not settled: the first is used, and both are told
    clinical::News2 worst;                  // by the scale that is used
    std::optional<int> at_least;            // the smallest total
    std::optional<clinical::News2> by_two;  // by the second, while it is not settled
    std::vector<ResourceId> basis;          // ascending
    std::vector<ResourceId> withdrawn;      // measured in that hour and taken back since; ascending
    // The points that somebody acts on: of several totals the highest.
    int points() const;
    bool three_in_one() const;
};

// The newest first. A function of what stands of the measurements, and stored nowhere. What is not
// half measured is no score, unless one part alone has three points.
std::vector<Score> scores_of(const Group& group, std::string_view zone);

}  // namespace kari::chart
