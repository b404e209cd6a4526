// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sdk/clinical/knowledge_pack.hpp"

// Two drugs of one kind, by their ATC codes: what one of them does the other does too.
namespace kari::clinical {

enum class Likeness {
    none,
    same_group,      // one chemical subgroup: five characters in common
    same_substance,  // one code of the last level
};
Likeness likeness(const std::vector<std::string>& atc_codes,
                  const std::vector<std::string>& others);

// The chemical subgroups of a drug. Ascending, each once.
std::vector<std::string> drug_groups(const std::vector<std::string>& atc_codes);

// The pack says that drugs of one group are often ordered beside each other. `one_as_needed`: one
// is given at set times, the other when needed.
bool may_stand_together(const std::vector<std::string>& atc_codes,
                        const std::vector<std::string>& others, bool one_as_needed,
                        const KnowledgePack& pack);

}  // namespace kari::clinical
