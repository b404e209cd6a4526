// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sync-server/exchange/parts.hpp"
#include "sync-server/identity/enrolment.hpp"

namespace kari::server::exchange {

// Whether the device may write into this record: its unit's own, one of its unit's caseload (now or
// once), or one in which it has written before; any while the server recovers, because grants may
// be lost. Record ids are random, but who knows one may not be of the unit.
Result<bool> may_write(Parts& parts, const identity::DeviceIdentity& who, const RecordId& record);
// Whether it is given what stands in the record: its unit's own, or one of its caseload now.
Result<bool> may_read(Parts& parts, const identity::DeviceIdentity& who, const RecordId& record);

}  // namespace kari::server::exchange
