// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "sync-server/admin/runtime.hpp"

namespace kari::server::admin {

// Serves until it is told to stop. Given by main, so that no operator's command knows of HTTP.
using Serve = std::function<Result<void>(Runtime&)>;

// The page of limits, which the routes know.
using LimitsPage = std::function<std::string()>;

// The command line. Exit codes of every command: 0 done; 1 failed; 2 an argument is wrong, nothing
// was tried; 3 what is stored is damaged. The reason is on standard error.
int run(int argc, const char* const* argv, const Serve& serve, const LimitsPage& limits);

}  // namespace kari::server::admin
