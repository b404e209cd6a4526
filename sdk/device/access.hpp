// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
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

// Whether this nurse may read a citizen's chart now; what reviews owe is done. Errors: not_found,
// and those of check_reading.
Result<void> may_enter(Session& session, const RecordId& record, const Access& access);
// One entry in the log of each record that a chart shows, durable before anything is shown.
Result<void> log_chart(Session& session, const std::vector<RecordId>& records,
                       const Access& access);
// Both, and the whole of what is here of the citizen.
Result<std::shared_ptr<const chart::Group>> enter_whole(Session& session, const RecordId& record,
                                                        const Access& access);

// Errors: not_permitted when the chart was not opened in this sign-in.
Result<void> require_opened(const Session& session, const RecordId& record);

}  // namespace kari::device
