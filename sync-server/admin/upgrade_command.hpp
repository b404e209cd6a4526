// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sync-server/admin/output.hpp"

namespace kari::server::admin {

// Brings the database to this program's schema: keeps a checked copy of what it was, alters it in
// one transaction, and lets the rules look at every record again. A process that ends within it
// leaves either the old database or the new one. Requires: no server runs.
// Errors: in_use, not_permitted, schema_too_new, storage_full (no room for the copy), storage_*.
Result<void> upgrade(const Options& options);

}  // namespace kari::server::admin
