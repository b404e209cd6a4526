// SPDX-License-Identifier: Apache-2.0
#include "sdk/device/access.hpp"

#include <algorithm>

#include "sdk/base/id.hpp"
#include "sdk/device/authoring.hpp"

namespace kari::device {

v1::Purpose purpose_of(Purpose purpose) {
    switch (purpose) {
        case Purpose::treatment:
            return v1::PURPOSE_TREATMENT;
        case Purpose::emergency:
            return v1::PURPOSE_EMERGENCY;
        case Purpose::administration:
            return v1::PURPOSE_ADMINISTRATION;
    }
    return v1::PURPOSE_UNSPECIFIED;
}

std::string purpose_name(v1::Purpose purpose) {
    switch (purpose) {
        case v1::PURPOSE_TREATMENT:
            return "treatment";
        case v1::PURPOSE_LIST:
            return "list";
        case v1::PURPOSE_EMERGENCY:
            return "emergency";
        case v1::PURPOSE_ADMINISTRATION:
            return "administration";
        case v1::PURPOSE_EXPORT:
            return "export";
        case v1::PURPOSE_CITIZEN:
            return "citizen";
        default:
            return "unknown";
    }
}

Result<void> log_access(Session& session, const RecordId& record, v1::Purpose purpose,
                        const std::string& reason, const std::vector<RecordId>& listed) {
    const auto key = std::make_tuple(record, purpose, reason);
    if (listed.empty() && session.opened.contains(key)) return {};
    v1::AccessEntry entry;
    entry.set_record(base::to_bytes(record));
    entry.set_person(base::to_bytes(session.nurse.person));
    entry.set_role(session.nurse.role);
    entry.set_organisation(base::to_bytes(session.settings.unit_id()));
    entry.set_sign_in(base::to_bytes(session.sign_in));
    entry.set_purpose(purpose);
    entry.set_reason(reason);
    *entry.mutable_recorded() = recorded_now(session.platform, session.settings);
    for (const RecordId& one : listed)
        entry.add_listed(base::to_bytes(one));
    const auto stored = session.store.append_access(std::move(entry));
    if (!stored) return tl::unexpected(stored.error());
    session.opened.insert(key);
    return {};
}

Result<void> check_reading(Session& session, const Access& access, bool in_caseload) {
    if (!access.reason.empty()) return require_reason(access.reason);
    if (access.purpose == Purpose::emergency) {
        return fail(ErrorCode::reason_required, "an emergency needs a stated reason");
    }
    if (data_age(session.platform, session.settings).lease_ended) {
        return fail(ErrorCode::lease_ended, "the tablet has been without the server for too long");
    }
    if (!in_caseload) {
        return fail(ErrorCode::not_permitted, "the record is not in the caseload of this unit");
    }
    return {};
}

Result<void> require_opened(const Session& session, const RecordId& record) {
    const bool opened =
        std::any_of(session.opened.begin(), session.opened.end(), [&](const auto& entry) {
            return std::get<0>(entry) == record && std::get<1>(entry) != v1::PURPOSE_EXPORT;
        });
    if (opened) return {};
    return fail(ErrorCode::not_permitted, "open the chart first");
}

}  // namespace kari::device
