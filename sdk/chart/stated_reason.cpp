// SPDX-License-Identifier: Apache-2.0
#include "sdk/chart/stated_reason.hpp"

#include <algorithm>

#include "sdk/base/id.hpp"

namespace kari::chart {

bool stated_reason(const v1::Administration& given, std::string_view rule,
                   const std::vector<ResourceId>& doses) {
    return std::any_of(given.override().begin(), given.override().end(), [&](const auto& each) {
        if (each.rule() != rule || each.reason().empty()) return false;
        return std::all_of(doses.begin(), doses.end(), [&](const ResourceId& dose) {
            return std::find(each.about().begin(), each.about().end(), base::to_bytes(dose)) !=
                   each.about().end();
        });
    });
}

}  // namespace kari::chart
