// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sdk/device/session.hpp"

namespace kari::device {

v1::Purpose purpose_of(Purpose purpose);
std::string purpose_name(v1::Purpose purpose);

// Writes one entry for this person, record, purpose, reason and sign-in, durable when it returns;
// does nothing when it stands already. A list is never the same twice: it is always written.
Result<void> log_access(Session& session, const RecordId& record, v1::Purpose purpose,
                        const std::string& reason, const std::vector<RecordId>& listed = {});

// Whether reading asks for a stated reason: an emergency, an ended lease, a record that has left
// the caseload. Errors: reason_required, lease_ended, not_permitted.
Result<void> check_reading(Session& session, const Access& access, bool in_caseload);

// Errors: not_permitted when the chart was not opened in this sign-in.
Result<void> require_opened(const Session& session, const RecordId& record);

}  // namespace kari::device
