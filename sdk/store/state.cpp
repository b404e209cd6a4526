// SPDX-License-Identifier: Apache-2.0
#include "sdk/store/state.hpp"
#include "sdk/base/mutant.hpp"

namespace kari::store {

Result<Work> Work::begin(DeviceStore::State& state) {
    auto transaction = state.db.begin();
    if (!transaction) return passed(transaction.error());
    return Work(state, std::move(*transaction));
}

Result<void> Work::commit() {
    auto ok = transaction_.commit();
    if (ok) state_ = nullptr;
    return ok;
}

Result<LogPoint> point_from(const v1::LogPoint& point) {
    LogPoint out;
    out.position = point.position();
    if (point.chain().empty() && out.position == 0) return out;
    const auto chain = base::from_bytes<Digest>(point.chain());
    if (!chain || out.position > std::uint64_t{INT64_MAX}) {
        return fail(ErrorCode::malformed, "log point");
    }
    out.chain = *chain;
    return out;
}

Result<merge::Change> change_from(sqlcipher::Statement& row) {
    std::optional<std::string> body;
    if (!row.is_null(1)) body = std::string(row.column_blob(1));
    auto change = merge::decode_change(std::string(row.column_blob(0)), std::move(body));
    if (!change) {
        return fail(ErrorCode::storage_corrupt, "store: a change of the log does not decode");
    }
    return change;
}

Result<std::optional<RecordMeta>> DeviceStore::State::meta(const RecordId& record) {
    std::optional<RecordMeta> found;
    const auto ok = each_row(
        db,
        "SELECT tick, base_position, base_chain, cursor_position, cursor_chain, epoch,"
        " safety_position, secured_position, secured_chain, receipt, caseload, not_here,"
        " server_position, server_chain, hidden, made_here, seal_position FROM record WHERE record "
        "= ?1",
        [&](sqlcipher::Statement& row) -> Result<void> {
            RecordMeta m;
            m.record = record;
            m.tick = row.column_u64(0);
            m.base = {row.column_u64(1), row.column_id<Digest>(2)};
            m.cursor = {row.column_u64(3), row.column_id<Digest>(4)};
            m.epoch = row.column_id<EpochId>(5);
            m.safety_position = row.column_u64(6);
            m.secured = {row.column_u64(7), row.column_id<Digest>(8)};
            if (!row.is_null(9)) {
                v1::RangeReceipt receipt;
                if (!receipt.ParseFromString(std::string(row.column_blob(9)))) {
                    return fail(ErrorCode::storage_corrupt, "store: receipt");
                }
                m.receipt = std::move(receipt);
            }
            m.caseload = static_cast<v1::CaseloadState>(row.column_int(10));
            m.not_here = row.column_int(11) != 0;
            m.server = {row.column_u64(12), row.column_id<Digest>(13)};
            m.hidden = row.column_int(14) != 0;
            m.made_here = row.column_int(15) != 0;
            m.seal_position = row.column_u64(16);
            found = std::move(m);
            return {};
        },
        record);
    if (!ok) return passed(ok.error());
    return found;
}

Result<void> DeviceStore::State::require(const RecordId& record) {
    const auto found = number(db, "SELECT 1 FROM record WHERE record = ?1", record);
    if (!found && found.error().code == ErrorCode::not_found) {
        return fail(ErrorCode::not_found, "store: the record is not here");
    }
    if (!found) return passed(found.error());
    return {};
}

Result<void> DeviceStore::State::add_record(const RecordId& record, bool made_here) {
    return run(db, "INSERT INTO record(record, made_here) VALUES(?1, ?2) ON CONFLICT DO NOTHING",
               record, made_here);
}

Result<std::optional<OwnStream>> DeviceStore::State::own_stream(Log log, const RecordId& record,
                                                                const IncarnationId& incarnation) {
    std::optional<OwnStream> found;
    const auto ok = each_row(
        db, "SELECT seq, head FROM stream WHERE log = ?1 AND record = ?2 AND incarnation = ?3",
        [&](sqlcipher::Statement& row) -> Result<void> {
            found = OwnStream{row.column_u64(0), row.column_id<Digest>(1)};
            return {};
        },
        log, record, incarnation);
    if (!ok) return passed(ok.error());
    return found;
}

Result<void> DeviceStore::State::set_own_stream(Log log, const RecordId& record,
                                                const IncarnationId& incarnation,
                                                const OwnStream& stream) {
    return run(db,
               "INSERT INTO stream(log, record, incarnation, seq, head) VALUES(?1, ?2, ?3, ?4, ?5)"
               " ON CONFLICT DO UPDATE SET seq = excluded.seq, head = excluded.head",
               log, record, incarnation, stream.seq, stream.head);
}

Result<void> DeviceStore::State::advance(Log log, const RecordId& record,
                                         const IncarnationId& incarnation) {
    std::uint64_t sent = 0;
    std::uint64_t done = 0;
    bool known = false;
    auto ok = each_row(
        db,
        "SELECT sent_seq, done_seq FROM stream"
        " WHERE log = ?1 AND record = ?2 AND incarnation = ?3",
        [&](sqlcipher::Statement& row) -> Result<void> {
            sent = row.column_u64(0);
            done = row.column_u64(1);
            known = true;
            return {};
        },
        log, record, incarnation);
    if (!ok || !known) return ok;
    bool all_sent = true;
    bool all_done = true;
    const auto note = [&](sqlcipher::Statement& row) -> Result<void> {
        const std::uint64_t seq = row.column_u64(0);
        const auto fate = static_cast<Fate>(row.column_int(1));
        all_sent = all_sent && fate != Fate::unsent;
        all_done = all_done && (fate == Fate::secured ||
                                (KARI_MUTATED(purge_on_stored) && fate == Fate::stored));
        // Of two at one address both count: the mark stays below when either waits.
        if (!all_sent && sent >= seq) sent = seq - 1;
        if (!all_done && done >= seq) done = seq - 1;
        if (all_sent) sent = seq;
        if (all_done) done = seq;
        return {};
    };
    ok = log == Log::change
             ? each_row(db,
                        "SELECT seq, fate FROM change WHERE record = ?1 AND incarnation = ?2"
                        " AND seq > ?3 ORDER BY seq",
                        note, record, incarnation, std::min(sent, done))
             : each_row(db,
                        "SELECT seq, fate FROM access WHERE record = ?1 AND incarnation = ?2"
                        " AND seq > ?3 ORDER BY seq",
                        note, record, incarnation, std::min(sent, done));
    if (!ok) return ok;
    Result<std::uint64_t> held{0};
    if (log == Log::change) held = held_from_first(record, incarnation);
    if (!held) return passed(held.error());
    return run(db,
               "UPDATE stream SET sent_seq = ?4, done_seq = ?5, held_seq = ?6"
               " WHERE log = ?1 AND record = ?2 AND incarnation = ?3",
               log, record, incarnation, sent, done, *held);
}

Result<std::uint64_t> DeviceStore::State::held_from_first(const RecordId& record,
                                                          const IncarnationId& incarnation) {
    std::uint64_t held = 0;
    auto ok = each_row(
        db, "SELECT held_seq FROM stream WHERE log = 1 AND record = ?1 AND incarnation = ?2",
        [&](sqlcipher::Statement& row) -> Result<void> {
            held = row.column_u64(0);
            return {};
        },
        record, incarnation);
    if (!ok) return passed(ok.error());
    auto statement = db.prepare(
        "SELECT seq FROM change WHERE record = ?1 AND incarnation = ?2 AND seq > ?3 ORDER BY seq");
    if (!statement) return passed(statement.error());
    bind_one(*statement, 1, record);
    bind_one(*statement, 2, incarnation);
    bind_one(*statement, 3, held);
    for (;;) {
        const auto more = statement->step();
        if (!more) return passed(more.error());
        // A fork has two at one address.
        if (!*more || statement->column_u64(0) > held + 1) return held;
        held = statement->column_u64(0);
    }
}

Result<void> DeviceStore::State::note_beside(const RecordId& record, const Address& at) {
    return run(db,
               "INSERT INTO beside(record, id, position, incarnation, seq)"
               " SELECT c.record, c.id, c.position, c.incarnation, c.seq FROM change c"
               " JOIN record r ON r.record = c.record"
               " WHERE c.record = ?1 AND c.incarnation = ?2 AND c.seq = ?3 AND c.id = ?4"
               " AND c.position > r.cursor_position"
               " ON CONFLICT DO UPDATE SET position = excluded.position",
               record, at.incarnation, at.seq, at.id);
}

Result<void> DeviceStore::State::note_all_beside(const RecordId& record) {
    if (auto ok = run(db, "DELETE FROM beside WHERE record = ?1", record); !ok) return ok;
    return run(db,
               "INSERT INTO beside(record, id, position, incarnation, seq)"
               " SELECT c.record, c.id, c.position, c.incarnation, c.seq FROM change c"
               " JOIN record r ON r.record = c.record"
               " WHERE c.record = ?1 AND c.position > r.cursor_position",
               record);
}

Result<std::optional<ResourceRow>> DeviceStore::State::resource_row(const RecordId& record,
                                                                    const ResourceId& id) {
    std::optional<ResourceRow> found;
    const auto ok = each_row(
        db, "SELECT state, addresses, traces FROM resource WHERE record = ?1 AND resource = ?2",
        [&](sqlcipher::Statement& row) -> Result<void> {
            auto state = decode_resource(row.column_blob(0));
            if (!state) return passed(state.error());
            auto addresses = decode_addresses(row.column_blob(1));
            if (!addresses) return passed(addresses.error());
            found = ResourceRow{std::move(*state), std::move(*addresses),
                                std::string(row.column_blob(2))};
            return {};
        },
        record, id);
    if (!ok) return passed(ok.error());
    return found;
}

Result<std::vector<merge::Change>> DeviceStore::State::changes_of(
    const RecordId& record, const std::vector<Address>& addresses) {
    std::vector<merge::Change> changes;
    changes.reserve(addresses.size());
    for (const auto& at : addresses) {
        const auto before = changes.size();
        const auto ok = each_row(
            db,
            "SELECT header, body FROM change"
            " WHERE record = ?1 AND incarnation = ?2 AND seq = ?3 AND id = ?4",
            [&](sqlcipher::Statement& row) -> Result<void> {
                auto change = change_from(row);
                if (!change) return passed(change.error());
                changes.push_back(std::move(*change));
                return {};
            },
            record, at.incarnation, at.seq, at.id);
        if (!ok) return passed(ok.error());
        if (changes.size() == before) {
            return fail(ErrorCode::storage_corrupt, "store: a folded change is not in the log");
        }
    }
    return changes;
}

Result<void> DeviceStore::State::leaves_quarantine(const merge::Change& change) {
    auto ok =
        run(db, "DELETE FROM quarantine WHERE record = ?1 AND id = ?2", change.record, change.id);
    if (!ok) return ok;
    return run(db, "UPDATE give_back SET incarnation = ?3, seq = ?4 WHERE record = ?1 AND id = ?2",
               change.record, change.id, change.incarnation, change.header.seq());
}

Result<void> DeviceStore::State::insert_change(const merge::Change& change, Fate fate,
                                               std::uint64_t position) {
    constexpr std::string_view sql =
        "INSERT INTO change(record, incarnation, seq, id, fate, position, header, body)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    if (auto ok = name_attachments(change); !ok) return ok;
    const auto seq = change.header.seq();
    if (change.body_bytes) {
        return run(db, sql, change.record, change.incarnation, seq, change.id, fate, position,
                   change.header_bytes, *change.body_bytes);
    }
    return run(db, sql, change.record, change.incarnation, seq, change.id, fate, position,
               change.header_bytes, nullptr);
}

Result<void> DeviceStore::State::project_links(const RecordId& record) {
    std::vector<merge::Resource> links;
    auto ok = each_row(
        db, "SELECT state FROM resource WHERE record = ?1 AND kind = ?2",
        [&](sqlcipher::Statement& row) -> Result<void> {
            auto state = decode_resource(row.column_blob(0));
            if (!state) return passed(state.error());
            links.push_back(std::move(*state));
            return {};
        },
        record, v1::KIND_RECORD_LINK);
    if (!ok) return ok;
    if (ok = run(db, "DELETE FROM link WHERE stated_in = ?1", record); !ok) return ok;
    std::vector<const merge::Resource*> all;
    for (const auto& link : links)
        all.push_back(&link);
    constexpr std::string_view insert =
        "INSERT INTO link(record, other, stated_in) VALUES(?1, ?2, ?3) ON CONFLICT DO NOTHING";
    for (const auto& other : chart::linked_records(all)) {
        if (ok = run(db, insert, record, other, record); !ok) return ok;
        // One half of a link is enough: it is known from both ends.
        if (ok = run(db, insert, other, record, record); !ok) return ok;
    }
    return {};
}

Result<std::vector<RecordId>> DeviceStore::State::all_records() {
    std::vector<RecordId> records;
    const auto ok = each_row(db, "SELECT record FROM record ORDER BY record",
                             [&](sqlcipher::Statement& row) -> Result<void> {
                                 records.push_back(row.column_id<RecordId>(0));
                                 return {};
                             });
    if (!ok) return passed(ok.error());
    return records;
}

}  // namespace kari::store
