// SPDX-License-Identifier: Apache-2.0
#include "sdk/store/device_store.hpp"
#include "sdk/store/query.hpp"
#include "sdk/store/state.hpp"

namespace kari::store {

Result<std::vector<StoredAccess>> DeviceStore::access_log(const RecordId& record) {
    std::vector<StoredAccess> found;
    const auto ok = each_row(
        state_->db,
        "SELECT incarnation, seq, id, fate, entry FROM access WHERE record = ?1"
        " ORDER BY incarnation, seq",
        [&](sqlcipher::Statement& row) -> Result<void> {
            StoredAccess one;
            one.record = record;
            one.incarnation = row.column_id<IncarnationId>(0);
            one.seq = row.column_u64(1);
            one.id = row.column_id<Digest>(2);
            one.fate = static_cast<Fate>(row.column_u64(3));
            one.bytes = row.column_blob(4);
            found.push_back(std::move(one));
            return {};
        },
        record);
    if (!ok) return tl::unexpected(ok.error());
    return found;
}

}  // namespace kari::store
