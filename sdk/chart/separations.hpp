// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "sdk/chart/exposure.hpp"
#include "sdk/chart/group.hpp"
#include "sdk/chart/history.hpp"
#include "sdk/clinical/knowledge_pack.hpp"

// Doses of drugs that one waits between, whoever gave them and from which order. What a dose is is
// what its giver says that it is: no change of an order moves a finding about two.
namespace kari::chart {

// A dose that counts as taken, of a drug that waits for others or they for it.
struct SeparatedDose {
    const GroupResource* dose = nullptr;
    const merge::Change* change = nullptr;  // the statement that counts
    v1::Administration said;
    clinical::Separations::Named drug;
    Span when;
};

// The pack's entry by which the later of the two may have been given too near to the earlier;
// where nobody can tell which was first, the one by which it waits longer. Null: neither.
const clinical::Separation* too_near(const clinical::Separations::Named& one, const Span& when,
                                     const clinical::Separations::Named& other,
                                     const Span& other_when, const clinical::KnowledgePack& pack);

// What of the group may lie too near to a dose of the drug, the first one first.
struct DosesTooNear {
    struct One {
        SeparatedDose dose;
        const clinical::Separation* by = nullptr;
    };
    std::vector<One> known;
    // The one of the two that waits is known, and the other has no code of a substance.
    bool cannot_tell = false;
};
DosesTooNear separated_beside(const Group& group, const v1::CodeableConcept& drug, const Span& when,
                              const clinical::KnowledgePack& pack);

// Doses that may lie too near to a touched one, and since when they are to be here; nothing: none
// is touched. Ascending.
std::vector<ResourceId> separated_near(const Group& group, const std::vector<ResourceId>& touched,
                                       const clinical::KnowledgePack& pack);
std::optional<Instant> separated_near_since(const Group& group,
                                            const std::vector<ResourceId>& touched,
                                            const clinical::KnowledgePack& pack);

}  // namespace kari::chart
