// SPDX-License-Identifier: Apache-2.0
//
// Two patches of one substance on one body.
#include <algorithm>

#include "sdk/chart/patches.hpp"
#include "sdk/chart/rules.hpp"

namespace kari::chart {
namespace {

constexpr std::string_view k_two_patches = "dose/two-patches";

void find_pair(Case& the_case, const Patch& a, const Patch& b) {
    const auto subject = Subject::pair(a.dose->id, b.dose->id);
    the_case.find(k_two_patches, v1::SEVERITY_S1, subject, {a.put_on->id, b.put_on->id},
                  {a.dose, b.dose});
    for (const Patch* patch : {&a, &b}) {
        for (const auto* act : patch->acts)
            the_case.find(k_two_patches, v1::SEVERITY_S1, subject, {}, {act});
    }
}

}  // namespace

void review_patches(Case& the_case) {
    std::vector<Patch> all;
    std::optional<PatchActs> acts;
    for (const auto& given : the_case.given) {
        if (given.claims.exposure() == nullptr || !may_be_patch(*given.resource)) continue;
        if (!acts) acts.emplace(the_case.group);
        auto patch = patch_of(*given.resource, given.claims, *acts, the_case.clocks, the_case.pack);
        if (patch) all.push_back(std::move(*patch));
    }
    std::sort(all.begin(), all.end(),
              [](const Patch& a, const Patch& b) { return a.on.earliest < b.on.earliest; });
    const Duration longest = the_case.pack.patches.longest();
    for (std::size_t i = 0; i < all.size(); ++i) {
        Instant last = all[i].on.latest + longest;
        for (std::size_t k = i + 1; k < all.size() && all[k].on.earliest <= last; ++k) {
            if (the_case.asks(all[i].dose, all[k].dose) &&
                same_substance(all[i].said, all[k].said) &&
                worn_together(all[i], all[k], the_case.pack)) {
                find_pair(the_case, all[i], all[k]);
            }
        }
    }
}

}  // namespace kari::chart
