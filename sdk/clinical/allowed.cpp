// SPDX-License-Identifier: Apache-2.0
#include "sdk/clinical/allowed.hpp"

#include <algorithm>

#include "sdk/clinical/coding.hpp"

namespace kari::clinical {

bool needs_allowance(const v1::Prescription& prescription, const KnowledgePack& pack) {
    const auto& lines = prescription.dosage();
    const bool needed = std::any_of(lines.begin(), lines.end(), [](const v1::Dosage& line) {
        return line.as_needed() || line.has_as_needed_for();
    });
    if (!needed) return false;
    const auto codes = atc_codes(prescription.medication());
    return std::any_of(pack.allowed.begin(), pack.allowed.end(), [&](const AllowedDrug& drug) {
        return std::any_of(drug.drugs.begin(), drug.drugs.end(), [&](const std::string& prefix) {
            return std::any_of(codes.begin(), codes.end(),
                               [&](const std::string& code) { return code.starts_with(prefix); });
        });
    });
}

}  // namespace kari::clinical
