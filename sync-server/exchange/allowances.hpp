// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "sync-server/exchange/parts.hpp"

namespace kari::server::exchange {

// Answers what asks for an allowance among changes that were just stored, in their transaction: the
// log as it stands then is what the answer rests on. One that had an answer gets none.
Result<void> answer_asks(Parts& parts, storage::RecordTransaction& record, const UnitId& unit,
                         const std::vector<merge::Change>& fresh);

}  // namespace kari::server::exchange
