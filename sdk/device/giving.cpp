// SPDX-License-Identifier: Apache-2.0
#include "sdk/device/giving.hpp"

#include <algorithm>

#include "sdk/base/id.hpp"

namespace kari::device {

sync::StoredChange outgoing(const store::StoredChange& stored) {
    return {stored.position, stored.change.id, stored.change.header_bytes,
            stored.change.body_bytes};
}

std::size_t size_of(const store::StoredChange& stored) {
    return stored.change.header_bytes.size() +
           (stored.change.body_bytes ? stored.change.body_bytes->size() : 0);
}

namespace {

std::size_t size_of(const sync::StoredChange& change) {
    return (change.header_bytes ? change.header_bytes->size() : 0) +
           (change.body_bytes ? change.body_bytes->size() : 0);
}

}  // namespace

Giving::Giving(const store::GiveBack& back, GivingRoom& room) : back_(back), room_(room) {
    if (back.named.size() <= sync::k_return_ids) ranges_ = back.ranges;
    for (const store::StoredChange& stored : back.changes)
        owed_[stored.change.id] = outgoing(stored);
    for (const store::Quarantined& stored : back.unreadable) {
        sync::StoredChange change{stored.position, stored.id, stored.header, std::nullopt};
        if (!stored.body.empty()) change.body_bytes = stored.body;
        owed_[stored.id] = std::move(change);
    }
    index_receipts();
}

// Where they are few they all go.
void Giving::index_receipts() {
    std::size_t pairs = 0;
    for (const auto& receipt : back_.pairs)
        pairs += static_cast<std::size_t>(receipt.pairs_size());
    const std::size_t receipts = back_.pairs.size() + ranges_.size();
    const bool all = pairs <= room_.pairs && receipts <= room_.receipts;
    for (std::size_t at = 0; at < back_.pairs.size(); ++at) {
        if (all) taken_.insert(at);
        for (const auto& pair : back_.pairs[at].pairs())
            proved_by_.emplace(pair.id(), at);
    }
    room_.receipts -= std::min(room_.receipts, all ? receipts : ranges_.size());
    if (all) room_.pairs -= pairs;
}

bool Giving::in_a_range(std::uint64_t position) const {
    return std::any_of(ranges_.begin(), ranges_.end(), [&](const auto& receipt) {
        return position > receipt.base().position() && position <= receipt.end().position();
    });
}

bool Giving::fits(std::uint64_t position, const ChangeId& id, std::size_t size) {
    const auto receipt = proved_by_.find(base::to_bytes(id));
    const bool needs =
        !in_a_range(position) && receipt != proved_by_.end() && !taken_.contains(receipt->second);
    const std::size_t pairs =
        needs ? static_cast<std::size_t>(back_.pairs[receipt->second].pairs_size()) : 0;
    if (room_.changes == 0) return false;
    const bool first = !room_.used;
    const bool proof_fits = !needs || (pairs <= room_.pairs && room_.receipts > 0);
    if (!first && (size > room_.bytes || !proof_fits)) return false;
    room_.used = true;
    --room_.changes;
    room_.bytes -= std::min(room_.bytes, size);
    room_.pairs -= std::min(room_.pairs, pairs);
    if (needs) {
        room_.receipts -= std::min<std::size_t>(room_.receipts, 1);
        taken_.insert(receipt->second);
    }
    return true;
}

sync::Return Giving::take(const RecordId& record) {
    for (const auto& [position, id] : back_.named) {
        const auto found = owed_.find(id);
        if (found == owed_.end() || !fits(position, id, size_of(found->second))) continue;
        chosen_[id] = std::move(found->second);
    }
    return chosen_.empty() ? sync::Return{} : name_all(record);
}

sync::Return Giving::name_all(const RecordId& record) {
    sync::Return out;
    out.record = record;
    out.range = ranges_;
    std::set<std::string> named;
    for (const std::size_t at : taken_) {
        out.pairs.push_back(back_.pairs[at]);
        for (const auto& pair : back_.pairs[at].pairs())
            named.insert(pair.id());
    }
    for (const auto& [position, id] : back_.named) {
        const auto found = chosen_.find(id);
        const bool goes = found != chosen_.end();
        if (!goes && !in_a_range(position) && !named.contains(base::to_bytes(id))) continue;
        sync::StoredChange change;
        if (goes) change = std::move(found->second);
        change.position = position;
        change.id = id;
        out.change.push_back(std::move(change));
    }
    return out;
}

}  // namespace kari::device
