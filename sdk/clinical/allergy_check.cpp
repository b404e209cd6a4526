// SPDX-License-Identifier: Apache-2.0
#include "sdk/clinical/allergy_check.hpp"

#include <algorithm>
#include <optional>

#include "sdk/clinical/coding.hpp"

namespace kari::clinical {
namespace {

constexpr std::string_view k_no_known_allergy = "716186003";
constexpr std::string_view k_no_known_drug_allergy = "409137002";
constexpr std::string_view k_anaphylaxis = "39579001";

// Length of the longest prefix of `code` among `prefixes`; 0 when there is none.
std::size_t longest(const std::vector<std::string>& prefixes, std::string_view code) {
    std::size_t best = 0;
    for (const auto& prefix : prefixes) {
        if (code.starts_with(prefix)) best = std::max(best, prefix.size());
    }
    return best;
}

// What the pack says of a pair of codes: the list with the most specific prefix decides; of
// equally specific ones the more careful.
std::optional<AllergyMatch> by_table(const CrossAllergy& rule, std::string_view allergy,
                                     std::string_view drug) {
    if (longest(rule.allergy, allergy) == 0) return std::nullopt;
    const std::size_t same = longest(rule.same, drug);
    const std::size_t possible = longest(rule.possible, drug);
    const std::size_t apart = longest(rule.apart, drug);
    if (same == 0 && possible == 0 && apart == 0) return std::nullopt;
    if (same >= possible && same >= apart) return AllergyMatch::same_class;
    return possible >= apart ? AllergyMatch::possible_cross : AllergyMatch::none;
}

AllergyHit by_codes(std::string_view allergy, std::string_view drug, const KnowledgePack& pack) {
    AllergyHit hit;
    if (allergy == drug && allergy.size() == 7) {
        hit.match = AllergyMatch::same_substance;
        return hit;
    }
    // A group that holds the drug, or a drug known only by a group that holds the allergy.
    if (drug.starts_with(allergy) || allergy.starts_with(drug)) {
        hit.match = AllergyMatch::code_prefix;
        return hit;
    }
    bool spoken = false;
    for (const auto& rule : pack.cross_allergies) {
        const auto match = by_table(rule, allergy, drug);
        if (!match) continue;
        if (!spoken || *match > hit.match) hit = AllergyHit{*match, WarningLevel::none, rule.id};
        spoken = true;
    }
    if (!spoken && allergy.size() >= 5 && drug.substr(0, 5) == allergy.substr(0, 5)) {
        hit.match = AllergyMatch::same_group;
    }
    if (hit.match == AllergyMatch::none) hit.pack_rule.clear();
    return hit;
}

bool same_words(const v1::CodeableConcept& a, const v1::CodeableConcept& b) {
    const auto words = [](const v1::CodeableConcept& from) {
        std::vector<std::string> out{folded(from.text())};
        for (const auto& coding : from.coding())
            out.push_back(folded(coding.display()));
        return out;
    };
    const auto right = words(b);
    for (const auto& left : words(a)) {
        if (!left.empty() && std::find(right.begin(), right.end(), left) != right.end()) {
            return true;
        }
    }
    return false;
}

AllergyHit match_codes(const AllergyEntry& allergy, const v1::CodeableConcept& drug,
                       const KnowledgePack& pack) {
    if (is_none_known(allergy.code)) return {};
    if (share_coding(allergy.code, drug)) {
        return AllergyHit{AllergyMatch::same_substance, WarningLevel::none, {}};
    }
    const auto left = atc_codes(allergy.code);
    const auto right = atc_codes(drug);
    AllergyHit best;
    for (const auto& a : left) {
        for (const auto& d : right) {
            auto hit = by_codes(a, d, pack);
            if (hit.match > best.match) best = std::move(hit);
        }
    }
    if (best.match < AllergyMatch::same_text && same_words(allergy.code, drug)) {
        best = AllergyHit{AllergyMatch::same_text, WarningLevel::none, {}};
    }
    if (best.match == AllergyMatch::none && (left.empty() || right.empty())) {
        best.match = AllergyMatch::uncomputable;
    }
    return best;
}

}  // namespace

std::string_view name(AllergyMatch match) {
    switch (match) {
        case AllergyMatch::none:
            return "none";
        case AllergyMatch::uncomputable:
            return "uncomputable";
        case AllergyMatch::possible_cross:
            return "possible_cross";
        case AllergyMatch::same_class:
            return "same_class";
        case AllergyMatch::same_group:
            return "same_group";
        case AllergyMatch::code_prefix:
            return "code_prefix";
        case AllergyMatch::same_text:
            return "same_text";
        case AllergyMatch::same_substance:
            return "same_substance";
    }
    return "none";
}

WarningLevel warning_level(const AllergyEntry& allergy, AllergyMatch match) {
    if (match == AllergyMatch::none) return WarningLevel::none;
    if (match == AllergyMatch::uncomputable) return WarningLevel::passive;
    WarningLevel level = WarningLevel::interruptive;  // also when nobody said how bad it is
    if (allergy.criticality == v1::ALLERGY_CRITICALITY_HIGH || allergy.anaphylaxis ||
        allergy.worst_reaction == v1::REACTION_SEVERITY_SEVERE) {
        level = WarningLevel::hard_stop;
    } else if (allergy.worst_reaction == v1::REACTION_SEVERITY_MILD ||
               (allergy.type == v1::ALLERGY_TYPE_INTOLERANCE &&
                allergy.worst_reaction == v1::REACTION_SEVERITY_UNSPECIFIED)) {
        level = WarningLevel::passive;
    }
    if (match == AllergyMatch::possible_cross) level = std::min(level, WarningLevel::interruptive);
    if (allergy.unconfirmed && level > WarningLevel::passive) {
        level =
            level == WarningLevel::hard_stop ? WarningLevel::interruptive : WarningLevel::passive;
    }
    return level;
}

AllergyHit check_allergy(const AllergyEntry& allergy, const v1::CodeableConcept& drug,
                         const KnowledgePack& pack) {
    AllergyHit hit = match_codes(allergy, drug, pack);
    hit.level = warning_level(allergy, hit.match);
    return hit;
}

bool is_none_known(const v1::CodeableConcept& code) {
    return std::any_of(code.coding().begin(), code.coding().end(), [](const v1::Coding& coding) {
        return coding.system() == k_snomed &&
               (coding.code() == k_no_known_allergy || coding.code() == k_no_known_drug_allergy);
    });
}

bool is_free_text(const v1::CodeableConcept& code) {
    return std::none_of(code.coding().begin(), code.coding().end(),
                        [](const v1::Coding& coding) { return !coding.code().empty(); });
}

bool names_anaphylaxis(const v1::Reaction& reaction) {
    for (const auto& manifestation : reaction.manifestation()) {
        if (code_in(manifestation, k_snomed) == k_anaphylaxis) return true;
        const std::string words = folded(shown(manifestation));
        if (words.find("anafyla") != std::string::npos ||
            words.find("anaphyla") != std::string::npos) {
            return true;
        }
    }
    return false;
}

}  // namespace kari::clinical
