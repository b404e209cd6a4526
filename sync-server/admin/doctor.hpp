// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sync-server/admin/output.hpp"
#include "sync-server/admin/overview.hpp"

namespace kari::server::admin {

// One thing that was looked at.
struct Check {
    Level level = Level::ok;
    std::string about;  // "keys"
    std::string says;   // what is so
    std::string todo;   // what to do; empty when it is as it should be
};

// Looks at everything that an operator can get wrong. Changes nothing, prints no key and nothing
// of a record. `deep`: every page, digest, chain and seal too, which takes as long as `verify`.
std::vector<Check> examine(const std::string& directory, bool deep);

// Prints them; `exit_code` becomes that of the worst.
Result<void> doctor(const Options& options, bool deep, int& exit_code);

}  // namespace kari::server::admin
