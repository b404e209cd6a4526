// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "sdk/chart/group.hpp"
#include "sdk/chart/history.hpp"
#include "sdk/clinical/knowledge_pack.hpp"

// How much of a drug was taken in all, whoever gave it and from which order. What a dose is is what
// its giver says that it is: no change of an order moves a finding about doses.
namespace kari::chart {

// A dose that counts as taken.
struct LimitedGiven {
    const GroupResource* dose = nullptr;
    const merge::Change* change = nullptr;  // the statement that counts
    v1::Administration said;
    Span when;
};
// Those of the group that the limit adds up with one in the span, the first one first.
struct LimitedBeside {
    std::vector<LimitedGiven> known;
    bool cannot_tell = false;  // a dose as near has no code of a substance
};
LimitedBeside limited_beside(const Group& group, const clinical::DoseLimit& limit,
                             const Span& when);

// The doses that a limit of the pack may add up with a touched one; then with those, so many times.
// Once: those of which something else may be found once what is touched is known. Twice more: what
// those are judged by. What statements say and clocks ever were is all reckoned with. Ascending.
std::vector<ResourceId> limited_near(const Group& group, const std::vector<ResourceId>& touched,
                                     const clinical::KnowledgePack& pack, int times);
// From when on doses are to be here for one time more; nothing: none need be. Requires in the
// group: what is touched, and what this answered for fewer times.
std::optional<Instant> limited_near_since(const Group& group,
                                          const std::vector<ResourceId>& touched,
                                          const clinical::KnowledgePack& pack, int times);

// The years that somebody has lived on a day, where one whole birth date is known.
std::optional<int> years_on(const Group& group, const LocalDate& day);

}  // namespace kari::chart
