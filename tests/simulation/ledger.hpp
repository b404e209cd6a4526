// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include <kari/ids.hpp>

namespace kari::sim {

// A change that a tablet made durable.
struct LedgerEntry {
    RecordId record;
    unsigned tablet = 0;
    unsigned op = 0;
    bool told = true;           // false: the call that wrote it came to no end; found afterwards
    bool acknowledged = false;  // the tablet has been told that the server has it
    bool gone = false;          // it stood on a disk alone that was put back to what it was before
};

// Two administrations of one dose.
struct DoubleDose {
    RecordId record;
    ResourceId first;
    ResourceId second;
};

// What was written, kept apart from everything that is tested.
class Ledger {
public:
    void wrote(const ChangeId& id, const LedgerEntry& entry) { entries_.emplace(id, entry); }
    void acknowledged(unsigned tablet) {
        for (auto& [id, entry] : entries_)
            entry.acknowledged |= entry.tablet == tablet;
    }
    void gone(const ChangeId& id) { entries_.at(id).gone = true; }
    // A dose of a slot was given, as the nurse saw it; those given before her stand beside it.
    void gave(const RecordId& record, const SlotId& slot, const ResourceId& administration) {
        auto& given = given_[{record, slot}];
        for (const ResourceId& other : given)
            doubles_.push_back({record, other, administration});
        given.push_back(administration);
    }
    // It was corrected: whether it is a double dose still, only a fold can say.
    void corrected(const ResourceId& administration) {
        std::erase_if(doubles_, [&](const DoubleDose& pair) {
            return pair.first == administration || pair.second == administration;
        });
        for (auto& [slot, given] : given_)
            std::erase(given, administration);
    }

    const std::map<ChangeId, LedgerEntry>& entries() const { return entries_; }
    const std::vector<DoubleDose>& doubles() const { return doubles_; }

private:
    std::map<ChangeId, LedgerEntry> entries_;
    std::map<std::pair<RecordId, SlotId>, std::vector<ResourceId>> given_;
    std::vector<DoubleDose> doubles_;
};

}  // namespace kari::sim
