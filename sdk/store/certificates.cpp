// SPDX-License-Identifier: Apache-2.0
//
// Whose keys made the seals that came with records.
#include "sdk/store/device_store.hpp"
#include "sdk/store/query.hpp"
#include "sdk/store/state.hpp"

namespace kari::store {

Result<std::vector<IncarnationId>> DeviceStore::missing_certificates(std::size_t limit) {
    std::vector<IncarnationId> found;
    const auto ok = each_row(
        state_->db,
        "SELECT DISTINCT incarnation FROM received_seal WHERE incarnation NOT IN"
        " (SELECT incarnation FROM certificate) ORDER BY incarnation LIMIT ?1",
        [&](sqlcipher::Statement& row) -> Result<void> {
            found.push_back(row.column_id<IncarnationId>(0));
            return {};
        },
        limit);
    if (!ok) return tl::unexpected(ok.error());
    return found;
}

Result<void> DeviceStore::keep_certificate(const IncarnationId& incarnation, std::string_view der) {
    return run(state_->db,
               "INSERT INTO certificate(incarnation, der) VALUES(?1, ?2)"
               " ON CONFLICT DO UPDATE SET der = excluded.der",
               incarnation, der);
}

Result<std::optional<std::string>> DeviceStore::certificate(const IncarnationId& incarnation) {
    std::optional<std::string> found;
    const auto ok = each_row(
        state_->db, "SELECT der FROM certificate WHERE incarnation = ?1",
        [&](sqlcipher::Statement& row) -> Result<void> {
            found = std::string(row.column_blob(0));
            return {};
        },
        incarnation);
    if (!ok) return tl::unexpected(ok.error());
    return found;
}

Result<std::vector<std::pair<RecordId, v1::RecordSeal>>> DeviceStore::seals_by(
    const IncarnationId& incarnation) {
    std::vector<std::pair<RecordId, v1::RecordSeal>> found;
    const auto ok = each_row(
        state_->db, "SELECT record, seal FROM received_seal WHERE incarnation = ?1",
        [&](sqlcipher::Statement& row) -> Result<void> {
            auto& [record, seal] = found.emplace_back();
            record = row.column_id<RecordId>(0);
            if (!seal.ParseFromString(std::string(row.column_blob(1)))) {
                return fail(ErrorCode::storage_corrupt, "store: received seal");
            }
            return {};
        },
        incarnation);
    if (!ok) return tl::unexpected(ok.error());
    return found;
}

Result<void> DeviceStore::forget_seals(const RecordId& record, const IncarnationId& incarnation) {
    auto work = Work::begin(*state_);
    if (!work) return passed(work.error());
    auto ok = run(state_->db, "DELETE FROM received_seal WHERE record = ?1 AND incarnation = ?2",
                  record, incarnation);
    if (ok) ok = run(state_->db, "UPDATE record SET seal_position = 0 WHERE record = ?1", record);
    return ok ? work->commit() : ok;
}

}  // namespace kari::store
