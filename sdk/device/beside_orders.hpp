// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <kari/actions.hpp>

#include "sdk/chart/group.hpp"
#include "sdk/device/session.hpp"

namespace kari::device {

// What is about to be given or ordered, beside what is ordered and was given already.

// What the drug does to what is ordered beside it, for whoever gives it outside a plan or takes an
// order of it down. `lineage`: of its own order. One that should be avoided wants a reason; what is
// to be taken care of, was not assessed or cannot be told is read.
void add_interaction_warnings(const Session& session, const chart::Group& group,
                              const v1::Prescription& ordered, const ResourceId& lineage,
                              Instant at, std::vector<DoseWarning>& out);

// Active orders of the same drug, or of one of its group that the pack does not let stand beside
// it. The same drug wants a reason, save when one is fixed and the other given when needed.
void add_duplicate_warnings(const Session& session, const chart::Group& group,
                            const v1::Prescription& ordered, const ResourceId& lineage, Instant at,
                            std::vector<DoseWarning>& out);

// Doses of whatever order that this one waits for, or that wait for it.
void add_separation_warnings(const Session& session, const chart::Group& group,
                             const v1::Administration& dose, Instant at,
                             std::vector<DoseWarning>& out);

// Those that want no reason.
std::vector<DoseWarning> to_be_read(const std::vector<DoseWarning>& warnings);

}  // namespace kari::device
