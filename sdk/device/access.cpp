// SPDX-License-Identifier: Apache-2.0
#include "sdk/device/access.hpp"

#include <algorithm>

#include "sdk/base/id.hpp"
#include "sdk/device/authoring.hpp"

namespace kari::device {

namespace {

// A record that is here and not hidden. Errors: not_found.
Result<bool> in_caseload(Session& session, const RecordId& record) {
    const auto meta = session.store.record_meta(record);
    if (!meta) return tl::unexpected(meta.error());
    if (!*meta || (*meta)->not_here) {
        return fail(ErrorCode::not_found, "the record is not on this tablet");
    }
    return !(*meta)->hidden;
}

}  // namespace

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

Result<void> may_enter(Session& session, const RecordId& record, const Access& access) {
    const auto ours = in_caseload(session, record);
    if (!ours) return tl::unexpected(ours.error());
    if (auto allowed = check_reading(session, access, *ours); !allowed) return allowed;
    return review_owed(session);
}

Result<void> log_chart(Session& session, const std::vector<RecordId>& records,
                       const Access& access) {
    for (const RecordId& one : records) {
        auto logged = log_access(session, one, purpose_of(access.purpose), access.reason);
        if (!logged) return logged;
    }
    return {};
}

Result<std::shared_ptr<const chart::Group>> enter_whole(Session& session, const RecordId& record,
                                                        const Access& access) {
    if (auto allowed = may_enter(session, record, access); !allowed) {
        return tl::unexpected(allowed.error());
    }
    auto group = session.store.group(record);
    if (!group) return group;
    if (auto logged = log_chart(session, (*group)->records, access); !logged) {
        return tl::unexpected(logged.error());
    }
    return group;
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
