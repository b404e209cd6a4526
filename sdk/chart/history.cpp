// SPDX-License-Identifier: Apache-2.0
#include "sdk/chart/history.hpp"

#include <algorithm>
#include <set>

#include "sdk/base/time.hpp"
#include "sdk/merge/atom_value.hpp"
#include "sdk/merge/schema.hpp"
#include "sdk/merge/wire_scan.hpp"

namespace kari::chart {

std::int64_t in_reach(std::int64_t ms) {
    constexpr auto k_most = std::int64_t{1} << 60;
    return std::clamp(ms, -k_most, k_most);
}

namespace {

// A stated time this near to the moment of writing is that moment.
constexpr Duration k_is_now = Duration::minutes(5);

// "Now" is written as the machine knew it, its known difference taken into account. Another time
// may have been read from anywhere: from a watch, or from the machine's own clock.
bool is_now(const merge::Change& change) {
    if (!ClockNotes::states_time(change)) return true;
    const auto& recorded = change.header.recorded();
    const Duration apart = Instant{in_reach(change.header.effective().start_ms())} -
                           (Instant{in_reach(recorded.wall_ms())} +
                            Duration{in_reach(recorded.server_minus_wall_ms())});
    return apart >= Duration{-k_is_now.ms} && apart <= k_is_now;
}

bool of_one_boot(const merge::Change& a, const merge::Change& b) {
    return !a.from_server() && a.incarnation == b.incarnation &&
           !a.header.recorded().boot().empty() &&
           a.header.recorded().boot() == b.header.recorded().boot();
}

}  // namespace

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
            Write{change.get(), merge::takes_effect(kind, schema, *change, write), write.value});
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

// What the clock may have been off by, beyond `known`, as the least and the most.
ClockNotes::Doubt ClockNotes::doubt(const merge::Change& change, Duration known) const {
    Doubt doubt;
    const auto& recorded = change.header.recorded();
    const auto notes = notes_.find({change.header.incarnation(), recorded.boot()});
    if (notes == notes_.end()) return doubt;
    for (const auto& note : notes->second) {
        const Duration off = Duration{in_reach(note.server_minus_device_ms()) - known.ms};
        const Duration unsure{note.uncertainty_ms()};
        doubt.least = std::min(doubt.least, Duration{off.ms - unsure.ms});
        doubt.most = std::max(doubt.most, Duration{off.ms + unsure.ms});
    }
    return doubt;
}

Span ClockNotes::recorded(const merge::Change& change) const {
    const auto& recorded = change.header.recorded();
    const Instant wall{in_reach(recorded.wall_ms())};
    if (change.from_server()) return Span{wall, wall};
    Doubt off = doubt(change, Duration{});
    const Duration known{in_reach(recorded.server_minus_wall_ms())};
    off.least = std::min(off.least, known);
    off.most = std::max(off.most, known);
    return Span{wall + off.least, wall + off.most};
}

Duration ClockNotes::longest_between(const merge::Change& from, const merge::Change& to) const {
    const auto& a = from.header.recorded();
    const auto& b = to.header.recorded();
    if (from.incarnation == to.incarnation && !a.boot().empty() && a.boot() == b.boot() &&
        b.boot_clock_ms() >= a.boot_clock_ms()) {
        return Duration{static_cast<std::int64_t>(b.boot_clock_ms() - a.boot_clock_ms())};
    }
    return recorded(to).latest - recorded(from).earliest;
}

Duration ClockNotes::apart(const merge::Change& a, const merge::Change& b) const {
    const Span one = effective(a);
    const Span other = effective(b);
    const Duration apart =
        std::max(one.latest, other.latest) - std::min(one.earliest, other.earliest);
    if (!of_one_boot(a, b) || !is_now(a) || !is_now(b)) return apart;
    const std::uint64_t first = a.header.recorded().boot_clock_ms();
    const std::uint64_t second = b.header.recorded().boot_clock_ms();
    const std::uint64_t passed = std::max(first, second) - std::min(first, second);
    // What another machine wrote may be any number.
    return Duration{static_cast<std::int64_t>(std::min(passed, std::uint64_t{INT64_MAX}))};
}

bool ClockNotes::states_time(const merge::Change& change) {
    const auto& stated = change.header.effective();
    return change.header.has_effective() && (stated.start_ms() != 0 || stated.end_ms() != 0);
}

Span ClockNotes::effective(const merge::Change& change) const {
    if (!states_time(change)) return recorded(change);
    const auto& stated = change.header.effective();
    const Instant start{in_reach(stated.start_ms())};
    const Span span{start, std::max(start, Instant{in_reach(stated.end_ms())})};
    if (change.from_server()) return span;
    const auto& recorded = change.header.recorded();
    const Duration known{in_reach(recorded.server_minus_wall_ms())};
    if (is_now(change)) {
        const Doubt off = doubt(change, known);
        return Span{span.earliest + off.least, span.latest + off.most};
    }
    Doubt off = doubt(change, Duration{});
    off.least = std::min(off.least, known);
    off.most = std::max(off.most, known);
    return Span{span.earliest + off.least, span.latest + off.most};
}

}  // namespace kari::chart
