// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "sdk/chart/group.hpp"

namespace kari::fhir {

// Reads a resource that an earlier build kept whole, for want of a schema, as the kind that it is
// of now: chart::Lift. A pure function of the changes; their ids, parents and authorship stay, and
// what is stored stays as it is.
//
// All changes are read as one kind, that of the newest. Nothing comes back, and the resource stays
// as it is kept, when its type has no schema here either, when a change holds a modifier or is not
// the server's, or when one cannot be read that the newest has not replaced.
std::vector<chart::ChangePtr> lift(const std::vector<chart::ChangePtr>& history);

}  // namespace kari::fhir
