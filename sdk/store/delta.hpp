// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <unordered_map>

#include "sdk/store/state.hpp"

namespace kari::store {

Digest next_chain(const Digest& chain, const ChangeId& id);

// The digest at a position of the held prefix; nothing when it does not reach there.
Result<std::optional<LogPoint>> chain_at(DeviceStore::State& store, const RecordMeta& meta,
                                         std::uint64_t position);

// Keeps a receipt over pairs until a range covers it. One that does not read is passed over: it
// could prove nothing.
Result<void> keep_pairs(DeviceStore::State& store, const RecordId& record,
                        const v1::PairsReceipt& receipt);

// The applying of one delta, within a transaction of its caller.
class DeltaWork {
public:
    DeltaWork(DeviceStore::State& store, const v1::RecordDelta& delta, const EpochId& epoch)
        : store_(store), delta_(delta), epoch_(epoch) {}
    Result<void> run_all();
    Applied take_applied() { return std::move(applied_); }

private:
    struct Touched {
        std::uint32_t kind = 0;
        std::vector<Address> added;
        bool folded = false;
    };

    Result<void> begin();
    Result<void> place_base();
    Result<void> take_window();
    Result<void> doubt_window(const merge::Change& change);
    Result<void> end_window();
    Result<void> forget_window();
    Result<void> take_changes();
    Result<ChangeId> take(const v1::WireChange& wire, std::uint64_t position);
    Result<ChangeId> take_bare(const v1::WireChange& wire, std::uint64_t position);
    Result<std::optional<Address>> held_address(const ChangeId& id);
    Result<void> load_addresses();
    Result<std::string> whole_header(const v1::WireChange& wire);
    Result<void> find_quarantined(const v1::ChangeHeader& successor, std::vector<ChangeId>& found);
    Result<void> keep(const merge::Change& change, std::uint64_t position);
    Result<void> note_own(const merge::Change& change);
    Result<void> returned(const ChangeId& id);
    Result<void> set_position(const Address& at, std::uint64_t position);
    Result<void> quarantine(const ChangeId& id, std::uint64_t position, const Error& reason,
                            std::string_view header, std::string_view body);
    void touch(std::uint32_t kind, const ResourceId& resource, const Address& at);
    Result<void> touch_holder(const Address& at);
    Result<void> fold_touched();
    Result<void> fold_notes();
    Result<void> take_seals();
    Result<void> take_points();
    Result<void> take_receipts(const LogPoint& cursor);
    Result<void> take_secured();
    Result<void> owe_reviews();

    DeviceStore::State& store_;
    const v1::RecordDelta& delta_;
    EpochId epoch_;
    RecordId record_;
    RecordMeta meta_;
    LogPoint base_;
    LogPoint end_;
    std::uint64_t tick_ = 0;
    bool links_ = false;
    bool first_ = false;
    std::optional<v1::WindowPart> window_;  // of what is elsewhere, when it did not go whole
    std::map<ResourceId, Touched> touched_;
    std::set<IncarnationId> own_touched_;
    std::optional<std::unordered_map<ChangeId, Address>> addresses_;
    Applied applied_;
};

}  // namespace kari::store
