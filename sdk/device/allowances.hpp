// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <kari/actions.hpp>
#include <kari/allowance_view.hpp>

#include "sdk/chart/group.hpp"
#include "sdk/device/edit_token.hpp"
#include "sdk/device/session.hpp"

namespace kari::device {

// A dose outside the schedule, for what allowances say of it.
struct NeededDose {
    const chart::GroupResource* order = nullptr;  // as the chart stands now; null: not here
    const v1::Prescription* prescription = nullptr;
    const v1::Quantity* amount = nullptr;  // null: not known
    bool now = true;                       // no other time is stated
};

// True when the pack asks for an allowance before such a dose.
bool wants_allowance(const Session& session, const v1::Prescription& prescription);

// Where the drug is of a class that the pack marks and none is usable: why not.
Result<void> add_allowance_warning(Session& session, const chart::Group& group,
                                   const NeededDose& dose, std::vector<DoseWarning>& out);

// The dose names the one that it is under. Errors: reason_required (there is none, or it has ended
// since the dose was checked).
Result<void> name_allowance(Session& session, const SeenResource& order,
                            const v1::Prescription& prescription, const DoseEntry& entry,
                            v1::Administration& dose);

// Those of an order that are asked for or go on, and what came to nothing lately; the newest first.
Result<std::vector<AllowanceItem>> allowance_items(Session& session, const chart::Group& group,
                                                   const chart::GroupResource& order,
                                                   const DataAge& age);

}  // namespace kari::device
