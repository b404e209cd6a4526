// SPDX-License-Identifier: Apache-2.0
#include "sync-server/exchange/pull.hpp"

#include <algorithm>

#include "sdk/base/id.hpp"
#include "sdk/base/mutant.hpp"
#include "sdk/merge/schema.hpp"
#include "sdk/sync/limits.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::exchange {
namespace {

constexpr std::size_t k_reply_bytes_least = 16 * 1024;
constexpr std::size_t k_reply_bytes_usual = 1024 * 1024;
// Room for all that is not a change: caseload, directory, points.
constexpr std::size_t k_reply_bytes_reserved = 1024 * 1024;
constexpr std::size_t k_change_overhead = 64;
// Of a caseload entry or an epoch start.
constexpr std::size_t k_entry_bytes = 80;

bool is_safety(std::uint32_t kind) {
    const merge::KindSchema* schema = merge::schema_of(kind);
    return schema != nullptr && schema->safety;
}

Result<storage::LogPoint> point_of(const v1::LogPoint& wire) {
    KARI_LET(const auto point, sync::point_from(wire));
    return storage::LogPoint{point.position, point.chain};
}

// Whose `prev` a receiver knows without being told: that of the one change of its stream which went
// before it in the same part. What else a receiver holds there, it may be a fork that was lost here
// and not there, it alone can say.
class SentInPart {
public:
    void leave_out_prev(const storage::StoredChange& change, v1::WireChange& wire) {
        const auto before = sent_.find({change.incarnation, change.seq - 1});
        if (before != sent_.end() && before->second &&
            base::to_bytes(*before->second) == wire.prev()) {
            wire.clear_prev();
        }
        const auto [place, first] =
            sent_.emplace(std::pair(change.incarnation, change.seq), change.id);
        if (!first) place->second.reset();  // a fork: two of one address
    }

private:
    std::map<std::pair<IncarnationId, std::uint64_t>, std::optional<ChangeId>> sent_;
};

}  // namespace

Result<v1::WireChange> on_the_wire(const storage::StoredChange& change) {
    v1::WireChange wire;
    KARI_LET(const auto split, merge::split_header(change.header_bytes));
    wire.set_header(std::string(split.core));
    wire.set_prev(std::string(split.prev));
    if (change.body_bytes) wire.set_body(*change.body_bytes);
    wire.set_position(change.position);
    return wire;
}

std::size_t bytes_of(const storage::StoredChange& change) {
    return k_change_overhead + change.header_bytes.size() + change.body_bytes.value_or("").size();
}

Pull::Pull(Parts& parts, const identity::DeviceIdentity& who, const v1::ExchangeRequest& request,
           const storage::Epoch& epoch, v1::ExchangeReply& reply, Tally& tally)
    : parts_(parts),
      who_(who),
      request_(request),
      epoch_(epoch),
      reply_(reply),
      tally_(tally),
      own_(request.incarnation()),
      news_(request.epoch() != base::to_bytes(epoch.id) ||
            request.feed_position() != reply.feed_position()),
      budget_(std::clamp<std::size_t>(
          request.max_reply_bytes() == 0 ? k_reply_bytes_usual : request.max_reply_bytes(),
          k_reply_bytes_least, sync::k_reply_bytes - k_reply_bytes_reserved)) {
    for (const auto& answers : {reply.push(), reply.returned()}) {
        for (const v1::PushReply& answer : answers) {
            used_ += answer.ByteSizeLong();
            for (const v1::ChangeReply& each : answer.change()) {
                if (const auto id = base::from_bytes<ChangeId>(each.id())) pushed_.insert(*id);
            }
        }
    }
}

// Room for another part that may turn out to hold no change.
bool Pull::delta_fits() const {
    return static_cast<std::size_t>(reply_.delta_size()) < sync::k_reply_records &&
           (changes_ == 0 || used_ + k_delta_bytes <= budget_);
}

// The reply does not tell all that is new: the device asks again, and from where it stood.
void Pull::cut() {
    reply_.set_more(true);
    const bool same = request_.epoch() == base::to_bytes(epoch_.id);
    reply_.set_feed_position(same ? request_.feed_position() : 0);
}

bool Pull::fits(std::size_t bytes) const {
    // The first change goes however large it is: otherwise it would never go.
    return changes_ == 0 || (used_ + bytes <= budget_ && changes_ < sync::k_reply_changes);
}

// The device's points as far as they are points of this log. Where they are not, it is told the
// last point that both can share.
Result<void> Pull::fall_back(Held& held, const std::optional<storage::RecordState>& state) {
    const bool of_this_epoch = held.epoch == epoch_.id;
    KARI_LET(const auto at_base, parts_.storage.chain_at(held.record, held.base.position));
    if (!at_base || *at_base != held.base.chain) held.base = {};
    KARI_LET(const auto at_cursor, parts_.storage.chain_at(held.record, held.cursor.position));
    held.on_log = at_cursor && *at_cursor == held.cursor.chain;
    if (held.epoch.is_zero()) {
        if (!held.on_log) held.cursor = {};
        return {};
    }
    if (of_this_epoch) {
        // The device will show its receipt, and a new epoch begins.
        held.astray = !held.on_log;
        return {};
    }
    const storage::LogPoint shared = state ? state->epoch_start : storage::LogPoint{};
    const auto start_at = [&](const storage::LogPoint& point) {
        v1::EpochStart& start = *reply_.add_epoch_start();
        start.set_record(base::to_bytes(held.record));
        *start.mutable_point() = to_wire(point);
        used_ += k_entry_bytes;
    };
    start_at(shared);
    if (held.cursor.position > shared.position && !held.window) {
        // Its own chain shows it whether the logs are the same up to there.
        held.cursor = shared;
    } else {
        // It may come from an epoch before the last one, or from one that was lost: where that one
        // left off is not known, and it has this log for certain only where it lies on it.
        if (!held.on_log) held.cursor = {};
        if (held.cursor != shared) start_at(held.cursor);
    }
    held.safety = std::min(held.safety, held.cursor.position);
    return {};
}

Result<void> Pull::read_holdings() {
    for (const v1::Holding& wire : request_.holding()) {
        Held held;
        const auto record = base::from_bytes<RecordId>(wire.record());
        if (!record) return fail(ErrorCode::malformed, "holding: record");
        held.record = *record;
        held.listed = true;
        KARI_LET(held.base, point_of(wire.base()));
        KARI_LET(held.cursor, point_of(wire.cursor()));
        held.epoch = base::from_bytes<EpochId>(wire.epoch()).value_or(EpochId{});
        held.safety = wire.safety_position();
        held.own_seq = wire.own_seq();
        // Numbers of another epoch are of other seals.
        held.seals = held.epoch == epoch_.id ? wire.seal_position() : 0;
        if (wire.has_window()) {
            const v1::WindowAsk& ask = wire.window();
            held.window.emplace();
            if (ask.has_held()) {
                KARI_LET(held.window->held, mark_from(ask.held()));
            }
            if (ask.has_back_to_ms()) held.window->back_to = Instant{ask.back_to_ms()};
        }
        KARI_LET(const auto state, parts_.storage.state(held.record));
        KARI_TRY(fall_back(held, state));
        if (held_.insert_or_assign(held.record, held).second) order_.push_back(held.record);
        states_.insert_or_assign(held.record, state);
    }
    return {};
}

Result<void> Pull::name_absent_members(const RecordId& record) {
    KARI_LET(const auto members, parts_.storage.group(record));
    for (const RecordId& member : members) {
        if (granted_.contains(member) || !named_absent_.insert(member).second) continue;
        v1::CaseloadEntry& entry = *reply_.add_caseload();
        entry.set_record(base::to_bytes(member));
        entry.set_not_here(true);
        used_ += k_entry_bytes;
    }
    return {};
}

Result<void> Pull::read_caseload() {
    KARI_LET(const auto rows, parts_.storage.caseload(who_.unit));
    for (const auto& row : rows) {
        const bool granted = row.state == storage::CaseloadState::granted;
        (granted ? granted_ : removed_).insert(row.record);
        if (!granted || held_.contains(row.record)) continue;
        KARI_LET(states_[row.record], parts_.storage.state(row.record));
        if (states_[row.record]) order_.push_back(row.record);
    }
    // What has something new comes first, in the order of the request and then of the ids.
    std::stable_partition(order_.begin(), order_.end(), [this](const RecordId& record) {
        const auto held = held_.find(record);
        const auto& state = states_[record];
        return held == held_.end() ||
               (state && held->second.cursor.position < state->head.position);
    });
    return {};
}

// Takes half of the reply at most, so that the logs get on beside a long list.
Result<void> Pull::fill_caseload() {
    const bool whole =
        request_.holdings_complete() || request_.feed_position() != reply_.feed_position();
    bool all = true;
    for (const RecordId& record : order_) {
        const auto held = held_.find(record);
        if (!granted_.contains(record) || (!whole && held == held_.end())) continue;
        const auto& state = states_[record];
        if (!state) continue;
        if (used_ + k_entry_bytes > budget_ / 2 ||
            static_cast<std::size_t>(reply_.caseload_size()) >= sync::k_reply_records) {
            all = false;
            // What the device holds it need not be told of: its next part says the rest.
            if (held == held_.end()) {
                unlisted_.insert(record);
                cut();
            }
            continue;
        }
        v1::CaseloadEntry& entry = *reply_.add_caseload();
        entry.set_record(base::to_bytes(record));
        entry.set_state(v1::CASELOAD_STATE_GRANTED);
        *entry.mutable_server() = to_wire(state->head);
        used_ += k_entry_bytes;
        KARI_TRY(name_absent_members(record));
    }
    // Until an operator closes the recovery, absence from the list means nothing.
    reply_.set_caseload_complete(whole && all && !epoch_.recovering);
    return {};
}

// A record that the device holds and its unit no longer has: where the server stands, so that the
// device can tell whether it may purge, and what of its own is secured. No content.
Result<void> Pull::tell_gone(const Held& held) {
    const auto& state = states_[held.record];
    if (!state) return {};
    if (epoch_.recovering && !removed_.contains(held.record)) return {};
    v1::CaseloadEntry& entry = *reply_.add_caseload();
    entry.set_record(base::to_bytes(held.record));
    entry.set_state(v1::CASELOAD_STATE_REMOVED);
    // Only a log that passes through what the device holds may let it purge.
    if (held.on_log) *entry.mutable_server() = to_wire(state->head);
    used_ += k_entry_bytes;
    return {};
}

Result<bool> Pull::holds(const Held& held, const storage::StoredChange& change) const {
    if (!held.listed) return false;
    if (base::to_bytes(change.incarnation) == own_) {
        if (pushed_.contains(change.id)) return true;
        if (change.seq > held.own_seq && !KARI_MUTATED(own_is_thought_held)) return false;
        // Of two at one address the device may hold the one and not the other.
        KARI_LET(const auto here,
                 parts_.storage.at_address(held.record, change.incarnation, change.seq));
        return here.size() == 1;
    }
    return change.position <= held.safety && is_safety(change.kind);
}

void Pull::set_secured(v1::RecordDelta& delta, const storage::RecordState& state,
                       const Digest& chain) const {
    storage::LogPoint point{parts_.secured(state), chain};
    *delta.mutable_secured() = to_wire(point);
}

Result<void> Pull::fill_safety(const Held& held, const storage::RecordState& state) {
    const std::uint64_t from = std::max(held.cursor.position, held.safety);
    if (from >= state.head.position) return {};
    if (!delta_fits()) {
        cut();
        return {};
    }
    v1::RecordDelta delta;
    delta.set_record(base::to_bytes(held.record));
    delta.set_out_of_order(true);
    delta.set_safety_position(state.head.position);
    std::vector<sync::PositionAndId> pairs;
    std::optional<Error> broken;
    KARI_TRY(parts_.storage.changes(held.record, from, [&](const storage::StoredChange& change) {
        if (change.position > state.head.position) return false;
        if (!is_safety(change.kind)) return true;
        const std::size_t bytes = bytes_of(change);
        if (!fits(bytes)) {
            delta.set_safety_position(change.position - 1);
            delta.set_more(true);
            reply_.set_more(true);
            return false;
        }
        auto wire = on_the_wire(change);
        if (!wire) {
            broken = wire.error();
            return false;
        }
        used_ += bytes;
        ++changes_;
        pairs.emplace_back(change.position, change.id);
        *delta.add_change() = std::move(*wire);
        return true;
    }));
    if (broken) return tl::unexpected(*broken);
    if (!pairs.empty()) {
        *delta.mutable_pairs() = parts_.receipts.pairs(epoch_.id, held.record, pairs);
    }
    if (delta.change_size() == 0 && delta.more()) return {};
    used_ += k_delta_bytes;
    tally_.sent += pairs.size();
    *reply_.add_delta() = std::move(delta);
    return {};
}

Result<void> Pull::add_seals(const Held& held, v1::RecordDelta& delta) {
    KARI_LET(const auto seals, parts_.storage.seals(held.record, held.seals));
    // A seal over a stream's head covers all before it: of each stream the newest is enough, and a
    // record of many shifts does not outgrow a reply.
    std::map<std::string, std::pair<std::uint64_t, v1::RecordSeal>> newest_by_stream;
    for (const auto& stored : seals) {
        v1::RecordSeal seal;
        v1::StreamHead leaf;
        if (!seal.ParseFromString(stored.bytes) || !leaf.ParseFromString(seal.leaf())) {
            return fail(ErrorCode::storage_corrupt, "a stored seal");
        }
        auto& newest = newest_by_stream[leaf.incarnation()];
        if (leaf.seq() >= newest.first) newest = {leaf.seq(), std::move(seal)};
    }
    for (const auto& [stream, seal] : newest_by_stream) {
        const std::size_t bytes = seal.second.ByteSizeLong();
        // Only thousands of streams of one record come here; their changes still get through.
        if (used_ + bytes > sync::k_reply_bytes - k_reply_bytes_reserved) continue;
        *delta.add_seal() = seal.second;
        used_ += bytes;
    }
    delta.set_seal_position(seals.empty() ? held.seals : seals.back().arrival);
    return {};
}

Result<void> Pull::fill_prefix(const Held& held, const storage::RecordState& state) {
    const bool news = held.cursor.position < state.head.position;
    if (!news && !news_ && !request_.holdings_complete()) return {};
    if (!delta_fits()) {
        cut();
        return {};
    }
    v1::RecordDelta delta;
    delta.set_record(base::to_bytes(held.record));
    *delta.mutable_base() = to_wire(held.cursor);
    storage::LogPoint end = held.cursor;
    SentInPart sent;
    std::set<std::uint64_t> brought;
    std::vector<storage::StoredChange> beside;
    std::optional<Error> broken;
    const auto visit = [&](const storage::StoredChange& change) -> Result<bool> {
        if (change.position > state.head.position) return false;
        KARI_LET(const bool held_already, holds(held, change));
        KARI_LET(auto with_it, brought_by(held, change, brought));
        std::size_t bytes = held_already ? k_change_overhead : bytes_of(change);
        for (const auto& one : with_it)
            bytes += bytes_of(one) + k_pair_bytes;
        if (!fits(bytes)) {
            delta.set_more(true);
            reply_.set_more(true);
            return false;
        }
        if (held_already) {
            v1::WireChange& named = *delta.add_change();
            named.set_id(base::to_bytes(change.id));
            named.set_position(change.position);
        } else {
            KARI_LET(auto wire, on_the_wire(change));
            sent.leave_out_prev(change, wire);
            *delta.add_change() = std::move(wire);
        }
        used_ += bytes;
        changes_ += 1 + with_it.size();
        tally_.sent += 1 + with_it.size();
        std::move(with_it.begin(), with_it.end(), std::back_inserter(beside));
        end = {change.position, change.chain};
        return true;
    };
    if (news) {
        KARI_TRY(parts_.storage.changes(held.record, held.cursor.position,
                                        [&](const storage::StoredChange& change) {
                                            auto more = visit(change);
                                            if (!more) broken = more.error();
                                            return more && *more;
                                        }));
    }
    if (broken) return tl::unexpected(*broken);
    if (news && delta.change_size() == 0) return {};  // nothing fitted any more
    KARI_TRY(add_beside(held, std::move(beside)));
    used_ += k_delta_bytes;
    *delta.mutable_end() = to_wire(end);
    *delta.mutable_receipt() = parts_.receipts.range(epoch_.id, held.record, held.base, end);
    // A seal may be over any change: they go with the last part.
    if (end.position == state.head.position) KARI_TRY(add_seals(held, delta));
    KARI_LET(const auto chain, parts_.storage.chain_at(held.record, parts_.secured(state)));
    set_secured(delta, state, chain.value_or(Digest{}));
    *reply_.add_delta() = std::move(delta);
    return {};
}

Result<void> Pull::fill() {
    KARI_TRY(read_holdings());
    KARI_TRY(read_caseload());
    // First of all, and never cut: what is to be hidden.
    for (const auto& [record, held] : held_) {
        if (!granted_.contains(record)) KARI_TRY(tell_gone(held));
    }
    KARI_TRY(fill_caseload());
    if (request_.lane() == v1::LANE_SAFETY) {
        KARI_TRY(fill_records([&](const Held& held, const storage::RecordState& state) {
            return fill_safety(held, state);
        }));
        return fill_certificates();
    }
    // Records that are behind first: how far the others are secured can wait for a reply that has
    // no change to bring, and then all of them are told.
    for (const bool behind : {true, false}) {
        KARI_TRY(
            fill_records([&](const Held& held, const storage::RecordState& state) -> Result<void> {
                if ((held.cursor.position < state.head.position) != behind) return {};
                KARI_LET(const bool by_window, begins_window(held, state));
                if (!by_window) return fill_prefix(held, state);
                // Whoever has not said that it takes a window asks for the record by itself.
                return held.listed ? fill_window(held) : Result<void>();
            }));
    }
    // What is older, to whoever has all that is new: a note about a clock may have moved a mark.
    KARI_TRY(fill_records([&](const Held& held, const storage::RecordState& state) -> Result<void> {
        if (held.cursor.position != state.head.position) return {};
        return fill_window(held);
    }));
    return fill_certificates();
}

Result<void> Pull::fill_records(const Fill& fill) {
    for (const RecordId& record : order_) {
        const auto listed = held_.find(record);
        if (!granted_.contains(record) || unlisted_.contains(record)) continue;
        if (listed == held_.end() && !request_.holdings_complete()) continue;
        const auto& state = states_[record];
        if (!state) continue;
        Held held;
        held.record = record;
        if (listed != held_.end()) held = listed->second;
        if (!held.astray) KARI_TRY(fill(held, *state));
    }
    return {};
}

// Whoever has a seal may know whose key made it: a certificate names an incarnation, a device and
// a key, and no citizen.
Result<void> Pull::fill_certificates() {
    if (static_cast<std::size_t>(request_.want_certificate_size()) > sync::k_certificates) {
        return fail(ErrorCode::too_many, "want_certificate");
    }
    for (const std::string& wanted : request_.want_certificate()) {
        const auto incarnation = base::from_bytes<IncarnationId>(wanted);
        if (!incarnation) return fail(ErrorCode::malformed, "want_certificate");
        KARI_LET(const auto known, parts_.storage.signing_certificate(*incarnation));
        if (!known) continue;
        v1::IncarnationCertificate& told = *reply_.add_certificate();
        told.set_incarnation(wanted);
        told.set_certificate(known->der);
    }
    return {};
}

}  // namespace kari::server::exchange
