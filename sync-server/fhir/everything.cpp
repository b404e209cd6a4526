// SPDX-License-Identifier: Apache-2.0
#include "sync-server/fhir/everything.hpp"

#include <memory>
#include <vector>

#include "sdk/base/id.hpp"
#include "sdk/chart/group.hpp"
#include "sdk/chart/review.hpp"
#include "sdk/fhir/export.hpp"
#include "sync-server/access/entry.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::fhir {
namespace {

struct Seen {
    std::vector<RecordId> records;   // of the citizen, in the unit's caseload
    std::vector<RecordId> not_here;  // the rest
};

Result<Seen> seen_by(exchange::Parts& parts, const UnitId& unit, const RecordId& record) {
    KARI_LET(const auto state, parts.storage.caseload_state(unit, record));
    if (state != storage::CaseloadState::granted) return fail(ErrorCode::not_found, "record");
    Seen seen;
    KARI_LET(const auto members, parts.storage.group(record));
    for (const RecordId& member : members) {
        KARI_LET(const auto granted, parts.storage.caseload_state(unit, member));
        const bool ours = granted == storage::CaseloadState::granted;
        (ours ? seen.records : seen.not_here).push_back(member);
    }
    return seen;
}

Result<std::string> bundle_of(exchange::Parts& parts, const RecordId& record, const Seen& seen) {
    std::vector<chart::ChangePtr> changes;
    for (const RecordId& member : seen.records) {
        KARI_LET(const auto log, parts.logs.read(parts.storage, member));
        changes.insert(changes.end(), log->changes.begin(), log->changes.end());
    }
    const chart::Group group = chart::make_group(seen.records, seen.not_here, changes);
    std::vector<const merge::Resource*> resources;
    for (const auto& resource : group.resources)
        resources.push_back(&resource);
    kari::fhir::ExportOptions options;
    options.patient = "Patient/" + record.text();
    return kari::fhir::to_text(kari::fhir::to_bundle(
        resources, chart::track(group, chart::review(group, parts.pack)), options));
}

}  // namespace

Result<std::string> everything(exchange::Parts& parts, const identity::DeviceIdentity& who,
                               std::string_view record_id) {
    if (who.revoked) return fail(ErrorCode::device_revoked, "device");
    if (who.expired) return fail(ErrorCode::device_expired, "device");
    const auto record = RecordId::parse(record_id);
    if (!record) return fail(ErrorCode::not_found, "record");
    KARI_LET(const auto seen, seen_by(parts, who.unit, *record));
    for (const RecordId& member : seen.records) {
        KARI_LET(const auto open, parts.storage.begin(member));
        KARI_TRY(access::add_entry(
            *open, parts.stream.incarnation(),
            access::look_of_device(who.device, who.unit, v1::PURPOSE_EXPORT, parts.stream.now())));
        KARI_TRY(parts.stream.commit(*open));
    }
    return bundle_of(parts, *record, seen);
}

Result<std::string> whole_bundle(exchange::Parts& parts, const RecordId& record) {
    Seen seen;
    KARI_LET(seen.records, parts.storage.group(record));
    return bundle_of(parts, record, seen);
}

}  // namespace kari::server::fhir
