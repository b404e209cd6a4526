// SPDX-License-Identifier: Apache-2.0
#include "sdk/chart/reviewed.hpp"

#include <algorithm>

namespace kari::chart {
namespace {

bool names_one(const Finding& finding, const std::vector<ResourceId>& examined) {
    return std::any_of(finding.resources.begin(), finding.resources.end(),
                       [&](const ResourceId& id) {
                           return std::binary_search(examined.begin(), examined.end(), id);
                       });
}

bool by_id(const Finding& a, const Finding& b) {
    return a.id < b.id;
}

}  // namespace

std::vector<Finding> replaced(const std::vector<Finding>& stored, const Reviewed& reviewed) {
    std::vector<Finding> all;
    for (const Finding& finding : stored) {
        const bool anew =
            std::binary_search(reviewed.findings.begin(), reviewed.findings.end(), finding, by_id);
        if (!anew && !names_one(finding, reviewed.examined)) all.push_back(finding);
    }
    all.insert(all.end(), reviewed.findings.begin(), reviewed.findings.end());
    std::sort(all.begin(), all.end(), by_id);
    return all;
}

std::vector<FindingId> unlike(const std::vector<Finding>& before,
                              const std::vector<Finding>& after) {
    std::vector<FindingId> ids;
    auto a = before.begin();
    auto b = after.begin();
    while (a != before.end() || b != after.end()) {
        if (b == after.end() || (a != before.end() && a->id < b->id)) {
            ids.push_back((a++)->id);
        } else if (a == before.end() || b->id < a->id) {
            ids.push_back((b++)->id);
        } else {
            if (!(*a == *b)) ids.push_back(a->id);
            ++a;
            ++b;
        }
    }
    return ids;
}

}  // namespace kari::chart
