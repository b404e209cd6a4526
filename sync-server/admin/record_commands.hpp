// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sync-server/admin/output.hpp"
#include "sync-server/admin/runtime.hpp"

// What an operator does to records: import, link, accept, look.
namespace kari::server::admin {

// Prints the report. False: something was not taken in.
Result<bool> import(const Options& options, const std::string& path, const std::string& system);
Result<void> link(const Options& options, const std::string& a, const std::string& b,
                  const std::string& reason, bool linked);
Result<void> accept_proposal(const Options& options, const std::string& record,
                             const std::string& change);
// JSON lines on standard output: every change with its exact bytes in hexadecimal.
Result<void> dump_log(const Options& options, const std::string& record, bool all);
// The digest of each record's folded state, for comparing replicas.
Result<void> state_digest(const Options& options);

}  // namespace kari::server::admin
