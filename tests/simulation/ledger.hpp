// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include <kari/ids.hpp>
#include <kari/time.hpp>

namespace kari::sim {

// A change that a tablet made durable.
struct LedgerEntry {
    RecordId record;
    ResourceId resource;
    unsigned tablet = 0;
    unsigned op = 0;
    bool clock_right = true;    // of the tablet, within a minute
    bool told = true;           // false: the call that wrote it came to no end; found afterwards
    bool acknowledged = false;  // the tablet has been told that the server has it
    bool gone = false;          // it stood on a disk alone that was put back to what it was before
    bool out_of_hand = false;   // the tablet was put back to before it, and others have it
    bool secured = false;       // the newest backup has it
    bool purged = false;    // with its record, from its tablet; it has not been seen there since
    bool shut_out = false;  // its tablet had been revoked
    // The server had it and was put back to before that: its tablet may take it for sent.
    bool forgotten = false;
    // What stood last of the resource when its author looked, and the newest tick of the record
    // then. Nothing: nobody took note.
    std::optional<std::set<ChangeId>> saw = std::nullopt;
    std::uint64_t tick_then = 0;
};

// When the first was said of a resource, and whether the clock of who said it was right then. Op 0:
// before all of them, in a source system.
struct Begun {
    unsigned op = 0;
    bool clock_right = true;
};

// A photo that a tablet took in, or its thumbnail.
struct Photo {
    RecordId record;
    ChangeId change;  // that names it
    std::string content;
    bool small = false;
    bool secured = false;  // the newest backup has all of it
};

// A dose as a nurse knows it: by the clock, not by anything that was computed of it.
struct Dose {
    RecordId record;
    ResourceId order;
    LocalDate date;
    std::string nominal;
    auto key() const { return std::tie(record, order, date.year, date.month, date.day, nominal); }
    bool operator<(const Dose& other) const { return key() < other.key(); }
};

// A tablet of what the server allows, given without any word why it was given without.
struct AllowedDose {
    ResourceId administration;
    ResourceId order;
    Instant at;  // true time
    IncarnationId by;
    PersonId giver;
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
    void wrote(const ChangeId& id, const LedgerEntry& entry) {
        entries_.emplace(id, entry);
        begun_.emplace(entry.resource, Begun{entry.op, entry.clock_right});
    }
    // A tablet that was put back to before a change, or enrolled anew, can be told nothing of it;
    // what it was told before still holds.
    void acknowledged(unsigned tablet) {
        for (auto& [id, entry] : entries_)
            entry.acknowledged |= entry.tablet == tablet && !entry.out_of_hand;
    }
    void purged(const ChangeId& id, bool purged) { entries_.at(id).purged = purged; }
    void gone(const ChangeId& id) { entries_.at(id).gone = true; }
    void out_of_hand(const ChangeId& id) { entries_.at(id).out_of_hand = true; }
    // It is in the newest backup, that is.
    void secured(const ChangeId& id) {
        const auto entry = entries_.find(id);
        if (entry != entries_.end()) entry->second.secured = true;
    }
    // The server goes on from its newest backup: what it had besides it has to be given back.
    void server_restored(const std::set<ChangeId>& had) {
        for (auto& [id, entry] : entries_) {
            entry.acknowledged = entry.acknowledged && entry.secured;
            entry.forgotten |= had.contains(id) && !entry.secured;
        }
    }
    void took(const Digest& id, Photo photo) { photos_.insert_or_assign(id, std::move(photo)); }
    void photo_secured(const Digest& id) { photos_.at(id).secured = true; }
    // A dose was given, as the nurse saw it; those given before stand beside it.
    void gave(const Dose& dose, const ResourceId& administration, const PersonId& by = {}) {
        given_by_[administration] = by;
        dose_of_.emplace(administration, dose);
        auto& given = given_[dose];
        for (const ResourceId& other : given)
            doubles_.push_back({dose.record, other, administration});
        given.push_back(administration);
    }
    // Somebody says that it was not given. Against the word of who gave it, it counts as given
    // until that one confirms it; whether it does then, only a fold can say.
    void entered_in_error(const ResourceId& administration, const PersonId& by) {
        std::erase_if(allowed_, [&](const AllowedDose& dose) {
            return dose.administration == administration && dose.giver == by;
        });
        const auto author = given_by_.find(administration);
        if (author != given_by_.end() && author->second != by) return;
        std::erase_if(doubles_, [&](const DoubleDose& pair) {
            return pair.first == administration || pair.second == administration;
        });
        for (auto& [dose, given] : given_)
            std::erase(given, administration);
    }

    void gave_allowed(const AllowedDose& dose) { allowed_.push_back(dose); }

    Begun begun(const ResourceId& resource) const {
        const auto known = begun_.find(resource);
        return known == begun_.end() ? Begun{} : known->second;
    }
    const std::map<ChangeId, LedgerEntry>& entries() const { return entries_; }
    const std::vector<DoubleDose>& doubles() const { return doubles_; }
    // By their administrations; without those whose call came to no end.
    const std::map<ResourceId, Dose>& doses() const { return dose_of_; }
    const std::vector<AllowedDose>& allowed() const { return allowed_; }
    const std::map<Digest, Photo>& photos() const { return photos_; }

private:
    std::map<ChangeId, LedgerEntry> entries_;
    std::map<ResourceId, Begun> begun_;
    std::map<Digest, Photo> photos_;
    std::map<Dose, std::vector<ResourceId>> given_;
    std::map<ResourceId, Dose> dose_of_;
    std::vector<DoubleDose> doubles_;
    std::vector<AllowedDose> allowed_;
    std::map<ResourceId, PersonId> given_by_;
};

}  // namespace kari::sim
