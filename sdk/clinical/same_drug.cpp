// SPDX-License-Identifier: Apache-2.0
#include "sdk/clinical/same_drug.hpp"

#include <algorithm>
#include <string>

#include "sdk/clinical/coding.hpp"

namespace kari::clinical {
namespace {

constexpr std::size_t k_substance = 7;  // characters of an ATC code of the last level

bool share_substance(const v1::CodeableConcept& a, const v1::CodeableConcept& b) {
    const auto others = atc_codes(b);
    const auto codes = atc_codes(a);
    return std::any_of(codes.begin(), codes.end(), [&](const std::string& atc) {
        return atc.size() == k_substance && std::binary_search(others.begin(), others.end(), atc);
    });
}

bool share_system(const v1::CodeableConcept& a, const v1::CodeableConcept& b) {
    if (!atc_codes(a).empty() && !atc_codes(b).empty()) return true;
    return std::any_of(a.coding().begin(), a.coding().end(), [&](const v1::Coding& one) {
        return std::any_of(b.coding().begin(), b.coding().end(),
                           [&](const v1::Coding& other) { return one.system() == other.system(); });
    });
}

// Word by word: "insulin" begins "insulin glargin", and "in" does not.
bool begins(const std::string& whole, const std::string& part) {
    return !part.empty() && whole.starts_with(part) &&
           (whole.size() == part.size() || whole[part.size()] == ' ');
}

}  // namespace

v1::CodeableConcept drug_of(const v1::CodeableConcept& said, const v1::Reference& named) {
    if (!shown(said).empty()) return said;
    v1::CodeableConcept out;
    out.set_text(named.display());
    return out;
}

bool same_drug(const v1::CodeableConcept& a, const v1::CodeableConcept& b) {
    if (share_coding(a, b) || share_substance(a, b)) return true;
    if (share_system(a, b)) return false;
    const std::string one = folded(shown(a));
    const std::string other = folded(shown(b));
    return begins(one, other) || begins(other, one);
}

}  // namespace kari::clinical
