// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>

#include "tests/simulation/log_reading.hpp"

namespace kari::sim {

// A finding as everybody must see it: its state, and what it rests on.
using Findings = std::map<FindingId, std::string>;

// Doses that were given twice, as far as `log` has both, are found.
void check_doses(World& world, Tablet& tablet, const RecordId& record, const ReadLog& log);
// What a chart shows is no less than what is said: an allergy stands as long as anybody's word for
// it does, at its worst, and what stands against it or in doubt has a finding.
void check_chart(World& world, Tablet& tablet, const RecordId& record);
Findings findings_of(Tablet& tablet, const RecordId& record);

}  // namespace kari::sim
