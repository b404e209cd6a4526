// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "tests/simulation/log_checks.hpp"

namespace kari::sim {

// A finding is resolved as long as somebody's resolution names each of its inputs, by the bodies in
// the logs (a finding of linked records is answered in each of them); and at rest the server has
// stated every finding.
void check_resolved(World& world, const std::string& where,
                    const std::vector<FindingItem>& findings, const Logs& held);
void check_stated(World& world, const std::string& where, const std::vector<FindingItem>& findings);

}  // namespace kari::sim
