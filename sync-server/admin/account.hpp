// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

#include <kari/error.hpp>

namespace kari::server::admin {

// The name of an account of this machine.
std::string account_of(uid_t id);

// A server's directory is used by one account alone: what another makes in it, root too, the server
// cannot write. Errors: not_found (no directory), not_permitted (says whose it is).
Result<void> check_account(const std::filesystem::path& root);

}  // namespace kari::server::admin
