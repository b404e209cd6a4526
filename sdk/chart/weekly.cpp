// SPDX-License-Identifier: Apache-2.0
#include "sdk/chart/weekly.hpp"

#include <algorithm>
#include <utility>

#include "sdk/chart/doses_within.hpp"
#include "sdk/chart/rules.hpp"
#include "sdk/clinical/weekly.hpp"

namespace kari::chart {
namespace {

IsSuchDose weekly_by(const clinical::KnowledgePack& pack) {
    return [&pack](const v1::Administration& said) {
        return clinical::weekly_dose(said, pack) != nullptr;
    };
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
    return WeeklyDose{&dose, drug, claim->change, claim->said, claims.taken(clocks)};
}

std::vector<WeeklyDose> weekly_beside(const Group& group, const clinical::WeeklyDrug& drug,
                                      const Span& when, const clinical::KnowledgePack& pack) {
    const ClockNotes clocks(group);
    std::vector<WeeklyDose> out;
    for (const auto& resource : group.resources) {
        if (resource.kind != v1::KIND_MEDICATION_ADMINISTRATION ||
            !may_be_such(resource, weekly_by(pack))) {
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
    return doses_within(group, touched, clinical::weekly_reach(pack), weekly_by(pack));
}

std::optional<Instant> weekly_near_since(const Group& group, const std::vector<ResourceId>& touched,
                                         const clinical::KnowledgePack& pack) {
    return doses_within_since(group, touched, clinical::weekly_reach(pack), weekly_by(pack));
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
