// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "sdk/chart/group.hpp"
#include "sdk/device/order_seen.hpp"

namespace kari::device {

// What an order says against a dose of it now, as the chart stands: it may know more than the view
// did.
void add_order_warnings(const Session& session, const chart::Group& group, const OrderSeen& order,
                        Instant at, std::vector<DoseWarning>& out);

}  // namespace kari::device
