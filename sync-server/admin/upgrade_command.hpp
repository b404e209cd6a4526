// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sync-server/admin/output.hpp"

namespace kari::server::admin {

// Brings the database to this program's schema: keeps a checked copy of what it was, alters it in
// one transaction, and lets the rules look at every record again. A process that ends within it
// leaves either the old database or the new one. Requires: no server runs.
// Errors: in_use, not_permitted, schema_too_new, storage_full (no room for the copy), storage_*.
Result<void> upgrade(const Options& options);

// A new certificate of the same key, so that no tablet notices. Names: those of the old one when
// none are given. Errors: invalid_argument (a name), not_found, storage_failed.
Result<void> renew_certificate(const Options& options, const std::vector<std::string>& names);

}  // namespace kari::server::admin
