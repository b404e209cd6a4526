// SPDX-License-Identifier: Apache-2.0
//
// Of a long record a tablet is given what stands and what is recent, each resource whole, and what
// is older as far back as it asks. The prefix begins where the log then stood, and goes on as any.
#include <algorithm>

#include "sdk/base/id.hpp"
#include "sdk/base/mutant.hpp"
#include "sdk/chart/finding.hpp"
#include "sdk/chart/window.hpp"
#include "sdk/sync/limits.hpp"
#include "sync-server/exchange/pull.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::exchange {
namespace {

// Each part has a receipt of its own, which a tablet gives back with what it proves: not too long.
constexpr std::size_t k_part_changes = 1'000;

storage::StoredChange stored(const merge::Change& change, std::uint64_t position) {
    storage::StoredChange out;
    out.id = change.id;
    out.position = position;
    out.kind = change.header.kind();
    out.incarnation = change.incarnation;
    out.seq = change.header.seq();
    out.header_bytes = change.header_bytes;
    out.body_bytes = change.body_bytes;
    return out;
}

// What a stated finding is about, as far as the statement is in this change.
std::vector<ChangeId> inputs_stated(const storage::StoredChange& change) {
    v1::ChangeBody body;
    v1::DetectedIssue said;
    if (!change.body_bytes || !body.ParseFromString(*change.body_bytes) ||
        !said.ParseFromString(body.resource())) {
        return {};
    }
    return chart::finding_from(said.statement()).inputs;
}

Result<ResourceId> resource_of(const storage::StoredChange& change) {
    v1::ChangeHeader header;
    const bool read = header.ParseFromString(change.header_bytes);
    const auto id = base::from_bytes<ResourceId>(header.resource());
    if (!read || !id) return fail(ErrorCode::storage_corrupt, "a stored change");
    return *id;
}

v1::WindowPart part_of(const RecordWindow& window, const WindowMark& mark, Instant back_to) {
    std::set<std::uint32_t> older;
    for (const WindowItem& item : window.items) {
        if (item.at < mark) older.insert(item.kind);
    }
    v1::WindowPart part;
    *part.mutable_held() = to_wire(mark);
    part.set_back_to_ms(back_to.ms);
    part.mutable_older()->Add(older.begin(), older.end());
    return part;
}

}  // namespace

// A record that goes whole once goes whole to its end: the device says so by not asking.
Result<bool> Pull::begins_window(const Held& held, const storage::RecordState& state) {
    if (held.cursor.position > 0 || state.head.position <= parts_.windows.choice.above)
        return false;
    if (held.listed && !held.window) return false;
    KARI_LET(const auto window, parts_.windows.read(parts_.storage, parts_.logs, held.record));
    return window->parts_fit;
}

Result<void> Pull::fill_window(const Held& held) {
    // A tablet whose epoch ended falls back first and asks again.
    if (!held.window || (!held.epoch.is_zero() && held.epoch != epoch_.id)) return {};
    const Instant back_to =
        held.window->back_to.value_or(parts_.clock.wall() - parts_.windows.choice.reach);
    auto mark = held.cursor.position > 0 ? held.window->held : std::nullopt;
    const WindowMark end{back_to, {}};
    if (mark && *mark <= end) return {};
    if (held.cursor.position > 0 && held.base.position == 0) return {};  // it holds all there is
    KARI_LET(const auto window, parts_.windows.read(parts_.storage, parts_.logs, held.record));
    const auto base = held.cursor.position > 0 ? held.base : window->log->head;
    const WindowPass pass =
        pass_of(*window, mark, back_to, {who_.incarnations.begin(), who_.incarnations.end()});
    std::size_t at = 0;
    do {
        v1::RecordDelta delta;
        std::vector<sync::PositionAndId> pairs;
        bool full = !delta_fits();
        while (!full && at < pass.steps.size() && pairs.size() < k_part_changes) {
            std::vector<storage::StoredChange> changes;
            std::size_t bytes = 0;
            for (const std::uint64_t position : pass.steps[at].item->positions) {
                // What is above the base comes with the prefix.
                if (position > base.position) break;
                if (KARI_MUTATED(cut_resource_at_window) && at > 0 &&
                    position != pass.steps[at].item->positions.back())
                    continue;
                auto change = stored(*window->log->changes[position - 1], position);
                KARI_LET(const bool held_already, holds(held, change));
                if (held_already) continue;
                bytes += bytes_of(change) + k_pair_bytes;
                changes.push_back(std::move(change));
            }
            full = !fits(bytes);
            if (full) break;
            for (const auto& change : changes) {
                pairs.emplace_back(change.position, change.id);
                KARI_LET(*delta.add_change(), on_the_wire(change));
            }
            used_ += bytes;
            changes_ += changes.size();
            mark = pass.steps[at++].after;
        }
        const bool last = at == pass.steps.size();
        if (full) reply_.set_more(true);
        if (full && pairs.empty()) return {};
        if (last) mark = pass.end;
        delta.set_record(base::to_bytes(held.record));
        delta.set_out_of_order(true);
        *delta.mutable_base() = to_wire(base);
        *delta.mutable_window() = part_of(*window, *mark, back_to);
        std::sort(pairs.begin(), pairs.end());
        if (!pairs.empty()) {
            *delta.mutable_pairs() = parts_.receipts.pairs(epoch_.id, held.record, pairs);
        }
        used_ += k_delta_bytes;
        tally_.sent += pairs.size();
        *reply_.add_delta() = std::move(delta);
        if (full) return {};
    } while (at < pass.steps.size());
    return {};
}

// What a change brings along to a tablet with a window: all below the base of its resource, which
// may never have been given, and of what is shown with it.
Result<std::vector<storage::StoredChange>> Pull::brought_by(const Held& held,
                                                            const storage::StoredChange& change,
                                                            std::set<std::uint64_t>& brought) {
    std::vector<storage::StoredChange> out;
    if (!held.window || held.base.position == 0) return out;
    const auto& mark = held.window->held;
    const bool begun = mark && mark->moment != chart::k_stands;
    std::set<ResourceId> wanted;
    KARI_LET(const auto resource, resource_of(change));
    if (!begun || is_cut(change.kind)) wanted.insert(resource);
    if (change.kind == v1::KIND_DETECTED_ISSUE) {
        for (const auto& input : inputs_stated(change)) {
            KARI_LET(const auto here, parts_.storage.change(held.record, input));
            if (!here || here->position > held.base.position || !is_cut(here->kind)) continue;
            KARI_LET(const auto about, resource_of(*here));
            wanted.insert(about);
        }
    }
    for (const auto& id : std::set(wanted)) {
        bool has_acts =
            false;  // which tell how it stands: a visit's that came of a plan, a patch's
        KARI_TRY(parts_.storage.changes_of(held.record, id, [&](const auto& one) {
            has_acts =
                one.position <= held.base.position &&
                (one.kind == v1::KIND_PLANNED_ENCOUNTER || one.kind == v1::KIND_APPOINTMENT ||
                 one.kind == v1::KIND_MEDICATION_ADMINISTRATION);
            return false;
        }));
        if (!has_acts) continue;
        KARI_LET(const auto window, parts_.windows.read(parts_.storage, parts_.logs, held.record));
        const auto acts = window->acts.find(id);
        if (acts != window->acts.end()) wanted.insert(acts->second.begin(), acts->second.end());
    }
    for (const auto& id : wanted) {
        KARI_TRY(parts_.storage.changes_of(held.record, id, [&](const auto& one) {
            if (one.position > held.base.position) return false;
            if (brought.insert(one.position).second) out.push_back(one);
            return true;
        }));
    }
    return out;
}

Result<void> Pull::add_beside(const Held& held, std::vector<storage::StoredChange> changes) {
    if (changes.empty()) return {};
    std::sort(changes.begin(), changes.end(),
              [](const auto& a, const auto& b) { return a.position < b.position; });
    v1::RecordDelta delta;
    delta.set_record(base::to_bytes(held.record));
    delta.set_out_of_order(true);
    std::vector<sync::PositionAndId> pairs;
    for (const auto& change : changes) {
        pairs.emplace_back(change.position, change.id);
        KARI_LET(*delta.add_change(), on_the_wire(change));
    }
    *delta.mutable_pairs() = parts_.receipts.pairs(epoch_.id, held.record, pairs);
    used_ += k_delta_bytes;
    *reply_.add_delta() = std::move(delta);
    return {};
}

}  // namespace kari::server::exchange
