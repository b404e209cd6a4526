// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "sdk/store/state.hpp"

namespace kari::store {

// Reads resources of a group of records, each once and with its history.
class Loading {
public:
    Loading(DeviceStore::State& store, chart::Closure members);

    Result<void> add(const RecordId& record, const ResourceId& id);
    // In whichever record of the group it stands.
    Result<void> add(const ResourceId& id);
    // Those of a kind with a moment not before `since`.
    Result<void> add_kind(std::uint32_t kind, Instant since = Instant{INT64_MIN});
    // Those that are found by a key, from then on.
    Result<void> add_traced(std::string_view key, Instant from = Instant{INT64_MIN});
    // The orders that the loaded doses name, and what stands at forked addresses beside what is
    // loaded.
    Result<void> add_orders();
    // What was done about the loaded tasks and planned visits: it tells their state.
    Result<void> add_acts();
    Result<void> add_forked();
    // The time notes of the clocks that wrote what is loaded.
    Result<void> add_clocks();

    const std::vector<RecordId>& records() const { return group_.records; }
    // As far as it is read.
    const chart::Group& group();
    chart::Group take();

private:
    Result<void> put(const RecordId& record, ResourceRow row);

    DeviceStore::State& store_;
    chart::Group group_;
    std::set<std::pair<RecordId, ResourceId>> seen_;
    std::set<std::pair<RecordId, ResourceId>> forked_;  // stand at a forked address
    std::set<std::string> clocks_;                      // keys that were looked up
    bool sorted_ = true;
};

}  // namespace kari::store
