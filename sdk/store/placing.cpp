// SPDX-License-Identifier: Apache-2.0
//
// Folded state, and beside it what it is found by: when a resource last mattered and its traces.
#include <set>

#include "sdk/base/mutant.hpp"
#include "sdk/chart/window.hpp"
#include "sdk/store/state.hpp"

namespace kari::store {
namespace {

using Clock = std::pair<std::string, std::string>;  // incarnation and boot

std::set<Clock> clocks_of(const chart::GroupResource& resource) {
    std::set<Clock> clocks;
    for (const auto& change : resource.history) {
        const auto& boot = change->header.recorded().boot();
        if (!change->from_server() && !boot.empty()) {
            clocks.emplace(change->header.incarnation(), boot);
        }
    }
    return clocks;
}

Result<void> read_note(DeviceStore::State& store, const RecordId& record, const Clock& clock,
                       chart::Group& notes) {
    return each_row(
        store.db,
        "SELECT r.state FROM trace t JOIN resource r ON r.record = t.record"
        " AND r.resource = t.resource WHERE t.record = ?1 AND t.key = ?2",
        [&](sqlcipher::Statement& row) -> Result<void> {
            auto state = decode_resource(row.column_blob(0));
            if (!state) return passed(state.error());
            notes.resources.push_back(chart::GroupResource{std::move(*state), {}, false});
            return {};
        },
        record, std::string_view(chart::clock_key(clock.first, clock.second)));
}

Result<void> replace_traces(DeviceStore::State& store, const chart::GroupResource& resource,
                            std::string_view before, const std::vector<chart::Trace>& traces) {
    if (!before.empty()) {
        const auto old = decode_traces(before);
        if (!old) return passed(old.error());
        for (const auto& trace : *old) {
            auto ok = run(store.db,
                          "DELETE FROM trace WHERE record = ?1 AND key = ?2 AND at = ?3"
                          " AND resource = ?4",
                          resource.record, std::string_view(trace.key), trace.at.ms, resource.id);
            if (!ok) return ok;
        }
    }
    for (const auto& trace : traces) {
        auto ok =
            run(store.db, "INSERT INTO trace(record, key, at, resource) VALUES(?1, ?2, ?3, ?4)",
                resource.record, std::string_view(trace.key), trace.at.ms, resource.id);
        if (!ok) return ok;
    }
    return {};
}

}  // namespace

Result<Place> DeviceStore::State::place_of(const chart::GroupResource& stored) {
    chart::GroupResource resource = stored;
    chart::lift_resource(resource, lift);
    chart::Group notes;
    // What has no date is found by what it is, whenever it was written.
    if (chart::is_dated(resource.kind)) {
        for (const auto& clock : clocks_of(resource)) {
            auto ok = read_note(*this, resource.record, clock, notes);
            if (!ok) return passed(ok.error());
        }
    }
    const chart::ClockNotes clocks(notes);
    return Place{chart::moment_of(resource, clocks), chart::traces_of(resource, clocks)};
}

Result<chart::GroupResource> DeviceStore::State::refold(const RecordId& record,
                                                        const ResourceId& id,
                                                        const std::vector<Address>& added) {
    auto row = resource_row(record, id);
    if (!row) return passed(row.error());
    std::vector<Address> addresses = added;
    if (*row && !(KARI_MUTATED(fold_what_is_new) && added.size() > 1)) {
        addresses.insert(addresses.end(), (*row)->addresses.begin(), (*row)->addresses.end());
    }
    std::sort(addresses.begin(), addresses.end());
    addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
    auto changes = changes_of(record, addresses);
    if (!changes) return passed(changes.error());
    chart::GroupResource resource;
    for (auto& change : *changes)
        resource.history.push_back(std::make_shared<const merge::Change>(std::move(change)));
    std::sort(resource.history.begin(), resource.history.end(),
              [](const auto& a, const auto& b) { return a->id < b->id; });
    std::vector<const merge::Change*> all;
    for (const auto& change : resource.history)
        all.push_back(change.get());
    static_cast<merge::Resource&>(resource) = merge::fold(all);
    const std::string traces = *row ? (*row)->traces : std::string();
    if (auto ok = store_resource(resource, addresses, traces); !ok) return passed(ok.error());
    return resource;
}

Result<void> DeviceStore::State::store_resource(const chart::GroupResource& resource,
                                                const std::vector<Address>& addresses,
                                                std::string_view traces) {
    const auto place = place_of(resource);
    if (!place) return passed(place.error());
    const std::string now = encode_traces(place->traces);
    if (traces != now) {
        auto ok = replace_traces(*this, resource, traces, place->traces);
        if (!ok) return ok;
    }
    return run(db,
               "INSERT INTO resource(record, kind, moment, resource, state, addresses, traces)"
               " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT(record, resource) DO UPDATE SET"
               " kind = excluded.kind, moment = excluded.moment, state = excluded.state,"
               " addresses = excluded.addresses, traces = excluded.traces",
               resource.record, resource.kind, place->moment.ms, resource.id,
               encode_resource(resource), encode_addresses(addresses), now);
}

// The changes that one boot wrote stand together in their stream: no other boot writes between.
// (Where a stream forked, another boot's may stand at the same addresses.)
Result<std::vector<ResourceId>> DeviceStore::State::written_by_clock(
    const RecordId& record, const IncarnationId& incarnation, std::string_view boot) {
    auto statement = db.prepare(
        "SELECT seq, header FROM change WHERE record = ?1 AND incarnation = ?2 ORDER BY seq DESC");
    if (!statement) return passed(statement.error());
    bind_one(*statement, 1, record);
    bind_one(*statement, 2, incarnation);
    std::set<ResourceId> found;
    std::uint64_t at = 0;
    bool met_here = false;  // the boot, at this address
    for (;;) {
        const auto more = statement->step();
        if (!more) return passed(more.error());
        if (!*more) break;
        if (const std::uint64_t seq = statement->column_u64(0); seq != at) {
            if (!found.empty() && !met_here) break;
            at = seq;
            met_here = false;
        }
        v1::ChangeHeader header;
        if (!header.ParseFromString(std::string(statement->column_blob(1)))) continue;
        if (header.recorded().boot() != boot) continue;
        met_here = true;
        const auto resource = base::from_bytes<ResourceId>(header.resource());
        if (resource) found.insert(*resource);
    }
    return std::vector<ResourceId>(found.begin(), found.end());
}

Result<std::vector<ResourceId>> DeviceStore::State::written_by_clocks_of(
    const RecordId& record, const chart::GroupResource& note) {
    std::set<ResourceId> found;
    std::set<Clock> clocks;
    for (const auto& change : note.history) {
        const auto said = chart::said_by<v1::TimeNote>(*change).note();
        clocks.emplace(said.incarnation(), said.boot());
    }
    for (const auto& [incarnation, boot] : clocks) {
        const auto id = base::from_bytes<IncarnationId>(incarnation);
        if (!id || boot.empty()) continue;
        const auto written = written_by_clock(record, *id, boot);
        if (!written) return passed(written.error());
        found.insert(written->begin(), written->end());
    }
    return std::vector<ResourceId>(found.begin(), found.end());
}

}  // namespace kari::store
