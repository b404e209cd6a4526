// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <kari/error.hpp>

#include "kari/v1/exchange.pb.h"
#include "sdk/sync/replica.hpp"

namespace kari::sync {

// Checks a part of a record's log against what is held, and cuts it into pieces small enough for
// a short transaction each. Nothing is written. The receipt, the seals and the safety position go
// with the last piece, so that a crash between two leaves a part that is asked for again.
// An in-order part that holds nothing new gives one piece without changes.
// Errors: chain_broken, receipt_invalid, malformed, too_large; and those of the replica.
Result<std::vector<Delta>> check_delta(const v1::RecordDelta& wire, const EpochId& epoch,
                                       const Held& held, Replica& replica);

// Checks that a pairs receipt is over exactly these pairs, in this epoch and record. Its HMAC can
// only be checked by the server.
// Errors: receipt_invalid.
Result<void> check_pairs(const v1::PairsReceipt& receipt, const EpochId& epoch,
                         const RecordId& record, std::vector<PositionAndId> pairs);

}  // namespace kari::sync
