// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include <kari/time.hpp>

#include "sdk/base/id.hpp"
#include "sdk/merge/change.hpp"
#include "sdk/merge/fold.hpp"

namespace kari::chart {

using ChangePtr = std::shared_ptr<const merge::Change>;

// A folded resource with the changes it was folded from: who said what, when, knowing what.
struct GroupResource : merge::Resource {
    std::vector<ChangePtr> history;  // ascending by change id, no repeats
    bool lifted = false;             // read as another kind than it is written as; see Lift
};

// How a resource that was kept whole (OtherResource) is read as the kind that this build has for
// it: its changes as changes of that kind, same ids, same order; none when there is no such kind.
// A port, for FHIR stands above the chart; fhir::lift is the one that is used. What is folded,
// stored and compared between replicas is never lifted: a group is the only place.
using Lift = std::vector<ChangePtr> (*)(const std::vector<ChangePtr>& history);
// Lifts the resource in place when it can be. A null lift leaves all as it is.
void lift_resource(GroupResource& resource, Lift lift);

// Two changes at one address: a tablet that was set back went on writing.
struct StreamFork {
    IncarnationId incarnation;
    RecordId record;
    std::uint64_t seq = 0;
    std::vector<ChangeId> changes;  // ascending, two or more
    bool operator==(const StreamFork&) const = default;
};

// The records that are one citizen, as far as they are here. What chart and review work on.
struct Group {
    std::vector<RecordId> records;         // here, ascending
    std::vector<RecordId> not_here;        // linked, and not here or not ours to see, ascending
    std::vector<GroupResource> resources;  // ascending by (record, id)
    std::vector<StreamFork> forks;         // ascending by (incarnation, record, seq)
    // Of each kind, since when nothing is left out, by moment_of (window.hpp). A kind that is not
    // named is here from the beginning.
    std::map<std::uint32_t, Instant> complete_since;
    // Dose slots of which every statement is here, whatever the window; ascending.
    std::vector<SlotId> whole_slots;

    bool whole() const { return not_here.empty(); }
    // Whether all of the kind that happened at the instant or later is here.
    bool reaches(std::uint32_t kind, Instant back_to) const {
        const auto since = complete_since.find(kind);
        return since == complete_since.end() || since->second <= back_to;
    }
    // The first resource of that id; null when it is not here. (Link and issue resources stand
    // in several records under one id; all others in one.)
    const GroupResource* find(const ResourceId& id) const;
    const GroupResource* find(const RecordId& record, const ResourceId& id) const;
};

// Folds changes to a group. Order and duplicates do not matter. A change of a record that is not
// among `records` is left out. Forks are found among the changes given.
Group make_group(std::vector<RecordId> records, std::vector<RecordId> not_here,
                 const std::vector<ChangePtr>& changes, Lift lift = nullptr);

// The records that a record's own link resources name as the same citizen now: operative value
// LINKED. Ascending. `resources` are those of one record; others are passed over.
std::vector<RecordId> linked_records(const std::vector<const merge::Resource*>& resources);

// What a record links to; nothing when the record is not here.
using LinksOf = std::function<std::optional<std::vector<RecordId>>(const RecordId&)>;

// All records linked with `start`, however far, `start` among them.
struct Closure {
    std::vector<RecordId> records;   // here, ascending
    std::vector<RecordId> not_here;  // named by a link, ascending
};
Closure group_of(const RecordId& start, const LinksOf& links);

// The resource that carries the link of two records: H("kari link", smaller, larger), shortened.
ResourceId link_resource(const RecordId& a, const RecordId& b);

}  // namespace kari::chart
