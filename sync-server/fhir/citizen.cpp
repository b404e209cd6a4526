// SPDX-License-Identifier: Apache-2.0
#include "sync-server/fhir/citizen.hpp"

#include "sync-server/access/entry.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::fhir {

Result<Seen> seen_by(exchange::Parts& parts, const identity::DeviceIdentity& who,
                     const RecordId& record) {
    if (who.revoked) return fail(ErrorCode::device_revoked, "device");
    if (who.expired) return fail(ErrorCode::device_expired, "device");
    KARI_LET(const auto state, parts.storage.caseload_state(who.unit, record));
    if (state != storage::CaseloadState::granted) return fail(ErrorCode::not_found, "record");
    Seen seen;
    KARI_LET(const auto members, parts.storage.group(record));
    for (const RecordId& member : members) {
        KARI_LET(const auto granted, parts.storage.caseload_state(who.unit, member));
        const bool ours = granted == storage::CaseloadState::granted;
        (ours ? seen.records : seen.not_here).push_back(member);
    }
    return seen;
}

Result<void> log_export(exchange::Parts& parts, const identity::DeviceIdentity& who,
                        const Seen& seen) {
    for (const RecordId& member : seen.records) {
        KARI_LET(const auto open, parts.storage.begin(member));
        KARI_TRY(access::add_entry(
            *open, parts.stream.incarnation(),
            access::look_of_device(who.device, who.unit, v1::PURPOSE_EXPORT, parts.stream.now())));
        KARI_TRY(parts.stream.commit(*open));
    }
    return {};
}

Result<chart::Group> group_of(exchange::Parts& parts, const Seen& seen) {
    std::vector<chart::ChangePtr> changes;
    for (const RecordId& member : seen.records) {
        KARI_LET(const auto log, parts.logs.read(parts.storage, member));
        changes.insert(changes.end(), log->changes.begin(), log->changes.end());
    }
    return chart::make_group(seen.records, seen.not_here, changes, parts.lift);
}

}  // namespace kari::server::fhir
