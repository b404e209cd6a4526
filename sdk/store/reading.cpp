// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>
#include <unordered_map>

#include "sdk/store/state.hpp"

namespace kari::store {
namespace {

struct LogRow {
    Address at;
    chart::ChangePtr change;
};

// Addresses at which two or more stand; rows ascend by (incarnation, seq, id).
void add_forks(const RecordId& record, const std::vector<LogRow>& rows, chart::Group& group) {
    for (std::size_t i = 0; i < rows.size();) {
        std::size_t end = i + 1;
        while (end < rows.size() && rows[end].at.incarnation == rows[i].at.incarnation &&
               rows[end].at.seq == rows[i].at.seq) {
            ++end;
        }
        if (end - i > 1) {
            chart::StreamFork fork{rows[i].at.incarnation, record, rows[i].at.seq, {}};
            for (; i < end; ++i)
                fork.changes.push_back(rows[i].at.id);
            group.forks.push_back(std::move(fork));
        }
        i = end;
    }
}

// By what stands in the record, or in another that is followed. One that left its caseload is not
// told any more when the two are parted: what it says of a link counts where the record itself has
// no word on that.
Result<std::vector<RecordId>> linked_with(DeviceStore::State& store, const RecordId& record) {
    std::set<RecordId> others;
    std::vector<RecordId> unfollowed;
    auto ok = each_row(
        store.db,
        "SELECT link.other, link.stated_in = ?1 OR (record.hidden = 0 AND record.not_here = 0)"
        " FROM link JOIN record ON record.record = link.stated_in WHERE link.record = ?1",
        [&](sqlcipher::Statement& row) -> Result<void> {
            const auto other = row.column_id<RecordId>(0);
            if (row.column_int(1) != 0) {
                others.insert(other);
            } else {
                unfollowed.push_back(other);
            }
            return {};
        },
        record);
    if (!ok) return passed(ok.error());
    for (const RecordId& other : unfollowed) {
        const auto said = number(
            store.db,
            "SELECT count(*) FROM resource WHERE record = ?1 AND kind = ?2 AND resource = ?3",
            record, v1::KIND_RECORD_LINK, chart::link_resource(record, other));
        if (!said) return passed(said.error());
        if (*said == 0) others.insert(other);
    }
    return std::vector<RecordId>(others.begin(), others.end());
}

}  // namespace

Result<chart::Closure> DeviceStore::State::closure(const RecordId& record) {
    Result<void> failed;
    auto found =
        chart::group_of(record, [&](const RecordId& at) -> std::optional<std::vector<RecordId>> {
            const auto here = number(
                db, "SELECT 1 FROM record WHERE record = ?1 AND not_here = 0 AND hidden = 0", at);
            // The record asked for is shown to whoever may ask, also when it is hidden.
            if (!here && at != record) {
                if (here.error().code != ErrorCode::not_found) failed = passed(here.error());
                return std::nullopt;
            }
            auto others = linked_with(*this, at);
            if (!others) {
                failed = passed(others.error());
                return std::nullopt;
            }
            return std::move(*others);
        });
    if (!failed) return passed(failed.error());
    return found;
}

Result<void> DeviceStore::State::load_record(const RecordId& record, chart::Group& group) {
    std::vector<LogRow> log;
    auto ok = each_row(
        db,
        "SELECT header, body, incarnation, seq, id FROM change WHERE record = ?1"
        " ORDER BY incarnation, seq, id",
        [&](sqlcipher::Statement& row) -> Result<void> {
            auto change = change_from(row);
            if (!change) return passed(change.error());
            const Address at{row.column_id<IncarnationId>(2), row.column_u64(3),
                             row.column_id<ChangeId>(4)};
            log.push_back({at, std::make_shared<const merge::Change>(std::move(*change))});
            return {};
        },
        record);
    if (!ok) return ok;
    std::unordered_map<ChangeId, chart::ChangePtr> by_id;
    by_id.reserve(log.size());
    for (const auto& row : log)
        by_id.emplace(row.at.id, row.change);
    ok = each_row(
        db, "SELECT state FROM resource WHERE record = ?1",
        [&](sqlcipher::Statement& row) -> Result<void> {
            auto state = decode_resource(row.column_blob(0));
            if (!state) return passed(state.error());
            chart::GroupResource resource;
            static_cast<merge::Resource&>(resource) = std::move(*state);
            for (const auto& id : resource.changes) {
                const auto found = by_id.find(id);
                if (found == by_id.end()) {
                    return fail(ErrorCode::storage_corrupt, "store: a folded change is not here");
                }
                resource.history.push_back(found->second);
            }
            chart::lift_resource(resource, lift);
            group.resources.push_back(std::move(resource));
            return {};
        },
        record);
    if (ok) add_forks(record, log, group);
    return ok;
}

Result<chart::Group> DeviceStore::State::whole_group(const RecordId& record) {
    auto members = closure(record);
    if (!members) return passed(members.error());
    chart::Group made;
    made.records = std::move(members->records);
    made.not_here = std::move(members->not_here);
    for (const auto& member : made.records) {
        if (auto ok = load_record(member, made); !ok) return passed(ok.error());
    }
    std::sort(made.resources.begin(), made.resources.end(),
              [](const chart::GroupResource& a, const chart::GroupResource& b) {
                  return std::pair(a.record, a.id) < std::pair(b.record, b.id);
              });
    std::sort(made.forks.begin(), made.forks.end(),
              [](const chart::StreamFork& a, const chart::StreamFork& b) {
                  return std::tie(a.incarnation, a.record, a.seq) <
                         std::tie(b.incarnation, b.record, b.seq);
              });
    if (auto ok = bound_by_elsewhere(made); !ok) return passed(ok.error());
    return made;
}

// --- the store's readers ---------------------------------------------------------------------

Result<std::vector<RecordId>> DeviceStore::records(bool with_hidden) {
    std::vector<RecordId> records;
    const auto ok = each_row(
        state_->db,
        // An earlier program could take a record that it held for one that is not here.
        "SELECT record FROM record r WHERE (not_here = 0 AND hidden <= ?1) OR (not_here = 1 AND ?1"
        " AND EXISTS(SELECT 1 FROM change c WHERE c.record = r.record)) ORDER BY record",
        [&](sqlcipher::Statement& row) -> Result<void> {
            records.push_back(row.column_id<RecordId>(0));
            return {};
        },
        with_hidden);
    if (!ok) return passed(ok.error());
    return records;
}

Result<std::optional<RecordMeta>> DeviceStore::record_meta(const RecordId& record) {
    return state_->meta(record);
}

Result<std::shared_ptr<const chart::Group>> DeviceStore::group(const RecordId& record) {
    if (auto ok = state_->require(record); !ok) return passed(ok.error());
    auto whole = state_->whole_group(record);
    if (!whole) return passed(whole.error());
    return std::make_shared<const chart::Group>(std::move(*whole));
}

Result<std::vector<RecordId>> DeviceStore::members(const RecordId& record) {
    if (auto ok = state_->require(record); !ok) return passed(ok.error());
    auto found = state_->closure(record);
    if (!found) return passed(found.error());
    return std::move(found->records);
}

Result<std::vector<merge::Resource>> DeviceStore::resources(const RecordId& record,
                                                            std::uint32_t kind) {
    if (auto ok = state_->require(record); !ok) return passed(ok.error());
    std::vector<merge::Resource> found;
    const auto read = [&](sqlcipher::Statement& row) -> Result<void> {
        auto state = decode_resource(row.column_blob(0));
        if (!state) return passed(state.error());
        found.push_back(std::move(*state));
        return {};
    };
    const auto ok =
        kind == 0 ? each_row(state_->db,
                             "SELECT state FROM resource WHERE record = ?1 ORDER BY kind, resource",
                             read, record)
                  : each_row(state_->db,
                             "SELECT state FROM resource WHERE record = ?1 AND kind = ?2"
                             " ORDER BY resource",
                             read, record, kind);
    if (!ok) return passed(ok.error());
    return found;
}

Result<merge::Resource> DeviceStore::resource(const RecordId& record, const ResourceId& id) {
    if (auto ok = state_->require(record); !ok) return passed(ok.error());
    auto row = state_->resource_row(record, id);
    if (!row) return passed(row.error());
    if (!*row) return fail(ErrorCode::not_found, "store: the resource is not here");
    return std::move((*row)->state);
}

Result<std::vector<merge::Change>> DeviceStore::changes(const RecordId& record,
                                                        const ResourceId& resource) {
    if (auto ok = state_->require(record); !ok) return passed(ok.error());
    const auto row = state_->resource_row(record, resource);
    if (!row) return passed(row.error());
    if (!*row) return std::vector<merge::Change>{};
    auto changes = state_->changes_of(record, (*row)->addresses);
    if (changes) {
        std::sort(changes->begin(), changes->end(),
                  [](const merge::Change& a, const merge::Change& b) {
                      return std::pair(a.header.tick(), a.id) < std::pair(b.header.tick(), b.id);
                  });
    }
    return changes;
}

namespace {

template <typename... Args>
Result<std::vector<StoredChange>> stored_changes(sqlcipher::Database& db, std::string_view sql,
                                                 const Args&... args) {
    std::vector<StoredChange> found;
    const auto ok = each_row(
        db, sql,
        [&](sqlcipher::Statement& row) -> Result<void> {
            auto change = change_from(row);
            if (!change) return passed(change.error());
            found.push_back(
                {std::move(*change), static_cast<Fate>(row.column_int(2)), row.column_u64(3)});
            return {};
        },
        args...);
    if (!ok) return passed(ok.error());
    return found;
}

}  // namespace

Result<std::vector<merge::Change>> DeviceStore::changes_at(const RecordId& record,
                                                           const IncarnationId& incarnation,
                                                           std::uint64_t seq) {
    auto found = stored_changes(state_->db,
                                "SELECT header, body, fate, position FROM change"
                                " WHERE record = ?1 AND incarnation = ?2 AND seq = ?3",
                                record, incarnation, seq);
    if (!found) return passed(found.error());
    std::vector<merge::Change> changes;
    for (auto& stored : *found)
        changes.push_back(std::move(stored.change));
    return changes;
}

Result<std::vector<StoredChange>> DeviceStore::changes_after(const RecordId& record,
                                                             std::uint64_t after,
                                                             std::size_t limit) {
    if (auto ok = state_->require(record); !ok) return passed(ok.error());
    return stored_changes(state_->db,
                          "SELECT header, body, fate, position FROM change"
                          " WHERE record = ?1 AND position > ?2 ORDER BY position LIMIT ?3",
                          record, after, limit);
}

Result<std::vector<StoredChange>> DeviceStore::log(const RecordId& record) {
    if (auto ok = state_->require(record); !ok) return passed(ok.error());
    return stored_changes(state_->db,
                          "SELECT header, body, fate, position FROM change"
                          " WHERE record = ?1 ORDER BY incarnation, seq, id",
                          record);
}

Result<std::vector<Head>> DeviceStore::stream_heads(const RecordId& record) {
    if (auto ok = state_->require(record); !ok) return passed(ok.error());
    std::vector<Head> heads;
    const auto ok = each_row(
        state_->db,
        "SELECT incarnation, max(seq), id FROM change WHERE record = ?1 GROUP BY incarnation",
        [&](sqlcipher::Statement& row) -> Result<void> {
            heads.push_back(
                {row.column_id<IncarnationId>(0), row.column_u64(1), row.column_id<ChangeId>(2)});
            return {};
        },
        record);
    if (!ok) return passed(ok.error());
    return heads;
}

Result<std::uint64_t> DeviceStore::own_end(const RecordId& record) {
    const auto found = state_->own_stream(Log::change, record, state_->identity.incarnation);
    if (!found) return passed(found.error());
    return *found ? (*found)->seq : 0;
}

Result<std::uint64_t> DeviceStore::held_from_first(const RecordId& record,
                                                   const IncarnationId& incarnation) {
    const auto held = state_->held_from_first(record, incarnation);
    if (!held) return held;
    // Where this tablet was put back, the server may have another change at the address of one that
    // it has not got.
    const auto answered = number(state_->db,
                                 "SELECT coalesce(sum(sent_seq), 0) FROM stream"
                                 " WHERE log = 1 AND record = ?1 AND incarnation = ?2",
                                 record, incarnation);
    if (!answered) return answered;
    return std::min(*held, *answered);
}

Result<std::uint64_t> DeviceStore::highest_beside(const RecordId& record) {
    return number(state_->db, "SELECT coalesce(max(position), 0) FROM beside WHERE record = ?1",
                  record);
}

Result<bool> DeviceStore::holds_anything(const RecordId& record) {
    const auto some = number(state_->db,
                             "SELECT EXISTS(SELECT 1 FROM change WHERE record = ?1)"
                             " OR EXISTS(SELECT 1 FROM draft WHERE record = ?1)"
                             " OR EXISTS(SELECT 1 FROM attachment WHERE record = ?1)"
                             " OR EXISTS(SELECT 1 FROM quarantine WHERE record = ?1"
                             " AND length(header) > 0)",
                             record);
    if (!some) return passed(some.error());
    return *some != 0;
}

Result<std::vector<Quarantined>> DeviceStore::quarantined(const RecordId& record) {
    std::vector<Quarantined> found;
    const auto ok = each_row(
        state_->db,
        "SELECT id, position, reason, what, header, body FROM quarantine WHERE record = ?1"
        " ORDER BY position, id",
        [&](sqlcipher::Statement& row) -> Result<void> {
            found.push_back({row.column_id<ChangeId>(0), row.column_u64(1),
                             error_code_from(static_cast<std::uint32_t>(row.column_int(2))),
                             std::string(row.column_text(3)), std::string(row.column_blob(4)),
                             std::string(row.column_blob(5))});
            return {};
        },
        record);
    if (!ok) return passed(ok.error());
    return found;
}

Result<std::vector<v1::RecordSeal>> DeviceStore::received_seals(const RecordId& record) {
    std::vector<v1::RecordSeal> found;
    const auto ok = each_row(
        state_->db, "SELECT seal FROM received_seal WHERE record = ?1",
        [&](sqlcipher::Statement& row) -> Result<void> {
            v1::RecordSeal seal;
            if (!seal.ParseFromString(std::string(row.column_blob(0)))) {
                return fail(ErrorCode::storage_corrupt, "store: received seal");
            }
            found.push_back(std::move(seal));
            return {};
        },
        record);
    if (!ok) return passed(ok.error());
    return found;
}

}  // namespace kari::store
