// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <kari/ids.hpp>
#include <kari/time.hpp>

#include "sdk/chart/group.hpp"
#include "sdk/clinical/knowledge_pack.hpp"

namespace kari::chart {

// How far rules look back from an order or an allergy into the doses that were ever given. (From a
// dose they look at its slot, its order and the allergies; from anything else at nothing more.)

// A class of doses (traces.hpp), by one of them.
struct DoseClass {
    std::string key;
    ResourceId sample;
};
struct DoseRange {
    std::string key;
    Instant from;
};
// Of each class those doses about which rules can find something that names one of `touched`.
// Classes without any are left out. Requires in the group: what is touched, the samples with the
// orders that they name, every allergy, the time notes of their clocks. `touched` ascending.
std::vector<DoseRange> doses_about(const Group& group, const clinical::KnowledgePack& pack,
                                   const std::vector<ResourceId>& touched,
                                   const std::vector<DoseClass>& classes);

}  // namespace kari::chart
