// SPDX-License-Identifier: Apache-2.0
//
// One part of one record's log, as the server sent it, in one transaction.
#include "sdk/store/delta.hpp"

#include <map>

#include "sdk/base/digest.hpp"
#include "sdk/base/mutant.hpp"

namespace kari::store {
namespace {

// Beyond these the bytes of an unreadable change are not kept; its id and reason are.
constexpr std::uint64_t k_quarantine_bytes_max = 4 * 1024 * 1024;
constexpr std::uint64_t k_position_max{INT64_MAX};

tl::unexpected<Error> broken(std::string_view why) {
    return fail(ErrorCode::chain_broken, "delta: " + std::string(why));
}

}  // namespace

Digest next_chain(const Digest& chain, const ChangeId& id) {
    return base::sha256(base::to_bytes(chain) + base::to_bytes(id));
}

Result<void> DeltaWork::run_all() {
    if (auto ok = begin(); !ok) return ok;
    if (auto ok = take_changes(); !ok) return ok;
    if (auto ok = fold_touched(); !ok) return ok;
    if (auto ok = take_seals(); !ok) return ok;
    if (auto ok = take_points(); !ok) return ok;
    return owe_reviews();
}

Result<void> DeltaWork::begin() {
    const auto record = base::from_bytes<RecordId>(delta_.record());
    if (!record) return fail(ErrorCode::malformed, "delta: record");
    record_ = *record;
    if (auto ok = store_.add_record(record_, false); !ok) return ok;
    auto meta = store_.meta(record_);
    if (!meta) return passed(meta.error());
    meta_ = std::move(**meta);
    if (!meta_.epoch.is_zero() && meta_.epoch != epoch_) {
        return broken("of another epoch than the cursor");
    }
    if (delta_.has_window()) return take_window();
    auto window = store_.window(record_);
    if (!window) return passed(window.error());
    window_ = std::move(*window);
    if (delta_.out_of_order()) return {};
    const auto base = point_from(delta_.base());
    if (!base) return passed(base.error());
    const auto end = point_from(delta_.end());
    if (!end) return passed(end.error());
    base_ = *base;
    end_ = *end;
    const auto count = static_cast<std::uint64_t>(delta_.change_size());
    if (end_.position != base_.position + count) return broken("positions are not dense");
    if (auto ok = place_base(); !ok) return ok;
    // A restored server may have too little left for a window: it gives the log from its beginning.
    return window_ && meta_.base.position == 0 ? forget_window() : Result<void>();
}

Result<void> DeltaWork::place_base() {
    if (base_ == meta_.cursor) return {};
    if (meta_.cursor.position == 0 && meta_.base.position == 0) {
        // The server says from where on it delivers.
        meta_.base = base_;
        meta_.cursor = base_;
        return {};
    }
    if (base_.position >= meta_.cursor.position) return broken("does not begin at the cursor");
    // A repetition: it must run along what is held.
    const auto held = chain_at(store_, meta_, base_.position);
    if (!held) return passed(held.error());
    if (!*held || (*held)->chain != base_.chain) return broken("begins beside what is held");
    return {};
}

Result<void> DeltaWork::take_changes() {
    Digest chain = base_.chain;
    std::uint64_t position = base_.position;
    for (const auto& wire : delta_.change()) {
        if (delta_.out_of_order()) {
            position = wire.position();
        } else if (++position; wire.position() != 0 && wire.position() != position) {
            return broken("a change stands at another position than it says");
        }
        if (position > std::uint64_t{INT64_MAX})
            return fail(ErrorCode::malformed, "delta: position");
        const auto id = take(wire, position);
        if (!id) return passed(id.error());
        chain = next_chain(chain, *id);
        if (!delta_.out_of_order() && position == meta_.cursor.position &&
            chain != meta_.cursor.chain) {
            return broken("the digest at the cursor differs");
        }
    }
    if (!delta_.out_of_order() && chain != end_.chain)
        return broken("the digest at the end differs");
    return {};
}

Result<ChangeId> DeltaWork::take(const v1::WireChange& wire, std::uint64_t position) {
    if (wire.header().empty()) return take_bare(wire, position);
    auto header = whole_header(wire);
    if (!header) return passed(header.error());
    ChangeId id;
    id.bytes = base::sha256(*header).bytes;
    std::optional<std::string> body;
    if (!wire.body().empty()) body = wire.body();
    auto change = merge::decode_change(*header, body);
    if (change && change->record != record_) {
        change = fail(ErrorCode::malformed, "change: of another record");
    }
    if (KARI_MUTATED(rest_of_a_repetition) && applied_.known > 0) return id;
    const auto ok = change ? keep(*change, position)
                           : quarantine(id, position, change.error(), *header, wire.body());
    if (!ok) return passed(ok.error());
    return id;
}

Result<ChangeId> DeltaWork::take_bare(const v1::WireChange& wire, std::uint64_t position) {
    const auto id = base::from_bytes<ChangeId>(wire.id());
    if (!id) return fail(ErrorCode::malformed, "delta: a change without header or id");
    const auto at = held_address(*id);
    if (!at) return passed(at.error());
    if (!*at) {
        // Of a resource that is not delivered here: only its place in the chain is kept.
        const Error reason{ErrorCode::not_found, "the id alone was sent"};
        if (auto ok = quarantine(*id, position, reason, "", ""); !ok) return passed(ok.error());
        --applied_.quarantined;
        return *id;
    }
    ++applied_.known;
    if (auto ok = set_position(**at, position); !ok) return passed(ok.error());
    return *id;
}

// Mostly it was sent ahead, or written here and sent lately: the whole log is the last to look in.
Result<std::optional<Address>> DeltaWork::held_address(const ChangeId& id) {
    std::optional<Address> found;
    const auto take = [&](sqlcipher::Statement& row) -> Result<void> {
        found = Address{row.column_id<IncarnationId>(0), row.column_u64(1), id};
        return {};
    };
    auto ok =
        each_row(store_.db, "SELECT incarnation, seq FROM beside WHERE record = ?1 AND id = ?2",
                 take, record_, id);
    if (ok && !found) {
        ok = each_row(store_.db,
                      "SELECT c.incarnation, c.seq FROM stream s JOIN change c"
                      " ON c.record = s.record AND c.incarnation = s.incarnation"
                      " AND c.seq > s.sent_seq WHERE s.log = 1 AND s.record = ?1 AND c.id = ?2",
                      take, record_, id);
    }
    if (ok && !found && !addresses_) ok = load_addresses();
    if (!ok) return passed(ok.error());
    if (found || !addresses_) return found;
    const auto at = addresses_->find(id);
    return at == addresses_->end() ? std::nullopt : std::optional(at->second);
}

Result<void> DeltaWork::load_addresses() {
    addresses_.emplace();
    return each_row(
        store_.db, "SELECT incarnation, seq, id FROM change WHERE record = ?1",
        [&](sqlcipher::Statement& row) -> Result<void> {
            const auto id = row.column_id<ChangeId>(2);
            addresses_->emplace(id,
                                Address{row.column_id<IncarnationId>(0), row.column_u64(1), id});
            return {};
        },
        record_);
}

// The header with its last field: as sent, or the id of the predecessor that is held here.
Result<std::string> DeltaWork::whole_header(const v1::WireChange& wire) {
    if (!wire.prev().empty()) return merge::join_header(wire.header(), wire.prev());
    v1::ChangeHeader header;
    const bool reads = header.ParseFromString(wire.header());
    if (!reads || header.seq() <= 1 || !header.prev().empty()) return wire.header();
    const auto incarnation = base::from_bytes<IncarnationId>(header.incarnation());
    if (!incarnation || header.seq() > std::uint64_t{INT64_MAX}) return wire.header();
    std::vector<ChangeId> before;
    auto ok = each_row(
        store_.db, "SELECT id FROM change WHERE record = ?1 AND incarnation = ?2 AND seq = ?3",
        [&](sqlcipher::Statement& row) -> Result<void> {
            before.push_back(row.column_id<ChangeId>(0));
            return {};
        },
        record_, *incarnation, header.seq() - 1);
    if (ok && before.empty()) ok = find_quarantined(header, before);
    if (!ok) return passed(ok.error());
    for (const auto& prev : before) {
        std::string joined = merge::join_header(wire.header(), base::to_bytes(prev));
        const auto id = base::sha256(joined);
        if (before.size() == 1 || base::to_bytes(id) == wire.id()) return joined;
    }
    if (before.empty()) return broken("the predecessor of a change is neither sent nor here");
    return broken("the predecessor of a change is forked and was not sent");
}

Result<void> DeltaWork::find_quarantined(const v1::ChangeHeader& successor,
                                         std::vector<ChangeId>& found) {
    return each_row(
        store_.db, "SELECT id, header FROM quarantine WHERE record = ?1",
        [&](sqlcipher::Statement& row) -> Result<void> {
            v1::ChangeHeader header;
            if (header.ParseFromString(std::string(row.column_blob(1))) &&
                header.incarnation() == successor.incarnation() &&
                header.seq() + 1 == successor.seq()) {
                found.push_back(row.column_id<ChangeId>(0));
            }
            return {};
        },
        record_);
}

Result<void> DeltaWork::keep(const merge::Change& change, std::uint64_t position) {
    struct Beside {
        Address at;
        bool without_body = false;
    };
    std::vector<Beside> there;
    const auto seq = change.header.seq();
    auto ok = each_row(
        store_.db,
        "SELECT id, body IS NULL FROM change WHERE record = ?1 AND incarnation = ?2 AND seq = ?3",
        [&](sqlcipher::Statement& row) -> Result<void> {
            there.push_back(
                {{change.incarnation, seq, row.column_id<ChangeId>(0)}, row.column_int(1) != 0});
            return {};
        },
        record_, change.incarnation, seq);
    if (!ok) return ok;
    const Address at{change.incarnation, seq, change.id};
    const auto same =
        std::find_if(there.begin(), there.end(), [&](const Beside& one) { return one.at == at; });
    if (same != there.end()) {
        ++applied_.known;
        if (same->without_body && change.body_bytes) {
            ok = run(store_.db,
                     "UPDATE change SET body = ?5 WHERE record = ?1 AND incarnation = ?2"
                     " AND seq = ?3 AND id = ?4",
                     record_, at.incarnation, at.seq, at.id, *change.body_bytes);
            if (!ok) return ok;
            touch(change.header.kind(), change.resource, at);
        }
        return set_position(at, position);
    }
    ok = store_.insert_change(change, Fate::stored, position);
    if (ok && delta_.out_of_order()) ok = store_.note_beside(record_, at);
    if (!ok) return ok;
    ++applied_.added;
    if (ok = doubt_window(change); !ok) return ok;
    touch(change.header.kind(), change.resource, at);
    if (!KARI_MUTATED(tick_of_own_alone)) tick_ = std::max(tick_, change.header.tick());
    if (addresses_) addresses_->emplace(change.id, at);
    if (ok = store_.leaves_quarantine(change); !ok) return ok;
    if (position > 0) ok = returned(change.id);
    if (!ok) return ok;
    if (!there.empty()) {
        ++applied_.forks;
        for (const auto& other : there) {
            if (ok = touch_holder(other.at); !ok) return ok;
        }
    }
    return note_own(change);
}

// What the server knows of a stream of ours: after a restore of this database it may be more.
Result<void> DeltaWork::note_own(const merge::Change& change) {
    if (!store_.is_own(change.incarnation)) return {};
    const auto stream = store_.own_stream(Log::change, record_, change.incarnation);
    if (!stream) return passed(stream.error());
    own_touched_.insert(change.incarnation);
    if (*stream && (*stream)->seq >= change.header.seq()) return {};
    Digest head;
    head.bytes = change.id.bytes;
    return store_.set_own_stream(Log::change, record_, change.incarnation,
                                 {change.header.seq(), head});
}

Result<void> DeltaWork::set_position(const Address& at, std::uint64_t position) {
    if (position == 0) return {};
    if (store_.is_own(at.incarnation)) own_touched_.insert(at.incarnation);
    auto ok = run(store_.db,
                  "UPDATE change SET position = ?5, fate = CASE fate WHEN 2 THEN 2 ELSE 1 END"
                  " WHERE record = ?1 AND incarnation = ?2 AND seq = ?3 AND id = ?4"
                  " AND (position <> ?5 OR fate IN (0, 3))",
                  record_, at.incarnation, at.seq, at.id, position);
    if (ok && delta_.out_of_order()) ok = store_.note_beside(record_, at);
    if (!ok) return ok;
    return returned(at.id);
}

// It has a place in the present epoch.
Result<void> DeltaWork::returned(const ChangeId& id) {
    return run(store_.db, "UPDATE give_back SET done = 1 WHERE record = ?1 AND id = ?2", record_,
               id);
}

Result<void> DeltaWork::quarantine(const ChangeId& id, std::uint64_t position, const Error& reason,
                                   std::string_view header, std::string_view body) {
    const auto held = number(store_.db,
                             "SELECT coalesce(sum(length(header) + length(body)), 0)"
                             " FROM quarantine");
    if (!held) return passed(held.error());
    const bool room = *held + header.size() + body.size() <= k_quarantine_bytes_max;
    ++applied_.quarantined;
    return run(store_.db,
               "INSERT INTO quarantine(record, id, position, reason, what, header, body)"
               " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)"
               " ON CONFLICT DO UPDATE SET position = max(position, excluded.position)",
               record_, id, position, reason.code, Text{reason.what}, room ? header : "",
               room ? body : "");
}

void DeltaWork::touch(std::uint32_t kind, const ResourceId& resource, const Address& at) {
    auto& touched = touched_[resource];
    touched.kind = kind;
    touched.added.push_back(at);
}

// A fork is shown beside the resources of all that stand at its address.
Result<void> DeltaWork::touch_holder(const Address& at) {
    auto changes = store_.changes_of(record_, {at});
    if (!changes) return passed(changes.error());
    touch(changes->front().header.kind(), changes->front().resource, at);
    return {};
}

Result<void> DeltaWork::fold_touched() {
    if (auto ok = fold_notes(); !ok) return ok;
    for (const auto& [resource, touched] : touched_) {
        if (touched.folded) continue;
        const auto folded = store_.refold(record_, resource, touched.added);
        if (!folded) return passed(folded.error());
        links_ =
            links_ || folded->kind == v1::KIND_RECORD_LINK || touched.kind == v1::KIND_RECORD_LINK;
    }
    for (const auto& [resource, touched] : touched_)
        applied_.touched.push_back(resource);
    return {};
}

// What is learnt of a clock says anew when all that it wrote took place.
Result<void> DeltaWork::fold_notes() {
    std::set<ResourceId> written;
    for (auto& [resource, touched] : touched_) {
        if (touched.kind != v1::KIND_TIME_NOTE) continue;
        const auto note = store_.refold(record_, resource, touched.added);
        if (!note) return passed(note.error());
        touched.folded = true;
        const auto here = store_.written_by_clocks_of(record_, *note);
        if (!here) return passed(here.error());
        written.insert(here->begin(), here->end());
    }
    for (const auto& resource : written)
        touched_[resource];
    return {};
}

Result<void> DeltaWork::take_points() {
    if (auto ok = end_window(); !ok) return ok;
    auto cursor = meta_.cursor;
    if (!delta_.out_of_order() && end_.position > cursor.position) cursor = end_;
    first_ = !delta_.out_of_order() && meta_.cursor.position == 0 && cursor.position != 0;
    const auto safety = std::max(meta_.safety_position, delta_.safety_position());
    applied_.cursor = cursor;
    auto ok = run(store_.db,
                  "UPDATE record SET base_position = ?2, base_chain = ?3, cursor_position = ?4,"
                  " cursor_chain = ?5, epoch = ?6, safety_position = ?7, tick = max(tick, ?8),"
                  " seal_position = max(seal_position, ?9)"
                  " WHERE record = ?1",
                  record_, meta_.base.position, meta_.base.chain, cursor.position, cursor.chain,
                  epoch_, safety, tick_, std::min(delta_.seal_position(), k_position_max));
    if (ok) {
        ok = run(store_.db, "DELETE FROM beside WHERE record = ?1 AND position <= ?2", record_,
                 cursor.position);
    }
    if (ok) ok = take_receipts(cursor);
    if (ok && delta_.has_secured()) ok = take_secured();
    for (const auto& incarnation : own_touched_) {
        if (ok) ok = store_.advance(Log::change, record_, incarnation);
    }
    return ok;
}

Result<void> DeltaWork::take_receipts(const LogPoint& cursor) {
    Result<void> ok;
    if (delta_.has_receipt()) {
        const auto base = point_from(delta_.receipt().base());
        const auto end = point_from(delta_.receipt().end());
        // One that does not state just what is held here would prove nothing later.
        if (base && end && *base == meta_.base && *end == cursor) {
            ok = run(store_.db, "UPDATE record SET receipt = ?2 WHERE record = ?1", record_,
                     delta_.receipt().SerializeAsString());
            if (ok) {
                ok = run(store_.db,
                         "DELETE FROM receipt WHERE record = ?1 AND pairs = 1 AND epoch = ?2"
                         " AND last_position <= ?3 AND (first_position > ?4 OR ?4 = 0)",
                         record_, epoch_, cursor.position, meta_.base.position);
            }
        }
    }
    if (ok && delta_.has_pairs()) ok = keep_pairs(store_, record_, delta_.pairs());
    return ok;
}

Result<void> DeltaWork::take_secured() {
    const auto secured = point_from(delta_.secured());
    if (!secured) return passed(secured.error());
    if (secured->position > meta_.secured.position) {
        auto ok = run(store_.db,
                      "UPDATE record SET secured_position = ?2, secured_chain = ?3"
                      " WHERE record = ?1",
                      record_, secured->position, secured->chain);
        if (!ok) return ok;
    }
    for (const auto& incarnation : store_.own) {
        auto ok = run(store_.db,
                      "UPDATE change SET fate = 2 WHERE record = ?1 AND incarnation = ?2"
                      " AND fate = 1 AND position BETWEEN 1 AND ?3"
                      " AND seq > coalesce((SELECT done_seq FROM stream WHERE log = 1"
                      " AND record = ?1 AND incarnation = ?2), 0)",
                      record_, incarnation, secured->position);
        if (!ok) return ok;
        own_touched_.insert(incarnation);
    }
    return {};
}

Result<void> DeltaWork::owe_reviews() {
    if (KARI_MUTATED(forget_review)) return {};
    if (links_) {
        // Both the group that was and the one that is.
        if (auto ok = store_.owe_group(record_); !ok) return ok;
        if (auto ok = store_.project_links(record_); !ok) return ok;
        store_.forget_all();
    }
    if (links_ || first_) return store_.owe_group(record_);
    for (const auto& resource : applied_.touched) {
        if (auto ok = store_.owe(record_, resource); !ok) return ok;
    }
    return {};
}

Result<Applied> DeviceStore::apply_delta(const v1::RecordDelta& delta, const EpochId& epoch) {
    auto work = Work::begin(*state_);
    if (!work) return passed(work.error());
    DeltaWork part(*state_, delta, epoch);
    if (auto ok = part.run_all(); !ok) return passed(ok.error());
    if (auto ok = work->commit(); !ok) return passed(ok.error());
    Applied applied = part.take_applied();
    if (!applied.touched.empty() || delta.has_window()) {
        state_->forget(*base::from_bytes<RecordId>(delta.record()));
    }
    return applied;
}

}  // namespace kari::store
