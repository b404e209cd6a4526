// SPDX-License-Identifier: Apache-2.0
//
// A server that was restored: what it may have lost is kept, listed and given back.
#include "sdk/base/mutant.hpp"
#include "sdk/store/delta.hpp"

namespace kari::store {

Result<std::optional<LogPoint>> chain_at(DeviceStore::State& store, const RecordMeta& meta,
                                         std::uint64_t position) {
    if (position == meta.cursor.position) return meta.cursor;
    if (position == meta.base.position) return meta.base;
    if (position < meta.base.position || position > meta.cursor.position) {
        return std::optional<LogPoint>{};
    }
    LogPoint at = meta.base;
    bool dense = true;
    const auto ok = each_row(
        store.db,
        "SELECT position, id FROM change WHERE record = ?1 AND position > ?2 AND position <= ?3"
        " UNION SELECT position, id FROM quarantine"
        " WHERE record = ?1 AND position > ?2 AND position <= ?3 ORDER BY position",
        [&](sqlcipher::Statement& row) -> Result<void> {
            dense = dense && row.column_u64(0) == at.position + 1;
            ++at.position;
            at.chain = next_chain(at.chain, row.column_id<ChangeId>(1));
            return {};
        },
        meta.record, meta.base.position, position);
    if (!ok) return passed(ok.error());
    if (!dense || at.position != position) return std::optional<LogPoint>{};
    return at;
}

namespace {

Result<RecordMeta> meta_of(DeviceStore::State& store, const RecordId& record) {
    auto meta = store.meta(record);
    if (!meta) return passed(meta.error());
    if (!*meta) return fail(ErrorCode::not_found, "store: the record is not here");
    return std::move(**meta);
}

// The last point that both hold for certain: what lies above it can be checked by neither.
Result<LogPoint> last_shared(DeviceStore::State& store, const RecordMeta& meta,
                             const LogPoint& stated) {
    if (stated.position > meta.cursor.position) {
        // The next delta begins at the cursor and shows whether the server runs along with it.
        return meta.cursor;
    }
    if (stated.position == 0) return LogPoint{};
    const auto held = chain_at(store, meta, stated.position);
    if (!held) return passed(held.error());
    return *held && (*held)->chain == stated.chain ? stated : LogPoint{};
}

}  // namespace

// What the server has again is named as long as anything beside it, of its epoch, is owed.
Result<void> DeviceStore::State::forget_given_back(const RecordId& record) {
    auto ok = run(db,
                  "DELETE FROM give_back WHERE record = ?1 AND epoch NOT IN"
                  " (SELECT epoch FROM give_back WHERE record = ?1 AND done = 0)",
                  record);
    if (!ok) return ok;
    // A former epoch's range stays as long as no later one speaks for the prefix, and its pairs as
    // long as something stands at their positions that no range covers.
    return run(db,
               "DELETE FROM receipt WHERE record = ?1"
               " AND epoch <> (SELECT epoch FROM record WHERE record = ?1)"
               " AND epoch NOT IN (SELECT epoch FROM give_back WHERE record = ?1)"
               " AND EXISTS (SELECT 1 FROM record r WHERE r.record = ?1"
               " AND (r.receipt IS NOT NULL OR r.cursor_position = 0)"
               " AND (pairs = 0 OR NOT EXISTS (SELECT 1 FROM change c WHERE c.record = ?1"
               " AND c.position BETWEEN max(first_position, 1) AND last_position"
               " AND (c.position > r.cursor_position OR c.position <= r.base_position))))",
               record);
}

// A return that was under way when the server was restored again: what it placed may be lost once
// more, so it is owed anew, save what the present log is known to have. The positions between the
// new shared point and the old one are the same in both epochs and are named too, so that the old
// receipt leads from a point that the server knows.
Result<void> DeviceStore::State::redo_returns(const RecordId& record, std::uint64_t shared,
                                              std::uint64_t from) {
    auto ok = run(db,
                  "UPDATE give_back SET done = 0 WHERE record = ?1 AND done = 1"
                  " AND NOT EXISTS (SELECT 1 FROM change c WHERE c.record = ?1"
                  " AND c.incarnation = give_back.incarnation AND c.seq = give_back.seq"
                  " AND c.id = give_back.id AND c.position BETWEEN 1 AND ?2)"
                  " AND NOT EXISTS (SELECT 1 FROM quarantine q WHERE q.record = ?1"
                  " AND q.id = give_back.id AND (q.position BETWEEN 1 AND ?2"
                  " OR length(q.header) = 0))"
                  " AND EXISTS (SELECT 1 FROM give_back o WHERE o.record = ?1"
                  " AND o.epoch = give_back.epoch AND o.done = 0)",
                  record, from);
    if (!ok) return ok;
    if (ok = forget_given_back(record); !ok) return ok;
    for (const std::string_view source :
         {"SELECT record, id, position, incarnation, seq FROM change",
          "SELECT record, id, position, zeroblob(16) AS incarnation, 0 AS seq FROM quarantine"}) {
        ok = run(db,
                 "INSERT INTO give_back(record, epoch, id, turn, position, incarnation, seq, done)"
                 " SELECT p.record, p.epoch, c.id, p.turn, c.position, c.incarnation, c.seq, 1"
                 " FROM (SELECT record, epoch, min(turn) AS turn, min(position) AS first"
                 " FROM give_back WHERE record = ?1 GROUP BY record, epoch) p JOIN (" +
                     std::string(source) +
                     ") c ON c.record = p.record AND c.position > ?2 AND c.position < p.first"
                     " WHERE true ON CONFLICT DO NOTHING",
                 record, shared);
        if (!ok) return ok;
    }
    return ok;
}

// Lists what stands at positions in (after, through] as owed under the receipts of `epoch`.
Result<void> DeviceStore::State::owe_return(const RecordId& record, const EpochId& epoch,
                                            std::uint64_t after, std::uint64_t through) {
    if (KARI_MUTATED(nothing_given_back)) return {};
    constexpr std::string_view turn =
        " coalesce((SELECT max(turn) FROM give_back WHERE record = ?1 AND epoch = ?2),"
        " (SELECT coalesce(max(turn), 0) + 1 FROM give_back WHERE record = ?1)),";
    const auto insert = [&](std::string_view columns, std::string_view source) {
        return run(db,
                   "INSERT INTO give_back(record, epoch, id, turn, position, incarnation, seq)"
                   " SELECT record, ?2, id," +
                       std::string(turn) + " position, " + std::string(columns) + " FROM " +
                       std::string(source) +
                       " AND record = ?1 AND position > ?3 AND position <= ?4"
                       " ON CONFLICT DO UPDATE SET done = 0",
                   record, epoch, after, through);
    };
    auto ok = insert("incarnation, seq", "change WHERE true");
    if (ok) ok = insert("zeroblob(16), 0", "quarantine WHERE true");
    if (!ok) return ok;
    // Of an id alone there is nothing to give; but a range's receipt is proven by naming it too.
    return run(db,
               "UPDATE give_back SET done = 1 WHERE record = ?1 AND epoch = ?2 AND id IN"
               " (SELECT id FROM quarantine WHERE record = ?1 AND length(header) = 0)",
               record, epoch);
}

// Whose receipt speaks for the prefix: the present epoch's, or, before it has given one, the last
// that did. Their positions are the same as far as the prefix goes.
Result<EpochId> DeviceStore::State::epoch_of_prefix(const RecordMeta& meta) {
    EpochId found = meta.epoch;
    if (meta.receipt) return base::from_bytes<EpochId>(meta.receipt->epoch()).value_or(found);
    const auto ok = each_row(
        db,
        "SELECT epoch FROM receipt WHERE record = ?1 AND pairs = 0 ORDER BY number DESC LIMIT 1",
        [&](sqlcipher::Statement& row) -> Result<void> {
            found = row.column_id<EpochId>(0);
            return {};
        },
        meta.record);
    if (!ok) return passed(ok.error());
    return found;
}

// What of our own has no position in the present epoch waits again; so does all that has none by
// its nature, the access log and the seals.
Result<void> DeviceStore::State::unacknowledge(const RecordId& record) {
    for (const auto& incarnation : own) {
        auto ok = run(db,
                      "UPDATE change SET fate = 0 WHERE record = ?1 AND incarnation = ?2"
                      " AND position = 0 AND fate <> 3",
                      record, incarnation);
        if (!ok) return ok;
        ok = run(db, "UPDATE access SET fate = 0 WHERE record = ?1 AND incarnation = ?2", record,
                 incarnation);
        if (!ok) return ok;
        ok = run(db,
                 "UPDATE stream SET sent_seq = 0, done_seq = 0"
                 " WHERE log IN (1, 2) AND record = ?1 AND incarnation = ?2",
                 record, incarnation);
        if (!ok) return ok;
        if (ok = advance(Log::change, record, incarnation); !ok) return ok;
        if (ok = advance(Log::access, record, incarnation); !ok) return ok;
    }
    std::vector<std::pair<IncarnationId, std::uint64_t>> seals;
    auto ok =
        each_row(db, "SELECT incarnation, number, leaves FROM seal WHERE sent = 1",
                 [&](sqlcipher::Statement& row) -> Result<void> {
                     const auto leaves = decode_parts(row.column_blob(2));
                     if (!leaves) return passed(leaves.error());
                     for (const auto& leaf : *leaves) {
                         v1::StreamHead head;
                         if (!head.ParseFromString(leaf) || head.record() != base::to_bytes(record))
                             continue;
                         seals.emplace_back(row.column_id<IncarnationId>(0), row.column_u64(1));
                         break;
                     }
                     return {};
                 });
    for (const auto& [incarnation, number_of] : seals) {
        if (!ok) return ok;
        ok = run(db, "UPDATE seal SET sent = 0 WHERE incarnation = ?1 AND number = ?2", incarnation,
                 number_of);
    }
    return ok;
}

Result<std::optional<LogPoint>> DeviceStore::chain_at(const RecordId& record,
                                                      std::uint64_t position) {
    const auto meta = meta_of(*state_, record);
    if (!meta) return passed(meta.error());
    return store::chain_at(*state_, *meta, position);
}

Result<void> DeviceStore::begin_epoch(const RecordId& record, const LogPoint& shared,
                                      const EpochId& epoch, std::uint64_t kept) {
    auto work = Work::begin(*state_);
    if (!work) return passed(work.error());
    auto& db = state_->db;
    const auto meta = meta_of(*state_, record);
    if (!meta) return passed(meta.error());
    if (meta->epoch == epoch) return {};
    if (meta->epoch.is_zero()) {
        auto ok = run(db, "UPDATE record SET epoch = ?2 WHERE record = ?1", record, epoch);
        return ok ? work->commit() : ok;
    }
    const auto point = last_shared(*state_, *meta, shared);
    if (!point) return passed(point.error());
    const bool contradicted =
        point->position == 0 && shared.position != 0 && meta->cursor.position != 0;
    const std::uint64_t from = contradicted ? 0 : std::max(point->position, kept);
    const LogPoint base = point->position < meta->base.position ? LogPoint{} : meta->base;

    if (auto redone = state_->redo_returns(record, contradicted ? 0 : point->position, from);
        !redone) {
        return redone;
    }
    const auto prefix = state_->epoch_of_prefix(*meta);
    if (!prefix) return passed(prefix.error());
    const std::uint64_t cursor = meta->cursor.position;
    auto ok = state_->owe_return(record, *prefix, from, cursor);
    if (!ok) return ok;
    ok = state_->owe_return(record, meta->epoch, std::max(from, cursor), std::uint64_t{INT64_MAX});
    if (!ok) return ok;
    if (meta->receipt) {
        const auto of = base::from_bytes<EpochId>(meta->receipt->epoch());
        ok = run(db,
                 "INSERT INTO receipt(record, number, epoch, pairs, last_position, bytes)"
                 " VALUES(?1, (SELECT coalesce(max(number), 0) + 1 FROM receipt"
                 " WHERE record = ?1), ?2, 0, ?3, ?4)",
                 record, of.value_or(meta->epoch), meta->receipt->end().position(),
                 meta->receipt->SerializeAsString());
        if (!ok) return ok;
    }
    ok =
        run(db, "UPDATE change SET position = 0 WHERE record = ?1 AND position > ?2", record, from);
    if (ok) {
        ok = run(db, "UPDATE quarantine SET position = 0 WHERE record = ?1 AND position > ?2",
                 record, from);
    }
    if (!ok) return ok;
    if (ok = state_->unacknowledge(record); !ok) return ok;
    const bool covered = meta->secured.position <= point->position;
    ok = run(db,
             "UPDATE record SET epoch = ?2, cursor_position = ?3, cursor_chain = ?4,"
             " receipt = NULL, safety_position = min(safety_position, ?5), seal_position = 0,"
             " secured_position = ?6, secured_chain = ?7, base_position = ?8, base_chain = ?9,"
             " server_position = 0, server_chain = zeroblob(32) WHERE record = ?1",
             record, epoch, point->position, point->chain, from,
             covered ? meta->secured.position : point->position,
             covered ? meta->secured.chain : point->chain, base.position, base.chain);
    if (ok) ok = state_->note_all_beside(record);
    if (!ok) return ok;
    return work->commit();
}

Result<std::vector<RecordId>> DeviceStore::owing_return() {
    std::vector<RecordId> found;
    const auto ok =
        each_row(state_->db, "SELECT DISTINCT record FROM give_back WHERE done = 0 ORDER BY record",
                 [&](sqlcipher::Statement& row) -> Result<void> {
                     found.push_back(row.column_id<RecordId>(0));
                     return {};
                 });
    if (!ok) return passed(ok.error());
    return found;
}

namespace {

// A pair proves its change wherever it stood: those of earlier epochs go along.
Result<void> add_receipts(DeviceStore::State& store, const RecordId& record, GiveBack& back) {
    return each_row(
        store.db,
        "SELECT pairs, bytes FROM receipt WHERE record = ?1 AND (epoch = ?2 OR (pairs = 1 AND"
        " number < coalesce((SELECT max(number) FROM receipt WHERE record = ?1 AND epoch = ?2),"
        " 9223372036854775807))) ORDER BY number",
        [&](sqlcipher::Statement& row) -> Result<void> {
            const std::string bytes(row.column_blob(1));
            const bool pairs = row.column_int(0) != 0;
            const bool read = pairs ? back.pairs.emplace_back().ParseFromString(bytes)
                                    : back.ranges.emplace_back().ParseFromString(bytes);
            if (!read) return fail(ErrorCode::storage_corrupt, "store: receipt");
            return {};
        },
        record, back.epoch);
}

}  // namespace

Result<GiveBack> DeviceStore::give_back(const RecordId& record) {
    if (const auto known = meta_of(*state_, record); !known) return passed(known.error());
    GiveBack back;
    bool owed = false;
    auto ok = each_row(
        state_->db,
        "SELECT epoch FROM give_back WHERE record = ?1 AND done = 0 ORDER BY turn LIMIT 1",
        [&](sqlcipher::Statement& row) -> Result<void> {
            back.epoch = row.column_id<EpochId>(0);
            owed = true;
            return {};
        },
        record);
    if (!ok) return passed(ok.error());
    if (!owed) return back;
    ok = each_row(
        state_->db,
        "SELECT c.header, c.body, c.fate, g.position FROM give_back g JOIN change c"
        " ON c.record = g.record AND c.incarnation = g.incarnation AND c.seq = g.seq"
        " AND c.id = g.id WHERE g.record = ?1 AND g.epoch = ?2 AND g.done = 0"
        " ORDER BY g.position",
        [&](sqlcipher::Statement& row) -> Result<void> {
            auto change = change_from(row);
            if (!change) return passed(change.error());
            back.changes.push_back(
                {std::move(*change), static_cast<Fate>(row.column_int(2)), row.column_u64(3)});
            return {};
        },
        record, back.epoch);
    if (!ok) return passed(ok.error());
    ok = each_row(
        state_->db,
        "SELECT q.id, g.position, q.reason, q.what, q.header, q.body FROM give_back g"
        " JOIN quarantine q ON q.record = g.record AND q.id = g.id"
        " WHERE g.record = ?1 AND g.epoch = ?2 AND g.done = 0 ORDER BY g.position",
        [&](sqlcipher::Statement& row) -> Result<void> {
            back.unreadable.push_back(
                {row.column_id<ChangeId>(0), row.column_u64(1),
                 error_code_from(static_cast<std::uint32_t>(row.column_int(2))),
                 std::string(row.column_text(3)), std::string(row.column_blob(4)),
                 std::string(row.column_blob(5))});
            return {};
        },
        record, back.epoch);
    if (!ok) return passed(ok.error());
    ok = each_row(
        state_->db,
        "SELECT position, id FROM give_back WHERE record = ?1 AND epoch = ?2 ORDER BY position",
        [&](sqlcipher::Statement& row) -> Result<void> {
            back.named.emplace_back(row.column_u64(0), row.column_id<ChangeId>(1));
            return {};
        },
        record, back.epoch);
    if (!ok) return passed(ok.error());
    if (ok = add_receipts(*state_, record, back); !ok) return passed(ok.error());
    return back;
}

Result<void> DeviceStore::given_back(const RecordId& record,
                                     const std::vector<GivenBack>& answered) {
    auto work = Work::begin(*state_);
    if (!work) return passed(work.error());
    auto& db = state_->db;
    for (const auto& [id, position] : answered) {
        auto ok = run(db,
                      "UPDATE change SET position = ?3 WHERE record = ?1 AND id = ?2"
                      " AND position = 0 AND ?3 > 0 AND (incarnation, seq) IN"
                      " (SELECT incarnation, seq FROM give_back WHERE record = ?1 AND id = ?2)",
                      record, id, position);
        if (!ok) return ok;
        ok = run(db,
                 "UPDATE quarantine SET position = ?3 WHERE record = ?1 AND id = ?2"
                 " AND position = 0 AND ?3 > 0",
                 record, id, position);
        if (!ok) return ok;
        ok = run(db, "UPDATE give_back SET done = 1 WHERE record = ?1 AND id = ?2", record, id);
        if (!ok) return ok;
    }
    if (auto ok = state_->forget_given_back(record); !ok) return ok;
    if (auto ok = state_->note_all_beside(record); !ok) return ok;
    return work->commit();
}

Result<void> DeviceStore::resend_what_has_no_epoch() {
    auto work = Work::begin(*state_);
    if (!work) return passed(work.error());
    std::vector<RecordId> records;
    auto ok = each_row(state_->db,
                       "SELECT DISTINCT record FROM access WHERE fate IN (1, 2) AND record NOT IN"
                       " (SELECT record FROM record WHERE epoch <> zeroblob(16))",
                       [&](sqlcipher::Statement& row) -> Result<void> {
                           records.push_back(row.column_id<RecordId>(0));
                           return {};
                       });
    for (const RecordId& record : records) {
        if (ok) ok = state_->unacknowledge(record);
    }
    if (!ok) return ok;
    return work->commit();
}

}  // namespace kari::store
