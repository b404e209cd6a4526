// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sync-server/admin/output.hpp"
#include "sync-server/admin/runtime.hpp"

namespace kari::server::admin {

// A consistent copy while the server runs, checked whole; then everything in it is secured.
// Errors: already_exists, storage_*, chain_broken (the copy is not what it should be),
// invalid_argument: the folder lies in the server's directory.
Result<void> backup(const Options& options, const std::string& folder);
// Puts a backup in the database's place. What stood there is set aside, never deleted. Opens a new
// epoch and the recovery, in which the tablets give back what the backup lacks.
// Errors: in_use (the server runs), not_found, storage_*, chain_broken, invalid_argument: the
// folder is the server's own.
Result<void> restore(const Options& options, const std::string& folder);
// Ends the recovery: from now on what the server lacks is hidden on the tablets again.
// Errors: invalid_argument: tablets have not been heard of since the restore, and the operator has
// not said that he goes on without them.
Result<void> close_recovery(const Options& options, bool without_silent);
// What `verify` exits with beside 0: something contradicts itself; something is missing.
inline constexpr int k_exit_broken = 3;
inline constexpr int k_exit_gaps = 4;
// `exit_code` is set to one of these, or left alone. Errors: chain_broken: something does not hold;
// the report names what. storage_corrupt: the file itself is damaged.
Result<void> verify_command(const Options& options, int& exit_code);

}  // namespace kari::server::admin
