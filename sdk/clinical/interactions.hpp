// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "kari/v1/types.pb.h"
#include "sdk/clinical/knowledge_pack.hpp"

// What two drugs are to each other when they are taken together, by the pack.
namespace kari::clinical {

// The mildest first. Neither `not_assessed` nor `cannot_tell` is "no": whoever asks is told.
enum class Meeting {
    nothing,       // both were assessed, and nothing is said of the two
    no_measures,   // they meet, and nothing need be done
    not_assessed,  // nobody has looked what one of them does
    cannot_tell,   // one has no code of a substance to look it up by
    precautions,
    avoid,
};

// A drug as far as that is asked of it; made once for each drug.
struct MeetingDrug {
    MeetingDrug(const std::vector<std::string>& atc_codes, const KnowledgePack& pack);
    MeetingDrug(const v1::CodeableConcept& drug, const KnowledgePack& pack);

    Interactions::Named named;
    bool has_substance = false;  // a code of the last level
    bool assessed = true;
};

struct DrugMeeting {
    Meeting how = Meeting::nothing;
    const Interaction* entry = nullptr;  // the pack's, that decided
};
// A pack without interactions has assessed none.
DrugMeeting meet(const MeetingDrug& a, const MeetingDrug& b, const KnowledgePack& pack);

}  // namespace kari::clinical
