// SPDX-License-Identifier: Apache-2.0
//
// Doses of medicine as needed beside each other, whoever gave them and on which tablet: nearer than
// the order lets them be, or more than it allows.
#include "sdk/clinical/as_needed.hpp"

#include <algorithm>
#include <tuple>

#include "sdk/chart/as_needed.hpp"
#include "sdk/chart/rules.hpp"
#include "sdk/chart/stated_reason.hpp"
#include "sdk/clinical/coding.hpp"
#include "sdk/clinical/same_drug.hpp"

namespace kari::chart {
namespace {

constexpr std::string_view k_too_soon = "dose/too-soon";
constexpr std::string_view k_over = "dose/over-maximum";

// What the giver went by: of the prescriptions that the version covers the newest in effect, else
// the newest that is proposed. Without a version the newest that was in effect when the dose was
// given, else the first.
v1::Prescription given_by(const GroupResource& order, const Claim& exposure, Instant taken,
                          const ClockNotes& clocks) {
    const Causality causality(order);
    std::vector<ChangeId> version;
    for (const auto& bytes : exposure.said.request_version()) {
        if (const auto id = base::from_bytes<ChangeId>(bytes)) version.push_back(*id);
    }
    const auto rank = [&](const Write& write) {
        const bool seen = version.empty()
                              ? clocks.recorded(*write.change).earliest <= taken && write.effective
                              : causality.covers(version, write.change->id);
        const auto tick = write.change->header.tick();
        // Of those that nobody can have seen the oldest.
        return std::tuple(seen, write.effective, seen ? tick : ~tick, write.change->id);
    };
    const auto writes = writes_of(order, k_order_prescription);
    const auto best =
        std::max_element(writes.begin(), writes.end(),
                         [&](const Write& a, const Write& b) { return rank(a) < rank(b); });
    if (best == writes.end()) return {};
    return said_by<v1::MedicationRequest>(*best->change).prescription();
}

struct Dose {
    const Given* given = nullptr;
    Span when;
    std::vector<v1::CodeableConcept> drugs;
    std::optional<v1::Prescription> needed;  // of a dose that an order with bounds is given by
    v1::CodeableConcept medicine;            // of that
    Duration reach;
};

const Claim& exposure_of(const Dose& dose) {
    return *dose.given->claims.exposure();
}

// The last of some is what makes them too many.
bool is_before(const Dose& a, const Dose& b) {
    return std::pair(a.when.latest, a.given->resource->id) <
           std::pair(b.when.latest, b.given->resource->id);
}

Dose dose_of(const Case& the_case, const Given& given) {
    const Claim& exposure = *given.claims.exposure();
    Dose out{&given, given.claims.taken(the_case.clocks), given.drugs, {}, {}, {}};
    if (given.order == nullptr || !exposure.said.slot().empty()) return out;
    auto by = given_by(*given.order, exposure, out.when.latest, the_case.clocks);
    const auto reach = clinical::as_needed_reach(by);
    if (!reach) return out;
    out.reach = *reach;
    out.medicine = clinical::drug_of(by.medication(), by.medication_reference());
    out.needed = std::move(by);
    return out;
}

// Of the order, or of what it orders: whatever else the giver of a dose says that it was.
bool counts_beside(const Dose& dose, const Dose& other) {
    if (other.given->order != nullptr && other.given->order == dose.given->order) return true;
    return std::any_of(other.drugs.begin(), other.drugs.end(),
                       [&](const auto& drug) { return clinical::same_drug(drug, dose.medicine); });
}

// As the order's bounds take it, beside a dose whose own time may be a span.
clinical::EarlierDose beside(const Dose& dose, const Dose& at) {
    const auto& said = exposure_of(dose).said;
    return {dose.when.earliest, dose.when.latest + (at.when.latest - at.when.earliest),
            said.has_dose() ? std::optional(said.dose()) : std::nullopt};
}

bool doubted(const Dose& dose, const std::vector<clinical::EarlierDose>& others,
             clinical::AsNeededDoubt doubt) {
    const auto& said = exposure_of(dose).said;
    const auto all = clinical::as_needed_doubts(*dose.needed, dose.when.latest,
                                                said.has_dose() ? &said.dose() : nullptr, others);
    return std::find(all.begin(), all.end(), doubt) != all.end();
}

void review_pair(Case& the_case, const Dose& dose, const Dose& other) {
    if (!the_case.asks(dose.given->resource, other.given->resource) ||
        !doubted(dose, {beside(other, dose)}, clinical::AsNeededDoubt::too_soon)) {
        return;
    }
    const Dose& later = is_before(dose, other) ? other : dose;
    const Dose& earlier = &later == &dose ? other : dose;
    const bool meant =
        stated_reason(exposure_of(later).said, "entry/too-soon", {earlier.given->resource->id});
    const auto severity = meant ? v1::SEVERITY_S3 : v1::SEVERITY_S2;
    the_case.find(k_too_soon, severity,
                  Subject::pair(dose.given->resource->id, other.given->resource->id),
                  {exposure_of(dose).change->id, exposure_of(other).change->id},
                  {dose.given->resource, other.given->resource, dose.given->order});
}

// `others`: of the medicine, before it or in a slot, within its order's reach.
void review_sum(Case& the_case, const Dose& dose, const std::vector<const Dose*>& others) {
    std::vector<clinical::EarlierDose> taken;
    for (const auto* other : others)
        taken.push_back(beside(*other, dose));
    if (!doubted(dose, taken, clinical::AsNeededDoubt::over_maximum)) return;
    std::vector<ResourceId> ids;
    for (const auto* other : others)
        ids.push_back(other->given->resource->id);
    const bool meant = stated_reason(exposure_of(dose).said, "entry/over-maximum", ids);
    const auto severity = meant ? v1::SEVERITY_S3 : v1::SEVERITY_S1;
    const auto subject = Subject::resource(dose.given->resource->id);
    the_case.find(k_over, severity, subject, {exposure_of(dose).change->id},
                  {dose.given->resource, dose.given->order});
    for (const auto* other : others) {
        the_case.find(k_over, severity, subject, {exposure_of(*other).change->id},
                      {other->given->resource});
    }
}

void review_dose(Case& the_case, const Dose& dose, const std::vector<Dose>& all) {
    std::vector<const Dose*> counted;
    bool asked = the_case.asks(dose.given->resource->id);
    for (const Dose& other : all) {
        if (&other == &dose || !are_near(other.when, dose.when, dose.reach) ||
            !counts_beside(dose, other)) {
            continue;
        }
        review_pair(the_case, dose, other);
        // A later one as needed is looked at itself.
        if (other.needed && !is_before(other, dose)) continue;
        counted.push_back(&other);
        asked = asked || the_case.asks(other.given->resource->id);
    }
    if (asked) review_sum(the_case, dose, counted);
}

}  // namespace

void review_as_needed(Case& the_case) {
    std::vector<Dose> doses;
    bool any = false;
    for (const auto& given : the_case.given) {
        if (given.claims.exposure() == nullptr) continue;
        doses.push_back(dose_of(the_case, given));
        any = any || doses.back().needed;
    }
    if (!any) return;
    std::sort(doses.begin(), doses.end(), [](const Dose& a, const Dose& b) {
        return std::pair(a.when.earliest, a.given->resource->id) <
               std::pair(b.when.earliest, b.given->resource->id);
    });
    for (const Dose& dose : doses) {
        if (dose.needed) review_dose(the_case, dose, doses);
    }
}

}  // namespace kari::chart
