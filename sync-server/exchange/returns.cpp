// SPDX-License-Identifier: Apache-2.0
#include "sync-server/exchange/returns.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sdk/sync/limits.hpp"
#include "sync-server/exchange/links.hpp"
#include "sync-server/exchange/seals.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::exchange {

// One change as it was returned: whole, or named by its id.
struct Returns::Item {
    const v1::WireChange* wire = nullptr;
    ChangeId id;
    std::optional<merge::Change> change;
    std::optional<Error> broken;
    bool proven = false;
    bool known = false;  // the log has it: whatever proof is lost, it stands where it stands
};

Returns::Items Returns::read_items(const v1::RecordReturn& returned) const {
    Items items;
    for (const v1::WireChange& wire : returned.change()) {
        Item item;
        item.wire = &wire;
        if (wire.header().empty()) {
            const auto id = base::from_bytes<ChangeId>(wire.id());
            if (!id) continue;  // neither a change nor the name of one
            item.id = *id;
        } else {
            auto decoded = merge::decode_change(
                merge::join_header(wire.header(), wire.prev()),
                wire.body().empty() ? std::nullopt : std::optional(wire.body()));
            if (decoded) {
                item.id = decoded->id;
                item.change = std::move(*decoded);
            } else {
                item.broken = decoded.error();
            }
        }
        items.insert_or_assign(wire.position(), std::move(item));
    }
    return items;
}

Result<bool> Returns::shows_loss(const v1::RecordReturn& returned) const {
    const auto record = base::from_bytes<RecordId>(returned.record());
    if (!record) return false;
    for (const v1::RangeReceipt& receipt : returned.range()) {
        if (receipt.epoch() != base::to_bytes(epoch_) || receipt.record() != returned.record() ||
            !parts_.receipts.check(receipt)) {
            continue;
        }
        const auto end = sync::point_from(receipt.end());
        if (!end) continue;
        KARI_LET(const auto here, parts_.storage.chain_at(*record, end->position));
        if (!here || *here != end->chain) return true;
    }
    for (const v1::PairsReceipt& receipt : returned.pairs()) {
        if (receipt.epoch() != base::to_bytes(epoch_) || receipt.record() != returned.record() ||
            !parts_.receipts.check(receipt)) {
            continue;
        }
        for (const auto& pair : receipt.pairs()) {
            const auto id = base::from_bytes<ChangeId>(pair.id());
            if (!id) continue;
            KARI_LET(const auto here, parts_.storage.change(*record, *id));
            if (!here) return true;
        }
    }
    return false;
}

// The ids between the receipt's base, or a later point that this log shares, and its end.
Result<bool> Returns::range_holds(const RecordId& record, const v1::RangeReceipt& receipt,
                                  const Items& items) const {
    const auto base = sync::point_from(receipt.base());
    const auto end = sync::point_from(receipt.end());
    if (!base || !end || !parts_.receipts.check(receipt)) return false;
    auto at = items.upper_bound(base->position);
    if (at == items.end() || at->first > end->position) return false;
    sync::Point point = *base;
    if (at->first != base->position + 1) {
        const std::uint64_t before = at->first - 1;
        KARI_LET(const auto shared, parts_.storage.chain_at(record, before));
        if (!shared) return false;
        point = {before, *shared};
    }
    for (; at != items.end() && at->first <= end->position; ++at) {
        if (at->first != point.position + 1 || at->second.broken) return false;
        point = sync::extend(point, at->second.id);
    }
    return point == *end;
}

Result<void> Returns::prove(const RecordId& record, const v1::RecordReturn& returned,
                            Items& items) const {
    for (const v1::RangeReceipt& receipt : returned.range()) {
        if (receipt.record() != returned.record()) continue;
        KARI_LET(const bool holds, range_holds(record, receipt, items));
        if (!holds) continue;
        auto at = items.upper_bound(receipt.base().position());
        for (; at != items.end() && at->first <= receipt.end().position(); ++at) {
            at->second.proven = true;
        }
    }
    for (const v1::PairsReceipt& receipt : returned.pairs()) {
        if (receipt.record() != returned.record() || !parts_.receipts.check(receipt)) continue;
        for (const auto& pair : receipt.pairs()) {
            for (auto& [position, item] : items) {
                if (!item.broken && base::to_bytes(item.id) == pair.id()) item.proven = true;
            }
        }
    }
    return {};
}

Result<void> Returns::recognize(const RecordId& record, Items& items) const {
    // The answer comes with a receipt, which later proves something: to those it was ever granted.
    if (who_.revoked || who_.expired) return {};
    KARI_LET(const auto granted, parts_.storage.caseload_state(who_.unit, record));
    if (!granted) return {};
    for (auto& [position, item] : items) {
        if (item.proven || !item.change || item.change->record != record) continue;
        KARI_LET(const auto here, parts_.storage.change(record, item.id));
        item.known = here.has_value();
    }
    return {};
}

Result<void> Returns::reject(const Item& item, const Error& reason, v1::PushReply& reply) {
    v1::ChangeReply& answer = *reply.add_change();
    answer.set_id(base::to_bytes(
        item.broken ? ChangeId(base::shorten<ChangeId>(
                          base::sha256(merge::join_header(item.wire->header(), item.wire->prev()))))
                    : item.id));
    if (item.change) {
        answer.set_incarnation(base::to_bytes(item.change->incarnation));
        answer.set_seq(item.change->header.seq());
    }
    storage::Quarantined entry{
        who_.device,         item.change ? item.change->incarnation : IncarnationId{},
        parts_.clock.wall(), static_cast<std::uint32_t>(reason.code),
        reason.what,         item.wire->SerializeAsString()};
    const auto kept = parts_.storage.quarantine(entry);
    if (!kept && kept.error().code != ErrorCode::quota_exceeded) {
        return tl::unexpected(kept.error());
    }
    ++tally_.quarantined;
    answer.set_fate(kept ? v1::CHANGE_FATE_QUARANTINED : v1::CHANGE_FATE_UNSPECIFIED);
    answer.set_error(static_cast<std::uint32_t>(kept ? reason.code : ErrorCode::quota_exceeded));
    return {};
}

Result<void> Returns::enter(storage::RecordTransaction& record, Item& item, v1::PushReply& reply) {
    std::uint64_t position = 0;
    if (item.change) {
        KARI_LET(const auto appended, record.append(*item.change));
        position = appended.position;
        tally_.returned += appended.already ? 0 : 1;
        if (item.change->header.kind() == v1::KIND_RECORD_LINK) {
            KARI_TRY(index_link(parts_, record, item.change->resource));
        }
    } else {
        KARI_LET(const auto here, parts_.storage.change(record.state().id, item.id));
        if (!here) return {};  // only named: its bytes may come with another request
        position = here->position;
    }
    v1::ChangeReply& answer = *reply.add_change();
    if (item.change) {
        answer.set_incarnation(base::to_bytes(item.change->incarnation));
        answer.set_seq(item.change->header.seq());
    }
    answer.set_id(base::to_bytes(item.id));
    const bool secured = parts_.config.stored_is_secured || position <= record.state().secured;
    answer.set_fate(secured ? v1::CHANGE_FATE_SECURED : v1::CHANGE_FATE_STORED);
    answer.set_position(position);
    placed_.emplace_back(position, item.id);
    return {};
}

// The grant may have been lost with the rest; what the journal or the backup removed stays out. A
// record that is here only by this return has no other unit, however late it comes.
Result<void> Returns::regrant(const RecordId& record, bool made) {
    KARI_LET(const auto epoch, parts_.storage.epoch());
    if (!(epoch.recovering || made) || who_.revoked || who_.expired) return {};
    KARI_LET(const auto state, parts_.storage.caseload_state(who_.unit, record));
    if (state) return {};
    return parts_.storage.grant(who_.unit, record);
}

// A seal proves itself: one that does not, or whose change is not here, is left aside.
Result<std::uint32_t> Returns::take_seals(storage::RecordTransaction& record,
                                          const v1::RecordReturn& returned) {
    std::uint32_t stored = 0;
    std::set<Digest> along;
    add_statements(returned.seal(), along);
    for (const v1::RecordSeal& seal : returned.seal()) {
        if (seal.ByteSizeLong() > sync::k_seal_bytes) continue;
        const auto added = store_seal(parts_, record, seal, along);
        if (added) {
            if (*added) ++tally_.seals;
            ++stored;
        } else if (added.error().code >= ErrorCode::storage_full &&
                   added.error().code <= ErrorCode::in_use) {
            return tl::unexpected(added.error());
        }
    }
    return stored;
}

Result<v1::PushReply> Returns::take(const v1::RecordReturn& returned) {
    v1::PushReply reply;
    reply.set_record(returned.record());
    placed_.clear();
    const auto id = base::from_bytes<RecordId>(returned.record());
    Items items = read_items(returned);
    if (id && !id->is_zero()) {
        KARI_TRY(prove(*id, returned, items));
        KARI_TRY(recognize(*id, items));
    }
    const auto proven = [&](const Item& item) {
        return item.proven && (!item.change || item.change->record == *id);
    };
    const auto enters = [&](const Item& item) {
        return item.known || proven(item);
    };
    const auto any = [&](const auto& holds) {
        return std::any_of(items.begin(), items.end(),
                           [&](const auto& entry) { return holds(entry.second); });
    };
    std::unique_ptr<storage::RecordTransaction> record;
    if (any(enters)) {
        // The log of a record that was registered on a tablet begins with a tablet's word.
        const auto first = items.find(1);
        const bool made_on_tablet = first != items.end() && proven(first->second) &&
                                    first->second.change &&
                                    first->second.change->header.origin() == v1::ORIGIN_DEVICE;
        KARI_LET(record, parts_.storage.begin_or_create(*id, made_on_tablet));
        // Whoever knows a change has not shown that the record was granted.
        if (any(proven)) KARI_TRY(regrant(*id, record->state().head.position == 0));
    }
    for (auto& [position, item] : items) {
        if (enters(item)) {
            KARI_TRY(enter(*record, item, reply));
        } else if (!item.wire->header().empty()) {
            KARI_TRY(reject(item,
                            item.broken.value_or(Error{ErrorCode::receipt_invalid,
                                                       "returned without a valid receipt"}),
                            reply));
        }
    }
    if (record) {
        KARI_LET(const auto seals, take_seals(*record, returned));
        reply.set_seals_stored(seals);
        KARI_TRY(parts_.stream.commit(*record));
    }
    std::sort(placed_.begin(), placed_.end());
    placed_.erase(std::unique(placed_.begin(), placed_.end()), placed_.end());
    if (!placed_.empty()) *reply.mutable_receipt() = parts_.receipts.pairs(epoch_, *id, placed_);
    return reply;
}

}  // namespace kari::server::exchange
