// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include "sdk/base/id.hpp"
#include "sync-server/storage/embedded/embedded_storage.hpp"
#include "sync-server/storage/embedded/record_transaction.hpp"
#include "sync-server/storage/embedded/rows.hpp"

namespace kari::server::storage {

using embedded::read_access;
using embedded::read_change;
using embedded::read_state;
using embedded::resource_of;
using store::sqlcipher::Statement;

Result<std::unique_ptr<RecordTransaction>> EmbeddedStorage::begin(const RecordId& record) {
    KARI_LET(Part part, Part::begin(*this));
    std::optional<RecordState> found;
    {
        KARI_LET(found, state(record));
    }
    if (!found) return fail(ErrorCode::not_found, "record");
    return std::make_unique<EmbeddedRecordTransaction>(*this, std::move(part), *found);
}

Result<std::unique_ptr<RecordTransaction>> EmbeddedStorage::begin_or_create(const RecordId& record,
                                                                            bool made_on_tablet) {
    KARI_LET(Part part, Part::begin(*this));
    {
        KARI_LET(auto insert,
                 db_.prepare("INSERT OR IGNORE INTO record VALUES(?1,?2,0,?3,0,?3,0,0,0,0,0,?3)"));
        insert.bind(1, record).bind(2, made_on_tablet).bind(3, Digest{});
        KARI_TRY(insert.run());
    }
    std::optional<RecordState> found;
    {
        KARI_LET(found, state(record));
    }
    if (!found) return fail(ErrorCode::internal, "record is not there after it was made");
    return std::make_unique<EmbeddedRecordTransaction>(*this, std::move(part), *found);
}

Result<std::optional<RecordState>> EmbeddedStorage::state(const RecordId& record) {
    const Lock lock = enter();
    KARI_LET(auto row, db_.prepare(embedded::k_state_sql));
    row.bind(1, record);
    KARI_LET(const bool here, row.step());
    if (!here) return std::optional<RecordState>{};
    return std::optional<RecordState>(read_state(row));
}

namespace {

Result<std::vector<RecordId>> record_ids(Statement& row) {
    std::vector<RecordId> ids;
    for (;;) {
        KARI_LET(const bool more, row.step());
        if (!more) return ids;
        ids.push_back(row.column_id<RecordId>(0));
    }
}

}  // namespace

Result<std::vector<RecordId>> EmbeddedStorage::records() {
    const Lock lock = enter();
    KARI_LET(auto row, db_.prepare("SELECT id FROM record ORDER BY id"));
    return record_ids(row);
}

Result<void> EmbeddedStorage::owe_reviews() {
    const Lock lock = enter();
    return db_.execute("UPDATE record SET reviewed = 0");
}

Result<std::vector<RecordId>> EmbeddedStorage::unreviewed() {
    const Lock lock = enter();
    KARI_LET(auto row, db_.prepare("SELECT id FROM record WHERE reviewed < head ORDER BY id"));
    return record_ids(row);
}

Result<std::optional<Digest>> EmbeddedStorage::chain_at(const RecordId& record,
                                                        std::uint64_t position) {
    if (position == 0) return std::optional<Digest>(Digest{});
    const Lock lock = enter();
    KARI_LET(auto row, db_.prepare("SELECT chain FROM change WHERE record = ?1 AND position = ?2"));
    row.bind(1, record).bind(2, position);
    if (const auto here = row.step(); !here) {
        // A position that no database integer can be is a position that is not here.
        if (here.error().code == ErrorCode::invalid_argument) return std::optional<Digest>{};
        return tl::unexpected<Error>(here.error());
    } else if (!*here) {
        return std::optional<Digest>{};
    }
    return std::optional<Digest>(row.column_id<Digest>(0));
}

Result<void> EmbeddedStorage::changes(const RecordId& record, std::uint64_t after,
                                      const Visit& visit) {
    const Lock lock = enter();
    KARI_LET(auto row, db_.prepare("SELECT id, position, chain, kind, incarnation, seq, header, "
                                   "body FROM change WHERE record = ?1 AND position > ?2 "
                                   "ORDER BY position"));
    row.bind(1, record).bind(2, after);
    for (;;) {
        KARI_LET(const bool more, row.step());
        if (!more || !visit(read_change(row))) return {};
    }
}

Result<std::optional<StoredChange>> EmbeddedStorage::change(const RecordId& record,
                                                            const ChangeId& id) {
    const Lock lock = enter();
    KARI_LET(auto row, db_.prepare("SELECT id, position, chain, kind, incarnation, seq, header, "
                                   "body FROM change WHERE record = ?1 AND id = ?2"));
    row.bind(1, record).bind(2, id);
    KARI_LET(const bool here, row.step());
    if (!here) return std::optional<StoredChange>{};
    return std::optional<StoredChange>(read_change(row));
}

Result<std::vector<StoredChange>> EmbeddedStorage::at_address(const RecordId& record,
                                                              const IncarnationId& incarnation,
                                                              std::uint64_t seq) {
    const Lock lock = enter();
    // Left to itself SQLite walks the whole record, because that is in order of position already.
    KARI_LET(auto row, db_.prepare("SELECT id, position, chain, kind, incarnation, seq, header, "
                                   "body FROM change INDEXED BY change_address WHERE record = ?1 "
                                   "AND incarnation = ?2 AND seq = ?3 ORDER BY position"));
    row.bind(1, record).bind(2, incarnation).bind(3, seq);
    std::vector<StoredChange> found;
    for (;;) {
        KARI_LET(const bool more, row.step());
        if (!more) return found;
        found.push_back(read_change(row));
    }
}

Result<void> EmbeddedStorage::changes_of(const RecordId& record, const ResourceId& resource,
                                         const Visit& visit) {
    const Lock lock = enter();
    KARI_LET(auto row,
             db_.prepare("SELECT c.id, c.position, c.chain, c.kind, c.incarnation, c.seq, "
                         "c.header, c.body FROM resource_change r JOIN change c ON "
                         "c.record = r.record AND c.position = r.position WHERE "
                         "r.record = ?1 AND r.resource = ?2 ORDER BY r.position"));
    row.bind(1, record).bind(2, resource);
    for (;;) {
        KARI_LET(const bool more, row.step());
        if (!more || !visit(read_change(row))) return {};
    }
}

namespace {

bool holds(const std::vector<std::uint32_t>& kinds, std::int64_t kind) {
    return std::any_of(kinds.begin(), kinds.end(),
                       [kind](std::uint32_t one) { return std::int64_t{one} == kind; });
}

}  // namespace

Result<Census> EmbeddedStorage::census(const RecordId& record,
                                       const std::vector<std::uint32_t>& lone_kinds) {
    const Lock lock = enter();
    Census found;
    {
        KARI_LET(auto row, db_.prepare("SELECT resource, count(*), min(kind), max(kind) FROM "
                                       "resource_change WHERE record = ?1 GROUP BY resource"));
        row.bind(1, record);
        for (;;) {
            KARI_LET(const bool more, row.step());
            if (!more) break;
            const bool lone = row.column_int(1) == 1 && holds(lone_kinds, row.column_int(2));
            if (!lone) found.resources.push_back(row.column_id<ResourceId>(0));
        }
    }
    KARI_LET(auto row,
             db_.prepare("SELECT c.header FROM (SELECT incarnation, seq FROM change WHERE "
                         "record = ?1 GROUP BY incarnation, seq HAVING count(*) > 1) AS f JOIN "
                         "change c ON c.record = ?1 AND c.incarnation = f.incarnation AND "
                         "c.seq = f.seq"));
    row.bind(1, record);
    std::set<ResourceId> forked;
    for (;;) {
        KARI_LET(const bool more, row.step());
        if (!more) break;
        KARI_LET(const auto resource, resource_of(row.column_blob(0)));
        forked.insert(resource);
    }
    found.forked.assign(forked.begin(), forked.end());
    return found;
}

Result<std::vector<Gap>> EmbeddedStorage::gaps(const RecordId& record) {
    const Lock lock = enter();
    KARI_LET(auto row, db_.prepare("SELECT incarnation, seq, missing FROM gap WHERE record = ?1"));
    row.bind(1, record);
    std::vector<Gap> found;
    for (;;) {
        KARI_LET(const bool more, row.step());
        if (!more) return found;
        found.push_back(
            {row.column_id<IncarnationId>(0), row.column_u64(1), row.column_id<ChangeId>(2)});
    }
}

Result<void> EmbeddedStorage::access(const RecordId& record, std::uint64_t after,
                                     const std::function<bool(const StoredAccess&)>& visit) {
    const Lock lock = enter();
    KARI_LET(auto row, db_.prepare("SELECT id, position, chain, incarnation, seq, prev, entry "
                                   "FROM access WHERE record = ?1 AND position > ?2 "
                                   "ORDER BY position"));
    row.bind(1, record).bind(2, after);
    for (;;) {
        KARI_LET(const bool more, row.step());
        if (!more || !visit(read_access(row))) return {};
    }
}

Result<std::vector<StoredAccess>> EmbeddedStorage::access_at(const RecordId& record,
                                                             const IncarnationId& incarnation,
                                                             std::uint64_t seq) {
    const Lock lock = enter();
    KARI_LET(auto row, db_.prepare("SELECT id, position, chain, incarnation, seq, prev, entry "
                                   "FROM access WHERE record = ?1 AND incarnation = ?2 AND "
                                   "seq = ?3"));
    row.bind(1, record).bind(2, incarnation).bind(3, seq);
    std::vector<StoredAccess> found;
    for (;;) {
        KARI_LET(const bool more, row.step());
        if (!more) return found;
        found.push_back(read_access(row));
    }
}

Result<std::vector<StoredSeal>> EmbeddedStorage::read_seals(Statement& row) {
    std::vector<StoredSeal> found;
    for (;;) {
        KARI_LET(const bool more, row.step());
        if (!more) return found;
        StoredSeal seal;
        seal.incarnation = row.column_id<IncarnationId>(0);
        seal.number = row.column_u64(1);
        seal.statement = row.column_id<Digest>(2);
        seal.previous = row.column_id<Digest>(3);
        seal.access = row.column_int(4) != 0;
        seal.covers = row.column_u64(5);
        seal.bytes = std::string(row.column_blob(6));
        seal.arrival = row.column_u64(7);
        found.push_back(std::move(seal));
    }
}

Result<std::vector<StoredSeal>> EmbeddedStorage::seals(const RecordId& record,
                                                       std::uint64_t after) {
    const Lock lock = enter();
    KARI_LET(auto row, db_.prepare("SELECT incarnation, number, statement, previous, access, "
                                   "covers, seal, arrival FROM seal WHERE record = ?1 AND "
                                   "access = 0 AND arrival > ?2 ORDER BY arrival"));
    row.bind(1, record).bind(2, after);
    return read_seals(row);
}

Result<std::vector<StoredSeal>> EmbeddedStorage::all_seals(const RecordId& record) {
    const Lock lock = enter();
    KARI_LET(auto row, db_.prepare("SELECT incarnation, number, statement, previous, access, "
                                   "covers, seal, arrival FROM seal WHERE record = ?1 "
                                   "ORDER BY incarnation, number"));
    row.bind(1, record);
    return read_seals(row);
}

Result<std::vector<Digest>> EmbeddedStorage::seal_statements(const IncarnationId& incarnation,
                                                             std::uint64_t number) {
    const Lock lock = enter();
    KARI_LET(auto row, db_.prepare("SELECT DISTINCT statement FROM seal WHERE incarnation = ?1 "
                                   "AND number = ?2"));
    row.bind(1, incarnation).bind(2, number);
    std::vector<Digest> found;
    for (;;) {
        KARI_LET(const bool more, row.step());
        if (!more) return found;
        found.push_back(row.column_id<Digest>(0));
    }
}

// One half of a link is enough to take effect.
Result<std::vector<RecordId>> EmbeddedStorage::group(const RecordId& record) {
    const Lock lock = enter();
    std::set<RecordId> members{record};
    std::vector<RecordId> to_visit{record};
    while (!to_visit.empty()) {
        KARI_LET(auto row,
                 db_.prepare("SELECT other FROM link WHERE record = ?1 AND linked = 1 UNION "
                             "SELECT record FROM link WHERE other = ?1 AND linked = 1"));
        row.bind(1, to_visit.back());
        to_visit.pop_back();
        KARI_LET(const auto others, record_ids(row));
        for (const RecordId& other : others) {
            if (members.insert(other).second) to_visit.push_back(other);
        }
    }
    return std::vector<RecordId>(members.begin(), members.end());
}

}  // namespace kari::server::storage
