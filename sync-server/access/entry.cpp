// SPDX-License-Identifier: Apache-2.0
#include "sync-server/access/entry.hpp"

#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::access {

Result<void> write_entry(storage::Storage& storage, const IncarnationId& incarnation,
                         const RecordId& record, const Look& look) {
    KARI_LET(const auto open, storage.begin(record));
    KARI_LET(const auto end, open->access_end(incarnation));
    v1::AccessEntry entry;
    entry.set_incarnation(base::to_bytes(incarnation));
    entry.set_record(base::to_bytes(record));
    entry.set_seq(end.seq + 1);
    entry.set_person(base::to_bytes(PersonId{}));  // the unit's system, no single person
    entry.set_organisation(base::to_bytes(look.unit));
    entry.set_purpose(look.purpose);
    *entry.mutable_recorded() = look.recorded;
    if (end.seq > 0) entry.set_prev(base::to_bytes(end.id));
    storage::StoredAccess row;
    row.bytes = entry.SerializeAsString();
    row.id = base::sha256(row.bytes);
    row.incarnation = incarnation;
    row.seq = entry.seq();
    row.prev = end.seq > 0 ? end.id : Digest{};
    KARI_TRY(open->append_access(row));
    return open->commit();
}

}  // namespace kari::server::access
