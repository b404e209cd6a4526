// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "kari/v1/care.pb.h"
#include "sdk/chart/exposure.hpp"
#include "sdk/chart/group.hpp"
#include "sdk/chart/history.hpp"
#include "sdk/clinical/knowledge_pack.hpp"

// Patches on one body: a dose puts one on, and an act of its own says that it is off.
namespace kari::chart {

// An act (k_act_system) of this code about an administration; with this outcome the whole body was
// searched and the patch was not there.
inline constexpr std::string_view k_patch_off = "patch-taken-off";
inline constexpr std::string_view k_patch_not_found = "not-found";

// Acts that say of patches that they are off, by what each of them is about.
class PatchActs {
public:
    explicit PatchActs(const Group& group);
    // Whatever they are worth, in the group's order.
    const std::vector<const GroupResource*>& about(const ResourceId& patch) const;

private:
    std::map<ResourceId, std::vector<const GroupResource*>> all_;
};

// The doses that any statement of an act says are off; empty for any other resource. Ascending.
std::vector<ResourceId> taken_off_by(const GroupResource& act);

// The same of all of these, and the doses that they say were checked: a finding about a dose may
// come or go by an act that it did not name.
std::vector<ResourceId> doses_of_acts(const Group& group, const std::vector<ResourceId>& acts);

// One patch, as far as it counts.
struct Patch {
    const GroupResource* dose = nullptr;
    const merge::Change* put_on = nullptr;  // the statement that counts
    v1::Administration said;
    Span on;                             // when it was put on
    Instant until;                       // from then on it is off, or nobody counts it any more
    const merge::Change* off = nullptr;  // what says that it is off; null: nobody does
    std::vector<const GroupResource*> acts;
};

// Nothing when the dose is no patch, or does not count as taken. A patch is off when an act says so
// of which no live statement says otherwise, and that is not earlier than the patch or saw it put
// on (then a clock was wrong): the latest at which one was taken off, else the first search. A
// period that ends says so too.
std::optional<Patch> patch_of(const GroupResource& dose, const Claims& claims,
                              const PatchActs& acts, const ClockNotes& clocks,
                              const clinical::KnowledgePack& pack);

// Of the group, those that were put on last first.
std::vector<Patch> patches_of(const Group& group, const ClockNotes& clocks,
                              const clinical::KnowledgePack& pack);

// As far as codes, words or a common order tell.
bool same_substance(const v1::Administration& a, const v1::Administration& b);
// Both may have been on for longer than a change of patches takes.
bool worn_together(const Patch& a, const Patch& b, const clinical::KnowledgePack& pack);

// Patches that may have been on beside a touched one, and since when they are to be here; nothing:
// no patch is touched. What statements say and clocks ever were is all reckoned with.
std::vector<ResourceId> patches_near(const Group& group, const std::vector<ResourceId>& touched,
                                     const clinical::KnowledgePack& pack);
std::optional<Instant> patches_near_since(const Group& group,
                                          const std::vector<ResourceId>& touched,
                                          const clinical::KnowledgePack& pack);
// Any statement of it may say that it is a patch.
bool may_be_patch(const GroupResource& dose);

}  // namespace kari::chart
