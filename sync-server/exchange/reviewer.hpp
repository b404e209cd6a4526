// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sync-server/exchange/parts.hpp"

namespace kari::server::exchange {

// Runs the rules over the citizen that a record belongs to and states in the server's stream what
// they find, in every record that a finding touches; only what has changed is written. A record
// that was not reviewed (the process ended) is known as such and is owed. Costs with what is new
// since the last review of the same records, as far as Parts::reviewed remembers it (ADR 0051).
// Errors: storage_*; in_use when the log kept growing meanwhile (the review stays owed).
Result<void> review(Parts& parts, const RecordId& record);

// The same for a record that may be far larger than memory: what no rule can find anything in (a
// lone observation, note or resource without schema) is not read, and nothing is remembered.
Result<void> review_lean(Parts& parts, const RecordId& record);

// All records that are owed a review.
Result<std::size_t> review_owed(Parts& parts);

}  // namespace kari::server::exchange
