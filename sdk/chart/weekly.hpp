// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "sdk/chart/exposure.hpp"
#include "sdk/chart/group.hpp"
#include "sdk/chart/history.hpp"
#include "sdk/clinical/knowledge_pack.hpp"

// Doses of drugs that are taken on one day in so many, whoever gave them and from which order. What
// a dose is is what its giver says that it is: no change of an order moves a finding about two.
namespace kari::chart {

// A dose of such a drug that counts as taken.
struct WeeklyDose {
    const GroupResource* dose = nullptr;
    const clinical::WeeklyDrug* drug = nullptr;
    const merge::Change* change = nullptr;  // the statement that counts
    v1::Administration said;
    Span when;
};
std::optional<WeeklyDose> weekly_dose_of(const GroupResource& dose, const Claims& claims,
                                         const ClockNotes& clocks,
                                         const clinical::KnowledgePack& pack);
// Those of the group that are of the drug and may lie too near to the span, the first one first.
std::vector<WeeklyDose> weekly_beside(const Group& group, const clinical::WeeklyDrug& drug,
                                      const Span& when, const clinical::KnowledgePack& pack);

// Doses that may lie too near to a touched one, and since when they are to be here; nothing: none
// is touched. What statements say and clocks ever were is all reckoned with. Ascending.
std::vector<ResourceId> weekly_near(const Group& group, const std::vector<ResourceId>& touched,
                                    const clinical::KnowledgePack& pack);
std::optional<Instant> weekly_near_since(const Group& group, const std::vector<ResourceId>& touched,
                                         const clinical::KnowledgePack& pack);

}  // namespace kari::chart
