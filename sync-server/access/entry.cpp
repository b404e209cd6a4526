// SPDX-License-Identifier: Apache-2.0
#include "sync-server/access/entry.hpp"

#include <utility>

#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::access {

Look look_of_device(const DeviceId& device, const UnitId& unit, v1::Purpose purpose,
                    v1::RecordedTime recorded) {
    return {unit, device, "device", "", purpose, "", std::move(recorded)};
}

Look look_of_operator(std::string actor, std::string command, v1::Purpose purpose,
                      v1::RecordedTime recorded) {
    return {UnitId{}, DeviceId{},         "operator",         std::move(actor),
            purpose,  std::move(command), std::move(recorded)};
}

Result<void> add_entry(storage::RecordTransaction& record, const IncarnationId& incarnation,
                       const Look& look) {
    KARI_LET(const auto end, record.access_end(incarnation));
    v1::AccessEntry entry;
    entry.set_incarnation(base::to_bytes(incarnation));
    entry.set_record(base::to_bytes(record.state().id));
    entry.set_seq(end.seq + 1);
    entry.set_person(base::to_bytes(PersonId{}));
    entry.set_role(look.role);
    if (!look.unit.is_zero()) entry.set_organisation(base::to_bytes(look.unit));
    entry.set_purpose(look.purpose);
    entry.set_reason(look.reason);
    *entry.mutable_recorded() = look.recorded;
    if (!look.device.is_zero()) entry.set_device(base::to_bytes(look.device));
    entry.set_actor(look.actor);
    if (end.seq > 0) entry.set_prev(base::to_bytes(end.id));
    storage::StoredAccess row;
    row.bytes = entry.SerializeAsString();
    row.id = base::sha256(row.bytes);
    row.incarnation = incarnation;
    row.seq = entry.seq();
    row.prev = end.seq > 0 ? end.id : Digest{};
    KARI_TRY(record.append_access(row));
    return {};
}

}  // namespace kari::server::access
