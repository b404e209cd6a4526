// SPDX-License-Identifier: Apache-2.0
//
// The part of a record that a chart shows at first, and the older parts on demand.
#include <optional>

#include "sdk/chart/history.hpp"
#include "sdk/chart/stock.hpp"
#include "sdk/chart/traces.hpp"
#include "sdk/chart/window.hpp"
#include "sdk/store/loading.hpp"

namespace kari::store {
namespace {

// Groups kept in memory: as many charts as a nurse goes between, and no more.
constexpr std::size_t k_groups_kept = 4;

bool holds(const chart::Group& group, const RecordId& record) {
    return std::binary_search(group.records.begin(), group.records.end(), record);
}

// The kinds that a record has, without reading more than one row of each.
Result<void> find_kinds(DeviceStore::State& store, const RecordId& record,
                        std::set<std::uint32_t>& kinds) {
    std::optional<std::int64_t> last = -1;
    while (last) {
        const std::int64_t after = *last;
        last.reset();
        auto ok = each_row(
            store.db,
            "SELECT kind FROM resource WHERE record = ?1 AND kind > ?2 ORDER BY kind LIMIT 1",
            [&](sqlcipher::Statement& row) -> Result<void> {
                last = row.column_int(0);
                return {};
            },
            record, after);
        if (!ok) return ok;
        if (last) kinds.insert(static_cast<std::uint32_t>(*last));
    }
    return {};
}

// Since when a kind is read: nothing when that leaves nothing out.
Result<std::optional<Instant>> reach_of(DeviceStore::State& store,
                                        const std::vector<RecordId>& records, std::uint32_t kind,
                                        const Window& window) {
    std::vector<std::int64_t> newest;
    for (const auto& record : records) {
        const auto ok = each_row(
            store.db,
            "SELECT moment FROM resource WHERE record = ?1 AND kind = ?2 AND moment < ?3"
            " ORDER BY moment DESC LIMIT ?4",
            [&](sqlcipher::Statement& row) -> Result<void> {
                newest.push_back(row.column_int(0));
                return {};
            },
            record, kind, chart::k_stands.ms, window.at_least + 1);
        if (!ok) return passed(ok.error());
    }
    std::sort(newest.begin(), newest.end(), std::greater<>());
    if (newest.size() <= window.at_least) return std::optional<Instant>{};
    Instant since = window.since;
    if (window.at_least > 0) since = std::min(since, Instant{newest[window.at_least - 1]});
    for (const auto& record : records) {
        const auto older = number(store.db,
                                  "SELECT 1 FROM resource WHERE record = ?1 AND kind = ?2"
                                  " AND moment < ?3 LIMIT 1",
                                  record, kind, since.ms);
        if (older) return std::optional(since);
        if (older.error().code != ErrorCode::not_found) return passed(older.error());
    }
    return std::optional<Instant>{};
}

// The issues of the findings shown, and what those are about that nobody has settled.
Result<void> add_findings(DeviceStore::State& store, Loading& loading, Instant since) {
    std::vector<std::pair<chart::Finding, bool>> found;
    for (const auto& record : loading.records()) {
        const auto ok = each_row(
            store.db, "SELECT content, moment FROM finding WHERE record = ?1 AND moment >= ?2",
            [&](sqlcipher::Statement& row) -> Result<void> {
                auto finding = decode_finding(row.column_blob(0));
                if (!finding) return passed(finding.error());
                const bool stands = row.column_int(1) == chart::k_stands.ms;
                found.emplace_back(std::move(*finding), stands);
                return {};
            },
            record, since.ms);
        if (!ok) return ok;
    }
    for (const auto& [finding, stands] : found) {
        if (auto ok = loading.add(chart::issue_resource(finding.id)); !ok) return ok;
        if (!stands) continue;
        for (const auto& id : finding.resources) {
            if (auto ok = loading.add(id); !ok) return ok;
        }
    }
    return {};
}

Result<chart::Group> read_recent(DeviceStore::State& store, chart::Closure members,
                                 const Window& window) {
    Loading loading(store, std::move(members));
    std::set<std::uint32_t> kinds;
    for (const auto& record : loading.records()) {
        if (auto ok = find_kinds(store, record, kinds); !ok) return passed(ok.error());
    }
    std::map<std::uint32_t, Instant> complete_since;
    Instant answered{INT64_MIN};
    for (const auto kind : kinds) {
        if (kind == v1::KIND_TIME_NOTE) continue;  // only those of the clocks that are met
        const auto since = reach_of(store, loading.records(), kind, window);
        if (!since) return passed(since.error());
        if (*since) complete_since.emplace(kind, **since);
        if (*since && kind == v1::KIND_DETECTED_ISSUE) answered = **since;
        auto ok = loading.add_kind(kind, since->value_or(Instant{INT64_MIN}));
        if (!ok) return passed(ok.error());
    }
    if (auto ok = add_findings(store, loading, answered); !ok) return passed(ok.error());
    if (auto ok = loading.add_orders(); !ok) return passed(ok.error());
    if (auto ok = loading.add_acts(); !ok) return passed(ok.error());
    if (auto ok = loading.add_clocks(); !ok) return passed(ok.error());
    chart::Group group = loading.take();
    group.complete_since = std::move(complete_since);
    if (auto ok = store.bound_by_elsewhere(group); !ok) return passed(ok.error());
    return group;
}

}  // namespace

Result<std::shared_ptr<const chart::Group>> DeviceStore::State::recent(const RecordId& record,
                                                                       const Window& window) {
    for (auto it = groups.begin(); it != groups.end(); ++it) {
        if (!holds(*it->group, record) || it->window != window) continue;
        groups.splice(groups.begin(), groups, it);
        return groups.front().group;
    }
    auto members = closure(record);
    if (!members) return passed(members.error());
    auto read = read_recent(*this, std::move(*members), window);
    if (!read) return passed(read.error());
    auto made = std::make_shared<chart::Group>(std::move(*read));
    // What was asked for by a record that has left is for that question alone: the same group,
    // found again by a member that is still shown, would show the one that is not.
    const auto hidden = number(db, "SELECT hidden FROM record WHERE record = ?1", record);
    if (!hidden) return passed(hidden.error());
    if (*hidden != 0) return made;
    groups.push_front({window, made});
    if (groups.size() > k_groups_kept) groups.pop_back();
    return made;
}

void DeviceStore::State::renew(const chart::GroupResource& resource) {
    for (auto& kept : groups) {
        if (!holds(*kept.group, resource.record)) continue;
        // Whoever holds the group from an earlier call keeps it as it was.
        if (kept.group.use_count() > 1) kept.group = std::make_shared<chart::Group>(*kept.group);
        auto& all = kept.group->resources;
        const auto at =
            std::lower_bound(all.begin(), all.end(), std::pair(resource.record, resource.id),
                             [](const chart::GroupResource& a, const auto& key) {
                                 return std::pair(a.record, a.id) < key;
                             });
        if (at != all.end() && at->record == resource.record && at->id == resource.id) {
            *at = resource;
        } else {
            all.insert(at, resource);
        }
    }
}

void DeviceStore::State::forget(const RecordId& record) {
    std::erase_if(groups, [&](const KeptGroup& kept) {
        const auto& absent = kept.group->not_here;
        return holds(*kept.group, record) ||
               std::binary_search(absent.begin(), absent.end(), record);
    });
}

Result<std::shared_ptr<const chart::Group>> DeviceStore::recent(const RecordId& record,
                                                                const Window& window) {
    if (auto ok = state_->require(record); !ok) return passed(ok.error());
    return state_->recent(record, window);
}

Result<chart::Group> DeviceStore::ledger(const RecordId& record) {
    if (auto ok = state_->require(record); !ok) return passed(ok.error());
    auto members = state_->closure(record);
    if (!members) return passed(members.error());
    Loading loading(*state_, std::move(*members));
    if (auto ok = loading.add_kind(v1::KIND_STOCK_EVENT); !ok) return passed(ok.error());
    std::set<ResourceId> events;
    std::set<ResourceId> doses;
    for (const auto& resource : loading.group().resources) {
        events.insert(resource.id);
        for (const auto& id : chart::named_by_stock(resource))
            doses.insert(id);
    }
    for (const auto& id : doses) {
        if (auto ok = loading.add(id); !ok) return passed(ok.error());
    }
    for (const auto& id : events) {
        if (auto ok = loading.add_traced(chart::act_key(id)); !ok) return passed(ok.error());
    }
    if (auto ok = loading.add_clocks(); !ok) return passed(ok.error());
    auto made = loading.take();
    if (auto ok = state_->bound_by_elsewhere(made); !ok) return passed(ok.error());
    return made;
}

namespace {

// A dose that some statement tells of without a slot: it may be one of those looked for.
bool names_no_slot(const chart::GroupResource& resource) {
    return resource.kind == v1::KIND_MEDICATION_ADMINISTRATION &&
           std::any_of(resource.history.begin(), resource.history.end(), [](const auto& change) {
               return chart::said_by<v1::MedicationAdministration>(*change)
                   .administration()
                   .slot()
                   .empty();
           });
}

}  // namespace

Result<chart::Group> DeviceStore::doses_of(const chart::Group& group, std::vector<SlotId> slots) {
    Loading loading(*state_, {group.records, group.not_here});
    for (const auto& slot : slots) {
        auto ok = loading.add_traced(chart::slot_key(base::to_bytes(slot)));
        if (!ok) return passed(ok.error());
    }
    if (auto ok = loading.add_orders(); !ok) return passed(ok.error());
    if (auto ok = loading.add_clocks(); !ok) return passed(ok.error());
    auto made = loading.take();
    for (const auto& resource : group.resources) {
        if ((resource.kind == v1::KIND_MEDICATION_REQUEST || resource.kind == v1::KIND_PATIENT ||
             names_no_slot(resource)) &&
            made.find(resource.record, resource.id) == nullptr) {
            made.resources.insert(
                std::upper_bound(made.resources.begin(), made.resources.end(), resource,
                                 [](const auto& one, const auto& other) {
                                     return std::pair(one.record, one.id) <
                                            std::pair(other.record, other.id);
                                 }),
                resource);
        }
    }
    // Of a slot all is here that the record has, as far back as the record goes here.
    if (auto ok = state_->bound_by_elsewhere(made); !ok) return passed(ok.error());
    const bool whole = !made.complete_since.contains(v1::KIND_MEDICATION_ADMINISTRATION);
    for (const auto& [kind, since] : group.complete_since) {
        if (whole || kind != v1::KIND_MEDICATION_ADMINISTRATION)
            made.complete_since.emplace(kind, since);
    }
    if (whole) {
        std::sort(slots.begin(), slots.end());
        made.whole_slots = std::move(slots);
    }
    return made;
}

Result<OlderPart> DeviceStore::history(const RecordId& record, std::uint32_t kind,
                                       const std::optional<HistoryMark>& before,
                                       std::size_t limit) {
    if (auto ok = state_->require(record); !ok) return passed(ok.error());
    auto members = state_->closure(record);
    if (!members) return passed(members.error());
    Loading loading(*state_, std::move(*members));
    HistoryMark newest{chart::k_stands, {}};
    newest.resource.bytes.fill(0xff);
    const HistoryMark mark = before.value_or(newest);
    std::vector<std::pair<HistoryMark, RecordId>> found;
    for (const auto& member : loading.records()) {
        const auto ok = each_row(
            state_->db,
            "SELECT moment, resource FROM resource WHERE record = ?1 AND kind = ?2"
            " AND (moment, resource) < (?3, ?4) ORDER BY moment DESC, resource DESC LIMIT ?5",
            [&](sqlcipher::Statement& row) -> Result<void> {
                found.push_back(
                    {{Instant{row.column_int(0)}, row.column_id<ResourceId>(1)}, member});
                return {};
            },
            member, kind, mark.moment.ms, mark.resource, limit + 1);
        if (!ok) return passed(ok.error());
    }
    std::sort(found.begin(), found.end(), std::greater<>());
    OlderPart part;
    if (found.size() > limit) {
        // One resource may stand in two linked records: a page ends behind both.
        std::size_t end = limit;
        while (end < found.size() && end > 0 && found[end].first == found[end - 1].first)
            ++end;
        found.resize(end);
        part.next = found.back().first;
    }
    for (const auto& [at, member] : found) {
        if (auto ok = loading.add(member, at.resource); !ok) return passed(ok.error());
    }
    std::vector<ResourceId> ids;
    for (const auto& [at, member] : found)
        ids.push_back(at.resource);
    auto findings = kind == v1::KIND_DETECTED_ISSUE
                        ? state_->findings_answered_in(loading.records(), ids)
                        : state_->findings_about(loading.records(), ids);
    if (!findings) return passed(findings.error());
    part.findings = std::move(*findings);
    for (const auto& finding : part.findings) {
        auto ok = loading.add(chart::issue_resource(finding.id));
        if (!ok) return passed(ok.error());
    }
    if (auto ok = loading.add_acts(); !ok) return passed(ok.error());
    if (auto ok = loading.add_clocks(); !ok) return passed(ok.error());
    part.group = loading.take();
    const auto elsewhere = state_->elsewhere(part.group.records);
    if (!elsewhere) return passed(elsewhere.error());
    if (const auto at = elsewhere->find(kind); at != elsewhere->end()) part.elsewhere = at->second;
    return part;
}

}  // namespace kari::store
