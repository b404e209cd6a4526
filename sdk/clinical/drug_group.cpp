// SPDX-License-Identifier: Apache-2.0
#include "sdk/clinical/drug_group.hpp"

#include <algorithm>
#include <set>

namespace kari::clinical {
namespace {

constexpr std::size_t k_group = 5;
constexpr std::size_t k_substance = 7;

bool begins_with_any(const std::vector<std::string>& codes,
                     const std::vector<std::string>& prefixes) {
    return std::any_of(codes.begin(), codes.end(), [&](const std::string& code) {
        return std::any_of(prefixes.begin(), prefixes.end(),
                           [&](const std::string& prefix) { return code.starts_with(prefix); });
    });
}

}  // namespace

std::vector<std::string> drug_groups(const std::vector<std::string>& atc_codes) {
    std::vector<std::string> out;
    for (const std::string& code : atc_codes) {
        if (code.size() >= k_group) out.push_back(code.substr(0, k_group));
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

Likeness likeness(const std::vector<std::string>& atc_codes,
                  const std::vector<std::string>& others) {
    // Codes come from outside, in any number.
    const std::set<std::string> among(others.begin(), others.end());
    const bool same = std::any_of(atc_codes.begin(), atc_codes.end(), [&](const std::string& code) {
        return code.size() == k_substance && among.contains(code);
    });
    if (same) return Likeness::same_substance;
    const auto groups = drug_groups(atc_codes);
    const auto of_others = drug_groups(others);
    const bool group = std::any_of(groups.begin(), groups.end(), [&](const std::string& one) {
        return std::binary_search(of_others.begin(), of_others.end(), one);
    });
    return group ? Likeness::same_group : Likeness::none;
}

bool names_substance(const std::vector<std::string>& atc_codes) {
    return std::any_of(atc_codes.begin(), atc_codes.end(),
                       [](const std::string& code) { return code.size() == k_substance; });
}

bool share_ingredient(const std::vector<std::string>& atc_codes,
                      const std::vector<std::string>& others, const KnowledgePack& pack) {
    return std::any_of(pack.dose_limits.begin(), pack.dose_limits.end(), [&](const DoseLimit& one) {
        const bool combined = begins_with_any(atc_codes, one.combined);
        const bool other = begins_with_any(others, one.combined);
        return (combined && (other || begins_with_any(others, one.drugs))) ||
               (other && begins_with_any(atc_codes, one.drugs));
    });
}

std::vector<std::string> ingredients(const std::vector<std::string>& atc_codes,
                                     const KnowledgePack& pack) {
    std::set<std::string> out;
    for (const DoseLimit& one : pack.dose_limits) {
        if (one.combined.empty()) continue;
        if (begins_with_any(atc_codes, one.drugs) || begins_with_any(atc_codes, one.combined))
            out.insert(one.drugs.begin(), one.drugs.end());
    }
    return {out.begin(), out.end()};
}

bool may_stand_together(const std::vector<std::string>& atc_codes,
                        const std::vector<std::string>& others, bool one_as_needed,
                        const KnowledgePack& pack) {
    return std::any_of(pack.together.begin(), pack.together.end(), [&](const TogetherDrugs& pair) {
        if (pair.only_one_as_needed && !one_as_needed) return false;
        return (begins_with_any(atc_codes, pair.one) && begins_with_any(others, pair.other)) ||
               (begins_with_any(others, pair.one) && begins_with_any(atc_codes, pair.other));
    });
}

}  // namespace kari::clinical
