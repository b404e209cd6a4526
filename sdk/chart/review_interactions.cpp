// SPDX-License-Identifier: Apache-2.0
//
// Orders that stand beside each other, whoever ordered them: what their drugs do to each other, and
// drugs of one group.
#include <algorithm>
#include <vector>

#include "sdk/chart/active_orders.hpp"
#include "sdk/chart/alike.hpp"
#include "sdk/chart/chart.hpp"
#include "sdk/chart/rules.hpp"
#include "sdk/clinical/drug_group.hpp"

namespace kari::chart {
namespace {

struct Ordered {
    const GroupResource* order = nullptr;
    ResourceId lineage;
    std::vector<std::string> codes;  // of all that stands
    clinical::Interactions::Named drug;
};

std::vector<Ordered> ordered_in(const Case& the_case) {
    std::vector<Ordered> out;
    for (const auto* order : the_case.of(v1::KIND_MEDICATION_REQUEST)) {
        // Single doses are given by what was taken down by phone, before anybody has answered.
        const bool verbal = !order->incomplete() && is_verbal_order(*order);
        if (!verbal && !is_active(*order)) continue;
        auto codes = ordered_codes(*order);
        if (codes.empty()) continue;
        auto drug = the_case.pack.interactions.named(codes);
        out.push_back({order, lineage_of(*order), std::move(codes), std::move(drug)});
    }
    return out;
}

// An order that took another's place is of its lineage, whatever its drug: as long as both are in
// effect, both are given.
bool stand_together(const Ordered& a, const Ordered& b) {
    const bool one_order = a.lineage == b.lineage && clinical::likeness(a.codes, b.codes) ==
                                                         clinical::Likeness::same_substance;
    return !one_order && may_be_at_once(*a.order, *b.order);
}

std::vector<ChangeId> inputs_of(const Ordered& a, const Ordered& b) {
    auto out = standing_in(*a.order);
    for (const auto& input : standing_in(*b.order))
        out.push_back(input);
    return out;
}

// Who ordered both knew of both when ordering. A reference means the same within one record alone.
bool by_one_prescriber(const GroupResource& a, const GroupResource& b) {
    const auto of = [](const GroupResource& order) {
        return merge::operative_as<v1::MedicationRequest>(order).authoring().requester();
    };
    const auto one = of(a);
    const auto other = of(b);
    return a.record == b.record && !one.reference().empty() && one.reference() == other.reference();
}

void review_meeting(Case& the_case, const Ordered& a, const Ordered& b) {
    const auto* entry = the_case.pack.interactions.between(a.drug, b.drug);
    if (entry == nullptr || entry->advice == clinical::Advice::none || !stand_together(a, b)) {
        return;
    }
    const bool avoid = entry->advice == clinical::Advice::avoid;
    const auto severity = avoid                                   ? v1::SEVERITY_S2
                          : by_one_prescriber(*a.order, *b.order) ? v1::SEVERITY_S4
                                                                  : v1::SEVERITY_S3;
    // Two rules: what is to be done is another, and a new pack may say the other of the two.
    the_case.find(avoid ? "order/interaction-avoid" : "order/interaction-precautions", severity,
                  Subject::pair(a.order->id, b.order->id), inputs_of(a, b), {a.order, b.order});
}

void review_group(Case& the_case, const Ordered& a, const Ordered& b) {
    const auto like = clinical::likeness(a.codes, b.codes);
    // Of one substance it is said already that it is ordered twice.
    if (like == clinical::Likeness::same_substance) return;
    const bool alike = like == clinical::Likeness::same_group ||
                       clinical::share_ingredient(a.codes, b.codes, the_case.pack);
    if (!alike || !stand_together(a, b)) return;
    const bool on_top = one_as_needed(giving_of(standing_prescriptions(*a.order)),
                                      giving_of(standing_prescriptions(*b.order)));
    if (clinical::may_stand_together(a.codes, b.codes, on_top, the_case.pack)) return;
    the_case.find("order/duplicate-group", v1::SEVERITY_S3, Subject::pair(a.order->id, b.order->id),
                  inputs_of(a, b), {a.order, b.order});
}

}  // namespace

void review_interactions(Case& the_case) {
    if (the_case.orders.empty()) return;  // none is asked about
    const auto all = ordered_in(the_case);
    std::vector<const Ordered*> meeting;  // of which any entry of the pack speaks
    for (const Ordered& one : all) {
        if (!one.drug.empty()) meeting.push_back(&one);
    }
    for (std::size_t i = 0; i < meeting.size(); ++i) {
        if (!the_case.asks(meeting[i]->order->id)) continue;
        for (std::size_t k = 0; k < meeting.size(); ++k) {
            // Of two that are asked about, once.
            if (k == i || (k < i && the_case.asks(meeting[k]->order->id))) continue;
            review_meeting(the_case, *meeting[std::min(i, k)], *meeting[std::max(i, k)]);
        }
    }
    AlikeKeys groups;
    for (const Ordered& one : all) {
        const auto keys = clinical::drug_groups(one.codes);
        auto& of_one = groups.emplace_back(keys.begin(), keys.end());
        for (auto& ingredient : clinical::ingredients(one.codes, the_case.pack))
            of_one.insert(std::move(ingredient));
    }
    each_alike(groups, [&](std::size_t a, std::size_t b) {
        if (the_case.asks(all[a].order, all[b].order)) review_group(the_case, all[a], all[b]);
    });
}

}  // namespace kari::chart
