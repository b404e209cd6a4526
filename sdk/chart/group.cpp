// SPDX-License-Identifier: Apache-2.0
#include "sdk/chart/group.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "sdk/base/digest.hpp"

namespace kari::chart {
namespace {

template <typename T>
void sort_unique(std::vector<T>& items) {
    std::sort(items.begin(), items.end());
    items.erase(std::unique(items.begin(), items.end()), items.end());
}

// Each id once; of two copies the one whose body is here tells more.
std::vector<ChangePtr> unique_changes(std::vector<ChangePtr> changes) {
    std::sort(changes.begin(), changes.end(), [](const ChangePtr& a, const ChangePtr& b) {
        if (a->id != b->id) return a->id < b->id;
        return a->body_bytes.has_value() && !b->body_bytes.has_value();
    });
    changes.erase(
        std::unique(changes.begin(), changes.end(),
                    [](const ChangePtr& a, const ChangePtr& b) { return a->id == b->id; }),
        changes.end());
    return changes;
}

std::vector<StreamFork> forks_among(const std::vector<ChangePtr>& changes) {
    using Address = std::tuple<IncarnationId, RecordId, std::uint64_t>;
    std::map<Address, std::vector<ChangeId>> at;
    for (const auto& change : changes) {
        at[{change->incarnation, change->record, change->header.seq()}].push_back(change->id);
    }
    std::vector<StreamFork> forks;
    for (auto& [address, ids] : at) {
        if (ids.size() < 2) continue;
        forks.push_back(StreamFork{std::get<0>(address), std::get<1>(address), std::get<2>(address),
                                   std::move(ids)});
    }
    return forks;
}

}  // namespace

const GroupResource* Group::find(const ResourceId& id) const {
    for (const auto& record : records) {
        if (const auto* found = find(record, id)) return found;
    }
    return nullptr;
}

const GroupResource* Group::find(const RecordId& record, const ResourceId& id) const {
    const auto at = std::lower_bound(resources.begin(), resources.end(), std::pair(record, id),
                                     [](const GroupResource& resource, const auto& key) {
                                         return std::pair(resource.record, resource.id) < key;
                                     });
    if (at == resources.end() || at->record != record || at->id != id) return nullptr;
    return &*at;
}

void lift_resource(GroupResource& resource, Lift lift) {
    if (lift == nullptr || resource.kind != v1::KIND_OTHER_RESOURCE || resource.unreadable) return;
    auto history = lift(resource.history);
    if (history.empty()) return;
    std::vector<const merge::Change*> raw;
    raw.reserve(history.size());
    for (const auto& change : history)
        raw.push_back(change.get());
    resource = GroupResource{merge::fold(raw), std::move(history), true};
}

Group make_group(std::vector<RecordId> records, std::vector<RecordId> not_here,
                 const std::vector<ChangePtr>& changes, Lift lift) {
    Group group;
    group.records = std::move(records);
    group.not_here = std::move(not_here);
    sort_unique(group.records);
    sort_unique(group.not_here);
    std::map<std::pair<RecordId, ResourceId>, std::vector<ChangePtr>> by_resource;
    std::vector<ChangePtr> ours;
    for (const auto& change : unique_changes(changes)) {
        if (!std::binary_search(group.records.begin(), group.records.end(), change->record)) {
            continue;
        }
        by_resource[{change->record, change->resource}].push_back(change);
        ours.push_back(change);
    }
    for (auto& [key, history] : by_resource) {
        std::vector<const merge::Change*> raw;
        raw.reserve(history.size());
        for (const auto& change : history)
            raw.push_back(change.get());
        group.resources.push_back(GroupResource{merge::fold(raw), std::move(history), false});
        lift_resource(group.resources.back(), lift);
    }
    group.forks = forks_among(ours);
    return group;
}

std::vector<RecordId> linked_records(const std::vector<const merge::Resource*>& resources) {
    std::vector<RecordId> others;
    for (const auto* resource : resources) {
        if (resource->kind != v1::KIND_RECORD_LINK) continue;
        const auto link = merge::operative_as<v1::RecordLink>(*resource).link();
        if (link.state() != v1::LINK_STATE_LINKED) continue;
        const auto other = base::from_bytes<RecordId>(link.other_record());
        if (other && *other != resource->record) others.push_back(*other);
    }
    sort_unique(others);
    return others;
}

Closure group_of(const RecordId& start, const LinksOf& links) {
    std::set<RecordId> here;
    std::set<RecordId> absent;
    std::vector<RecordId> queue{start};
    while (!queue.empty()) {
        const RecordId at = queue.back();
        queue.pop_back();
        if (here.count(at) != 0 || absent.count(at) != 0) continue;
        const auto others = links(at);
        if (!others) {
            absent.insert(at);
            continue;
        }
        here.insert(at);
        queue.insert(queue.end(), others->begin(), others->end());
    }
    return Closure{{here.begin(), here.end()}, {absent.begin(), absent.end()}};
}

ResourceId link_resource(const RecordId& a, const RecordId& b) {
    return base::shorten<ResourceId>(base::sha256_of(
        "kari link", {base::to_bytes(std::min(a, b)), base::to_bytes(std::max(a, b))}));
}

}  // namespace kari::chart
