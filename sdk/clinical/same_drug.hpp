// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kari/v1/types.pb.h"

namespace kari::clinical {

// The drug as it is coded or said, else by the name that a reference to it shows.
v1::CodeableConcept drug_of(const v1::CodeableConcept& said, const v1::Reference& named);

// One medicine, as far as codes or words tell: a coding in common, or one ATC code of the last
// level. Where the two have no code system in common, their names: equal, or one the beginning of
// the other ("paracetamol", "Paracetamol 500 mg"). For telling and asking alone: nothing is ever
// taken for something else because of it.
bool same_drug(const v1::CodeableConcept& a, const v1::CodeableConcept& b);

}  // namespace kari::clinical
