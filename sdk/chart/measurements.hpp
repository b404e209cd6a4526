// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "sdk/chart/group.hpp"
#include "sdk/clinical/dose_hold.hpp"
#include "sdk/clinical/knowledge_pack.hpp"

namespace kari::chart {

// A live statement of an observation that speaks against giving some drugs, by the pack.
struct Reading {
    const merge::Change* change = nullptr;
    std::vector<const clinical::DoseHold*> holds;
};
// Empty for another kind. The pack must outlive it.
std::vector<Reading> readings_against(const GroupResource& observation,
                                      const clinical::KnowledgePack& pack);

// The observations that speak against giving the drug at that time, as far as they are here.
std::vector<ResourceId> against_giving(const Group& group, const v1::CodeableConcept& drug,
                                       Instant at, const clinical::KnowledgePack& pack);

bool is_held_by(const std::vector<v1::CodeableConcept>& drugs, const clinical::DoseHold& hold);

}  // namespace kari::chart
