// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <kari/ids.hpp>
#include <kari/time.hpp>

#include "sdk/chart/group.hpp"
#include "sdk/clinical/knowledge_pack.hpp"

namespace kari::chart {

// How far rules look back: from an order or an allergy into the doses that were ever given, from a
// dose into what was measured before it, from a measurement into the doses after it. (Else they
// look at what is found by id, kind or trace.)

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

// Since when doses, and measurements, are to be here for the rule about measurements that speak
// against a dose; nothing: none need be. Requires in the group: what is touched, and the doses that
// doses_about names of touched orders. `touched` ascending.
struct MeasuredRange {
    std::optional<Instant> doses_from;
    std::optional<Instant> readings_from;
};
MeasuredRange measured_about(const Group& group, const clinical::KnowledgePack& pack,
                             const std::vector<ResourceId>& touched);

}  // namespace kari::chart
