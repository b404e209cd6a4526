// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "kari/v1/resources.pb.h"
#include "sdk/chart/history.hpp"

// What a rule about two doses that lie too near looks at, when one of them is touched.
namespace kari::chart {

// Whether the rule is about a dose of which this is said.
using IsSuchDose = std::function<bool(const v1::Administration&)>;

// True when any statement of the dose, whatever became of it, is such.
bool may_be_such(const GroupResource& dose, const IsSuchDose& such);

// Such doses that may lie within the reach of a touched one, touched ones too. What statements say
// and clocks ever were is all reckoned with. Ascending.
std::vector<ResourceId> doses_within(const Group& group, const std::vector<ResourceId>& touched,
                                     Duration reach, const IsSuchDose& such);
// Since when they are to be here; nothing: no such dose is touched.
std::optional<Instant> doses_within_since(const Group& group,
                                          const std::vector<ResourceId>& touched, Duration reach,
                                          const IsSuchDose& such);

// The shortest that may lie between two doses; of spans that overlap nothing.
Duration apart(const Span& a, const Span& b);

}  // namespace kari::chart
