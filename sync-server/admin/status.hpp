// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <boost/json.hpp>

#include "sync-server/admin/output.hpp"
#include "sync-server/admin/overview.hpp"

namespace kari::server::admin {

// The state as JSON, and for a person in 80 columns: a line that an operator should look at begins
// with "!", one that is broken with "X".
boost::json::object to_json(const Overview& seen);
std::string to_text(const Overview& seen);

// Looks at the database as it is, whether a server runs or not, and writes nothing. `exit_code`
// becomes that of the worst that was seen. Errors: as Runtime::open.
Result<void> status(const Options& options, int& exit_code);

}  // namespace kari::server::admin
