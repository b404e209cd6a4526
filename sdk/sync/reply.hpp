// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kari/v1/exchange.pb.h"
#include "sdk/sync/plan.hpp"

namespace kari::sync {

// Applies a reply record by record. A part that is false or cannot be stored is reported in the
// plan and passed over.
// Errors: only what ends the session (the epoch cannot be stored).
Result<void> apply_reply(Plan& plan, const Asked& asked, const v1::ExchangeReply& reply,
                         Replica& replica, const Moment& now);

}  // namespace kari::sync
