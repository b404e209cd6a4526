// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sdk/chart/group.hpp"
#include "sdk/chart/history.hpp"

// What rules about two orders ask of each.
namespace kari::chart {

// In effect as to be given.
bool is_active(const GroupResource& order);

// In effect, paused, or nobody can tell: it is reckoned with before something is given beside it.
bool may_be_given(const GroupResource& order);

// All that is in effect of what an order says is to be given; of a verbal order what is proposed.
// More than one: it is contested, and each may be given.
std::vector<v1::Prescription> standing_prescriptions(const GroupResource& order);
// The changes that say so, or that it is in effect.
std::vector<ChangeId> standing_in(const GroupResource& order);
// ATC codes of any length, of all of them. Ascending, each once.
std::vector<std::string> ordered_codes(const GroupResource& order);

// Not one after the other by their validity.
bool may_be_at_once(const GroupResource& a, const GroupResource& b);
// By its own validity, whatever its status says.
bool has_ended(const GroupResource& order, Instant at);

// Whether every dose of what may be in force is given when it is needed; or none is. Neither, when
// there are both, or nothing says how it is given.
enum class Giving { regular, as_needed, unclear };
Giving giving_of(const std::vector<v1::Prescription>& standing);
// All of one is given at set times, and all of the other when needed.
bool one_as_needed(Giving a, Giving b);

}  // namespace kari::chart
