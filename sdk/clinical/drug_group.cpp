// SPDX-License-Identifier: Apache-2.0
#include "sdk/clinical/drug_group.hpp"

#include <algorithm>

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
    Likeness out = Likeness::none;
    for (const std::string& code : atc_codes) {
        for (const std::string& other : others) {
            if (code.size() == k_substance && code == other) return Likeness::same_substance;
            if (code.size() >= k_group && other.size() >= k_group &&
                code.substr(0, k_group) == other.substr(0, k_group)) {
                out = Likeness::same_group;
            }
        }
    }
    return out;
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
