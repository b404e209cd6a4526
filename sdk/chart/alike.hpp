// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace kari::chart {

// What rules about pairs look at: things that have a key in common, and no others, so that a
// thousand different ones cost what a thousand of anything cost.
using AlikeKeys = std::vector<std::set<std::string>>;  // of each thing

// Calls `visit(i, j)`, i < j, once for every two things that share a key.
template <typename Visit>
void each_alike(const AlikeKeys& things, const Visit& visit) {
    std::map<std::string, std::vector<std::size_t>> having;
    for (std::size_t i = 0; i < things.size(); ++i) {
        for (const std::string& key : things[i])
            having[key].push_back(i);
    }
    const auto first_shared = [&](std::size_t i, std::size_t j) {
        std::vector<std::string> both;
        std::set_intersection(things[i].begin(), things[i].end(), things[j].begin(),
                              things[j].end(), std::back_inserter(both));
        return both.front();
    };
    for (const auto& [key, members] : having) {
        for (std::size_t a = 0; a < members.size(); ++a) {
            for (std::size_t b = a + 1; b < members.size(); ++b) {
                if (first_shared(members[a], members[b]) == key) visit(members[a], members[b]);
            }
        }
    }
}

}  // namespace kari::chart
