// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <kari/error.hpp>

#include "sync-server/exchange/parts.hpp"
#include "sync-server/identity/enrolment.hpp"

namespace kari::server::fhir {

// The searchset Bundle of all that the device's unit may see of the citizen whose record has this
// id, with the DetectedIssues. The access entry is durable before anything is returned.
// Errors: not_found (no such record, or not in the caseload: not told apart), device_revoked,
//   device_expired, storage_*.
Result<std::string> everything(exchange::Parts& parts, const identity::DeviceIdentity& who,
                               std::string_view record_id);

// The same of all records that are one citizen with this one, for an operator who has logged the
// access already. Errors: storage_*.
Result<std::string> whole_bundle(exchange::Parts& parts, const RecordId& record);

}  // namespace kari::server::fhir
