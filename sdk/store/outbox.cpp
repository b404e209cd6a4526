// SPDX-License-Identifier: Apache-2.0
//
// What the server lacks: own changes, access entries and seals. None of it is a table of its own:
// it is a query over the logs from each own stream's mark on.
#include "sdk/base/digest.hpp"
#include "sdk/base/mutant.hpp"
#include "sdk/store/delta.hpp"

namespace kari::store {
namespace {

// proto3 fields in ascending order, no maps: one message has one form.
template <typename Message>
std::string bytes_of(const Message& message) {
    return message.SerializeAsString();
}

Fate fate_of(v1::ChangeFate fate) {
    switch (fate) {
        case v1::CHANGE_FATE_STORED:
            return Fate::stored;
        case v1::CHANGE_FATE_SECURED:
            return Fate::secured;
        case v1::CHANGE_FATE_QUARANTINED:
            return Fate::quarantined;
        default:
            return Fate::unsent;
    }
}

struct Answer {
    Address at;
    Fate fate = Fate::unsent;
    std::uint64_t position = 0;
    std::uint32_t error = 0;
};

std::optional<Answer> answer_from(const v1::ChangeReply& reply) {
    const auto incarnation = base::from_bytes<IncarnationId>(reply.incarnation());
    const auto id = base::from_bytes<ChangeId>(reply.id());
    const Fate fate = fate_of(reply.fate());
    constexpr std::uint64_t max{INT64_MAX};
    if (!incarnation || !id || fate == Fate::unsent || reply.seq() > max ||
        reply.position() > max) {
        return std::nullopt;
    }
    return Answer{{*incarnation, reply.seq(), *id}, fate, reply.position(), reply.error()};
}

// A change that was secured is not unsecured by a late answer; a quarantined one may be stored
// after all, by a server that has learned to read it.
constexpr std::string_view k_note_change =
    "UPDATE change SET fate = CASE WHEN fate = 2 THEN 2 WHEN ?5 = 3 AND fate = 1 THEN 1 ELSE"
    " CASE WHEN fate = 3 THEN ?5 ELSE max(fate, ?5) END END,"
    " error = ?6, position = CASE WHEN ?7 > 0 THEN ?7 ELSE position END"
    " WHERE record = ?1 AND incarnation = ?2 AND seq = ?3 AND id = ?4";
constexpr std::string_view k_note_access =
    "UPDATE access SET fate = CASE WHEN fate = 2 THEN 2 ELSE max(?5, CASE fate WHEN 3 THEN 0"
    " ELSE fate END) END, error = ?6"
    " WHERE record = ?1 AND incarnation = ?2 AND seq = ?3 AND id = ?4";

}  // namespace

Result<void> keep_pairs(DeviceStore::State& store, const RecordId& record,
                        const v1::PairsReceipt& receipt) {
    const auto epoch = base::from_bytes<EpochId>(receipt.epoch());
    if (!epoch || receipt.pairs().empty()) return {};
    std::uint64_t first = receipt.pairs(0).position();
    std::uint64_t last = 0;
    for (const auto& pair : receipt.pairs()) {
        first = std::min(first, pair.position());
        last = std::max(last, pair.position());
    }
    if (last > std::uint64_t{INT64_MAX}) return {};
    return run(store.db,
               "INSERT INTO receipt(record, number, epoch, pairs, last_position, bytes,"
               " first_position)"
               " VALUES(?1, (SELECT coalesce(max(number), 0) + 1 FROM receipt WHERE record = ?1),"
               " ?2, 1, ?3, ?4, ?5)",
               record, *epoch, last, bytes_of(receipt), first);
}

Result<std::vector<StoredChange>> DeviceStore::outbox(const OutboxLimits& limits) {
    std::vector<StoredChange> found;
    std::size_t bytes = 0;
    bool full = false;
    const auto ok = each_row(
        state_->db,
        "SELECT c.header, c.body, c.fate, c.position FROM stream s JOIN change c"
        " ON c.record = s.record AND c.incarnation = s.incarnation AND c.seq > s.sent_seq"
        " WHERE s.log = 1 AND s.sent_seq < s.seq AND c.fate = 0"
        " ORDER BY s.record, s.incarnation, c.seq LIMIT ?1",
        [&](sqlcipher::Statement& row) -> Result<void> {
            if (full) return {};
            const auto size = row.column_blob(0).size() + row.column_blob(1).size();
            if (!found.empty() && bytes + size > limits.bytes) {
                full = true;
                return {};
            }
            auto change = change_from(row);
            if (!change) return passed(change.error());
            bytes += size;
            found.push_back({std::move(*change), Fate::unsent, row.column_u64(3)});
            return {};
        },
        limits.changes);
    if (!ok) return passed(ok.error());
    return found;
}

Result<OutboxState> DeviceStore::outbox_state() {
    OutboxState counted;
    auto ok = each_row(state_->db,
                       "SELECT c.fate, count(*) FROM stream s JOIN change c ON c.record = s.record"
                       " AND c.incarnation = s.incarnation AND c.seq > s.done_seq"
                       " WHERE s.log = 1 AND s.done_seq < s.seq GROUP BY c.fate",
                       [&](sqlcipher::Statement& row) -> Result<void> {
                           const auto count = row.column_u64(1);
                           switch (static_cast<Fate>(row.column_int(0))) {
                               case Fate::unsent:
                                   counted.unsent = count;
                                   break;
                               case Fate::stored:
                                   counted.unsecured = count;
                                   break;
                               case Fate::quarantined:
                                   counted.quarantined = count;
                                   break;
                               case Fate::secured:
                                   break;
                           }
                           return {};
                       });
    if (!ok) return passed(ok.error());
    const auto access = number(state_->db,
                               "SELECT count(*) FROM stream s JOIN access a ON a.record = s.record"
                               " AND a.incarnation = s.incarnation AND a.seq > s.sent_seq"
                               " WHERE s.log = 2 AND s.sent_seq < s.seq AND a.fate = 0");
    if (!access) return passed(access.error());
    counted.access_unsent = *access;
    return counted;
}

Result<void> DeviceStore::acknowledge(const v1::PushReply& reply) {
    const auto record = base::from_bytes<RecordId>(reply.record());
    if (!record) return fail(ErrorCode::malformed, "push reply: record");
    auto work = Work::begin(*state_);
    if (!work) return passed(work.error());
    auto& db = state_->db;
    const auto meta = state_->meta(*record);
    if (!meta) return passed(meta.error());
    std::set<IncarnationId> changes;
    std::set<IncarnationId> accesses;
    // Positions of another epoch than the cursor's say nothing here.
    const bool positioned = *meta && (!reply.has_receipt() || (*meta)->epoch.is_zero() ||
                                      reply.receipt().epoch() == base::to_bytes((*meta)->epoch));
    Result<void> ok;
    for (const auto& one : reply.change()) {
        const auto answer = answer_from(one);
        if (!answer || !*meta) continue;
        ok = run(db, k_note_change, *record, answer->at.incarnation, answer->at.seq, answer->at.id,
                 answer->fate, answer->error, positioned ? answer->position : 0);
        if (ok) ok = state_->note_beside(*record, answer->at);
        if (!ok) return ok;
        ok = run(db, "UPDATE give_back SET done = 1 WHERE record = ?1 AND id = ?2", *record,
                 answer->at.id);
        if (!ok) return ok;
        changes.insert(answer->at.incarnation);
    }
    for (const auto& one : reply.access()) {
        const auto answer = answer_from(one);
        if (!answer) continue;
        ok = run(db, k_note_access, *record, answer->at.incarnation, answer->at.seq, answer->at.id,
                 answer->fate, answer->error);
        if (!ok) return ok;
        accesses.insert(answer->at.incarnation);
    }
    if (KARI_MUTATED(acknowledge_whole_record)) {
        ok = run(db, "UPDATE change SET fate = 1 WHERE record = ?1 AND fate = 0", *record);
        if (!ok) return ok;
    }
    for (const auto& incarnation : changes) {
        if (ok = state_->advance(Log::change, *record, incarnation); !ok) return ok;
    }
    for (const auto& incarnation : accesses) {
        if (ok = state_->advance(Log::access, *record, incarnation); !ok) return ok;
    }
    if (*meta && reply.has_receipt()) {
        if (const auto epoch = base::from_bytes<EpochId>(reply.receipt().epoch());
            epoch && (*meta)->epoch.is_zero()) {
            ok = run(db, "UPDATE record SET epoch = ?2 WHERE record = ?1", *record, *epoch);
            if (!ok) return ok;
        }
        if (ok = keep_pairs(*state_, *record, reply.receipt()); !ok) return ok;
    }
    return work->commit();
}

Result<std::vector<Refused>> DeviceStore::refused() {
    std::vector<Refused> found;
    const auto ok = each_row(
        state_->db,
        "SELECT c.record, c.id, c.error FROM stream s JOIN change c ON c.record = s.record"
        " AND c.incarnation = s.incarnation AND c.seq > s.done_seq"
        " WHERE s.log = 1 AND s.done_seq < s.seq AND c.fate = 3 ORDER BY c.record, c.id",
        [&](sqlcipher::Statement& row) -> Result<void> {
            found.push_back({row.column_id<RecordId>(0), row.column_id<ChangeId>(1),
                             error_code_from(static_cast<std::uint32_t>(row.column_int(2)))});
            return {};
        });
    if (!ok) return passed(ok.error());
    return found;
}

// --- access log ------------------------------------------------------------------------------

Result<StoredAccess> DeviceStore::append_access(v1::AccessEntry entry) {
    const auto record = base::from_bytes<RecordId>(entry.record());
    if (!record) return fail(ErrorCode::invalid_argument, "access entry: record");
    auto work = Work::begin(*state_);
    if (!work) return passed(work.error());
    const auto& incarnation = state_->identity.incarnation;
    const auto found = state_->own_stream(Log::access, *record, incarnation);
    if (!found) return passed(found.error());
    const OwnStream stream = found->value_or(OwnStream{});
    entry.set_incarnation(base::to_bytes(incarnation));
    entry.set_seq(stream.seq + 1);
    entry.clear_prev();
    if (stream.seq > 0) entry.set_prev(base::to_bytes(stream.head));
    StoredAccess stored{*record, incarnation, stream.seq + 1, {}, bytes_of(entry)};
    if (stored.bytes.size() > merge::k_header_bytes_max) {
        return fail(ErrorCode::too_large, "access entry: above 16 KiB");
    }
    stored.id = base::sha256(stored.bytes);
    auto ok = run(state_->db,
                  "INSERT INTO access(record, incarnation, seq, id, entry)"
                  " VALUES(?1, ?2, ?3, ?4, ?5)",
                  stored.record, stored.incarnation, stored.seq, stored.id, stored.bytes);
    if (!ok) return passed(ok.error());
    ok = state_->set_own_stream(Log::access, *record, incarnation, {stored.seq, stored.id});
    if (!ok) return passed(ok.error());
    if (ok = work->commit(); !ok) return passed(ok.error());
    return stored;
}

Result<std::vector<StoredAccess>> DeviceStore::unsent_access(std::size_t limit) {
    std::vector<StoredAccess> found;
    if (KARI_MUTATED(access_log_stays)) return found;
    const auto ok = each_row(
        state_->db,
        "SELECT a.record, a.incarnation, a.seq, a.id, a.entry FROM stream s JOIN access a"
        " ON a.record = s.record AND a.incarnation = s.incarnation AND a.seq > s.sent_seq"
        " WHERE s.log = 2 AND s.sent_seq < s.seq AND a.fate = 0"
        " ORDER BY s.record, s.incarnation, a.seq LIMIT ?1",
        [&](sqlcipher::Statement& row) -> Result<void> {
            found.push_back({row.column_id<RecordId>(0), row.column_id<IncarnationId>(1),
                             row.column_u64(2), row.column_id<Digest>(3),
                             std::string(row.column_blob(4))});
            return {};
        },
        limit);
    if (!ok) return passed(ok.error());
    return found;
}

Result<std::vector<StoredAccess>> DeviceStore::unsecured_access(const RecordId& record,
                                                                std::size_t limit) {
    std::vector<StoredAccess> found;
    const auto ok = each_row(
        state_->db,
        "SELECT record, incarnation, seq, id, entry FROM access WHERE record = ?1 AND fate = 1"
        " ORDER BY incarnation, seq LIMIT ?2",
        [&](sqlcipher::Statement& row) -> Result<void> {
            found.push_back({row.column_id<RecordId>(0), row.column_id<IncarnationId>(1),
                             row.column_u64(2), row.column_id<Digest>(3),
                             std::string(row.column_blob(4))});
            return {};
        },
        record, limit);
    if (!ok) return passed(ok.error());
    return found;
}

// --- seals -----------------------------------------------------------------------------------

Result<SealInput> DeviceStore::seal_input() {
    SealInput input;
    input.incarnation = state_->identity.incarnation;
    auto ok = each_row(
        state_->db,
        "SELECT number, statement FROM seal WHERE incarnation = ?1 ORDER BY number DESC LIMIT 1",
        [&](sqlcipher::Statement& row) -> Result<void> {
            input.number = row.column_u64(0) + 1;
            input.prev = base::sha256(row.column_blob(1));
            return {};
        },
        input.incarnation);
    if (!ok) return passed(ok.error());
    ok = each_row(
        state_->db,
        "SELECT log, record, seq, head FROM stream WHERE incarnation = ?1 AND seq > sealed_seq"
        " ORDER BY log, record",
        [&](sqlcipher::Statement& row) -> Result<void> {
            v1::StreamHead head;
            head.set_log(static_cast<v1::LogKind>(row.column_int(0)));
            head.set_incarnation(base::to_bytes(input.incarnation));
            head.set_record(std::string(row.column_blob(1)));
            head.set_seq(row.column_u64(2));
            head.set_head(std::string(row.column_blob(3)));
            input.leaves.push_back(bytes_of(head));
            return {};
        },
        input.incarnation);
    if (!ok) return passed(ok.error());
    return input;
}

Result<void> DeviceStore::store_seal(const StoredSeal& seal) {
    auto work = Work::begin(*state_);
    if (!work) return passed(work.error());
    auto& db = state_->db;
    auto ok = run(db,
                  "INSERT INTO seal(incarnation, number, statement, signature, leaves)"
                  " VALUES(?1, ?2, ?3, ?4, ?5)",
                  seal.incarnation, seal.number, seal.statement, seal.signature,
                  encode_parts(seal.leaves));
    if (!ok) return ok;
    for (const auto& leaf : seal.leaves) {
        v1::StreamHead head;
        if (!head.ParseFromString(leaf)) return fail(ErrorCode::invalid_argument, "seal: leaf");
        ok = run(db,
                 "UPDATE stream SET sealed_seq = max(sealed_seq, ?4)"
                 " WHERE log = ?1 AND record = ?2 AND incarnation = ?3",
                 head.log(), std::string_view(head.record()), std::string_view(head.incarnation()),
                 head.seq());
        if (!ok) return ok;
    }
    return work->commit();
}

Result<std::vector<StoredSeal>> DeviceStore::unsent_seals(std::size_t limit) {
    std::vector<StoredSeal> found;
    const auto ok = each_row(
        state_->db,
        "SELECT incarnation, number, statement, signature, leaves FROM seal WHERE sent = 0"
        " ORDER BY incarnation, number LIMIT ?1",
        [&](sqlcipher::Statement& row) -> Result<void> {
            auto leaves = decode_parts(row.column_blob(4));
            if (!leaves) return passed(leaves.error());
            found.push_back({row.column_id<IncarnationId>(0), row.column_u64(1),
                             std::string(row.column_blob(2)), std::string(row.column_blob(3)),
                             std::move(*leaves)});
            return {};
        },
        limit);
    if (!ok) return passed(ok.error());
    return found;
}

Result<void> DeviceStore::seals_sent(const IncarnationId& incarnation,
                                     std::uint64_t through_number) {
    auto work = Work::begin(*state_);
    if (!work) return passed(work.error());
    auto ok = run(state_->db, "UPDATE seal SET sent = 1 WHERE incarnation = ?1 AND number <= ?2",
                  incarnation, through_number);
    if (!ok) return ok;
    ok = run(state_->db,
             "DELETE FROM seal WHERE incarnation = ?1 AND sent = 1"
             " AND number <= (SELECT max(number) FROM seal WHERE incarnation = ?1) - 1000",
             incarnation);
    if (!ok) return ok;
    return work->commit();
}

}  // namespace kari::store
