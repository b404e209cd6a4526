// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kari/error.hpp>
#include <kari/ids.hpp>
#include <kari/time.hpp>

#include "sync-server/identity/journal.hpp"
#include "sync-server/identity/secrets.hpp"
#include "sync-server/storage/storage.hpp"

namespace kari::server::identity {

// Gives an incarnation of the server a certificate for its seals, in the journal first (when there
// is one) and then in the directory. Errors: storage_*, malformed (the keys).
Result<void> introduce_server(storage::Storage& storage, const Secrets& secrets, Journal* journal,
                              const IncarnationId& incarnation, Instant now, int days);

}  // namespace kari::server::identity
