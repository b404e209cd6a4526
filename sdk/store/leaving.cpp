// SPDX-License-Identifier: Apache-2.0
//
// How a record leaves the device: hidden at once, deleted only when nothing would be lost by it.
#include "sdk/base/mutant.hpp"
#include "sdk/store/delta.hpp"

namespace kari::store {
namespace {

// Is the log at the server's position what the device would compute from what it holds? Only when
// every position up to there is held can that be asked.
Result<bool> chain_agrees(DeviceStore::State& store, const RecordMeta& meta,
                          const LogPoint& server) {
    LogPoint at = meta.cursor;
    bool dense = true;
    const auto ok = each_row(
        store.db,
        "SELECT position, id FROM change WHERE record = ?1 AND position > ?2 AND position <= ?3"
        " ORDER BY position",
        [&](sqlcipher::Statement& row) -> Result<void> {
            dense = dense && row.column_u64(0) == at.position + 1;
            ++at.position;
            at.chain = next_chain(at.chain, row.column_id<ChangeId>(1));
            return {};
        },
        meta.record, meta.cursor.position, server.position);
    if (!ok) return passed(ok.error());
    if (!dense || at.position != server.position) return true;
    return at.chain == server.chain;
}

Result<bool> any(DeviceStore::State& store, std::string_view sql, const RecordId& record) {
    const auto count = number(store.db, sql, record);
    if (!count) return passed(count.error());
    return *count > 0;
}

Result<bool> seal_waits(DeviceStore::State& store, const RecordId& record) {
    bool waits = false;
    const auto ok = each_row(store.db, "SELECT leaves FROM seal WHERE sent = 0",
                             [&](sqlcipher::Statement& row) -> Result<void> {
                                 const auto leaves = decode_parts(row.column_blob(0));
                                 if (!leaves) return passed(leaves.error());
                                 for (const auto& leaf : *leaves) {
                                     v1::StreamHead head;
                                     waits = waits || !head.ParseFromString(leaf) ||
                                             head.record() == base::to_bytes(record);
                                 }
                                 return {};
                             });
    if (!ok) return passed(ok.error());
    return waits;
}

struct Question {
    std::string_view sql;
    PurgeObstacle obstacle;
};

constexpr Question k_questions[] = {
    // Rows, and not the stream's marks: of a stream that was purged once the rows are gone.
    {"SELECT count(*) FROM stream s JOIN change c ON c.record = s.record"
     " AND c.incarnation = s.incarnation AND c.seq > s.done_seq AND c.fate <> 2"
     " WHERE s.log = 1 AND s.record = ?1",
     PurgeObstacle::own_unsecured},
    {"SELECT count(*) FROM stream s JOIN access a ON a.record = s.record"
     " AND a.incarnation = s.incarnation AND a.seq > s.done_seq AND a.fate <> 2"
     " WHERE s.log = 2 AND s.record = ?1",
     PurgeObstacle::own_unsecured},
    {"SELECT count(*) FROM give_back WHERE record = ?1 AND done = 0", PurgeObstacle::return_owed},
    {"SELECT count(*) FROM draft WHERE record = ?1", PurgeObstacle::draft_waits},
    // Made here and not secured, or whole here and not known to be at the server.
    // One that was thrown out for room was secured before.
    {"SELECT count(*) FROM attachment WHERE record = ?1"
     " AND ((own = 1 AND fate < 2 AND (id IS NULL OR here > 0)) OR (fate = 0 AND here = chunks))",
     PurgeObstacle::attachment_waits},
};

}  // namespace

Result<void> DeviceStore::hide(const RecordId& record, bool hidden) {
    auto work = Work::begin(*state_);
    if (!work) return passed(work.error());
    if (auto ok = state_->require(record); !ok) return ok;
    // The rest of its group becomes incomplete, or whole again.
    if (auto ok = state_->owe_group(record); !ok) return ok;
    auto ok = run(state_->db, "UPDATE record SET hidden = ?2 WHERE record = ?1", record, hidden);
    if (!ok) return ok;
    if (ok = state_->owe_group(record); !ok) return ok;
    if (ok = work->commit(); !ok) return ok;
    state_->forget_all();
    return {};
}

// One transaction: a record that is granted and hidden would be neither shown nor purged.
Result<void> DeviceStore::set_caseload(const v1::CaseloadEntry& entry, std::optional<bool> hidden) {
    const auto record = base::from_bytes<RecordId>(entry.record());
    if (!record) return fail(ErrorCode::malformed, "caseload: record");
    const auto server = point_from(entry.server());
    if (!server) return passed(server.error());
    auto work = Work::begin(*state_);
    if (!work) return passed(work.error());
    if (auto ok = state_->add_record(*record, false); !ok) return ok;
    const auto known = state_->meta(*record);
    if (!known) return passed(known.error());
    const bool stays = (*known)->not_here == entry.not_here() &&
                       (*known)->hidden == hidden.value_or((*known)->hidden);
    // The rest of its group becomes incomplete, or whole again.
    if (auto ok = stays ? Result<void>{} : state_->owe_group(*record); !ok) return ok;
    auto ok = run(state_->db,
                  "UPDATE record SET caseload = ?2, not_here = ?3, server_position = ?4,"
                  " server_chain = ?5, hidden = ?6 WHERE record = ?1",
                  *record, entry.state(), entry.not_here(), server->position, server->chain,
                  hidden.value_or((*known)->hidden));
    if (ok && !stays) ok = state_->owe_group(*record);
    if (!ok) return ok;
    if (ok = work->commit(); !ok) return ok;
    state_->forget_all();
    return {};
}

Result<std::optional<PurgeObstacle>> DeviceStore::purge_obstacle(const RecordId& record,
                                                                 const PurgeProof& proof) {
    using Found = std::optional<PurgeObstacle>;
    const auto found = state_->meta(record);
    if (!found) return passed(found.error());
    if (!*found) return fail(ErrorCode::not_found, "store: the record is not here");
    const RecordMeta& meta = **found;
    if (proof.recovering) return Found{PurgeObstacle::recovering};
    const bool gone = meta.caseload == v1::CASELOAD_STATE_REMOVED || meta.not_here;
    if (!gone) return Found{PurgeObstacle::still_in_caseload};
    if (!meta.epoch.is_zero() && meta.epoch != proof.epoch)
        return Found{PurgeObstacle::other_epoch};
    for (const auto& question : k_questions) {
        const auto stands = any(*state_, question.sql, record);
        if (!stands) return passed(stands.error());
        if (*stands) return Found{question.obstacle};
    }
    const auto seal = seal_waits(*state_, record);
    if (!seal) return passed(seal.error());
    if (*seal) return Found{PurgeObstacle::own_unsecured};
    const auto above = number(state_->db,
                              "SELECT (SELECT count(*) FROM change WHERE record = ?1"
                              " AND (position = 0 OR position > ?2)) + (SELECT count(*)"
                              " FROM quarantine WHERE record = ?1 AND length(header) > 0"
                              " AND (position = 0 OR position > ?2))",
                              record, proof.server.position);
    if (!above) return passed(above.error());
    if (*above > 0 || meta.cursor.position > proof.server.position) {
        return Found{PurgeObstacle::not_covered};
    }
    const auto agrees = chain_agrees(*state_, meta, proof.server);
    if (!agrees) return passed(agrees.error());
    if (!*agrees) return Found{PurgeObstacle::chain_differs};
    return Found{};
}

Result<void> DeviceStore::purge(const RecordId& record, const PurgeProof& proof) {
    auto work = Work::begin(*state_);
    if (!work) return passed(work.error());
    const auto obstacle = purge_obstacle(record, proof);
    if (!obstacle) return passed(obstacle.error());
    if (*obstacle) {
        return fail(ErrorCode::not_permitted,
                    "purge: obstacle " + std::to_string(static_cast<int>(**obstacle)));
    }
    if (auto ok = state_->owe_group(record); !ok) return ok;
    constexpr std::string_view deletions[] = {
        "DELETE FROM attachment_chunk WHERE number IN"
        " (SELECT number FROM attachment WHERE record = ?1)",
        "DELETE FROM attachment WHERE record = ?1",
        "DELETE FROM change WHERE record = ?1",
        "DELETE FROM resource WHERE record = ?1",
        "DELETE FROM trace WHERE record = ?1",
        "DELETE FROM finding_about WHERE record = ?1",
        "DELETE FROM link WHERE stated_in = ?1",
        "DELETE FROM finding WHERE record = ?1",
        "DELETE FROM owed WHERE record = ?1",
        "DELETE FROM draft WHERE record = ?1",
        "DELETE FROM access WHERE record = ?1",
        "DELETE FROM received_seal WHERE record = ?1",
        "DELETE FROM receipt WHERE record = ?1",
        "DELETE FROM give_back WHERE record = ?1",
        "DELETE FROM quarantine WHERE record = ?1",
        "DELETE FROM beside WHERE record = ?1",
        "DELETE FROM elsewhere WHERE record = ?1",
        "DELETE FROM record WHERE record = ?1",
        "UPDATE stream SET held_seq = 0 WHERE record = ?1",
    };
    for (const auto sql : deletions) {
        if (auto ok = run(state_->db, sql, record); !ok) return ok;
    }
    if (auto ok = run(state_->db,
                      "DELETE FROM certificate WHERE incarnation NOT IN"
                      " (SELECT incarnation FROM received_seal)");
        !ok) {
        return ok;
    }
    if (auto ok = work->commit(); !ok) return ok;
    state_->forget_all();
    if (KARI_MUTATED(purge_without_truncation)) return {};
    return state_->db.checkpoint();
}

}  // namespace kari::store
