// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>

#include "sync-server/admin/runtime.hpp"

namespace kari::server::admin {

// Serves until it is told to stop. Given by main, so that no operator's command knows of HTTP.
using Serve = std::function<Result<void>(Runtime&)>;

// The command line. Exit codes: 0 done, 1 failed (the reason is on standard error), 2 wrong usage,
// 3 `verify` found something broken.
int run(int argc, const char* const* argv, const Serve& serve);

}  // namespace kari::server::admin
