// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kari/v1/care.pb.h"
#include "sdk/chart/history.hpp"
#include "sdk/clinical/knowledge_pack.hpp"

namespace kari::chart {

// One code in common, one ATC group (five characters), or, where neither has a code, one name.
bool same_vaccine(const v1::CodeableConcept& a, const v1::CodeableConcept& b);

// Nearer to each other than the pack lets two doses of one vaccine be, at the ends that lie
// nearest. A pack that says nothing finds nothing.
bool too_near(const Span& a, const Span& b, const clinical::KnowledgePack& pack);

// True when the vaccine was out of date on the whole of the day on which it was given.
// The date is of the zone in which it was written down.
bool was_expired(const v1::Vaccination& said, const Span& given, std::string_view zone);

}  // namespace kari::chart
