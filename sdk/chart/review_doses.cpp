// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "sdk/base/id.hpp"
#include "sdk/base/mutant.hpp"
#include "sdk/chart/rules.hpp"

namespace kari::chart {
namespace {

// The slots that live statements of "not given" name, where nothing counts as taken.
std::set<std::string> refused_slots(const Given& given) {
    std::set<std::string> slots;
    if (given.claims.exposure() != nullptr) return slots;
    for (const auto& claim : given.claims.all) {
        if (claim.live && claim.said.status() == v1::ADMINISTRATION_STATUS_NOT_DONE &&
            !claim.said.slot().empty()) {
            slots.insert(claim.said.slot());
        }
    }
    return slots;
}

std::vector<ChangeId> live_of(const Given& given) {
    std::vector<ChangeId> ids;
    for (const auto& claim : given.claims.all) {
        if (claim.live) ids.push_back(claim.change->id);
    }
    return ids;
}

// What a finding about a dose rests on: the claim that counts, and what stands now.
std::vector<ChangeId> inputs_of(const Given& given) {
    std::vector<ChangeId> ids = live_of(given);
    if (const auto* exposure = given.claims.exposure()) ids.push_back(exposure->change->id);
    return ids;
}

std::vector<ChangeId> joined(std::vector<ChangeId> a, const std::vector<ChangeId>& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

// A second attempt on the same tablet: whoever gave it knew that it had been refused.
bool gave_after_own_refusal(const Given& refused, const Given& taken) {
    const auto* given = taken.claims.exposure();
    for (const auto& claim : refused.claims.all) {
        if (!claim.live) continue;
        if (claim.change->incarnation != given->change->incarnation ||
            claim.change->record != given->change->record ||
            claim.change->header.seq() >= given->change->header.seq()) {
            return false;
        }
    }
    return true;
}

// Whoever gave it says which statements of "not given" it follows.
bool gave_after(const Given& refused, const Given& taken) {
    const auto& follows = taken.claims.exposure()->said.follows();
    return std::all_of(
        refused.claims.all.begin(), refused.claims.all.end(), [&](const Claim& claim) {
            return !claim.live || std::find(follows.begin(), follows.end(),
                                            base::to_bytes(claim.change->id)) != follows.end();
        });
}

bool within_an_hour(const Case& the_case, const Given& a, const Given& b) {
    const Instant one = the_case.clocks.effective(*a.claims.exposure()->change).earliest;
    const Instant other = the_case.clocks.effective(*b.claims.exposure()->change).earliest;
    return std::max(one, other) - std::min(one, other) <= Duration::hours(1);
}

}  // namespace

void review_doses(Case& the_case) {
    std::map<std::string, std::vector<const Given*>> taken;
    std::map<std::string, std::vector<const Given*>> refused;
    for (const auto& given : the_case.given) {
        if (const auto* exposure = given.claims.exposure()) {
            if (!exposure->said.slot().empty()) taken[exposure->said.slot()].push_back(&given);
        }
        for (const auto& slot : refused_slots(given))
            refused[slot].push_back(&given);
    }
    for (const auto& [slot, all] : taken) {
        for (std::size_t i = 0; i < all.size(); ++i) {
            for (std::size_t j = i + 1; j < all.size(); ++j) {
                if (KARI_MUTATED(only_adjacent_doubles) && j > i + 1) break;
                if (KARI_MUTATED(deduplicate_by_time) && within_an_hour(the_case, *all[i], *all[j]))
                    continue;
                the_case.find("dose/possible-double", v1::SEVERITY_S1,
                              Subject::pair(all[i]->resource->id, all[j]->resource->id),
                              joined(inputs_of(*all[i]), inputs_of(*all[j])),
                              {all[i]->resource, all[j]->resource});
            }
        }
        const auto others = refused.find(slot);
        if (others == refused.end()) continue;
        for (const auto* given : all) {
            for (const auto* other : others->second) {
                if (gave_after_own_refusal(*other, *given) || gave_after(*other, *given)) continue;
                the_case.find("dose/given-and-not-given", v1::SEVERITY_S2,
                              Subject::pair(given->resource->id, other->resource->id),
                              joined(inputs_of(*given), inputs_of(*other)),
                              {given->resource, other->resource});
            }
        }
    }
}

}  // namespace kari::chart
