// SPDX-License-Identifier: Apache-2.0
#include "sync-server/storage/embedded/record_transaction.hpp"

#include <algorithm>

#include "kari/v1/resources.pb.h"
#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sdk/base/mutant.hpp"
#include "sync-server/storage/embedded/rows.hpp"

namespace kari::server::storage {
namespace {

Digest chained(const Digest& before, std::string_view id) {
    return base::sha256(base::to_bytes(before).append(id));
}

}  // namespace

Result<StreamEnd> EmbeddedRecordTransaction::read_end(std::string_view sql,
                                                      const IncarnationId& incarnation) {
    KARI_LET(auto row, storage_.db_.prepare(sql));
    row.bind(1, state_.id).bind(2, incarnation);
    KARI_LET(const bool here, row.step());
    if (!here) return StreamEnd{};
    return StreamEnd{row.column_u64(0), row.column_u64(1), row.column_id<Digest>(2)};
}

Result<StreamEnd> EmbeddedRecordTransaction::stream_end(const IncarnationId& incarnation) {
    return read_end(
        "SELECT seq, position, id FROM change WHERE record = ?1 AND incarnation = ?2 "
        "ORDER BY seq DESC, position DESC LIMIT 1",
        incarnation);
}

Result<StreamEnd> EmbeddedRecordTransaction::access_end(const IncarnationId& incarnation) {
    return read_end(
        "SELECT seq, position, id FROM access WHERE record = ?1 AND incarnation = ?2 "
        "ORDER BY seq DESC, position DESC LIMIT 1",
        incarnation);
}

// What stands at this address and before it in the stream.
Result<void> EmbeddedRecordTransaction::look_around(const merge::Change& change, Appended& result) {
    {
        KARI_LET(auto same, storage_.db_.prepare("SELECT 1 FROM change WHERE record = ?1 AND "
                                                 "incarnation = ?2 AND seq = ?3"));
        same.bind(1, change.record).bind(2, change.incarnation).bind(3, change.header.seq());
        KARI_LET(result.fork, same.step());
    }
    const std::string& prev = change.header.prev();
    if (!prev.empty()) {
        KARI_LET(auto before,
                 storage_.db_.prepare("SELECT 1 FROM change WHERE record = ?1 AND id = ?2"));
        before.bind(1, change.record).bind_blob(2, prev);
        KARI_LET(const bool here, before.step());
        result.gap = !here;
    }
    if (result.gap) {
        KARI_LET(auto gap, storage_.db_.prepare("INSERT OR IGNORE INTO gap VALUES(?1,?2,?3,?4)"));
        gap.bind(1, change.record).bind(2, change.incarnation);
        gap.bind(3, change.header.seq() - 1).bind_blob(4, prev);
        KARI_TRY(gap.run());
    }
    KARI_LET(auto filled,
             storage_.db_.prepare("DELETE FROM gap WHERE record = ?1 AND missing = ?2"));
    filled.bind(1, change.record).bind(2, change.id);
    return filled.run();
}

// What a change names is not swept.
Result<void> EmbeddedRecordTransaction::name_attachments(const merge::Change& change) {
    if (change.header.kind() != v1::KIND_DOCUMENT_REFERENCE || !change.body_bytes) return {};
    v1::DocumentReference message;
    if (!message.ParseFromString(change.body.resource())) return {};
    KARI_LET(auto name,
             storage_.db_.prepare("INSERT OR IGNORE INTO attachment_named VALUES(?1,?2)"));
    for (const auto& attachment : message.document().attachment()) {
        for (const auto* content : {&attachment.content(), &attachment.thumbnail()}) {
            if (content->id().size() != sizeof(Digest::bytes)) continue;
            name.bind(1, change.record).bind_blob(2, content->id());
            KARI_TRY(name.run());
        }
    }
    return {};
}

Result<Appended> EmbeddedRecordTransaction::append(const merge::Change& change) {
    Appended result;
    if (change.record != state_.id) return fail(ErrorCode::invalid_argument, "record of change");
    {
        KARI_LET(auto known,
                 storage_.db_.prepare("SELECT position FROM change WHERE record = ?1 AND id = ?2"));
        known.bind(1, change.record).bind(2, change.id);
        KARI_LET(const bool here, known.step());
        if (here) {
            result.position = known.column_u64(0);
            result.already = true;
            return result;
        }
    }
    KARI_TRY(look_around(change, result));
    if (KARI_MUTATED(fork_as_retry) && result.fork) {
        result.position = state_.head.position;
        result.already = true;
        return result;
    }
    const LogPoint next{state_.head.position + 1,
                        chained(state_.head.chain, base::to_bytes(change.id))};
    KARI_LET(auto insert,
             storage_.db_.prepare("INSERT INTO change VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)"));
    insert.bind(1, change.record).bind(2, next.position).bind(3, change.id).bind(4, next.chain);
    insert.bind(5, change.header.kind()).bind(6, change.incarnation).bind(7, change.header.seq());
    insert.bind_blob(8, change.header_bytes);
    if (change.body_bytes) {
        insert.bind_blob(9, *change.body_bytes);
    } else {
        insert.bind_null(9);
    }
    KARI_TRY(insert.run());
    KARI_LET(auto index, storage_.db_.prepare("INSERT INTO resource_change VALUES(?1,?2,?3,?4)"));
    index.bind(1, change.record).bind(2, change.resource).bind(3, next.position);
    index.bind(4, change.header.kind());
    KARI_TRY(index.run());
    KARI_TRY(name_attachments(change));
    state_.head = next;
    // A tick beyond what a database integer holds comes only from a broken clock of ticks.
    constexpr std::uint64_t tick_max = std::uint64_t{1} << 62;
    state_.tick = std::max(state_.tick, std::min(change.header.tick(), tick_max));
    told_ = !KARI_MUTATED(feed_stands_still);
    result.position = next.position;
    return result;
}

Result<Appended> EmbeddedRecordTransaction::append_access(const StoredAccess& entry) {
    Appended result;
    {
        KARI_LET(auto known,
                 storage_.db_.prepare("SELECT position FROM access WHERE record = ?1 AND id = ?2"));
        known.bind(1, state_.id).bind(2, entry.id);
        KARI_LET(const bool here, known.step());
        if (here) {
            result.position = known.column_u64(0);
            result.already = true;
            return result;
        }
    }
    {
        KARI_LET(auto same, storage_.db_.prepare("SELECT 1 FROM access WHERE record = ?1 AND "
                                                 "incarnation = ?2 AND seq = ?3"));
        same.bind(1, state_.id).bind(2, entry.incarnation).bind(3, entry.seq);
        KARI_LET(result.fork, same.step());
    }
    if (entry.seq > 1) {
        KARI_LET(auto before,
                 storage_.db_.prepare("SELECT 1 FROM access WHERE record = ?1 AND id = ?2"));
        before.bind(1, state_.id).bind(2, entry.prev);
        KARI_LET(const bool here, before.step());
        result.gap = !here;
    }
    const LogPoint next{state_.access_head.position + 1,
                        chained(state_.access_head.chain, base::to_bytes(entry.id))};
    KARI_LET(auto insert,
             storage_.db_.prepare("INSERT INTO access VALUES(?1,?2,?3,?4,?5,?6,?7,?8)"));
    insert.bind(1, state_.id).bind(2, next.position).bind(3, entry.id).bind(4, next.chain);
    insert.bind(5, entry.incarnation).bind(6, entry.seq).bind(7, entry.prev);
    insert.bind_blob(8, entry.bytes);
    KARI_TRY(insert.run());
    state_.access_head = next;
    result.position = next.position;
    return result;
}

Result<bool> EmbeddedRecordTransaction::add_seal(const StoredSeal& seal) {
    KARI_LET(auto insert,
             storage_.db_.prepare("INSERT OR IGNORE INTO seal VALUES(?1,?2,?3,?4,?5,?6,?7,?8,"
                                  "(SELECT coalesce(max(arrival), 0) + 1 FROM seal "
                                  "WHERE record = ?1))"));
    insert.bind(1, state_.id).bind(2, seal.incarnation).bind(3, seal.number);
    insert.bind(4, seal.statement).bind(5, seal.previous).bind(6, seal.access);
    insert.bind(7, seal.covers).bind_blob(8, seal.bytes);
    KARI_TRY(insert.run());
    return insert.changed() > 0;
}

Result<void> EmbeddedRecordTransaction::set_reviewed(std::uint64_t position) {
    state_.reviewed = position;
    return {};
}

Result<void> EmbeddedRecordTransaction::set_linked(const RecordId& other, bool linked) {
    KARI_LET(auto put, storage_.db_.prepare("INSERT INTO link VALUES(?1,?2,?3) ON CONFLICT DO "
                                            "UPDATE SET linked = excluded.linked"));
    put.bind(1, state_.id).bind(2, other).bind(3, linked);
    told_ = true;
    return put.run();
}

Result<bool> EmbeddedRecordTransaction::set_open_findings(
    const std::vector<OpenFinding>& open, const std::optional<std::set<ResourceId>>& among) {
    std::vector<OpenFinding> known;
    {
        KARI_LET(auto row, storage_.db_.prepare("SELECT issue, severity, deferred, since, rule, "
                                                "due FROM open_finding WHERE record = ?1 "
                                                "ORDER BY 1"));
        row.bind(1, state_.id);
        for (;;) {
            KARI_LET(const bool more, row.step());
            if (!more) break;
            auto one = embedded::read_open_finding(row);
            if (!among || among->contains(one.issue)) known.push_back(std::move(one));
        }
    }
    if (known == open) return false;
    KARI_LET(auto gone,
             storage_.db_.prepare("DELETE FROM open_finding WHERE record = ?1 AND issue = ?2"));
    for (const OpenFinding& one : known) {
        gone.bind(1, state_.id).bind(2, one.issue);
        KARI_TRY(gone.run());
    }
    KARI_LET(auto put,
             storage_.db_.prepare("INSERT INTO open_finding VALUES(?1,?2,?3,?4,?5,?6,?7)"));
    for (const OpenFinding& one : open) {
        put.bind(1, state_.id).bind(2, one.issue).bind(3, one.severity).bind(4, one.deferred);
        put.bind(5, one.since.ms).bind_text(6, one.rule);
        if (one.due) {
            put.bind(7, one.due->ms);
        } else {
            put.bind_null(7);
        }
        KARI_TRY(put.run());
    }
    return true;
}

Result<void> EmbeddedRecordTransaction::commit() {
    {
        KARI_LET(auto put, storage_.db_.prepare(
                               "UPDATE record SET head = ?2, head_chain = ?3, access_head = ?4, "
                               "access_chain = ?5, reviewed = ?6, tick = ?7 WHERE id = ?1"));
        put.bind(1, state_.id).bind(2, state_.head.position).bind(3, state_.head.chain);
        put.bind(4, state_.access_head.position).bind(5, state_.access_head.chain);
        put.bind(6, state_.reviewed).bind(7, state_.tick);
        KARI_TRY(put.run());
    }
    if (told_) {
        KARI_LET(auto feed, storage_.db_.prepare("UPDATE unit SET feed = feed + 1 WHERE id IN "
                                                 "(SELECT unit FROM caseload WHERE record = ?1) "
                                                 "RETURNING id, feed"));
        feed.bind(1, state_.id);
        KARI_TRY(storage_.feeds_.note(feed));
    }
    return part_.commit();
}

}  // namespace kari::server::storage
