// SPDX-License-Identifier: Apache-2.0
#include "sdk/base/digest.hpp"
#include "sdk/base/mutant.hpp"
#include "sync-server/storage/embedded/embedded_storage.hpp"

namespace kari::server::storage {

Result<Epoch> EmbeddedStorage::epoch() {
    const Lock lock = enter();
    KARI_LET(auto row, db_.prepare("SELECT epoch, recovering, epoch_began FROM server"));
    KARI_LET(const bool here, row.step());
    if (!here) return fail(ErrorCode::storage_corrupt, "the server's own row is missing");
    Epoch out{row.column_id<EpochId>(0), row.column_int(1) != 0};
    if (row.column_int(2) != 0) out.began = Instant{row.column_int(2)};
    return out;
}

Result<void> EmbeddedStorage::begin_epoch(const EpochId& id, Instant now) {
    const Lock lock = enter();
    return atomically([&]() -> Result<void> {
        KARI_LET(auto put, db_.prepare("UPDATE server SET epoch = ?1, recovering = 1, "
                                       "epoch_began = max(epoch_began, ?2)"));
        put.bind(1, id).bind(2, now.ms);
        if (!KARI_MUTATED(same_epoch_after_restore)) KARI_TRY(put.run());
        // Who was heard before has not given back yet what this copy lacks.
        KARI_TRY(db_.execute("DELETE FROM sighting"));
        KARI_TRY(db_.execute("UPDATE record SET epoch_start = head, epoch_chain = head_chain"));
        return touch_all_units();
    });
}

Result<void> EmbeddedStorage::close_recovery() {
    const Lock lock = enter();
    return atomically([&]() -> Result<void> {
        KARI_TRY(db_.execute("UPDATE server SET recovering = 0"));
        return touch_all_units();
    });
}

Result<void> EmbeddedStorage::mark_secured(const std::map<RecordId, Reach>& positions) {
    const Lock lock = enter();
    return atomically([&]() -> Result<void> {
        KARI_LET(auto put, db_.prepare("UPDATE record SET secured = max(secured, ?2), "
                                       "access_secured = max(access_secured, ?3) WHERE id = ?1 "
                                       "AND head >= ?2 AND access_head >= ?3"));
        for (const auto& [record, reach] : positions) {
            put.bind(1, record).bind(2, reach.changes).bind(3, reach.access);
            KARI_TRY(put.run());
        }
        KARI_LET(auto attachments,
                 db_.prepare("UPDATE attachment_reach SET secured = max(secured, ?2) WHERE "
                             "record = ?1 AND head >= ?2"));
        for (const auto& [record, reach] : positions) {
            attachments.bind(1, record).bind(2, reach.attachments);
            KARI_TRY(attachments.run());
        }
        return touch_all_units();
    });
}

Result<void> EmbeddedStorage::copy_to(const std::string& path, std::string_view key) {
    const Lock lock = enter();
    return db_.backup_to(path, key);
}

Result<void> EmbeddedStorage::check_medium() {
    const Lock lock = enter();
    return db_.check();
}

Result<void> EmbeddedStorage::check_start() {
    const Lock lock = enter();
    KARI_LET(const auto pages, db_.query_int("SELECT page_count * page_size FROM "
                                             "pragma_page_count, pragma_page_size"));
    if (static_cast<std::uint64_t>(pages) <= k_check_whole_bytes) {
        // Another process may write a page while it is read: only what is found twice is damage.
        return db_.check() ? Result<void>{} : db_.check();
    }
    // Every page that is read is checked against its MAC.
    for (const char* sql : {"SELECT count(*) + sum(length(head_chain)) FROM record NOT INDEXED",
                            "SELECT count(*) + sum(length(display)) FROM unit NOT INDEXED",
                            "SELECT count(*) + sum(length(display)) FROM person NOT INDEXED",
                            "SELECT count(*) + sum(length(name)) FROM device NOT INDEXED",
                            "SELECT count(*) + sum(length(der)) FROM certificate NOT INDEXED",
                            "SELECT count(*) + sum(state) FROM caseload NOT INDEXED"}) {
        KARI_TRY(db_.query_int(sql));
    }
    return {};
}

Result<void> EmbeddedStorage::quarantine(const Quarantined& entry) {
    const Lock lock = enter();
    return atomically([&]() -> Result<void> {
        const Digest digest = base::sha256(entry.bytes);
        KARI_LET(auto known,
                 db_.prepare("SELECT 1 FROM quarantine WHERE device = ?1 AND digest = ?2"));
        known.bind(1, entry.device).bind(2, digest);
        KARI_LET(const bool here, known.step());
        if (here) return {};
        KARI_LET(auto used, db_.prepare("SELECT count(*), coalesce(sum(length(bytes)), 0) "
                                        "FROM quarantine WHERE device = ?1"));
        used.bind(1, entry.device);
        KARI_TRY(used.step());
        if (used.column_u64(0) >= k_quarantine_entries_max ||
            used.column_u64(1) + entry.bytes.size() > k_quarantine_bytes_max) {
            return fail(ErrorCode::quota_exceeded, "quarantine of this device");
        }
        KARI_LET(auto insert,
                 db_.prepare("INSERT INTO quarantine VALUES(NULL,?1,?2,?3,?4,?5,?6,?7)"));
        insert.bind(1, entry.device).bind(2, entry.incarnation).bind(3, entry.received.ms);
        insert.bind(4, entry.error).bind_text(5, entry.what).bind(6, digest);
        insert.bind_blob(7, entry.bytes);
        return insert.run();
    });
}

Result<std::vector<Quarantined>> EmbeddedStorage::quarantined() {
    const Lock lock = enter();
    KARI_LET(auto row, db_.prepare("SELECT device, incarnation, received, error, what, bytes "
                                   "FROM quarantine ORDER BY number"));
    std::vector<Quarantined> found;
    for (;;) {
        KARI_LET(const bool more, row.step());
        if (!more) return found;
        found.push_back({row.column_id<DeviceId>(0), row.column_id<IncarnationId>(1),
                         Instant{row.column_int(2)}, static_cast<std::uint32_t>(row.column_int(3)),
                         std::string(row.column_text(4)), std::string(row.column_blob(5))});
    }
}

}  // namespace kari::server::storage
