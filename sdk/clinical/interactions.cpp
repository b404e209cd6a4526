// SPDX-License-Identifier: Apache-2.0
#include "sdk/clinical/interactions.hpp"

#include <algorithm>

#include "sdk/clinical/coding.hpp"
#include "sdk/clinical/drug_group.hpp"

namespace kari::clinical {
namespace {

bool begins_with_any(const std::string& code, const std::vector<std::string>& prefixes) {
    return std::any_of(prefixes.begin(), prefixes.end(),
                       [&](const std::string& prefix) { return code.starts_with(prefix); });
}

}  // namespace

MeetingDrug::MeetingDrug(const std::vector<std::string>& atc_codes, const KnowledgePack& pack)
    : named(pack.interactions.named(atc_codes)),
      has_substance(names_substance(atc_codes)),
      assessed(!pack.interactions.empty()) {
    for (const std::string& code : atc_codes)
        assessed = assessed && !begins_with_any(code, pack.not_assessed);
}

MeetingDrug::MeetingDrug(const v1::CodeableConcept& drug, const KnowledgePack& pack)
    : MeetingDrug(clinical::atc_codes(drug), pack) {}

DrugMeeting meet(const MeetingDrug& a, const MeetingDrug& b, const KnowledgePack& pack) {
    const Interaction* entry = pack.interactions.between(a.named, b.named);
    if (entry != nullptr && entry->advice == Advice::avoid) return {Meeting::avoid, entry};
    if (entry != nullptr && entry->advice == Advice::precautions) {
        return {Meeting::precautions, entry};
    }
    if (!a.has_substance || !b.has_substance) return {Meeting::cannot_tell, nullptr};
    // What is said of the two was assessed, whatever else of them was not.
    if (entry != nullptr) return {Meeting::no_measures, entry};
    return {a.assessed && b.assessed ? Meeting::nothing : Meeting::not_assessed, nullptr};
}

}  // namespace kari::clinical
