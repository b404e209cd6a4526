// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kari/error.hpp>

#include "kari/v1/exchange.pb.h"
#include "sync-server/exchange/parts.hpp"
#include "sync-server/identity/enrolment.hpp"

namespace kari::server::exchange {

// One exchange with a device that TLS has named. Every part of it may be repeated at any time.
// Errors: device_revoked and device_expired (what was pushed is in quarantine; what was returned
//   with a receipt is entered), protocol_unsupported, malformed, too_many, not_permitted,
//   storage_*.
// Durability: what the reply calls stored is.
// Threads: any; one record's lock at a time.
Result<v1::ExchangeReply> handle(Parts& parts, const identity::DeviceIdentity& who,
                                 const v1::ExchangeRequest& request, Tally& tally);

// A body that could not be read as a request, from a device that is known: kept for an operator.
Result<void> quarantine_body(Parts& parts, const identity::DeviceIdentity& who,
                             const std::string& body, const Error& reason);

}  // namespace kari::server::exchange
