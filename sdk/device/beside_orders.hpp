// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <kari/actions.hpp>

#include "sdk/chart/group.hpp"
#include "sdk/device/session.hpp"

namespace kari::device {

// What is about to be given or ordered, beside what is ordered and was given already.

// The order that is asked about. Another of its lineage is another, where its drug is.
struct OwnOrder {
    ResourceId order;
    ResourceId lineage;
};

// What the drug does to what is ordered beside it, or paused, for whoever gives it outside a plan
// or takes an order of it down. One that should be avoided wants a reason; what is to be taken care
// of, was not assessed or cannot be told, an order that cannot be read too, is read.
void add_interaction_warnings(const Session& session, const chart::Group& group,
                              const v1::Prescription& ordered, const OwnOrder& own, Instant at,
                              std::vector<DoseWarning>& out);

// Orders of the same drug, or of one of its group or that holds it, which the pack does not let
// stand beside it. To order the same drug wants a reason, save when one is fixed and the other
// given when needed; to give a dose does not: what was given is asked about.
enum class Asked { to_order, to_give };
void add_duplicate_warnings(const Session& session, const chart::Group& group,
                            const v1::Prescription& ordered, const OwnOrder& own, Asked asked,
                            Instant at, std::vector<DoseWarning>& out);

// Doses of whatever order that this one waits for, or that wait for it.
void add_separation_warnings(const Session& session, const chart::Group& group,
                             const v1::Administration& dose, Instant at,
                             std::vector<DoseWarning>& out);

// Those that want no reason.
std::vector<DoseWarning> to_be_read(const std::vector<DoseWarning>& warnings);

}  // namespace kari::device
