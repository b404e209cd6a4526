// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include <kari/actions.hpp>

#include "sdk/chart/group.hpp"
#include "sdk/device/session.hpp"

namespace kari::device {

// What is known of somebody's age when a dose is taken: nothing without one whole birth date.
std::optional<int> years_at(const Session& session, const chart::Group& group, Instant at);

// What the pack says of the most of a drug, beside what was taken of it before and after, from any
// order. `ordered` null: no one amount. `as_ordered`: the amount is the order's own, and that it
// cannot be computed asks for no reason. `own`: the dose that it is said of anew, else null.
void add_limit_warnings(const Session& session, const chart::Group& group,
                        const v1::Administration& dose, const v1::Quantity* ordered,
                        bool as_ordered, Instant at, std::vector<DoseWarning>& out,
                        const ResourceId* own = nullptr);

// The same of an order by itself. `by_phone`: it is asked about also when it cannot be computed,
// for who takes it down can ask for the strength.
void add_order_limit_warnings(const Session& session, const v1::Prescription& order,
                              std::optional<int> years, bool by_phone,
                              std::vector<DoseWarning>& out);

}  // namespace kari::device
