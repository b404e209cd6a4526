// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "sdk/base/time.hpp"
#include "sdk/merge/change.hpp"

namespace kari::chart {

// When something can have been that is stated in a zone: of a date without a time, the whole day
// there. Where this machine does not know the zone, the whole day anywhere on earth: no rule may
// find less because of it. Nothing when it is no time.
std::optional<base::Interval> stated_in(std::string_view text, std::string_view zone);

// The same of what a change says: its writer's zone stands in the change, so that every replica
// reads one and the same day whatever its own zone is.
std::optional<base::Interval> stated_by(const merge::Change& change, std::string_view text);

}  // namespace kari::chart
