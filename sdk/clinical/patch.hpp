// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include <kari/time.hpp>

#include "kari/v1/resources.pb.h"
#include "sdk/clinical/knowledge_pack.hpp"

// Medicine that stays on the skin until somebody takes it off. What makes it a patch is what is
// said of it: its form, how it is counted, how it was put on, or its way in and the pack.
namespace kari::clinical {

// Written as the method of a dose from an order that is a patch: a dose names no form in FHIR.
inline constexpr std::string_view k_method_system = "urn:kari:method";
inline constexpr std::string_view k_patch_on = "patch-put-on";

// Without a pack: true for every patch, and for what is given by the same way.
bool may_be_patch(const v1::Administration& said);
bool is_patch(const v1::Administration& said, const KnowledgePack& pack);
bool is_patch(const v1::Prescription& said, const KnowledgePack& pack);

// How long a patch of the drug is to stay on: as the order says (a duration, else an interval of
// one), else as the pack does.
Duration patch_worn(const v1::CodeableConcept& drug, const v1::Prescription* order,
                    const KnowledgePack& pack);
// How long it counts as on when nobody says that it is off, by the pack alone.
Duration patch_counts(const v1::CodeableConcept& drug, const KnowledgePack& pack);

}  // namespace kari::clinical
