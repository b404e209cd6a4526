// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "kari/v1/exchange.pb.h"
#include "sync-server/exchange/parts.hpp"

namespace kari::server::exchange {

// When a request teaches the server how far its device's clock is from the server's, and changes of
// the same boot were written not knowing it, the record gets a note of the difference.
Result<void> note_times(Parts& parts, storage::RecordTransaction& record,
                        const v1::ExchangeRequest& request,
                        const std::vector<merge::Change>& fresh);

}  // namespace kari::server::exchange
