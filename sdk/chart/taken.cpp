// SPDX-License-Identifier: Apache-2.0
#include "sdk/chart/taken.hpp"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include "sdk/base/time.hpp"
#include "sdk/chart/chart.hpp"
#include "sdk/chart/rules.hpp"
#include "sdk/clinical/coding.hpp"
#include "sdk/clinical/same_drug.hpp"

namespace kari::chart {
namespace {

constexpr int k_neighbour_days = 31;
constexpr Duration k_lone = Duration::hours(24 * 7);
constexpr int k_slot_days = 31;
constexpr Duration k_day = Duration::hours(24);

v1::CodeableConcept drug_of(const v1::Prescription& prescription) {
    return clinical::drug_of(prescription.medication(), prescription.medication_reference());
}

void newest_first(std::vector<TakenDose>& doses) {
    std::sort(doses.begin(), doses.end(), [](const TakenDose& a, const TakenDose& b) {
        return std::tie(a.when.latest, a.administration.resource) >
               std::tie(b.when.latest, b.administration.resource);
    });
}

}  // namespace

bool Taken::is_of(const Known& known, const ResourceId& lineage, const v1::CodeableConcept& drug) {
    return known.lineage == lineage || clinical::same_drug(known.drug, drug);
}

Taken Taken::in(const Group& group) {
    Taken out(group);
    for (const auto& resource : group.resources) {
        if (resource.kind != v1::KIND_MEDICATION_ADMINISTRATION) continue;
        out.add(resource, claims_of(resource, out.clocks_));
    }
    return out;
}

void Taken::add(const GroupResource& administration, const Claims& claims) {
    const Claim* counts = claims.exposure();
    if (counts == nullptr) return;
    Known known;
    known.dose = {item_of(administration).version, counts->said, authorship_of(*counts->change),
                  claims.taken(clocks_)};
    known.drug = clinical::drug_of(counts->said.medication(), counts->said.medication_reference());
    if (const auto named = base::from_bytes<ResourceId>(counts->said.request().resource())) {
        const auto* order = group_.find(*named);
        const bool here = order != nullptr && order->kind == v1::KIND_MEDICATION_REQUEST;
        known.lineage = here ? lineage_of(*order) : *named;
        if (here && clinical::shown(known.drug).empty()) {
            known.drug = drug_of(merge::operative_as<v1::MedicationRequest>(*order).prescription());
        }
    }
    all_.push_back(std::move(known));
}

std::vector<TakenDose> Taken::of(const ResourceId& lineage,
                                 const v1::Prescription& prescription) const {
    const v1::CodeableConcept drug = drug_of(prescription);
    std::vector<TakenDose> out;
    for (const Known& known : all_) {
        if (is_of(known, lineage, drug)) out.push_back(known.dose);
    }
    newest_first(out);
    return out;
}

std::vector<ResourceId> Taken::within_day(const ResourceId& lineage,
                                          const v1::Prescription& prescription,
                                          Instant before) const {
    std::vector<ResourceId> out;
    for (const TakenDose& dose : of(lineage, prescription)) {
        if (dose.when.latest <= before - k_day || dose.when.earliest > before) continue;
        out.push_back(dose.administration.resource);
    }
    return out;
}

std::vector<TakenDose> Taken::beside(const clinical::DoseSlot& slot, const ResourceId& lineage,
                                     const v1::Prescription& prescription, std::string_view zone,
                                     const clinical::DayParts& day_parts) const {
    const v1::CodeableConcept drug = drug_of(prescription);
    std::vector<TakenDose> out;
    for (const Known& known : all_) {
        if (known.dose.said.slot().empty() && is_of(known, lineage, drug)) {
            out.push_back(known.dose);
        }
    }
    if (out.empty()) return out;
    newest_first(out);
    const Span near = nearest_to(slot, lineage, prescription, zone, day_parts);
    std::erase_if(out, [&](const TakenDose& dose) {
        return dose.when.latest < near.earliest || dose.when.earliest > near.latest;
    });
    return out;
}

Span nearest_to(const clinical::DoseSlot& slot, const ResourceId& lineage,
                const v1::Prescription& prescription, std::string_view zone,
                const clinical::DayParts& day_parts) {
    const Instant due = slot.due.instant;
    std::optional<Instant> before;
    std::optional<Instant> after;
    // From the slot's own day outwards: the doses of most orders lie near.
    for (int away = 0; away <= k_neighbour_days && (!before || !after); ++away) {
        for (const int day : {-away, away}) {
            const auto expansion = clinical::expand(
                lineage, prescription, base::add_days(slot.date, day), zone, day_parts);
            for (const auto& other : expansion.slots) {
                const Instant at = other.due.instant;
                if (at < due) before = before ? std::max(*before, at) : at;
                if (at > due) after = after ? std::min(*after, at) : at;
            }
        }
    }
    // The first and the last of a course, and what is given once.
    const Duration other = before ? due - *before : after ? *after - due : k_lone;
    const Duration to_before = before ? due - *before : other;
    const Duration to_after = after ? *after - due : other;
    return {due - Duration{to_before.ms / 2}, due + Duration{to_after.ms / 2}};
}

std::optional<clinical::DoseSlot> slot_around(const SlotId& id, const LocalDate& date,
                                              const ResourceId& lineage,
                                              const v1::Prescription& prescription,
                                              std::string_view zone) {
    for (int days = 0; days <= k_slot_days; ++days) {
        for (const int day : {-days, days}) {
            const auto expansion =
                clinical::expand(lineage, prescription, base::add_days(date, day), zone);
            for (const auto& slot : expansion.slots) {
                if (slot.id == id) return slot;
            }
        }
    }
    return std::nullopt;
}

}  // namespace kari::chart
