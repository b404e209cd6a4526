// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include <kari/ids.hpp>

#include "kari/v1/resources.pb.h"

namespace kari::chart {

// The dose's giver stated a reason under the rule, and was shown all of these doses then. A reason
// for what was known excuses nothing that came to light since.
bool stated_reason(const v1::Administration& given, std::string_view rule,
                   const std::vector<ResourceId>& doses);

}  // namespace kari::chart
