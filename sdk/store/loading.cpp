// SPDX-License-Identifier: Apache-2.0
#include "sdk/store/loading.hpp"

#include <tuple>

#include "sdk/chart/traces.hpp"

namespace kari::store {
namespace {

// Whether rules about the kind read how far its clocks were off.
bool reads_clocks(std::uint32_t kind) {
    switch (kind) {
        case v1::KIND_MEDICATION_ADMINISTRATION:
        case v1::KIND_MEDICATION_REQUEST:
        case v1::KIND_ALLERGY_INTOLERANCE:
        case v1::KIND_IMMUNIZATION:
        case v1::KIND_OBSERVATION:
        case v1::KIND_ENCOUNTER:
        case v1::KIND_RESTRAINT_MEASURE:
        case v1::KIND_PROCEDURE:
        case v1::KIND_STOCK_EVENT:
            return true;
        default:
            return false;
    }
}

}  // namespace

Loading::Loading(DeviceStore::State& store, chart::Closure members) : store_(store) {
    group_.records = std::move(members.records);
    group_.not_here = std::move(members.not_here);
}

Result<void> Loading::put(const RecordId& record, ResourceRow row) {
    chart::GroupResource resource;
    for (const auto& at : row.addresses) {
        std::vector<chart::ChangePtr> here;
        const auto ok = each_row(
            store_.db,
            "SELECT header, body FROM change WHERE record = ?1 AND incarnation = ?2 AND seq = ?3"
            " ORDER BY id",
            [&](sqlcipher::Statement& line) -> Result<void> {
                auto change = change_from(line);
                if (!change) return passed(change.error());
                here.push_back(std::make_shared<const merge::Change>(std::move(*change)));
                return {};
            },
            record, at.incarnation, at.seq);
        if (!ok) return ok;
        chart::StreamFork fork{at.incarnation, record, at.seq, {}};
        bool found = false;
        for (auto& change : here) {
            fork.changes.push_back(change->id);
            if (here.size() > 1) forked_.emplace(record, change->resource);
            if (change->id != at.id) continue;
            found = true;
            resource.history.push_back(std::move(change));
        }
        if (!found) {
            return fail(ErrorCode::storage_corrupt, "store: a folded change is not in the log");
        }
        if (fork.changes.size() > 1) group_.forks.push_back(std::move(fork));
    }
    std::sort(resource.history.begin(), resource.history.end(),
              [](const auto& a, const auto& b) { return a->id < b->id; });
    static_cast<merge::Resource&>(resource) = std::move(row.state);
    chart::lift_resource(resource, store_.lift);
    group_.resources.push_back(std::move(resource));
    sorted_ = false;
    return {};
}

Result<void> Loading::add(const RecordId& record, const ResourceId& id) {
    if (seen_.contains({record, id})) return {};
    auto row = store_.resource_row(record, id);
    if (!row) return passed(row.error());
    if (!*row) return {};
    seen_.emplace(record, id);
    return put(record, std::move(**row));
}

Result<void> Loading::add(const ResourceId& id) {
    for (const auto& record : group_.records) {
        if (auto ok = add(record, id); !ok) return ok;
    }
    return {};
}

Result<void> Loading::add_kind(std::uint32_t kind, Instant since) {
    for (const auto& record : group_.records) {
        std::vector<ResourceRow> rows;
        auto ok = each_row(
            store_.db,
            "SELECT state, addresses FROM resource WHERE record = ?1 AND kind = ?2 AND moment >= "
            "?3",
            [&](sqlcipher::Statement& line) -> Result<void> {
                auto state = decode_resource(line.column_blob(0));
                if (!state) return passed(state.error());
                auto addresses = decode_addresses(line.column_blob(1));
                if (!addresses) return passed(addresses.error());
                rows.push_back({std::move(*state), std::move(*addresses), {}});
                return {};
            },
            record, kind, since.ms);
        if (!ok) return ok;
        for (auto& row : rows) {
            if (!seen_.emplace(record, row.state.id).second) continue;
            if (ok = put(record, std::move(row)); !ok) return ok;
        }
    }
    return {};
}

Result<void> Loading::add_traced(std::string_view key, Instant from) {
    for (const auto& record : group_.records) {
        std::vector<ResourceId> found;
        auto ok = each_row(
            store_.db, "SELECT resource FROM trace WHERE record = ?1 AND key = ?2 AND at >= ?3",
            [&](sqlcipher::Statement& line) -> Result<void> {
                found.push_back(line.column_id<ResourceId>(0));
                return {};
            },
            record, key, from.ms);
        if (!ok) return ok;
        for (const auto& id : found) {
            if (ok = add(record, id); !ok) return ok;
        }
    }
    return {};
}

Result<void> Loading::add_orders() {
    std::set<ResourceId> orders;
    for (const auto& resource : group_.resources) {
        if (resource.kind != v1::KIND_MEDICATION_ADMINISTRATION) continue;
        for (const auto& change : resource.history) {
            const auto said = chart::said_by<v1::MedicationAdministration>(*change);
            const auto id =
                base::from_bytes<ResourceId>(said.administration().request().resource());
            if (id) orders.insert(*id);
        }
    }
    for (const auto& id : orders) {
        if (auto ok = add(id); !ok) return ok;
    }
    return {};
}

Result<void> Loading::add_acts() {
    std::vector<ResourceId> plans;
    for (const auto& resource : group_.resources) {
        if (resource.kind == v1::KIND_PLANNED_ENCOUNTER || resource.kind == v1::KIND_APPOINTMENT ||
            resource.kind == v1::KIND_TASK) {
            plans.push_back(resource.id);
        }
    }
    for (const auto& id : plans) {
        if (auto ok = add_traced(chart::act_key(id)); !ok) return ok;
    }
    return {};
}

Result<void> Loading::add_forked() {
    const auto beside = forked_;
    for (const auto& [record, id] : beside) {
        if (auto ok = add(record, id); !ok) return ok;
    }
    return {};
}

Result<void> Loading::add_clocks() {
    std::set<std::string> wanted;
    for (const auto& resource : group_.resources) {
        if (!reads_clocks(resource.kind)) continue;
        for (const auto& change : resource.history) {
            const auto& boot = change->header.recorded().boot();
            if (change->from_server() || boot.empty()) continue;
            auto key = chart::clock_key(change->header.incarnation(), boot);
            if (clocks_.insert(key).second) wanted.insert(std::move(key));
        }
    }
    for (const auto& key : wanted) {
        if (auto ok = add_traced(key); !ok) return ok;
    }
    return {};
}

const chart::Group& Loading::group() {
    if (sorted_) return group_;
    std::sort(group_.resources.begin(), group_.resources.end(),
              [](const chart::GroupResource& a, const chart::GroupResource& b) {
                  return std::pair(a.record, a.id) < std::pair(b.record, b.id);
              });
    std::sort(group_.forks.begin(), group_.forks.end(),
              [](const chart::StreamFork& a, const chart::StreamFork& b) {
                  return std::tie(a.incarnation, a.record, a.seq) <
                         std::tie(b.incarnation, b.record, b.seq);
              });
    group_.forks.erase(std::unique(group_.forks.begin(), group_.forks.end()), group_.forks.end());
    sorted_ = true;
    return group_;
}

chart::Group Loading::take() {
    group();
    return std::move(group_);
}

}  // namespace kari::store
