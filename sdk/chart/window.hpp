// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <kari/time.hpp>

#include "sdk/chart/group.hpp"
#include "sdk/chart/history.hpp"

namespace kari::chart {

// The moment of what stands in every chart, however old it is.
inline constexpr Instant k_stands{INT64_MAX};

// Since when a kind is complete of which nothing can be said yet (chart::Group::complete_since).
inline constexpr Instant k_not_yet{INT64_MAX - 1};

// Kinds that become history: facts, planned visits, notes, findings that were answered,
// allowances, what has no schema. All others (orders, allergies, problems, measures, tasks, people,
// links) stand.
bool is_dated(std::uint32_t kind);

// When a resource last mattered: the latest moment at which any of its changes can have happened
// or, by a person, been written. A window that reaches back to an instant holds everything of a
// moment not before it. k_stands for what no window may leave out: a kind that is not dated; what
// is contested, incomplete, unreadable or lifted (it stands under another kind); a finding's issue
// that nobody has settled; a fact whose time is not stated, or that a clock wrote which was not
// set.
Instant moment_of(const GroupResource& resource, const ClockNotes& clocks);

}  // namespace kari::chart
