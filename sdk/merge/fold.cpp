// SPDX-License-Identifier: Apache-2.0
#include "sdk/merge/fold.hpp"

#include <algorithm>
#include <unordered_map>

#include "sdk/base/mutant.hpp"
#include "sdk/merge/atom_value.hpp"
#include "sdk/merge/wire_scan.hpp"

namespace kari::merge {
namespace {

// The changes of one resource as a graph: nodes ascending by id, edges by present parents.
struct Graph {
    std::vector<const Change*> nodes;
    std::vector<std::vector<std::size_t>> parents;
    std::vector<std::size_t> topological;  // parents before children
    std::vector<ChangeId> missing;
    std::vector<bool> is_head;
};

std::vector<const Change*> unique_by_id(std::vector<const Change*> changes) {
    // Of two copies of one change, the one whose body is here tells more.
    std::sort(changes.begin(), changes.end(), [](const Change* a, const Change* b) {
        if (a->id != b->id) return a->id < b->id;
        return a->body_bytes.has_value() && !b->body_bytes.has_value();
    });
    changes.erase(std::unique(changes.begin(), changes.end(),
                              [](const Change* a, const Change* b) { return a->id == b->id; }),
                  changes.end());
    return changes;
}

void sort_topologically(Graph& graph) {
    std::vector<std::size_t> waiting(graph.nodes.size(), 0);
    std::vector<std::vector<std::size_t>> children(graph.nodes.size());
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        waiting[i] = graph.parents[i].size();
        for (const auto parent : graph.parents[i])
            children[parent].push_back(i);
        if (waiting[i] == 0) graph.topological.push_back(i);
    }
    for (std::size_t at = 0; at < graph.topological.size(); ++at) {
        for (const auto child : children[graph.topological[at]]) {
            if (--waiting[child] == 0) graph.topological.push_back(child);
        }
    }
}

Graph make_graph(const std::vector<const Change*>& changes) {
    Graph graph;
    graph.nodes = unique_by_id(changes);
    std::unordered_map<ChangeId, std::size_t> index;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i)
        index.emplace(graph.nodes[i]->id, i);
    graph.parents.resize(graph.nodes.size());
    graph.is_head.assign(graph.nodes.size(), true);
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        for (const auto& parent : graph.nodes[i]->parents) {
            const auto found = index.find(parent);
            if (found == index.end()) {
                graph.missing.push_back(parent);
            } else {
                graph.parents[i].push_back(found->second);
                graph.is_head[found->second] = false;
            }
        }
    }
    std::sort(graph.missing.begin(), graph.missing.end());
    graph.missing.erase(std::unique(graph.missing.begin(), graph.missing.end()),
                        graph.missing.end());
    sort_topologically(graph);  // ids are digests of their parents' ids: there is no cycle
    return graph;
}

using Slices = std::vector<std::unordered_map<std::uint32_t, std::string_view>>;

Slices slice_bodies(const Graph& graph) {
    Slices slices(graph.nodes.size());
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        const auto fields = scan_fields(graph.nodes[i]->body.resource());
        if (!fields) continue;  // decode_change lets no such body pass
        for (const auto& field : *fields)
            slices[i].emplace(field.number, field.bytes);
    }
    return slices;
}

bool writes(const Change& change, std::uint32_t atom) {
    return std::binary_search(change.header.atom().begin(), change.header.atom().end(), atom);
}

// For each node: is it among what some counting write had seen? One pass, children first.
std::vector<bool> seen_by(const Graph& graph, const std::vector<bool>& counts) {
    std::vector<bool> seen(graph.nodes.size(), false);
    for (auto it = graph.topological.rbegin(); it != graph.topological.rend(); ++it) {
        if (!counts[*it] && !seen[*it]) continue;
        for (const auto parent : graph.parents[*it])
            seen[parent] = true;
    }
    return seen;
}

AtomState fold_atom(const Graph& graph, const Slices& slices, const KindSchema* kind,
                    std::uint32_t number) {
    AtomState state;
    state.number = number;
    const AtomSchema* schema = kind != nullptr ? kind->atom(number) : nullptr;
    std::vector<AtomWrite> all(graph.nodes.size());
    std::vector<bool> written(graph.nodes.size(), false);
    std::vector<bool> effective(graph.nodes.size(), false);
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        const Change& change = *graph.nodes[i];
        if (!writes(change, number)) continue;
        AtomWrite& write = all[i];
        write.change = change.id;
        write.tick = change.header.tick();
        const auto slice = slices[i].find(number);
        if (slice != slices[i].end()) write.value = slice->second;
        write.cleared = slice == slices[i].end() && change.body_bytes.has_value();
        write.effective = takes_effect(kind, schema, change, write);
        written[i] = true;
        effective[i] = write.effective;
    }
    const auto seen_by_effective = seen_by(graph, effective);
    const auto seen_by_any = seen_by(graph, written);
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        if (effective[i] && !seen_by_effective[i]) {
            state.live.push_back(all[i]);
            const auto& must = graph.nodes[i]->header.must_understand();
            const bool unknown =
                schema == nullptr && std::binary_search(must.begin(), must.end(), number);
            if (unknown || (schema != nullptr && !parses(*kind, all[i].value))) {
                state.unreadable = true;
            }
        } else if (written[i] && !effective[i] && !seen_by_any[i]) {
            state.pending.push_back(all[i]);
        }
    }
    if (KARI_MUTATED(last_writer_wins_allergy) && kind != nullptr &&
        kind->prototype->GetTypeName() == "kari.v1.AllergyIntolerance" && !state.live.empty()) {
        state.live = {
            *std::max_element(state.live.begin(), state.live.end(),
                              [](const auto& a, const auto& b) { return a.tick < b.tick; })};
    }
    return state;
}

// All changes of a resource state one kind; should one state another, the earliest is believed.
const Change& believed_kind(const Graph& graph) {
    return **std::min_element(
        graph.nodes.begin(), graph.nodes.end(), [](const Change* a, const Change* b) {
            return std::pair(a->header.tick(), a->id) < std::pair(b->header.tick(), b->id);
        });
}

}  // namespace

Resource fold(const std::vector<const Change*>& changes) {
    Resource resource;
    if (changes.empty()) return resource;
    const Graph graph = make_graph(changes);
    const Change& first = believed_kind(graph);
    resource.record = first.record;
    resource.id = first.resource;
    resource.kind = first.header.kind();
    resource.missing = graph.missing;
    std::vector<std::uint32_t> atoms;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        const Change& change = *graph.nodes[i];
        resource.changes.push_back(change.id);
        if (graph.is_head[i]) resource.heads.push_back(change.id);
        resource.tick = std::max(resource.tick, change.header.tick());
        resource.withheld = resource.withheld || !change.body_bytes.has_value();
        resource.unreadable = resource.unreadable || change.header.kind() != resource.kind;
        atoms.insert(atoms.end(), change.header.atom().begin(), change.header.atom().end());
    }
    std::sort(atoms.begin(), atoms.end());
    atoms.erase(std::unique(atoms.begin(), atoms.end()), atoms.end());

    const KindSchema* schema = schema_of(resource.kind);
    const Slices slices = slice_bodies(graph);
    for (const auto number : atoms) {
        AtomState state = fold_atom(graph, slices, schema, number);
        resource.unreadable = resource.unreadable || state.unreadable;
        const AtomSchema* atom = schema != nullptr ? schema->atom(number) : nullptr;
        state.contested =
            !resource.incomplete() && atom != nullptr && values_collide(*schema, *atom, state);
        resource.atoms.push_back(std::move(state));
    }
    return resource;
}

bool saw(const std::vector<const Change*>& changes, const ChangeId& change,
         const ChangeId& ancestor) {
    std::unordered_map<ChangeId, const Change*> index;
    for (const auto* item : changes)
        index.emplace(item->id, item);
    std::vector<ChangeId> queue{change};
    std::unordered_map<ChangeId, bool> visited;
    while (!queue.empty()) {
        const ChangeId at = queue.back();
        queue.pop_back();
        if (at == ancestor) return true;
        if (!visited.emplace(at, true).second) continue;
        const auto found = index.find(at);
        if (found == index.end()) continue;
        queue.insert(queue.end(), found->second->parents.begin(), found->second->parents.end());
    }
    return false;
}

}  // namespace kari::merge
