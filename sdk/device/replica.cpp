// SPDX-License-Identifier: Apache-2.0
#include "sdk/device/replica.hpp"

#include <algorithm>

#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sdk/base/mutant.hpp"
#include "sdk/crypto/signature.hpp"
#include "sdk/store/attachments.hpp"
#include "sdk/sync/limits.hpp"

namespace kari::device {

namespace {

bool same_people(const std::vector<v1::DirectoryPerson>& a,
                 const std::vector<v1::DirectoryPerson>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const auto& one, const auto& other) {
                          return one.SerializeAsString() == other.SerializeAsString();
                      });
}

}  // namespace

void StoreReplica::note(EventKind kind, const RecordId& record) {
    const Event event{kind, record};
    core_.lives.note(event);
    events_.push_back(event);
}

namespace {

sync::Point point_of(const store::LogPoint& point) {
    return {point.position, point.chain};
}
store::LogPoint point_of(const sync::Point& point) {
    return {point.position, point.chain};
}

sync::Window window_of(const v1::WindowPart& part) {
    sync::Window out;
    out.back_to = Instant{part.back_to_ms()};
    if (!part.has_held()) return out;
    const auto resource = base::from_bytes<ResourceId>(part.held().resource());
    out.held = sync::WindowMark{Instant{part.held().moment_ms()}, resource.value_or(ResourceId{})};
    return out;
}

v1::WindowPart part_of(const sync::Window& window, const std::vector<std::uint32_t>& older) {
    v1::WindowPart out;
    out.set_back_to_ms(window.back_to.ms);
    out.mutable_older()->Add(older.begin(), older.end());
    if (!window.held) return out;
    out.mutable_held()->set_moment_ms(window.held->moment.ms);
    if (!window.held->resource.is_zero()) {
        out.mutable_held()->set_resource(base::to_bytes(window.held->resource));
    }
    return out;
}

v1::ChangeFate fate_of(sync::Fate fate) {
    switch (fate) {
        case sync::Fate::stored:
            return v1::CHANGE_FATE_STORED;
        case sync::Fate::secured:
            return v1::CHANGE_FATE_SECURED;
        case sync::Fate::quarantined:
            return v1::CHANGE_FATE_QUARANTINED;
    }
    return v1::CHANGE_FATE_UNSPECIFIED;
}

v1::ChangeReply reply_of(const sync::Answer& answer) {
    v1::ChangeReply out;
    out.set_incarnation(base::to_bytes(answer.incarnation));
    out.set_seq(answer.seq);
    out.set_id(base::to_bytes(answer.id));
    out.set_fate(fate_of(answer.fate));
    out.set_position(answer.position);
    if (answer.fate == sync::Fate::quarantined) {
        out.set_error(static_cast<std::uint32_t>(answer.error));
    }
    return out;
}

v1::PushReply push_reply_of(const sync::Answers& answers) {
    v1::PushReply out;
    out.set_record(base::to_bytes(answers.record));
    for (const sync::Answer& answer : answers.change)
        *out.add_change() = reply_of(answer);
    for (const sync::Answer& answer : answers.access)
        *out.add_access() = reply_of(answer);
    if (answers.receipt) *out.mutable_receipt() = *answers.receipt;
    out.set_seals_stored(static_cast<std::uint32_t>(answers.seals_stored));
    return out;
}

}  // namespace

bool StoreReplica::own(const IncarnationId& incarnation) const {
    const auto& former = core_.open->settings.former_incarnations;
    return incarnation == core_.open->store.identity().incarnation ||
           std::find(former.begin(), former.end(), incarnation) != former.end();
}

Result<sync::Standing> StoreReplica::standing() {
    const std::lock_guard guard(core_.mutex);
    sync::Standing out;
    out.incarnation = store().identity().incarnation;
    out.epoch = settings().epoch;
    out.feed_position = settings().feed_position;
    out.directory_version = settings().directory_version;
    out.complete_at = settings().complete_at;
    const Settings& known = settings();
    if (known.server_minus_wall_ms && known.server_known_at && known.server_doubt_ms) {
        out.clock = sync::ClockSample{
            *known.server_known_at, {*known.server_minus_wall_ms}, {*known.server_doubt_ms}};
    }
    return out;
}

Result<std::optional<sync::Held>> StoreReplica::held(const RecordId& record) {
    const auto meta = store().record_meta(record);
    if (!meta) return tl::unexpected(meta.error());
    if (!*meta) return std::optional<sync::Held>();
    const store::RecordMeta& m = **meta;
    sync::Held out;
    out.record = record;
    out.base = point_of(m.base);
    out.cursor = point_of(m.cursor);
    out.epoch = m.epoch;
    out.safety_position = m.safety_position;
    out.seal_position = m.seal_position;
    const auto own = store().held_from_first(record, store().identity().incarnation);
    if (!own) return tl::unexpected(own.error());
    out.own_seq = *own;
    out.hidden = m.hidden;
    out.not_here = m.not_here;
    const auto part = store().window(record);
    if (!part) return tl::unexpected(part.error());
    if (*part) out.window = window_of(**part);
    if (!*part && m.cursor.position == 0) {
        const auto takes = store().takes_window(record);
        if (!takes) return tl::unexpected(takes.error());
        out.takes_window = *takes;
    }
    const auto beside = store().highest_beside(record);
    if (!beside) return tl::unexpected(beside.error());
    out.highest_beside = *beside;
    const auto some = store().holds_anything(record);
    if (!some) return tl::unexpected(some.error());
    out.holds_anything = *some;
    const bool unit = record == settings().unit_record();
    out.known_to_server =
        m.cursor.position > 0 || out.highest_beside > 0 || (!m.made_here && !unit);
    return std::optional<sync::Held>(std::move(out));
}

Result<std::vector<sync::Held>> StoreReplica::holdings() {
    const std::lock_guard guard(core_.mutex);
    const auto records = store().records(true);
    if (!records) return tl::unexpected(records.error());
    std::vector<sync::Held> out;
    const RecordId unit = settings().unit_record();
    for (const RecordId& record : *records) {
        auto one = held(record);
        if (!one) return tl::unexpected(one.error());
        // The unit's own record is no citizen of a caseload: unless the server gives something of
        // it, this device holds its access log alone, and that is not for the server to hide.
        if (!*one || (record == unit && !(*one)->known_to_server)) continue;
        out.push_back(std::move(**one));
    }
    return out;
}

Result<std::optional<sync::Held>> StoreReplica::holding(const RecordId& record) {
    const std::lock_guard guard(core_.mutex);
    return held(record);
}

Result<std::vector<RecordId>> StoreReplica::unreached() {
    const std::lock_guard guard(core_.mutex);
    return store().unreached();
}

Result<std::optional<Digest>> StoreReplica::chain_at(const RecordId& record,
                                                     std::uint64_t position) {
    const std::lock_guard guard(core_.mutex);
    const auto point = store().chain_at(record, position);
    if (!point) return tl::unexpected(point.error());
    if (!*point) return std::optional<Digest>();
    return std::optional<Digest>((*point)->chain);
}

Result<std::vector<ChangeId>> StoreReplica::ids_at(const RecordId& record,
                                                   const IncarnationId& incarnation,
                                                   std::uint64_t seq) {
    const std::lock_guard guard(core_.mutex);
    const auto changes = store().changes_at(record, incarnation, seq);
    if (!changes) return tl::unexpected(changes.error());
    std::vector<ChangeId> out;
    for (const merge::Change& change : *changes)
        out.push_back(change.id);
    return out;
}

Result<std::optional<v1::RangeReceipt>> StoreReplica::newest_receipt(const RecordId& record) {
    const std::lock_guard guard(core_.mutex);
    const auto meta = store().record_meta(record);
    if (!meta) return tl::unexpected(meta.error());
    if (!*meta) return std::optional<v1::RangeReceipt>();
    return (*meta)->receipt;
}

Result<void> StoreReplica::apply_push(const sync::Answers& answers) {
    const std::lock_guard guard(core_.mutex);
    if (auto noted = store().acknowledge(push_reply_of(answers)); !noted) return noted;
    return note_seals(answers);
}

Result<void> StoreReplica::apply_return(const sync::Answers& answers) {
    const std::lock_guard guard(core_.mutex);
    // Own changes among them are acknowledged by it as well. One whose place could not be proven is
    // not: it goes up by a push, which needs no proof.
    sync::Answers mine = answers;
    std::erase_if(mine.change, [&](const sync::Answer& a) {
        return !own(a.incarnation) || a.fate == sync::Fate::quarantined;
    });
    if (!mine.change.empty() || mine.receipt) {
        if (auto noted = store().acknowledge(push_reply_of(mine)); !noted) return noted;
    }
    const auto meta = store().record_meta(answers.record);
    if (!meta) return tl::unexpected(meta.error());
    // Where they stand again is the proof for the next restore, with the receipt kept above.
    const bool placed = *meta && (*meta)->epoch == answers.epoch;
    std::vector<store::GivenBack> answered;
    for (const sync::Answer& answer : answers.change)
        answered.push_back({answer.id, placed ? answer.position : 0});
    return store().given_back(answers.record, answered);
}

Result<void> StoreReplica::apply_delta(const sync::Delta& delta) {
    const std::lock_guard guard(core_.mutex);
    v1::RecordDelta wire;
    wire.set_record(base::to_bytes(delta.record));
    wire.set_out_of_order(delta.out_of_order);
    if (!delta.out_of_order) {
        // What is held already has been left out: the part begins at the cursor.
        const auto meta = store().record_meta(delta.record);
        if (!meta) return tl::unexpected(meta.error());
        const bool whole = !*meta || (*meta)->cursor.position == 0;
        *wire.mutable_base() = sync::to_wire(whole ? delta.from : point_of((*meta)->cursor));
        *wire.mutable_end() = sync::to_wire(delta.end);
    }
    if (delta.window) {
        *wire.mutable_base() = sync::to_wire(delta.from);
        *wire.mutable_window() = part_of(*delta.window, delta.older);
    }
    for (const sync::StoredChange& change : delta.change) {
        auto one = sync::to_wire(change);
        if (!one) return tl::unexpected(one.error());
        one->set_position(change.position);
        *wire.add_change() = std::move(*one);
    }
    if (delta.receipt) *wire.mutable_receipt() = *delta.receipt;
    if (delta.pairs) *wire.mutable_pairs() = *delta.pairs;
    if (auto taken = take_seals(delta, wire); !taken) return taken;
    if (delta.safety_position) wire.set_safety_position(*delta.safety_position);
    if (delta.secured) *wire.mutable_secured() = sync::to_wire(*delta.secured);
    const auto applied = store().apply_delta(wire, delta.epoch);
    if (!applied) return tl::unexpected(applied.error());
    if (applied->added > 0) note(EventKind::record_changed, delta.record);
    return {};
}

Result<void> StoreReplica::fall_back(const sync::Fallback& fallback) {
    const std::lock_guard guard(core_.mutex);
    std::erase_if(seals_stored_,
                  [&](const SealKey& key) { return std::get<RecordId>(key) == fallback.record; });
    const sync::Point shared = fallback.from_nothing ? sync::Point{} : fallback.shared;
    return store().begin_epoch(fallback.record, point_of(shared), fallback.epoch, fallback.kept);
}

Result<void> StoreReplica::grant(const RecordId& record, const sync::Point& server) {
    const std::lock_guard guard(core_.mutex);
    v1::CaseloadEntry entry;
    entry.set_record(base::to_bytes(record));
    entry.set_state(v1::CASELOAD_STATE_GRANTED);
    *entry.mutable_server() = sync::to_wire(server);
    const auto meta = store().record_meta(record);
    if (!meta) return tl::unexpected(meta.error());
    const bool shown = *meta && !(*meta)->hidden && !(*meta)->not_here;
    const auto visible = KARI_MUTATED(stays_hidden) ? std::nullopt : std::optional(false);
    if (auto set = store().set_caseload(entry, visible); !set) return set;
    if (!shown) note(EventKind::caseload_changed, record);
    return {};
}

Result<void> StoreReplica::hide(const RecordId& record) {
    const std::lock_guard guard(core_.mutex);
    if (record == settings().unit_record()) return {};  // it is shown to nobody anyhow
    v1::CaseloadEntry entry;
    entry.set_record(base::to_bytes(record));
    entry.set_state(v1::CASELOAD_STATE_REMOVED);
    const auto meta = store().record_meta(record);
    if (!meta) return tl::unexpected(meta.error());
    if (auto set = store().set_caseload(entry, true); !set) return set;
    if (!*meta || !(*meta)->hidden) note(EventKind::caseload_changed, record);
    return {};
}

Result<void> StoreReplica::not_here(const RecordId& record) {
    const std::lock_guard guard(core_.mutex);
    v1::CaseloadEntry entry;
    entry.set_record(base::to_bytes(record));
    entry.set_not_here(true);
    if (auto set = store().set_caseload(entry); !set) return set;
    note(EventKind::caseload_changed, record);  // charts of what is linked to it are incomplete
    return {};
}

Result<sync::Obligations> StoreReplica::obligations(const RecordId& record) {
    const std::lock_guard guard(core_.mutex);
    const auto meta = store().record_meta(record);
    if (!meta) return tl::unexpected(meta.error());
    if (!*meta) return sync::Obligations{};
    // What is the tablet's own to settle. How far the server has the rest, the purge is told.
    const store::LogPoint everything{std::uint64_t{INT64_MAX}, {}};
    const auto obstacle =
        store().purge_obstacle(record, {(*meta)->epoch, everything, settings().recovering});
    if (!obstacle) return tl::unexpected(obstacle.error());
    sync::Obligations out;
    if (record == settings().unit_record()) out.access_entries = 1;  // lists are logged there
    if (*obstacle) {
        switch (**obstacle) {
            case store::PurgeObstacle::draft_waits:
                out.drafts = 1;
                break;
            case store::PurgeObstacle::attachment_waits:
                out.attachments = 1;
                break;
            case store::PurgeObstacle::return_owed:
                out.returns = 1;
                break;
            default:
                out.changes = 1;
                break;
        }
    }
    return out;
}

Result<void> StoreReplica::purge(const RecordId& record, const sync::Point& server) {
    const std::lock_guard guard(core_.mutex);
    const auto meta = store().record_meta(record);
    if (!meta) return tl::unexpected(meta.error());
    if (!*meta) return fail(ErrorCode::in_use, "the record is gone");
    auto purged = store().purge(record, {(*meta)->epoch, point_of(server), settings().recovering});
    if (!purged && purged.error().code == ErrorCode::not_permitted) {
        return fail(ErrorCode::in_use, "something keeps the record");
    }
    if (purged) note(EventKind::caseload_changed, record);
    return purged;
}

Result<void> StoreReplica::set_epoch(const EpochId& epoch) {
    const std::lock_guard guard(core_.mutex);
    // What the server had before is no longer what it has.
    seals_sent_.clear();
    seals_stored_.clear();
    // What was logged of lists is sent anew, as for the records that the exchange falls back.
    const RecordId unit = settings().unit_record();
    const auto meta = store().record_meta(unit);
    if (!meta) return tl::unexpected(meta.error());
    if (*meta && (*meta)->cursor.position == 0) {
        if (auto begun = store().begin_epoch(unit, {}, epoch); !begun) return begun;
    }
    if (auto resent = store().resend_what_has_no_epoch(); !resent) return resent;
    if (auto offered = store::AttachmentStore(store()).offer_again(); !offered) return offered;
    settings().epoch = epoch;
    settings().feed_position = 0;  // of the old epoch, as is the last comparison
    settings().complete_at.reset();
    return save_settings(store(), settings());
}

Result<void> StoreReplica::set_directory(const v1::DirectoryUnit& unit,
                                         const std::vector<v1::DirectoryPerson>& people,
                                         std::uint64_t version) {
    const std::lock_guard guard(core_.mutex);
    if (!same_people(settings().people, people)) core_.lives.note_all();
    if (base::from_bytes<RecordId>(unit.record())) settings().unit = unit;
    settings().people = people;
    settings().directory_version = version;
    return save_settings(store(), settings());
}

Result<void> StoreReplica::note_server_time(const sync::TimeSample& sample) {
    const std::lock_guard guard(core_.mutex);
    settings().server_minus_wall_ms = sample.clock.server_minus_wall.ms;
    settings().server_known_at = sample.clock.at;
    settings().server_doubt_ms = sample.clock.doubt.ms;
    settings().highest_time_ms = std::max(settings().highest_time_ms, sample.server.ms);
    return save_settings(store(), settings());
}

Result<void> StoreReplica::finish(const sync::Freshness& freshness) {
    const std::lock_guard guard(core_.mutex);
    if (freshness.feed_position) settings().feed_position = *freshness.feed_position;
    if (freshness.complete) settings().complete_at = freshness.asked;
    if (!freshness.safety_only) {
        std::map<RecordId, LastFresh> behind;
        for (const RecordId& record : freshness.behind) {
            const LastFresh last{settings().fresh_server, settings().fresh_asked};
            const auto known = settings().behind.find(record);
            behind[record] = known == settings().behind.end() ? last : known->second;
        }
        settings().behind = std::move(behind);
        settings().fresh_server = freshness.server;
        settings().fresh_asked = freshness.asked;
    }
    return save_settings(store(), settings());
}

}  // namespace kari::device
