// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "sdk/store/state.hpp"

namespace kari::store {

// What a review of some resources reads, and no more: its cost does not grow with the record.
struct Neighbourhood {
    chart::Group group;
    std::vector<ResourceId> touched;  // ascending; with what the clocks of touched notes wrote
};
// What rules look at from each kind: sdk/chart/look_back.hpp and docs/formats/findings.md.
Result<Neighbourhood> neighbourhood_of(DeviceStore::State& store, const chart::Closure& members,
                                       const std::vector<ResourceId>& touched);

}  // namespace kari::store
