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

// A code of the last level: anything less may be any drug of a group, or of none.
bool names_substance(const std::vector<std::string>& atc_codes);

// One is a combination that holds what the other is, or is one that holds it too, by the dose
// limits of the pack: their codes have no more in common than their kind.
bool share_ingredient(const std::vector<std::string>& atc_codes,
                      const std::vector<std::string>& others, const KnowledgePack& pack);
// What the pack says such things of; two drugs with none in common share no ingredient. Ascending.
std::vector<std::string> ingredients(const std::vector<std::string>& atc_codes,
                                     const KnowledgePack& pack);

// The chemical subgroups of a drug. Ascending, each once.
std::vector<std::string> drug_groups(const std::vector<std::string>& atc_codes);

// The pack says that drugs of one group are often ordered beside each other. `one_as_needed`: one
// is given at set times, the other when needed.
bool may_stand_together(const std::vector<std::string>& atc_codes,
                        const std::vector<std::string>& others, bool one_as_needed,
                        const KnowledgePack& pack);

}  // namespace kari::clinical
