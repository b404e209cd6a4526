// SPDX-License-Identifier: Apache-2.0
#include "sdk/chart/nearest.hpp"

#include <algorithm>

namespace kari::chart {

bool is_newer(const v1::NextOfKin& a, const v1::NextOfKin& b) {
    if (!a.stated_by_patient() || !b.stated_by_patient()) return false;
    const auto later = base::parse_fhir_time(a.stated_on(), "UTC");
    const auto earlier = base::parse_fhir_time(b.stated_on(), "UTC");
    return later && earlier && later->start > earlier->end;
}

NearestWord nearest_word_of(const GroupResource& relative) {
    NearestWord out;
    const auto* atom = relative.atom(k_relative_next_of_kin);
    if (relative.kind != v1::KIND_RELATED_PERSON || atom == nullptr) return out;
    std::vector<v1::NextOfKin> said;
    for (const auto& write : atom->live) {
        out.inputs.push_back(write.change);
        said.push_back(merge::value_as<v1::RelatedPerson>(relative, write).next_of_kin());
    }
    std::sort(out.inputs.begin(), out.inputs.end());
    for (const auto& one : said) {
        const bool newest = std::all_of(said.begin(), said.end(), [&](const auto& other) {
            return &other == &one || is_newer(one, other);
        });
        if (newest) out.counts = one;
    }
    return out;
}

}  // namespace kari::chart
