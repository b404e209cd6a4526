// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "kari/v1/resources.pb.h"
#include "sdk/clinical/knowledge_pack.hpp"

// Doses that a second person checks, and why one is given without.
namespace kari::clinical {

// The rule under which a giver is asked, and whose override says why there is no second person.
inline constexpr std::string_view k_check_missing = "entry/second-check-missing";

// By the drug's ATC codes and, where the pack names ways, the code of the way that the dose states.
bool needs_second_person(const v1::Administration& said, const KnowledgePack& pack);

// A reason that begins with a known code or its word ("alone-in-home", "alone", "alene"), ":" and
// words after that, as it is kept: with the code. Any other reason waives nothing.
std::optional<std::string> waiver(std::string_view reason);
// Whoever gave the dose says so why no second person looks at it.
bool waives_second_person(const v1::Administration& said);

}  // namespace kari::clinical
