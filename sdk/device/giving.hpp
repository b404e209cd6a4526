// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "sdk/store/device_store.hpp"
#include "sdk/sync/limits.hpp"
#include "sdk/sync/replica.hpp"

namespace kari::device {

// A change of the log as the exchange sends it.
sync::StoredChange outgoing(const store::StoredChange& stored);
std::size_t size_of(const store::StoredChange& stored);

// What still goes in one request.
struct GivingRoom {
    std::size_t changes = 0;
    std::size_t bytes = 0;
    std::size_t pairs = sync::k_return_ids / 2;
    std::size_t receipts = sync::k_return_receipts;
    bool used = false;  // the first change goes however large it is
};

// One record's part of what is given back, as far as there is room. A range's receipt speaks for
// every position up to its end: the changes under it are all named. One over single positions names
// all of its own; where there are many, it goes with the first change that only it proves.
// A range that names more than a request may is left out: the server sets aside what nothing else
// proves, for its operator, and no other record waits for it.
class Giving {
public:
    Giving(const store::GiveBack& back, GivingRoom& room);

    // Without a change: nothing fits any more.
    sync::Return take(const RecordId& record);

private:
    void index_receipts();
    bool in_a_range(std::uint64_t position) const;
    bool fits(std::uint64_t position, const ChangeId& id, std::size_t size);
    sync::Return name_all(const RecordId& record);

    const store::GiveBack& back_;
    std::vector<v1::RangeReceipt> ranges_;
    GivingRoom& room_;
    std::map<ChangeId, sync::StoredChange> owed_;
    std::map<std::string, std::size_t> proved_by_;  // of an id, one of the receipts over it
    std::set<std::size_t> taken_;                   // of the receipts
    std::map<ChangeId, sync::StoredChange> chosen_;
};

}  // namespace kari::device
