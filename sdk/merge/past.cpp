// SPDX-License-Identifier: Apache-2.0
#include "sdk/merge/past.hpp"

#include <map>
#include <set>

namespace kari::merge {

std::vector<const Change*> past_of(const std::vector<const Change*>& changes,
                                   const std::vector<ChangeId>& seen) {
    std::map<ChangeId, const Change*> by_id;
    for (const Change* change : changes)
        by_id[change->id] = change;
    std::vector<const Change*> past;
    std::set<ChangeId> reached;
    std::vector<ChangeId> left = seen;
    while (!left.empty()) {
        const auto at = by_id.find(left.back());
        left.pop_back();
        if (at == by_id.end() || !reached.insert(at->first).second) continue;
        past.push_back(at->second);
        left.insert(left.end(), at->second->parents.begin(), at->second->parents.end());
    }
    return past;
}

std::vector<ChangeId> readable_heads(const std::vector<const Change*>& changes) {
    const Resource whole = fold(changes);
    if (!whole.unreadable) return whole.heads;
    std::vector<ChangeId> read;
    std::set<ChangeId> looked_at;
    std::vector<ChangeId> left = whole.heads;
    while (!left.empty()) {
        const ChangeId id = left.back();
        left.pop_back();
        const auto past = past_of(changes, {id});
        if (past.empty() || !looked_at.insert(id).second) continue;
        if (!fold(past).unreadable) {
            read.push_back(id);
            continue;
        }
        const auto& parents = past.front()->parents;
        left.insert(left.end(), parents.begin(), parents.end());
    }
    // One that another builds on is no head.
    return fold(past_of(changes, read)).heads;
}

}  // namespace kari::merge
