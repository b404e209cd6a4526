// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sync-server/admin/doctor.hpp"

namespace kari::server::admin {

// What can be seen without opening the database: who owns the directory, who may read it, whether
// the keys are there and belong together, the configuration, the journal, files left over, and
// whether this machine has good random numbers.
std::vector<Check> examine_files(const std::string& directory);

// Errors: in_use (says by what it was refused), invalid_argument.
Result<void> port_is_free(const std::string& address, std::uint16_t port);

}  // namespace kari::server::admin
