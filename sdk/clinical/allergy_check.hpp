// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kari/v1/resources.pb.h"
#include "sdk/clinical/knowledge_pack.hpp"

namespace kari::clinical {

// How an allergy and a drug meet, the strongest last. `uncomputable` is no "no": the entry is
// shown at every administration.
enum class AllergyMatch {
    none,
    uncomputable,    // free text, or codes that cannot be compared
    possible_cross,  // the pack says that they may cross-react
    same_class,      // the pack says that the drug is of the class
    same_group,      // same ATC-5 (chemical subgroup)
    code_prefix,     // the allergy is to a group and the drug is in it
    same_text,       // free text that names the drug
    same_substance,  // same ATC-7, or the same code in another system
};
std::string_view name(AllergyMatch match);

// What a warning does at the point of care, the strongest last.
enum class WarningLevel { none, passive, interruptive, hard_stop };

// An allergy as far as the check needs it; `active` is decided by who folds it.
struct AllergyEntry {
    v1::CodeableConcept code;
    v1::AllergyCriticality criticality = v1::ALLERGY_CRITICALITY_UNSPECIFIED;
    v1::AllergyType type = v1::ALLERGY_TYPE_UNSPECIFIED;
    v1::ReactionSeverity worst_reaction = v1::REACTION_SEVERITY_UNSPECIFIED;
    bool anaphylaxis = false;
    bool unconfirmed = false;  // nobody has confirmed it: one step down, never none
};

struct AllergyHit {
    AllergyMatch match = AllergyMatch::none;
    WarningLevel level = WarningLevel::none;
    std::string pack_rule;  // the pack's entry that decided, if one did
    bool operator==(const AllergyHit&) const = default;
};

// Checks one drug against one allergy. Match order: the same code, ATC-7, prefix, ATC-5, the
// pack's table, free text; else uncomputable when either side has no ATC code, else none. An
// entry of the pack that keeps two classes apart ends a match by class, never one by code.
AllergyHit check_allergy(const AllergyEntry& allergy, const v1::CodeableConcept& drug,
                         const KnowledgePack& pack);

// How loud a match is: by criticality, the worst reaction and how sure the entry is.
WarningLevel warning_level(const AllergyEntry& allergy, AllergyMatch match);

// True for "no known allergy" (SNOMED CT 716186003) and "no known drug allergy" (409137002).
bool is_none_known(const v1::CodeableConcept& code);

// True when no code says what the entry is about: it can only be read by a person.
bool is_free_text(const v1::CodeableConcept& code);

// True when a reaction's manifestation is coded or named as anaphylaxis.
bool names_anaphylaxis(const v1::Reaction& reaction);

}  // namespace kari::clinical
