// SPDX-License-Identifier: Apache-2.0
#include "sdk/chart/weekly.hpp"

#include <algorithm>
#include <utility>

#include "sdk/chart/as_needed.hpp"
#include "sdk/chart/rules.hpp"
#include "sdk/clinical/weekly.hpp"

namespace kari::chart {
namespace {

// The shortest that may lie between them.
Duration apart(const Span& a, const Span& b) {
    return std::max(Duration{}, std::max(a.earliest, b.earliest) - std::min(a.latest, b.latest));
}

bool may_be_weekly(const GroupResource& dose, const clinical::KnowledgePack& pack) {
    return std::any_of(dose.history.begin(), dose.history.end(), [&](const ChangePtr& change) {
        const auto said = said_by<v1::MedicationAdministration>(*change).administration();
        return clinical::weekly_dose(said, pack) != nullptr;
    });
}

std::vector<Span> touched_doses(const Group& group, const std::vector<ResourceId>& touched,
                                const RoughTimes& times, const clinical::KnowledgePack& pack) {
    std::vector<Span> out;
    for (const RecordId& record : group.records) {
        for (const ResourceId& id : touched) {
            const auto* resource = group.find(record, id);
            if (resource != nullptr && resource->kind == v1::KIND_MEDICATION_ADMINISTRATION &&
                may_be_weekly(*resource, pack)) {
                out.push_back(times.of(*resource));
            }
        }
    }
    return out;
}

bool comes_before(const WeeklyDose& a, const WeeklyDose& b) {
    return std::pair(a.when.earliest, a.dose->id) < std::pair(b.when.earliest, b.dose->id);
}

void review_orders_of_weekly(Case& the_case) {
    for (const auto* order : the_case.orders) {
        const auto request = merge::operative_as<v1::MedicationRequest>(*order);
        const auto* write = order->operative_write(k_order_prescription);
        if (write == nullptr || request.status() != v1::MEDICATION_REQUEST_STATUS_ACTIVE ||
            clinical::weekly_doubt(request.prescription(), the_case.pack) !=
                clinical::WeeklyDoubt::too_often) {
            continue;
        }
        the_case.find("order/weekly-too-often", v1::SEVERITY_S1, Subject::resource(order->id),
                      {write->change}, {order});
    }
}

}  // namespace

std::optional<WeeklyDose> weekly_dose_of(const GroupResource& dose, const Claims& claims,
                                         const ClockNotes& clocks,
                                         const clinical::KnowledgePack& pack) {
    const Claim* claim = claims.exposure();
    if (claim == nullptr) return std::nullopt;
    const auto* drug = clinical::weekly_dose(claim->said, pack);
    if (drug == nullptr) return std::nullopt;
    return WeeklyDose{&dose, drug, claim->change, claim->said, clocks.effective(*claim->change)};
}

std::vector<WeeklyDose> weekly_beside(const Group& group, const clinical::WeeklyDrug& drug,
                                      const Span& when, const clinical::KnowledgePack& pack) {
    const ClockNotes clocks(group);
    std::vector<WeeklyDose> out;
    for (const auto& resource : group.resources) {
        if (resource.kind != v1::KIND_MEDICATION_ADMINISTRATION || !may_be_weekly(resource, pack)) {
            continue;
        }
        auto dose = weekly_dose_of(resource, claims_of(resource, clocks), clocks, pack);
        if (dose && dose->drug == &drug && clinical::too_near(apart(dose->when, when), drug)) {
            out.push_back(std::move(*dose));
        }
    }
    std::sort(out.begin(), out.end(), comes_before);
    return out;
}

std::vector<ResourceId> weekly_near(const Group& group, const std::vector<ResourceId>& touched,
                                    const clinical::KnowledgePack& pack) {
    std::vector<ResourceId> out;
    const RoughTimes times(group);
    const auto about = touched_doses(group, touched, times, pack);
    if (about.empty()) return out;
    const Duration reach = clinical::weekly_reach(pack);
    for (const auto& resource : group.resources) {
        if (resource.kind != v1::KIND_MEDICATION_ADMINISTRATION) continue;
        const Span at = times.of(resource);
        const bool near = std::any_of(about.begin(), about.end(), [&](const Span& other) {
            return are_near(at, other, reach);
        });
        if (near && may_be_weekly(resource, pack)) out.push_back(resource.id);
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

std::optional<Instant> weekly_near_since(const Group& group, const std::vector<ResourceId>& touched,
                                         const clinical::KnowledgePack& pack) {
    std::optional<Instant> out;
    for (const Span& at : touched_doses(group, touched, RoughTimes(group), pack))
        out = out ? std::min(*out, at.earliest) : at.earliest;
    return out ? std::optional(*out - clinical::weekly_reach(pack)) : std::nullopt;
}

void review_weekly(Case& the_case) {
    review_orders_of_weekly(the_case);
    std::vector<WeeklyDose> all;
    for (const auto& given : the_case.given) {
        auto dose = weekly_dose_of(*given.resource, given.claims, the_case.clocks, the_case.pack);
        if (dose) all.push_back(std::move(*dose));
    }
    std::sort(all.begin(), all.end(), comes_before);
    const Duration reach = clinical::weekly_reach(the_case.pack);
    for (std::size_t i = 0; i < all.size(); ++i) {
        const Instant last = all[i].when.latest + reach;
        for (std::size_t k = i + 1; k < all.size() && all[k].when.earliest <= last; ++k) {
            if (all[i].drug != all[k].drug || !the_case.asks(all[i].dose, all[k].dose) ||
                !clinical::too_near(apart(all[i].when, all[k].when), *all[i].drug)) {
                continue;
            }
            the_case.find("dose/weekly-twice", v1::SEVERITY_S1,
                          Subject::pair(all[i].dose->id, all[k].dose->id),
                          {all[i].change->id, all[k].change->id}, {all[i].dose, all[k].dose});
        }
    }
}

}  // namespace kari::chart
