// SPDX-License-Identifier: Apache-2.0
//
// More of a drug than the pack says is given: what was taken in all, and what one order orders.
#include <algorithm>
#include <map>
#include <utility>

#include "sdk/chart/as_needed.hpp"
#include "sdk/chart/rules.hpp"
#include "sdk/chart/stated_reason.hpp"
#include "sdk/clinical/dose_limit.hpp"

namespace kari::chart {
namespace {

using clinical::DoseLimit;
using clinical::LimitDoubt;

constexpr std::string_view k_rule = "dose/over-limit";

struct Dose {
    const Given* given = nullptr;
    const Claim* claim = nullptr;
    Span when;
    std::vector<const Dose*> before;  // that the limit adds up with it
};

// The last of some is what makes them too much.
bool is_before(const Dose& a, const Dose& b) {
    return std::pair(a.when.latest, a.given->resource->id) <
           std::pair(b.when.latest, b.given->resource->id);
}

void review_dose(Case& the_case, const DoseLimit& limit, const Dose& dose) {
    const auto& said = dose.claim->said;
    const bool asked = the_case.asks(dose.given->resource->id) ||
                       std::any_of(dose.before.begin(), dose.before.end(), [&](const Dose* other) {
                           return the_case.asks(other->given->resource->id);
                       });
    if (!asked) return;
    // Its own time may be a span: what came before lies as near as it can.
    const Duration width = dose.when.latest - dose.when.earliest;
    std::vector<clinical::LimitedDose> others;
    for (const Dose* other : dose.before) {
        others.push_back({other->when.earliest, other->when.latest + width, &other->claim->said});
    }
    const auto doubt = clinical::limit_doubt(limit, said, dose.when.latest, others);
    if (doubt <= LimitDoubt::cannot_tell) return;
    std::vector<ResourceId> beside;
    if (doubt != LimitDoubt::over_dose) {
        for (const Dose* other : dose.before)
            beside.push_back(other->given->resource->id);
    }
    const bool meant = stated_reason(said, "entry/over-limit", beside);
    const auto severity = meant ? v1::SEVERITY_S3 : v1::SEVERITY_S1;
    const auto subject = Subject::resource(dose.given->resource->id);
    the_case.find(k_rule, severity, subject, {dose.claim->change->id}, {dose.given->resource});
    if (doubt == LimitDoubt::over_dose) return;
    for (const Dose* other : dose.before) {
        the_case.find(k_rule, severity, subject, {other->claim->change->id},
                      {other->given->resource});
    }
}

void review_limit(Case& the_case, const DoseLimit& limit, std::vector<Dose>& doses) {
    std::sort(doses.begin(), doses.end(), [](const Dose& a, const Dose& b) {
        return std::pair(a.when.earliest, a.given->resource->id) <
               std::pair(b.when.earliest, b.given->resource->id);
    });
    const auto reach = clinical::reach_of(limit);
    for (std::size_t i = 0; reach && i < doses.size(); ++i) {
        const Instant last = doses[i].when.latest + *reach;
        for (std::size_t k = i + 1; k < doses.size() && doses[k].when.earliest <= last; ++k) {
            const bool ik = is_before(doses[i], doses[k]);
            doses[ik ? k : i].before.push_back(&doses[ik ? i : k]);
        }
    }
    for (const Dose& dose : doses)
        review_dose(the_case, limit, dose);
}

void review_order(Case& the_case, const GroupResource& order) {
    const auto* write = order.operative_write(k_order_prescription);
    const auto request = merge::operative_as<v1::MedicationRequest>(order);
    if (write == nullptr || request.status() != v1::MEDICATION_REQUEST_STATUS_ACTIVE) return;
    auto limits = clinical::limits_for(request.prescription(), the_case.pack);
    std::erase_if(limits,
                  [](const auto& each) { return each.limit->age_from || each.limit->age_below; });
    const auto found = clinical::order_limit(request.prescription(), limits);
    if (found.doubt <= LimitDoubt::cannot_tell) return;
    the_case.find("order/over-limit", found.thousandfold ? v1::SEVERITY_S1 : v1::SEVERITY_S2,
                  Subject::resource(order.id), {write->change}, {&order});
}

}  // namespace

void review_dose_limits(Case& the_case) {
    for (const auto* order : the_case.orders)
        review_order(the_case, *order);
    std::map<const DoseLimit*, std::vector<Dose>> doses;
    for (const auto& given : the_case.given) {
        const Claim* claim = given.claims.exposure();
        if (claim == nullptr) continue;
        const auto limits =
            clinical::limits_for(claim->said.medication(), claim->said.route(), the_case.pack);
        for (const auto& each : limits) {
            if (each.limit->age_from || each.limit->age_below) continue;
            doses[each.limit].push_back({&given, claim, given.claims.taken(the_case.clocks), {}});
        }
    }
    for (auto& [limit, all] : doses)
        review_limit(the_case, *limit, all);
}

}  // namespace kari::chart
