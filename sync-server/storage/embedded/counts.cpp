// SPDX-License-Identifier: Apache-2.0
//
// What an operator is told of: tablets, findings, disk, backups. Counts, and no content.
#include <filesystem>

#include "sync-server/storage/embedded/embedded_storage.hpp"
#include "sync-server/storage/embedded/rows.hpp"

namespace kari::server::storage {

namespace fs = std::filesystem;

Result<void> EmbeddedStorage::set_sighting(const Sighting& sighting) {
    const Lock lock = enter();
    return atomically([&]() -> Result<void> {
        KARI_LET(auto put,
                 db_.prepare("INSERT INTO sighting VALUES(?1,?2,?3,?4) ON CONFLICT DO UPDATE "
                             "SET seen = excluded.seen, unsent = excluded.unsent, "
                             "oldest_unsent = excluded.oldest_unsent"));
        put.bind(1, sighting.device).bind(2, sighting.seen.ms);
        if (sighting.unsent) {
            put.bind(3, *sighting.unsent);
        } else {
            put.bind_null(3);
        }
        if (sighting.oldest_unsent) {
            put.bind(4, sighting.oldest_unsent->ms);
        } else {
            put.bind_null(4);
        }
        return put.run();
    });
}

Result<std::vector<Sighting>> EmbeddedStorage::sightings() {
    const Lock lock = enter();
    KARI_LET(auto row,
             db_.prepare("SELECT device, seen, unsent, oldest_unsent FROM sighting ORDER BY 1"));
    std::vector<Sighting> found;
    for (;;) {
        KARI_LET(const bool more, row.step());
        if (!more) return found;
        Sighting one;
        one.device = row.column_id<DeviceId>(0);
        one.seen = Instant{row.column_int(1)};
        if (!row.is_null(2)) one.unsent = row.column_u64(2);
        if (!row.is_null(3)) one.oldest_unsent = Instant{row.column_int(3)};
        found.push_back(one);
    }
}

Result<std::optional<Instant>> EmbeddedStorage::certificate_end(const DeviceId& device) {
    const Lock lock = enter();
    KARI_LET(auto row, db_.prepare("SELECT max(not_after) FROM certificate WHERE device = ?1 AND "
                                   "use = 1"));
    row.bind(1, device);
    KARI_TRY(row.step());
    if (row.is_null(0)) return std::optional<Instant>{};
    return std::optional(Instant{row.column_int(0)});
}

Result<Totals> EmbeddedStorage::totals() {
    const Lock lock = enter();
    KARI_LET(auto row, db_.prepare("SELECT count(*), coalesce(sum(head), 0), "
                                   "coalesce(sum(secured), 0), coalesce(sum(access_head), 0), "
                                   "coalesce(sum(reviewed < head), 0) FROM record"));
    KARI_TRY(row.step());
    return Totals{row.column_u64(0), row.column_u64(1), row.column_u64(2), row.column_u64(3),
                  row.column_u64(4)};
}

Result<std::vector<FindingCount>> EmbeddedStorage::open_findings() {
    const Lock lock = enter();
    KARI_LET(auto row,
             db_.prepare("SELECT severity, count(*), sum(deferred), min(since) FROM (SELECT "
                         "min(severity) AS severity, min(deferred) AS deferred, min(since) AS "
                         "since FROM open_finding GROUP BY issue) GROUP BY severity ORDER BY 1"));
    std::vector<FindingCount> found;
    for (;;) {
        KARI_LET(const bool more, row.step());
        if (!more) return found;
        found.push_back({static_cast<unsigned>(row.column_int(0)), row.column_u64(1),
                         row.column_u64(2), Instant{row.column_int(3)}});
    }
}

Result<void> EmbeddedStorage::standing_findings(
    const std::function<void(const StandingFinding&)>& visit) {
    const Lock lock = enter();
    KARI_LET(auto row, db_.prepare("SELECT f.issue, f.severity, f.deferred, f.since, f.rule, "
                                   "f.due, f.record, c.unit FROM open_finding f LEFT JOIN "
                                   "caseload c ON c.record = f.record AND c.state = ?1 ORDER BY "
                                   "f.due IS NULL, f.due, f.severity, f.issue, f.record, c.unit"));
    row.bind(1, static_cast<int>(CaseloadState::granted));
    for (;;) {
        KARI_LET(const bool more, row.step());
        if (!more) return {};
        StandingFinding one{embedded::read_open_finding(row), row.column_id<RecordId>(6),
                            std::nullopt};
        if (!row.is_null(7)) one.unit = row.column_id<UnitId>(7);
        visit(one);
    }
}

Result<DiskSpace> EmbeddedStorage::disk_space() {
    const fs::path file = db_.path();  // never changes
    std::error_code failed;
    DiskSpace found;
    found.database = fs::file_size(file, failed);
    if (failed) return fail(ErrorCode::storage_failed, "the size of the database");
    const auto log = fs::file_size(file.string() + "-wal", failed);
    found.log = failed ? 0 : log;  // none while nobody writes
    const auto space = fs::space(file.has_parent_path() ? file.parent_path() : ".", failed);
    if (failed) return fail(ErrorCode::storage_failed, "the room on the disk");
    found.free = space.available;
    found.disk = space.capacity;
    return found;
}

Result<void> EmbeddedStorage::set_disk_day(const DiskDay& day) {
    const Lock lock = enter();
    return atomically([&]() -> Result<void> {
        KARI_LET(auto put, db_.prepare("INSERT INTO disk_day VALUES(?1,?2) ON CONFLICT DO UPDATE "
                                       "SET bytes = excluded.bytes"));
        put.bind(1, day.day).bind(2, day.bytes);
        KARI_TRY(put.run());
        KARI_LET(auto old, db_.prepare("DELETE FROM disk_day WHERE day <= ?1"));
        old.bind(1, day.day - k_disk_days_kept);
        return old.run();
    });
}

Result<std::vector<DiskDay>> EmbeddedStorage::disk_days() {
    const Lock lock = enter();
    KARI_LET(auto row, db_.prepare("SELECT day, bytes FROM disk_day ORDER BY day"));
    std::vector<DiskDay> found;
    for (;;) {
        KARI_LET(const bool more, row.step());
        if (!more) return found;
        found.push_back({row.column_int(0), row.column_u64(1)});
    }
}

Result<void> EmbeddedStorage::set_backup(const Backup& backup) {
    const Lock lock = enter();
    return atomically([&]() -> Result<void> {
        KARI_LET(auto put,
                 db_.prepare("INSERT INTO backup VALUES(?1,?2,?3,?4) ON CONFLICT DO NOTHING"));
        put.bind(1, backup.taken.ms).bind(2, backup.records).bind(3, backup.changes);
        put.bind(4, backup.bytes);
        return put.run();
    });
}

Result<std::optional<Backup>> EmbeddedStorage::last_backup() {
    const Lock lock = enter();
    KARI_LET(auto row, db_.prepare("SELECT taken, records, changes, bytes FROM backup "
                                   "ORDER BY taken DESC LIMIT 1"));
    KARI_LET(const bool here, row.step());
    if (!here) return std::optional<Backup>{};
    return std::optional(Backup{Instant{row.column_int(0)}, row.column_u64(1), row.column_u64(2),
                                row.column_u64(3)});
}

Result<std::vector<Upgrade>> EmbeddedStorage::upgrades() {
    const Lock lock = enter();
    KARI_LET(auto row, db_.prepare("SELECT schema, program, at FROM upgrade ORDER BY schema"));
    std::vector<Upgrade> found;
    for (;;) {
        KARI_LET(const bool more, row.step());
        if (!more) return found;
        found.push_back(
            {row.column_int(0), std::string(row.column_text(1)), Instant{row.column_int(2)}});
    }
}

Result<Instant> EmbeddedStorage::latest_time() {
    const Lock lock = enter();
    KARI_LET(const auto ms,
             db_.query_int("SELECT max(coalesce((SELECT max(seen) FROM sighting), 0), "
                           "coalesce((SELECT max(taken) FROM backup), 0), "
                           "coalesce((SELECT max(at) FROM upgrade), 0), "
                           "coalesce((SELECT max(enrolled) FROM device), 0), "
                           "coalesce((SELECT max(received) FROM quarantine), 0))"));
    return Instant{ms};
}

Result<std::string> EmbeddedStorage::cipher_version() {
    const Lock lock = enter();
    KARI_LET(auto row, db_.prepare("PRAGMA cipher_version"));
    KARI_LET(const bool here, row.step());
    return here ? std::string(row.column_text(0)) : std::string();
}

Result<std::vector<QuarantineCount>> EmbeddedStorage::quarantine_counts() {
    const Lock lock = enter();
    KARI_LET(auto row, db_.prepare("SELECT device, count(*), sum(length(bytes)), min(received) "
                                   "FROM quarantine GROUP BY device ORDER BY device"));
    std::vector<QuarantineCount> found;
    for (;;) {
        KARI_LET(const bool more, row.step());
        if (!more) return found;
        found.push_back({row.column_id<DeviceId>(0), row.column_u64(1), row.column_u64(2),
                         Instant{row.column_int(3)}});
    }
}

}  // namespace kari::server::storage
