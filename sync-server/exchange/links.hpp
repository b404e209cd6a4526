// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sync-server/exchange/parts.hpp"

namespace kari::server::exchange {

// Brings the index of linked records up to what the record's link resource says now. Called in the
// transaction that appended a change of it.
Result<void> index_link(Parts& parts, storage::RecordTransaction& record,
                        const ResourceId& resource);

}  // namespace kari::server::exchange
