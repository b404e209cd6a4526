// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kari/time.hpp>

#include "kari/v1/resources.pb.h"
#include "sdk/clinical/knowledge_pack.hpp"

// Drugs that are taken on one day in so many: on each day they harm, and have killed.
namespace kari::clinical {

// By any ATC code of the drug. Null: it is none of these, or has no code to tell it by.
const WeeklyDrug* weekly_drug(const v1::CodeableConcept& drug, const KnowledgePack& pack);
// The same of a dose; one that is known to be of a form for every day is none.
const WeeklyDrug* weekly_dose(const v1::Administration& said, const KnowledgePack& pack);

// Two doses that lie so far apart are too near. Elapsed time is rounded to whole days, so that no
// zone and no change of clocks bears on it.
bool too_near(Duration apart, const WeeklyDrug& drug);
// No two doses further apart than this are too near, whatever the drug.
Duration weekly_reach(const KnowledgePack& pack);

enum class WeeklyDoubt {
    none,
    cannot_tell,  // how often is in words alone, or on several lines that nobody can add up
    too_often,    // more than one day in so many
};
// What a prescription of such a drug orders; `none` of any other.
WeeklyDoubt weekly_doubt(const v1::Prescription& order, const KnowledgePack& pack);

}  // namespace kari::clinical
