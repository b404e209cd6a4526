// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sdk/chart/finding.hpp"
#include "sdk/chart/group.hpp"
#include "sdk/fhir/export.hpp"
#include "sdk/fhir/json.hpp"
#include "sdk/merge/fold.hpp"

namespace kari::fhir {

// A finding as a DetectedIssue, in full: what R4 has elements for in them, the rest in extensions
// (docs/formats/fhir.md). Both sides, what they had in common and the answers are read from the
// group. `options.reference_of` names what is implicated.
Json write_issue(const chart::Group& group, const chart::TrackedFinding& tracked,
                 const ExportOptions& options);

// What stands in the issue resource itself, without the log beside it: of a finding that was stated
// and is found no more there is nothing else.
Json write_stated_issue(const merge::Resource& issue, const ExportOptions& options);

}  // namespace kari::fhir
