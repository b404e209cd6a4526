// SPDX-License-Identifier: Apache-2.0
//
// The log is the truth: everything folded can be made again from it, and compared with it.
#include <map>

#include "sdk/base/digest.hpp"
#include "sdk/store/state.hpp"

namespace kari::store {
namespace {

struct Folding {
    std::vector<chart::ChangePtr> changes;
    std::vector<Address> addresses;  // ascending: as the log is read
};

Result<std::map<ResourceId, Folding>> read_log(sqlcipher::Database& db, const RecordId& record) {
    std::map<ResourceId, Folding> all;
    const auto ok = each_row(
        db,
        "SELECT header, body, incarnation, seq, id FROM change WHERE record = ?1"
        " ORDER BY incarnation, seq, id",
        [&](sqlcipher::Statement& row) -> Result<void> {
            auto change = change_from(row);
            if (!change) return passed(change.error());
            auto& folding = all[change->resource];
            folding.addresses.push_back(
                {row.column_id<IncarnationId>(2), row.column_u64(3), row.column_id<ChangeId>(4)});
            folding.changes.push_back(std::make_shared<const merge::Change>(std::move(*change)));
            return {};
        },
        record);
    if (!ok) return passed(ok.error());
    return all;
}

chart::GroupResource folded(const Folding& folding) {
    std::vector<const merge::Change*> all;
    for (const auto& change : folding.changes)
        all.push_back(change.get());
    chart::GroupResource resource{merge::fold(all), folding.changes, false};
    std::sort(resource.history.begin(), resource.history.end(),
              [](const auto& a, const auto& b) { return a->id < b->id; });
    return resource;
}

Result<std::map<ResourceId, std::vector<chart::Trace>>> read_traces(sqlcipher::Database& db,
                                                                    const RecordId& record) {
    std::map<ResourceId, std::vector<chart::Trace>> all;
    const auto ok = each_row(
        db, "SELECT resource, key, at FROM trace WHERE record = ?1 ORDER BY key, at",
        [&](sqlcipher::Statement& row) -> Result<void> {
            all[row.column_id<ResourceId>(0)].push_back(
                {std::string(row.column_blob(1)), Instant{row.column_int(2)}});
            return {};
        },
        record);
    if (!ok) return passed(ok.error());
    return all;
}

// What an earlier build could not read, this one may.
Result<void> release_quarantined(DeviceStore::State& store, const RecordId& record) {
    std::vector<std::pair<merge::Change, std::uint64_t>> readable;
    auto ok = each_row(
        store.db, "SELECT header, body, position FROM quarantine WHERE record = ?1",
        [&](sqlcipher::Statement& row) -> Result<void> {
            std::optional<std::string> body;
            if (!row.column_blob(1).empty()) body = std::string(row.column_blob(1));
            auto change = merge::decode_change(std::string(row.column_blob(0)), std::move(body));
            if (change && change->record == record) {
                readable.emplace_back(std::move(*change), row.column_u64(2));
            }
            return {};
        },
        record);
    if (!ok) return ok;
    for (const auto& [change, position] : readable) {
        if (ok = store.insert_change(change, Fate::stored, position); !ok) return ok;
        if (ok = store.leaves_quarantine(change); !ok) return ok;
    }
    return {};
}

}  // namespace

Result<void> DeviceStore::State::refold_record(const RecordId& record) {
    if (auto ok = release_quarantined(*this, record); !ok) return ok;
    if (auto ok = note_all_beside(record); !ok) return ok;
    for (const auto sql :
         {"DELETE FROM resource WHERE record = ?1", "DELETE FROM trace WHERE record = ?1"}) {
        if (auto ok = run(db, sql, record); !ok) return ok;
    }
    const auto all = read_log(db, record);
    if (!all) return passed(all.error());
    std::uint64_t tick = 0;
    for (const auto& [id, folding] : *all) {
        for (const auto& change : folding.changes) {
            if (auto ok = name_attachments(*change); !ok) return ok;
        }
    }
    // The notes first: they say when the rest took place.
    for (const bool notes : {true, false}) {
        for (const auto& [id, folding] : *all) {
            const auto resource = folded(folding);
            if ((resource.kind == v1::KIND_TIME_NOTE) != notes) continue;
            tick = std::max(tick, resource.tick);
            if (auto ok = store_resource(resource, folding.addresses, ""); !ok) return ok;
        }
    }
    if (auto ok = run(db, "UPDATE record SET tick = max(tick, ?2) WHERE record = ?1", record, tick);
        !ok) {
        return ok;
    }
    if (auto ok = project_links(record); !ok) return ok;
    return owe(record, k_whole_record);
}

Result<void> DeviceStore::rebuild() {
    const auto records = state_->all_records();
    if (!records) return passed(records.error());
    state_->forget_all();
    for (const auto& record : *records) {
        auto work = Work::begin(*state_);
        if (!work) return passed(work.error());
        if (auto ok = state_->refold_record(record); !ok) return ok;
        if (auto ok = work->commit(); !ok) return ok;
    }
    return run(state_->db, "UPDATE identity SET fold_schema = ?1", fold_schema_digest());
}

Result<std::vector<Mismatch>> DeviceStore::verify() {
    const auto records = state_->all_records();
    if (!records) return passed(records.error());
    std::vector<Mismatch> found;
    for (const auto& record : *records) {
        auto all = read_log(state_->db, record);
        if (!all) return passed(all.error());
        auto traces = read_traces(state_->db, record);
        if (!traces) return passed(traces.error());
        const auto ok = each_row(
            state_->db,
            "SELECT kind, resource, state, addresses, moment, traces FROM resource"
            " WHERE record = ?1",
            [&](sqlcipher::Statement& row) -> Result<void> {
                const auto id = row.column_id<ResourceId>(1);
                const auto expected = all->extract(id);
                if (expected.empty()) {
                    found.push_back({record, id});
                    return {};
                }
                const auto resource = folded(expected.mapped());
                const auto place = state_->place_of(resource);
                if (!place) return passed(place.error());
                const auto stored = decode_resource(row.column_blob(2));
                const bool equal =
                    stored && merge::canonical(*stored) == merge::canonical(resource) &&
                    row.column_blob(2) == encode_resource(resource) &&
                    row.column_blob(3) == encode_addresses(expected.mapped().addresses) &&
                    row.column_u64(0) == resource.kind && row.column_int(4) == place->moment.ms &&
                    row.column_blob(5) == encode_traces(place->traces) &&
                    (*traces)[id] == place->traces;
                traces->erase(id);
                if (!equal) found.push_back({record, id});
                return {};
            },
            record);
        if (!ok) return passed(ok.error());
        for (const auto& [id, folding] : *all)
            found.push_back({record, id});
        for (const auto& [id, lost] : *traces)
            found.push_back({record, id});
    }
    return found;
}

Result<void> DeviceStore::State::check_own_streams() {
    struct Claim {
        RecordId record;
        IncarnationId incarnation;
        std::uint64_t seq;
        Digest head;
    };
    std::vector<Claim> claims;
    auto ok =
        each_row(db,
                 "SELECT s.record, s.incarnation, s.seq, s.head FROM stream s JOIN record r"
                 " ON r.record = s.record WHERE s.log = 1",
                 [&](sqlcipher::Statement& row) -> Result<void> {
                     claims.push_back({row.column_id<RecordId>(0), row.column_id<IncarnationId>(1),
                                       row.column_u64(2), row.column_id<Digest>(3)});
                     return {};
                 });
    if (!ok) return ok;
    for (const auto& claim : claims) {
        // From the head down, each header names the one before it.
        std::string expected = base::to_bytes(claim.head);
        std::uint64_t seq = claim.seq;
        ok = each_row(
            db,
            "SELECT header, seq FROM change WHERE record = ?1 AND incarnation = ?2"
            " AND seq <= ?3 ORDER BY seq DESC",
            [&](sqlcipher::Statement& row) -> Result<void> {
                const auto header = row.column_blob(0);
                if (base::to_bytes(base::sha256(header)) != expected) return {};  // a fork's other
                if (row.column_u64(1) != seq) return {};
                const auto split = merge::split_header(header);
                if (!split) return passed(split.error());
                expected = split->prev;
                --seq;
                return {};
            },
            claim.record, claim.incarnation, claim.seq);
        if (!ok) return ok;
        const auto held = number(db,
                                 "SELECT count(*) FROM change WHERE record = ?1"
                                 " AND incarnation = ?2",
                                 claim.record, claim.incarnation);
        if (!held) return passed(held.error());
        if (seq != 0 && *held > 0) {
            return fail(ErrorCode::storage_corrupt, "store: an own stream is not chained");
        }
    }
    return {};
}

}  // namespace kari::store
