// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <kari/error.hpp>
#include <kari/ids.hpp>

#include "sdk/chart/group.hpp"
#include "sync-server/exchange/parts.hpp"
#include "sync-server/identity/enrolment.hpp"

// One citizen, as far as whoever asks may see them.
namespace kari::server::fhir {

struct Seen {
    std::vector<RecordId> records;   // of the citizen, in the unit's caseload
    std::vector<RecordId> not_here;  // the rest
};

// Errors: not_found (no such record, or not in the caseload: not told apart), device_revoked,
//   device_expired, storage_*.
Result<Seen> seen_by(exchange::Parts& parts, const identity::DeviceIdentity& who,
                     const RecordId& record);

// One entry in the access log of each record, durable before this returns.
Result<void> log_export(exchange::Parts& parts, const identity::DeviceIdentity& who,
                        const Seen& seen);

Result<chart::Group> group_of(exchange::Parts& parts, const Seen& seen);

}  // namespace kari::server::fhir
