// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "sdk/chart/chart.hpp"
#include "sdk/chart/history.hpp"
#include "sdk/clinical/allergy_check.hpp"

namespace kari::chart {

// Atom numbers of AllergyIntolerance.
inline constexpr std::uint32_t k_allergy_code = 1;
inline constexpr std::uint32_t k_allergy_clinical = 2;
inline constexpr std::uint32_t k_allergy_verification = 3;
inline constexpr std::uint32_t k_allergy_criticality = 4;
inline constexpr std::uint32_t k_allergy_reaction = 7;

// What an allergy entry comes to when all that is said of it is weighed, the careful way.
struct AllergyState {
    AllergyStanding standing = AllergyStanding::active;
    std::vector<v1::CodeableConcept> codes;  // each live one
    clinical::AllergyEntry entry;            // `code` is left out: there may be several
    bool none_known = false;
    bool free_text = false;
    v1::AllergyIntolerance value;    // operative
    std::vector<ChangeId> speaking;  // the live writes that say so, ascending
    std::vector<ChangeId> removals;  // writes that would end it, ascending
    std::vector<ChangeId> unseen;    // evidence that no removal had seen, ascending
    // Withdrawals ("entered in error") that had seen all, of an entry that was not their author's
    // own of that day, and that nobody has confirmed: they end nothing. Ascending.
    std::vector<ChangeId> unconfirmed;
};
AllergyState allergy_state(const GroupResource& resource, const ClockNotes& clocks);

// The strongest hit of any of the entry's codes.
clinical::AllergyHit worst_hit(const AllergyState& allergy, const v1::CodeableConcept& drug,
                               const clinical::KnowledgePack& pack);

}  // namespace kari::chart
