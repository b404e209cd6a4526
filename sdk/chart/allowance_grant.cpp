// SPDX-License-Identifier: Apache-2.0
//
// What the server grants. docs/adr/0210 shows why it is enough.
#include <algorithm>

#include "sdk/base/id.hpp"
#include "sdk/base/mutant.hpp"
#include "sdk/chart/allowance.hpp"
#include "sdk/chart/chart.hpp"
#include "sdk/chart/history.hpp"
#include "sdk/chart/rules.hpp"
#include "sdk/chart/taken.hpp"
#include "sdk/clinical/allowed.hpp"
#include "sdk/clinical/as_needed.hpp"
#include "sdk/clinical/same_drug.hpp"

namespace kari::chart {
namespace {

v1::CodeableConcept drug_of(const v1::Prescription& prescription) {
    return clinical::drug_of(prescription.medication(), prescription.medication_reference());
}

// A dose under an allowance was given when it was recorded, whatever was said of it since.
Instant latest_of(const Group& group, const ClockNotes& clocks, const TakenDose& dose) {
    Instant out = dose.when.latest;
    const auto* resource = group.find(dose.administration.record, dose.administration.resource);
    if (resource == nullptr) return out;
    const auto& history = resource->history;
    const bool promised = std::any_of(history.begin(), history.end(), [](const ChangePtr& one) {
        const auto said = said_by<v1::MedicationAdministration>(*one).administration();
        return !said.allowance().empty();
    });
    for (const auto& change : history) {
        if (promised) out = std::max(out, clocks.effective(*change).latest);
    }
    return out;
}

// Whether what one order promised is of the other's medicine. An order that is not here may be.
bool of_one_medicine(const Group& group, const Allowance& other, const GroupResource& order,
                     const v1::Prescription& prescription) {
    const auto id = base::from_bytes<ResourceId>(other.ask.order());
    const auto* named = id ? group.find(other.version.record, *id) : nullptr;
    if (named == nullptr || named->kind != v1::KIND_MEDICATION_REQUEST) return true;
    if (named->id == order.id || lineage_of(*named) == lineage_of(order)) return true;
    const auto writes = writes_of(*named, k_order_prescription);
    return std::any_of(writes.begin(), writes.end(), [&](const Write& write) {
        const auto said = said_by<v1::MedicationRequest>(*write.change).prescription();
        return clinical::same_drug(drug_of(said), drug_of(prescription));
    });
}

std::vector<clinical::Claimed> claimed_of(const Group& group, const GroupResource& order,
                                          const v1::Prescription& prescription) {
    std::vector<clinical::Claimed> out;
    const ClockNotes clocks(group);
    for (const TakenDose& dose : Taken::in(group).of(lineage_of(order), prescription)) {
        out.push_back({latest_of(group, clocks, dose),
                       dose.said.has_dose() ? std::optional(dose.said.dose()) : std::nullopt, 1});
    }
    if (KARI_MUTATED(promises_are_forgotten)) return out;
    for (const Allowance& one : allowances_in(group)) {
        if (!one.granted() || one.doses_left() == 0 || (one.returned && one.return_is_whole) ||
            !of_one_medicine(group, one, order, prescription)) {
            continue;
        }
        out.push_back({Instant{one.answer->until_ms()}, one.amount_left(), one.doses_left()});
    }
    return out;
}

v1::AllowanceAnswer refused(v1::AllowanceAnswer answer, v1::AllowanceRefusal why) {
    answer.set_refusal(why);
    return answer;
}

// The prescription in effect and the change that wrote it; null: none is, or not all of the order
// is here.
const merge::AtomWrite* in_effect(const GroupResource& order) {
    if (order.contested() || order.incomplete() || order.unreadable || order.lifted ||
        is_verbal_order(order) ||
        merge::operative_as<v1::MedicationRequest>(order).status() !=
            v1::MEDICATION_REQUEST_STATUS_ACTIVE) {
        return nullptr;
    }
    return order.operative_write(k_order_prescription);
}

// Doses under what an earlier epoch promised, and doses that were lost with it, may be this late.
bool may_be_unknown(const v1::Prescription& prescription, const GrantTerms& terms) {
    if (!terms.epoch_began) return false;
    const Duration reach = clinical::as_needed_reach(prescription).value_or(Duration{});
    return terms.now <
           *terms.epoch_began + reach + clinical::k_allowance_longest + clinical::k_clock_doubt;
}

}  // namespace

v1::AllowanceAnswer answer_to(const Group& group, const Allowance& asked,
                              const clinical::KnowledgePack& pack, const GrantTerms& terms) {
    v1::AllowanceAnswer out;
    out.set_holder(base::to_bytes(asked.holder));
    out.set_epoch(base::to_bytes(terms.epoch));
    if (!terms.in_caseload) return refused(out, v1::ALLOWANCE_REFUSAL_NOT_YOURS);
    const auto id = base::from_bytes<ResourceId>(asked.ask.order());
    const auto* order = id ? group.find(asked.version.record, *id) : nullptr;
    const auto* write = order == nullptr || order->kind != v1::KIND_MEDICATION_REQUEST
                            ? nullptr
                            : in_effect(*order);
    if (write == nullptr) return refused(out, v1::ALLOWANCE_REFUSAL_ORDER_NOT_IN_EFFECT);
    const auto prescription = merge::operative_as<v1::MedicationRequest>(*order).prescription();
    if (!clinical::needs_allowance(prescription, pack)) {
        return refused(out, v1::ALLOWANCE_REFUSAL_NOT_NEEDED);
    }
    if (!group.whole() || group.records.size() > 1) {
        return refused(out, v1::ALLOWANCE_REFUSAL_SEVERAL_RECORDS);
    }
    if (may_be_unknown(prescription, terms)) {
        return refused(out, v1::ALLOWANCE_REFUSAL_NEW_EPOCH);
    }
    if (asked.asked_at.latest + clinical::k_ask_longest < terms.now) {
        return refused(out, v1::ALLOWANCE_REFUSAL_LATE);
    }
    const auto dose = clinical::largest_dose(prescription);
    const std::size_t wanted =
        std::clamp<std::size_t>(asked.ask.doses(), 1, clinical::k_allowance_doses_most);
    const auto doses = dose ? clinical::doses_left(prescription, terms.now, *dose, wanted,
                                                   claimed_of(group, *order, prescription))
                            : std::nullopt;
    if (!doses) return refused(out, v1::ALLOWANCE_REFUSAL_NOT_COMPUTED);
    if (*doses == 0) return refused(out, v1::ALLOWANCE_REFUSAL_NOTHING_LEFT);
    const Duration lasts = asked.ask.hours() == 0 ? clinical::k_allowance_longest
                                                  : std::min(Duration::hours(asked.ask.hours()),
                                                             clinical::k_allowance_longest);
    out.set_order_version(base::to_bytes(write->change));
    out.set_doses(static_cast<std::uint32_t>(*doses));
    *out.mutable_amount() = clinical::times(*dose, *doses);
    out.set_from_ms(terms.now.ms);
    out.set_until_ms((terms.now + lasts).ms);
    return out;
}

}  // namespace kari::chart
