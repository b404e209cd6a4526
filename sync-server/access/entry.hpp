// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kari/error.hpp>
#include <kari/ids.hpp>

#include "kari/v1/change.pb.h"
#include "sync-server/storage/storage.hpp"

namespace kari::server::access {

// Who looks, on whose behalf the server answers, and why.
struct Look {
    UnitId unit;
    v1::Purpose purpose = v1::PURPOSE_UNSPECIFIED;
    v1::RecordedTime recorded;
};

// Writes an entry of the record's access log in the server's own stream. Durable when it returns:
// only then may anything be shown. Errors: not_found (the record), storage_*.
Result<void> write_entry(storage::Storage& storage, const IncarnationId& incarnation,
                         const RecordId& record, const Look& look);

}  // namespace kari::server::access
