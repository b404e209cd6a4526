// SPDX-License-Identifier: Apache-2.0
#include "sdk/base/id.hpp"
#include "sync-server/storage/embedded/embedded_storage.hpp"

namespace kari::server::storage {

Result<std::optional<RecordId>> EmbeddedStorage::imported(const ImportKey& key) {
    const Lock lock = enter();
    KARI_LET(auto row, db_.prepare("SELECT record FROM imported WHERE system = ?1 AND "
                                   "logical_id = ?2"));
    row.bind_text(1, key.system).bind_text(2, key.logical_id);
    KARI_LET(const bool here, row.step());
    return here ? std::optional<RecordId>(row.column_id<RecordId>(0)) : std::nullopt;
}

Result<void> EmbeddedStorage::set_imported(const ImportKey& key, const RecordId& record) {
    const Lock lock = enter();
    KARI_LET(auto put, db_.prepare("INSERT INTO imported VALUES(?1,?2,?3) ON CONFLICT DO UPDATE "
                                   "SET record = excluded.record"));
    put.bind_text(1, key.system).bind_text(2, key.logical_id).bind(3, record);
    return put.run();
}

Result<bool> EmbeddedStorage::put_directory_resource(const std::string& system,
                                                     const std::string& type,
                                                     const std::string& logical_id,
                                                     const std::string& bytes) {
    const Lock lock = enter();
    KARI_LET(
        auto put,
        db_.prepare("INSERT INTO directory_resource VALUES(?1,?2,?3,?4) ON CONFLICT DO "
                    "UPDATE SET resource = excluded.resource WHERE resource <> excluded.resource"));
    put.bind_text(1, system).bind_text(2, type).bind_text(3, logical_id).bind_blob(4, bytes);
    KARI_TRY(put.run());
    return put.changed() > 0;
}

Result<std::uint64_t> EmbeddedStorage::directory_resources() {
    const Lock lock = enter();
    KARI_LET(const auto count, db_.query_int("SELECT count(*) FROM directory_resource"));
    return static_cast<std::uint64_t>(count);
}

Result<std::optional<ImportedResource>> EmbeddedStorage::imported_resource(
    const ResourceId& resource) {
    const Lock lock = enter();
    KARI_LET(auto row, db_.prepare("SELECT record, body, leaving FROM imported_resource WHERE "
                                   "resource = ?1"));
    row.bind(1, resource);
    KARI_LET(const bool here, row.step());
    if (!here) return std::optional<ImportedResource>{};
    ImportedResource found;
    if (!row.is_null(0)) found.record = row.column_id<RecordId>(0);
    found.body = row.column_id<Digest>(1);
    if (!row.is_null(2)) found.leaving = row.column_id<RecordId>(2);
    return std::optional(found);
}

Result<void> EmbeddedStorage::set_imported_resource(const ResourceId& resource,
                                                    const ImportedResource& where) {
    const Lock lock = enter();
    KARI_LET(auto put, db_.prepare("INSERT INTO imported_resource VALUES(?1,?2,?3,?4) ON CONFLICT "
                                   "DO UPDATE SET record = excluded.record, body = excluded.body, "
                                   "leaving = excluded.leaving"));
    put.bind(1, resource).bind(3, where.body);
    const auto bind_record = [&put](int index, const std::optional<RecordId>& record) {
        if (record) {
            put.bind(index, *record);
        } else {
            put.bind_null(index);
        }
    };
    bind_record(2, where.record);
    bind_record(4, where.leaving);
    return put.run();
}

Result<std::vector<ResourceId>> EmbeddedStorage::leaving() {
    const Lock lock = enter();
    KARI_LET(auto row, db_.prepare("SELECT resource FROM imported_resource WHERE leaving IS NOT "
                                   "NULL ORDER BY resource"));
    std::vector<ResourceId> found;
    for (;;) {
        KARI_LET(const bool more, row.step());
        if (!more) return found;
        found.push_back(row.column_id<ResourceId>(0));
    }
}

Result<void> EmbeddedStorage::fill(const RecordId& record, const ImportRun& run) {
    const Lock lock = enter();
    KARI_LET(auto put, db_.prepare("INSERT INTO filling VALUES(?1,?2) ON CONFLICT DO UPDATE SET "
                                   "run = excluded.run WHERE run <> excluded.run"));
    put.bind(1, record).bind(2, run);
    return put.run();
}

Result<bool> EmbeddedStorage::being_filled(const RecordId& record) {
    const Lock lock = enter();
    KARI_LET(auto row, db_.prepare("SELECT 1 FROM filling WHERE record = ?1"));
    row.bind(1, record);
    return row.step();
}

Result<std::uint64_t> EmbeddedStorage::records_being_filled() {
    const Lock lock = enter();
    KARI_LET(const auto count, db_.query_int("SELECT count(*) FROM filling"));
    return static_cast<std::uint64_t>(count);
}

Result<void> EmbeddedStorage::end_filling(const ImportRun& run) {
    const Lock lock = enter();
    KARI_LET(auto put, db_.prepare("DELETE FROM filling WHERE run = ?1"));
    put.bind(1, run);
    return put.run();
}

}  // namespace kari::server::storage
