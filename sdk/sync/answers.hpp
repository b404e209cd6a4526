// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <kari/error.hpp>

#include "kari/v1/exchange.pb.h"
#include "sdk/sync/plan.hpp"

namespace kari::sync {

struct CheckedAnswers {
    Answers answers;
    std::vector<Error> faults;  // answers that were left out: another id, nothing that was sent
    bool refused = false;       // one was neither stored nor quarantined
};

// Checks what the server says became of what was sent of one record.
// Errors: receipt_invalid; then nothing of the answer is believed.
Result<CheckedAnswers> check_answers(const v1::PushReply& wire, const RecordId& record,
                                     const EpochId& epoch, const Sent& sent);

}  // namespace kari::sync
