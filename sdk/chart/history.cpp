// SPDX-License-Identifier: Apache-2.0
#include "sdk/chart/history.hpp"

#include <algorithm>
#include <set>

#include "sdk/base/time.hpp"
#include "sdk/merge/atom_value.hpp"
#include "sdk/merge/schema.hpp"
#include "sdk/merge/wire_scan.hpp"

namespace kari::chart {

Causality::Causality(const GroupResource& resource) : resource_(resource) {}

const merge::Change* Causality::find(const ChangeId& id) const {
    const auto& history = resource_.history;
    const auto at = std::lower_bound(
        history.begin(), history.end(), id,
        [](const ChangePtr& change, const ChangeId& key) { return change->id < key; });
    return at == history.end() || (*at)->id != id ? nullptr : at->get();
}

bool Causality::saw(const ChangeId& change, const ChangeId& ancestor) const {
    return covers({change}, ancestor);
}

bool Causality::covers(const std::vector<ChangeId>& version, const ChangeId& change) const {
    std::vector<ChangeId> queue = version;
    std::set<ChangeId> visited;
    while (!queue.empty()) {
        const ChangeId at = queue.back();
        queue.pop_back();
        if (at == change) return true;
        if (!visited.insert(at).second) continue;
        if (const auto* found = find(at)) {
            queue.insert(queue.end(), found->parents.begin(), found->parents.end());
        }
    }
    return false;
}

std::vector<Write> writes_of(const GroupResource& resource, std::uint32_t atom) {
    std::vector<Write> writes;
    const auto* kind = merge::schema_of(resource.kind);
    const auto* schema = kind == nullptr ? nullptr : kind->atom(atom);
    for (const auto& change : resource.history) {
        const auto& atoms = change->header.atom();
        if (!change->body_bytes || !std::binary_search(atoms.begin(), atoms.end(), atom)) continue;
        merge::AtomWrite write;
        write.change = change->id;
        if (const auto fields = merge::scan_fields(change->body.resource())) {
            for (const auto& field : *fields) {
                if (field.number == atom) write.value = field.bytes;
            }
        }
        write.cleared = write.value.empty();
        writes.push_back(
            Write{change.get(), merge::takes_effect(schema, *change, write), write.value});
    }
    return writes;
}

ClockNotes::ClockNotes(const Group& group) {
    for (const auto& resource : group.resources) {
        if (resource.kind != v1::KIND_TIME_NOTE) continue;
        const auto note = merge::operative_as<v1::TimeNote>(resource).note();
        if (!note.boot().empty()) notes_[{note.incarnation(), note.boot()}].push_back(note);
    }
}

Span ClockNotes::corrected(Span span, const merge::Change& change) const {
    if (change.from_server()) return span;
    const auto& recorded = change.header.recorded();
    Duration early;
    Duration late;
    const auto widen = [&](std::int64_t difference, std::int64_t uncertainty) {
        early = std::min(early, Duration{difference - uncertainty});
        late = std::max(late, Duration{difference + uncertainty});
    };
    const auto notes = notes_.find({change.header.incarnation(), recorded.boot()});
    if (notes != notes_.end()) {
        for (const auto& note : notes->second) {
            widen(note.server_minus_device_ms(), note.uncertainty_ms());
        }
    } else if (recorded.has_server_minus_wall_ms()) {
        widen(recorded.server_minus_wall_ms(), 0);
    }
    return Span{span.earliest + early, span.latest + late};
}

Span ClockNotes::recorded(const merge::Change& change) const {
    const Instant wall{change.header.recorded().wall_ms()};
    return corrected(Span{wall, wall}, change);
}

bool ClockNotes::states_time(const merge::Change& change) {
    const auto& stated = change.header.effective();
    return change.header.has_effective() && (stated.start_ms() != 0 || stated.end_ms() != 0);
}

Span ClockNotes::effective(const merge::Change& change) const {
    if (!states_time(change)) return recorded(change);
    const auto& stated = change.header.effective();
    const Instant start{stated.start_ms()};
    return corrected(Span{start, std::max(start, Instant{stated.end_ms()})}, change);
}

}  // namespace kari::chart
