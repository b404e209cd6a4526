// SPDX-License-Identifier: Apache-2.0
//
// What StoreReplica hands to the exchange to be sent.
#include <algorithm>
#include <set>

#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sdk/crypto/merkle.hpp"
#include "sdk/device/giving.hpp"
#include "sdk/device/replica.hpp"
#include "sdk/sync/limits.hpp"

namespace kari::device {

namespace {

v1::RecordSeal record_seal(const store::StoredSeal& seal, std::uint32_t index) {
    v1::RecordSeal out;
    out.set_statement(seal.statement);
    out.set_signature(seal.signature);
    out.set_leaf(seal.leaves[index]);
    out.set_index(index);
    for (const Digest& digest : crypto::merkle_path(seal.leaves, index)) {
        out.add_path(base::to_bytes(digest));
    }
    return out;
}

std::optional<RecordId> leaf_record(const std::string& leaf) {
    v1::StreamHead head;
    if (!head.ParseFromString(leaf)) return std::nullopt;
    return base::from_bytes<RecordId>(head.record());
}

std::size_t count(const std::map<RecordId, sync::Outgoing>& out) {
    std::size_t n = 0;
    for (const auto& [record, one] : out)
        n += one.change.size() + one.access.size();
    return n;
}

}  // namespace

Result<std::vector<sync::Outgoing>> StoreReplica::next_push(const sync::PushQuery& query) {
    const std::lock_guard guard(core_.mutex);
    // The store knows no records to skip: look further until enough is left or there is no more.
    std::map<RecordId, sync::Outgoing> out;
    bool all = false;
    for (std::size_t factor = 1; !all; factor *= 4) {
        out.clear();
        const store::OutboxLimits limits{query.changes * factor, query.bytes * factor};
        const auto found = store().outbox(limits);
        if (!found) return tl::unexpected(found.error());
        std::size_t bytes = 0;
        std::size_t changes = 0;
        bool cut = false;
        for (const store::StoredChange& stored : *found) {
            if (query.skip.contains(stored.change.record)) continue;
            cut =
                changes == query.changes || (changes > 0 && bytes + size_of(stored) > query.bytes);
            if (cut) break;
            bytes += size_of(stored);
            ++changes;
            out[stored.change.record].change.push_back(outgoing(stored));
        }
        const auto state = store().outbox_state();
        if (!state) return tl::unexpected(state.error());
        all = !cut && found->size() >= state->unsent;
        if (cut || changes > 0) break;
    }
    if (auto more = add_confirmations(query, out); !more) return tl::unexpected(more.error());
    const std::size_t used = count(out);
    if (all && used < query.changes) {
        const auto all_access = add_access(query, query.changes - used, out);
        if (!all_access) return tl::unexpected(all_access.error());
        // A seal covers streams up to their heads: it goes when these have gone.
        if (*all_access) {
            if (auto more = add_seals(query, out); !more) return tl::unexpected(more.error());
        }
    }
    std::vector<sync::Outgoing> list;
    for (auto& [record, one] : out) {
        one.record = record;
        list.push_back(std::move(one));
    }
    return list;
}

// Each once in a session: the answer says the fate anew.
Result<void> StoreReplica::add_confirmations(const sync::PushQuery& query,
                                             std::map<RecordId, sync::Outgoing>& out) {
    std::size_t room = query.changes - std::min(query.changes, count(out));
    std::size_t bytes = 0;
    for (const RecordId& record : query.confirm) {
        if (room == 0) return {};
        if (query.skip.contains(record)) continue;
        const auto log = store().log(record);
        if (!log) return tl::unexpected(log.error());
        for (const store::StoredChange& stored : *log) {
            if (room == 0) return {};
            if (stored.fate != store::Fate::stored || !own(stored.change.incarnation)) continue;
            if (confirmed_.contains({record, stored.change.id})) continue;
            bytes += size_of(stored);
            if (bytes > query.bytes && bytes > size_of(stored)) return {};
            confirmed_.insert({record, stored.change.id});
            out[record].change.push_back(outgoing(stored));
            --room;
        }
        const auto entries = store().unsecured_access(record, room);
        if (!entries) return tl::unexpected(entries.error());
        for (const store::StoredAccess& entry : *entries) {
            if (!access_confirmed_.insert({record, entry.id}).second) continue;
            out[record].access.push_back({entry.incarnation, entry.seq, entry.bytes});
            --room;
        }
    }
    return {};
}

Result<bool> StoreReplica::add_access(const sync::PushQuery& query, std::size_t room,
                                      std::map<RecordId, sync::Outgoing>& out) {
    const std::size_t most = room + 4 * query.skip.size() * room;
    const auto entries = store().unsent_access(most);
    if (!entries) return tl::unexpected(entries.error());
    std::size_t bytes = 0;
    for (const store::StoredAccess& entry : *entries) {
        if (query.skip.contains(entry.record)) continue;
        if (room == 0 || (bytes > 0 && bytes + entry.bytes.size() > query.bytes)) return false;
        bytes += entry.bytes.size();
        --room;
        out[entry.record].access.push_back({entry.incarnation, entry.seq, entry.bytes});
    }
    return entries->size() < most;
}

Result<void> StoreReplica::add_seals(const sync::PushQuery& query,
                                     std::map<RecordId, sync::Outgoing>& out) {
    const auto seals = store().unsent_seals(sync::k_push_seals);
    if (!seals) return tl::unexpected(seals.error());
    seals_sent_.clear();
    std::size_t room = sync::k_push_seals;
    for (const store::StoredSeal& seal : *seals) {
        for (std::uint32_t i = 0; i < seal.leaves.size(); ++i) {
            const auto record = leaf_record(seal.leaves[i]);
            if (!record || query.skip.contains(*record)) continue;
            const SealKey key{seal.incarnation, seal.number, *record};
            if (seals_stored_.contains(key) || room == 0) continue;
            --room;
            out[*record].seal.push_back(record_seal(seal, i));
            seals_sent_[*record].push_back(key);
        }
    }
    return {};
}

Result<void> StoreReplica::note_seals(const sync::Answers& answers) {
    const auto sent = seals_sent_.find(answers.record);
    if (sent == seals_sent_.end() || answers.seals_stored == 0) return {};
    const std::size_t stored = std::min(answers.seals_stored, sent->second.size());
    for (std::size_t i = 0; i < stored; ++i)
        seals_stored_.insert(sent->second[i]);
    // A seal has gone when each record of it has; what is kept is a number up to which all have.
    const auto seals = store().unsent_seals(sync::k_push_seals);
    if (!seals) return tl::unexpected(seals.error());
    for (const store::StoredSeal& seal : *seals) {
        for (const std::string& leaf : seal.leaves) {
            const auto record = leaf_record(leaf);
            if (record && !seals_stored_.contains({seal.incarnation, seal.number, *record}))
                return {};
        }
        if (auto noted = store().seals_sent(seal.incarnation, seal.number); !noted) return noted;
    }
    return {};
}

// The seals over what a return names: without them the server could not show who wrote it. Those
// over our own streams go with the next push.
Result<std::vector<v1::RecordSeal>> StoreReplica::seals_to_return(const sync::Return& given) {
    const auto held = store().received_seals(given.record);
    if (!held) return tl::unexpected(held.error());
    std::set<std::string> named;
    for (const sync::StoredChange& change : given.change)
        named.insert(base::to_bytes(change.id));
    std::vector<v1::RecordSeal> out;
    for (const v1::RecordSeal& seal : *held) {
        v1::StreamHead head;
        if (head.ParseFromString(seal.leaf()) && named.contains(head.head())) out.push_back(seal);
    }
    return out;
}

// What a restored server lacks.
Result<std::vector<sync::Return>> StoreReplica::next_return(const sync::PushQuery& query) {
    const std::lock_guard guard(core_.mutex);
    const auto owing = store().owing_return();
    if (!owing) return tl::unexpected(owing.error());
    std::vector<sync::Return> out;
    GivingRoom room{query.changes, query.bytes};
    std::size_t named = 0;
    std::size_t seals_returned = 0;
    for (const RecordId& record : *owing) {
        if (query.skip.contains(record)) continue;
        const auto back = store().give_back(record);
        if (!back) return tl::unexpected(back.error());
        if (named > 0 && named + back->named.size() > sync::k_return_ids) break;
        if (back->changes.empty() && back->unreadable.empty()) continue;
        sync::Return one = Giving(*back, room).take(record);
        if (one.change.empty()) break;
        named += one.change.size();
        auto seals = seals_to_return(one);
        if (!seals) return tl::unexpected(seals.error());
        for (v1::RecordSeal& seal : *seals) {
            if (seals_returned++ == sync::k_push_seals) break;
            one.seal.push_back(std::move(seal));
        }
        out.push_back(std::move(one));
    }
    return out;
}

}  // namespace kari::device
