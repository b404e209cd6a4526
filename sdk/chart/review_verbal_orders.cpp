// SPDX-License-Identifier: Apache-2.0
//
// Orders that nurses took down by phone, each on a tablet of her own, of one drug.
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "sdk/chart/alike.hpp"
#include "sdk/chart/chart.hpp"
#include "sdk/chart/rules.hpp"
#include "sdk/clinical/coding.hpp"

namespace kari::chart {
namespace {

constexpr Duration k_valid = Duration::hours(24);

// The drugs that are proposed: each as an ATC code of the last level, and in words, for one nurse
// writes the code and the other what she heard.
std::set<std::string> proposed_drugs(const GroupResource& order) {
    constexpr std::size_t k_substance = 7;
    std::set<std::string> out;
    for (const auto& write : order.atom(k_order_prescription)->pending) {
        const auto drug =
            merge::value_as<v1::MedicationRequest>(order, write).prescription().medication();
        for (const auto& atc : clinical::atc_codes(drug)) {
            if (atc.size() == k_substance) out.insert("atc " + atc);
        }
        if (const auto words = clinical::folded(clinical::shown(drug)); !words.empty()) {
            out.insert("words " + words);
        }
    }
    return out;
}

std::vector<ChangeId> proposals_of(const GroupResource& order) {
    std::vector<ChangeId> out;
    for (const auto& write : order.atom(k_order_prescription)->pending)
        out.push_back(write.change);
    return out;
}

}  // namespace

bool is_verbal_order(const merge::Resource& order) {
    const auto* prescription = order.atom(k_order_prescription);
    if (prescription == nullptr || !prescription->live.empty() || prescription->pending.empty()) {
        return false;
    }
    // A stop takes effect from whoever says it.
    const auto* status = order.atom(k_order_status);
    return status == nullptr || status->live.empty();
}

bool has_run_out(const GroupResource& verbal_order, const ClockNotes& clocks, Instant at) {
    const auto proposals = proposals_of(verbal_order);
    return std::none_of(
        verbal_order.history.begin(), verbal_order.history.end(), [&](const ChangePtr& change) {
            return std::find(proposals.begin(), proposals.end(), change->id) != proposals.end() &&
                   clocks.recorded(*change).latest >= at - k_valid;
        });
}

void review_verbal_orders(Case& the_case) {
    if (the_case.orders.empty()) return;  // none is asked about
    std::vector<const GroupResource*> waiting;
    AlikeKeys drugs;
    for (const auto* order : the_case.of(v1::KIND_MEDICATION_REQUEST)) {
        if (order->incomplete() || !is_verbal_order(*order)) continue;
        waiting.push_back(order);
        drugs.push_back(proposed_drugs(*order));
    }
    each_alike(drugs, [&](std::size_t a, std::size_t b) {
        const auto* one = waiting[a];
        const auto* other = waiting[b];
        if (!the_case.asks(one, other)) return;
        auto inputs = proposals_of(*one);
        for (const auto& input : proposals_of(*other))
            inputs.push_back(input);
        the_case.find("order/two-verbal", v1::SEVERITY_S1, Subject::pair(one->id, other->id),
                      inputs, {one, other});
    });
}

}  // namespace kari::chart
