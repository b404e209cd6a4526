// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "kari/v1/resources.pb.h"
#include "sdk/clinical/knowledge_pack.hpp"

namespace kari::clinical {

// Which of the pack's holds a measurement comes to: one of its values, or of its components', lies
// beyond the hold's limit. A value that cannot be compared comes to none.
std::vector<const DoseHold*> holds_by(const v1::Measurement& said, const KnowledgePack& pack);

// Whether the hold is about the drug.
bool holds(const DoseHold& hold, const v1::CodeableConcept& drug);

}  // namespace kari::clinical
