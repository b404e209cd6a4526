// SPDX-License-Identifier: Apache-2.0
#include "sdk/store/neighbourhood.hpp"

#include <set>

#include "sdk/chart/as_needed.hpp"
#include "sdk/chart/care_state.hpp"
#include "sdk/chart/dose_limits.hpp"
#include "sdk/chart/look_back.hpp"
#include "sdk/chart/patches.hpp"
#include "sdk/chart/separations.hpp"
#include "sdk/chart/stock.hpp"
#include "sdk/chart/traces.hpp"
#include "sdk/chart/weekly.hpp"
#include "sdk/store/loading.hpp"

namespace kari::store {
namespace {

// A trace stands where the notes of its own record put it. A linked record may know the same clock
// by another note, which differs by no more than clocks drift between two exchanges.
constexpr Duration k_notes_differ = Duration::hours(24);

Instant earlier(Instant at, Duration by) {
    return at.ms < INT64_MIN + by.ms ? Instant{INT64_MIN} : at - by;
}

class Search {
public:
    Search(DeviceStore::State& store, chart::Closure members,
           const std::vector<ResourceId>& touched)
        : store_(store), loading_(store, std::move(members)) {
        touched_.insert(touched.begin(), touched.end());
    }

    Result<void> run() {
        if (auto ok = add_touched(); !ok) return ok;
        if (auto ok = add_doses_of_acts(); !ok) return ok;
        if (auto ok = add_stock(); !ok) return ok;
        if (auto ok = add_limited(1); !ok) return ok;
        if (auto ok = add_as_needed(); !ok) return ok;
        if (auto ok = add_limited(0); !ok) return ok;
        if (auto ok = add_patches(); !ok) return ok;
        if (auto ok = add_near_doses(); !ok) return ok;
        if (auto ok = loading_.add_forked(); !ok) return ok;
        const bool dose = touches(v1::KIND_MEDICATION_ADMINISTRATION);
        const bool order = touches(v1::KIND_MEDICATION_REQUEST);
        const bool allergy = touches(v1::KIND_ALLERGY_INTOLERANCE);
        if (dose || order || allergy) {
            if (auto ok = loading_.add_kind(v1::KIND_ALLERGY_INTOLERANCE); !ok) return ok;
        }
        if (dose) {
            if (auto ok = add_same_slots(); !ok) return ok;
        }
        if (order || allergy) {
            if (auto ok = add_earlier_doses(allergy); !ok) return ok;
        }
        if (auto ok = add_acts(); !ok) return ok;
        if (touches(v1::KIND_IMMUNIZATION)) {
            if (auto ok = loading_.add_traced(chart::vaccination_key()); !ok) return ok;
        }
        if (touches(v1::KIND_RELATED_PERSON)) {
            if (auto ok = loading_.add_kind(v1::KIND_RELATED_PERSON); !ok) return ok;
        }
        if (order) {
            if (auto ok = loading_.add_kind(v1::KIND_MEDICATION_REQUEST); !ok) return ok;
        }
        if (auto ok = add_stays(); !ok) return ok;
        if (auto ok = loading_.add_orders(); !ok) return ok;
        if (auto ok = loading_.add_clocks(); !ok) return ok;
        if (auto ok = add_measured(); !ok) return ok;
        if (auto ok = loading_.add_orders(); !ok) return ok;
        return loading_.add_clocks();
    }

    Neighbourhood take() { return {loading_.take(), {touched_.begin(), touched_.end()}}; }

private:
    std::vector<ResourceId> asked() const { return {touched_.begin(), touched_.end()}; }

    bool touches(std::uint32_t kind) {
        const auto& all = loading_.group().resources;
        return std::any_of(all.begin(), all.end(), [&](const chart::GroupResource& resource) {
            return resource.kind == kind && touched_.contains(resource.id);
        });
    }

    Result<void> add_touched() {
        for (const auto& id : asked()) {
            if (auto ok = loading_.add(id); !ok) return ok;
        }
        std::set<ResourceId> written;
        for (const auto& resource : loading_.group().resources) {
            if (resource.kind != v1::KIND_TIME_NOTE) continue;
            for (const auto& record : loading_.records()) {
                const auto here = store_.written_by_clocks_of(record, resource);
                if (!here) return passed(here.error());
                written.insert(here->begin(), here->end());
            }
        }
        touched_.insert(written.begin(), written.end());
        for (const auto& id : written) {
            if (auto ok = loading_.add(id); !ok) return ok;
        }
        return {};
    }

    // The doses that touched acts say were checked, or are patches that are off, are looked at
    // anew.
    Result<void> add_doses_of_acts() {
        if (!touches(v1::KIND_PROCEDURE)) return {};
        for (const auto& id : chart::doses_of_acts(loading_.group(), asked())) {
            touched_.insert(id);
            if (auto ok = loading_.add(id); !ok) return ok;
        }
        return {};
    }

    // What a touched event of the ledger, or an act about one, bears on, with the accounts that
    // these stand in.
    Result<void> add_stock() {
        for (const auto& id : of_acts(chart::witnessed_by)) {
            if (auto ok = loading_.add(id); !ok) return ok;
        }
        if (!touches(v1::KIND_STOCK_EVENT) && !touches(v1::KIND_PROCEDURE)) return {};
        for (int times = 0; times < 2; ++times) {
            if (auto ok = add_accounts(); !ok) return ok;
            if (auto ok = loading_.add_clocks(); !ok) return ok;
            if (times > 0) break;
            for (const auto& id : chart::stock_near(loading_.group(), asked())) {
                touched_.insert(id);
                if (auto ok = loading_.add(id); !ok) return ok;
            }
        }
        return {};
    }

    // Of touched events.
    Result<void> add_accounts() {
        std::set<std::string> keys;
        std::set<ResourceId> named;
        for (const auto& resource : loading_.group().resources) {
            if (resource.kind != v1::KIND_STOCK_EVENT || !touched_.contains(resource.id)) continue;
            for (const auto& account : chart::accounts_named(resource))
                keys.insert(chart::ledger_key(account));
            named.insert(resource.id);
            for (const auto& id : chart::named_by_stock(resource))
                named.insert(id);
        }
        for (const auto& id : named) {
            keys.insert(chart::act_key(id));
            if (auto ok = loading_.add(id); !ok) return ok;
        }
        for (const auto& key : keys) {
            if (auto ok = loading_.add_traced(key); !ok) return ok;
        }
        return {};
    }

    // What touched acts say something of.
    std::set<ResourceId> of_acts(std::vector<ResourceId> (*about)(const chart::GroupResource&)) {
        std::set<ResourceId> out;
        for (const auto& resource : loading_.group().resources) {
            if (!touched_.contains(resource.id)) continue;
            for (const auto& id : about(resource))
                out.insert(id);
        }
        return out;
    }

    // What may have been on beside a touched patch, and what says that it is off.
    Result<void> add_patches() {
        if (!touches(v1::KIND_MEDICATION_ADMINISTRATION)) return {};
        if (auto ok = loading_.add_clocks(); !ok) return ok;
        const auto from = chart::patches_near_since(loading_.group(), asked(), *store_.pack);
        if (!from) return {};
        auto ok = loading_.add_traced(chart::patch_key(), earlier(*from, k_notes_differ));
        if (!ok) return ok;
        if (ok = loading_.add_clocks(); !ok) return ok;
        for (const auto& id : chart::patches_near(loading_.group(), asked(), *store_.pack)) {
            if (ok = loading_.add_traced(chart::act_key(id)); !ok) return ok;
        }
        return loading_.add_clocks();
    }

    // Doses of drugs that a touched one may lie too near to.
    Result<void> add_near_doses() {
        if (!touches(v1::KIND_MEDICATION_ADMINISTRATION)) return {};
        for (const auto near_since : {chart::weekly_near_since, chart::separated_near_since}) {
            const auto from = near_since(loading_.group(), asked(), *store_.pack);
            if (!from) continue;
            auto ok = loading_.add_kind(v1::KIND_MEDICATION_ADMINISTRATION,
                                        earlier(*from, k_notes_differ));
            if (!ok) return ok;
            if (ok = loading_.add_clocks(); !ok) return ok;
        }
        return {};
    }

    // What the doses of a drug whose amounts add up are judged by; first, so many times, the doses
    // near a touched one among what is looked at.
    Result<void> add_limited(int widened) {
        if (!touches(v1::KIND_MEDICATION_ADMINISTRATION)) return {};
        if (auto ok = loading_.add_clocks(); !ok) return ok;
        const std::vector<ResourceId> about = asked();
        for (int times = 0; times < 2 + widened; ++times) {
            const auto from =
                chart::limited_near_since(loading_.group(), about, *store_.pack, times);
            if (!from) return {};
            auto ok = loading_.add_kind(v1::KIND_MEDICATION_ADMINISTRATION,
                                        earlier(*from, k_notes_differ));
            if (!ok) return ok;
            if (ok = loading_.add_clocks(); !ok) return ok;
        }
        for (const auto& id : chart::limited_near(loading_.group(), about, *store_.pack, widened)) {
            touched_.insert(id);
        }
        return {};
    }

    // What the doses as needed near a touched one are judged by, and those doses among what is
    // looked at.
    Result<void> add_as_needed() {
        if (!touches(v1::KIND_MEDICATION_ADMINISTRATION) && !touches(v1::KIND_MEDICATION_REQUEST)) {
            return {};
        }
        if (auto ok = loading_.add_traced(chart::needed_key()); !ok) return ok;
        if (auto ok = loading_.add_orders(); !ok) return ok;
        if (auto ok = add_doses_of_needed(); !ok) return ok;
        if (auto ok = loading_.add_orders(); !ok) return ok;
        if (auto ok = loading_.add_clocks(); !ok) return ok;
        const std::vector<ResourceId> about = asked();
        // Those near, those near them, and what these are judged by.
        for (int times = 0; times < 3; ++times) {
            const auto from = chart::doses_near_since(loading_.group(), about, times);
            if (!from) return {};
            auto ok = loading_.add_kind(v1::KIND_MEDICATION_ADMINISTRATION,
                                        earlier(*from, k_notes_differ));
            if (!ok) return ok;
            if (ok = loading_.add_orders(); !ok) return ok;
            if (ok = loading_.add_clocks(); !ok) return ok;
        }
        for (const auto& id : chart::doses_near(loading_.group(), about, 1))
            touched_.insert(id);
        return {};
    }

    // All doses of touched orders that medicine as needed is counted by.
    Result<void> add_doses_of_needed() {
        const chart::NeededOrders needed(loading_.group());
        std::vector<ResourceId> orders;
        for (const auto& resource : loading_.group().resources) {
            if (resource.kind == v1::KIND_MEDICATION_REQUEST && touched_.contains(resource.id) &&
                needed.concern(resource)) {
                orders.push_back(resource.id);
            }
        }
        std::vector<chart::DoseClass> classes;
        for (const auto& id : orders) {
            if (auto ok = find_classes(chart::dose_class_prefix(id), classes); !ok) return ok;
        }
        for (const auto& each : classes) {
            if (auto ok = loading_.add_traced(each.key); !ok) return ok;
        }
        return {};
    }

    Result<void> add_same_slots() {
        std::set<std::string> slots;
        const std::string first = chart::slot_key("").substr(0, 1);
        const chart::ClockNotes no_clocks{chart::Group{}};
        for (const auto& resource : loading_.group().resources) {
            if (!touched_.contains(resource.id)) continue;
            for (auto& trace : chart::traces_of(resource, no_clocks)) {
                if (trace.key.starts_with(first)) slots.insert(std::move(trace.key));
            }
        }
        for (const auto& slot : slots) {
            if (auto ok = loading_.add_traced(slot); !ok) return ok;
        }
        return {};
    }

    // From an act to what it names, and to all acts that name that, or something else touched.
    Result<void> add_acts() {
        std::set<ResourceId> named;
        for (const auto& resource : loading_.group().resources) {
            if (!touched_.contains(resource.id)) continue;
            const bool act =
                resource.kind == v1::KIND_ENCOUNTER || resource.kind == v1::KIND_PROCEDURE;
            if (!act) {
                named.insert(resource.id);
                continue;
            }
            for (const auto& id : chart::named_by(resource))
                named.insert(id);
        }
        for (const auto& id : named) {
            if (auto ok = loading_.add(id); !ok) return ok;
            if (auto ok = loading_.add_traced(chart::act_key(id)); !ok) return ok;
        }
        return {};
    }

    // The classes whose key begins so, each by its newest dose.
    Result<void> find_classes(const std::string& prefix, std::vector<chart::DoseClass>& found) {
        for (const auto& record : loading_.records()) {
            std::string key = prefix;
            for (bool first = true;; first = false) {
                std::string next;
                auto ok = each_row(
                    store_.db,
                    "SELECT key FROM trace WHERE record = ?1 AND key >= ?2 AND key <> ?3"
                    " ORDER BY key LIMIT 1",
                    [&](sqlcipher::Statement& row) -> Result<void> {
                        next = row.column_blob(0);
                        return {};
                    },
                    record, std::string_view(first ? key : key + '\0'),
                    std::string_view(first ? std::string() : key));
                if (!ok) return ok;
                if (!next.starts_with(prefix)) break;
                key = std::move(next);
                ok = each_row(
                    store_.db,
                    "SELECT resource FROM trace WHERE record = ?1 AND key = ?2"
                    " ORDER BY at DESC LIMIT 1",
                    [&](sqlcipher::Statement& row) -> Result<void> {
                        found.push_back({key, row.column_id<ResourceId>(0)});
                        return {};
                    },
                    record, std::string_view(key));
                if (!ok) return ok;
            }
        }
        return {};
    }

    Result<void> add_earlier_doses(bool of_any_order) {
        std::vector<chart::DoseClass> classes;
        if (of_any_order) {
            if (auto ok = find_classes(chart::dose_class_prefix(), classes); !ok) return ok;
        } else {
            for (const auto& id : touched_) {
                if (auto ok = find_classes(chart::dose_class_prefix(id), classes); !ok) return ok;
            }
        }
        for (const auto& each : classes) {
            if (auto ok = loading_.add(each.sample); !ok) return ok;
        }
        if (auto ok = loading_.add_orders(); !ok) return ok;
        if (auto ok = loading_.add_clocks(); !ok) return ok;
        const auto ranges = chart::doses_about(loading_.group(), *store_.pack,
                                               {touched_.begin(), touched_.end()}, classes);
        for (const auto& range : ranges) {
            auto ok = loading_.add_traced(range.key, earlier(range.from, k_notes_differ));
            if (!ok) return ok;
        }
        return {};
    }

    // From a visit to every stay in hospital; from a stay to the visits since it began.
    Result<void> add_stays() {
        if (!touches(v1::KIND_ENCOUNTER)) return {};
        if (auto ok = loading_.add_clocks(); !ok) return ok;
        std::optional<Instant> from;
        const chart::ClockNotes clocks(loading_.group());
        for (const auto& resource : loading_.group().resources) {
            if (resource.kind != v1::KIND_ENCOUNTER || !touched_.contains(resource.id)) continue;
            const auto said = chart::act_of(resource).as_visit;
            if (!chart::is_stay(said)) continue;
            for (const auto& change : resource.history) {
                const Instant at = chart::span_of_stay(said, *change, clocks).earliest;
                from = from ? std::min(*from, at) : at;
            }
        }
        if (from) {
            const auto ok = loading_.add_kind(v1::KIND_ENCOUNTER, earlier(*from, k_notes_differ));
            if (!ok) return ok;
        }
        return loading_.add_traced(chart::stay_key());
    }

    // From a dose to what was measured shortly before, and from a measurement to the doses since.
    Result<void> add_measured() {
        const chart::MeasuredRange range = chart::measured_about(
            loading_.group(), *store_.pack, {touched_.begin(), touched_.end()});
        if (range.doses_from) {
            auto ok = loading_.add_kind(v1::KIND_MEDICATION_ADMINISTRATION,
                                        earlier(*range.doses_from, k_notes_differ));
            if (!ok) return ok;
        }
        if (!range.readings_from) return {};
        return loading_.add_kind(v1::KIND_OBSERVATION,
                                 earlier(*range.readings_from, k_notes_differ));
    }

    DeviceStore::State& store_;
    Loading loading_;
    std::set<ResourceId> touched_;
};

}  // namespace

Result<Neighbourhood> neighbourhood_of(DeviceStore::State& store, const chart::Closure& members,
                                       const std::vector<ResourceId>& touched) {
    Search search(store, members, touched);
    if (auto ok = search.run(); !ok) return passed(ok.error());
    return search.take();
}

}  // namespace kari::store
