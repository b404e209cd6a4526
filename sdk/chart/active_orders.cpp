// SPDX-License-Identifier: Apache-2.0
#include "sdk/chart/active_orders.hpp"

#include <algorithm>
#include <set>

#include "sdk/chart/chart.hpp"
#include "sdk/chart/dates.hpp"
#include "sdk/chart/rules.hpp"
#include "sdk/clinical/coding.hpp"

namespace kari::chart {

bool is_active(const GroupResource& order) {
    const auto said = merge::operative_as<v1::MedicationRequest>(order);
    return said.status() == v1::MEDICATION_REQUEST_STATUS_ACTIVE &&
           !said.prescription().do_not_perform();
}

std::vector<v1::Prescription> standing_prescriptions(const GroupResource& order) {
    std::vector<v1::Prescription> out;
    const auto* atom = order.atom(k_order_prescription);
    if (atom == nullptr) return out;
    for (const auto& write : is_verbal_order(order) ? atom->pending : atom->live)
        out.push_back(merge::value_as<v1::MedicationRequest>(order, write).prescription());
    return out;
}

std::vector<ChangeId> standing_in(const GroupResource& order) {
    std::vector<ChangeId> out;
    const bool verbal = is_verbal_order(order);
    for (const auto number : {k_order_prescription, k_order_status}) {
        const auto* atom = order.atom(number);
        if (atom == nullptr) continue;
        for (const auto& write : verbal ? atom->pending : atom->live)
            out.push_back(write.change);
    }
    return out;
}

std::vector<std::string> ordered_codes(const GroupResource& order) {
    std::set<std::string> out;
    for (const auto& prescription : standing_prescriptions(order)) {
        for (auto& code : clinical::atc_codes(prescription.medication()))
            out.insert(std::move(code));
    }
    return {out.begin(), out.end()};
}

namespace {

struct Validity {
    std::optional<base::Interval> start;
    std::optional<base::Interval> end;
};

Validity validity_of(const GroupResource& order) {
    const auto* write = order.operative_write(k_order_prescription);
    const auto* change = write == nullptr ? nullptr : Causality(order).find(write->change);
    if (change == nullptr) return {};
    const auto said =
        merge::value_as<v1::MedicationRequest>(order, *write).prescription().validity();
    return {stated_by(*change, said.start()), stated_by(*change, said.end())};
}

}  // namespace

bool may_be_at_once(const GroupResource& a, const GroupResource& b) {
    const auto ends_before = [](const Validity& one, const Validity& other) {
        return one.end && other.start && one.end->end <= other.start->start;
    };
    const auto one = validity_of(a);
    const auto other = validity_of(b);
    return !ends_before(one, other) && !ends_before(other, one);
}

bool has_ended(const GroupResource& order, Instant at) {
    const auto end = validity_of(order).end;
    return end && end->end <= at;
}

Giving giving_of(const std::vector<v1::Prescription>& standing) {
    std::set<bool> said;
    for (const auto& prescription : standing) {
        for (const auto& dosage : prescription.dosage())
            said.insert(dosage.as_needed() || dosage.has_as_needed_for());
    }
    if (said.size() != 1) return Giving::unclear;
    return *said.begin() ? Giving::as_needed : Giving::regular;
}

bool one_as_needed(Giving a, Giving b) {
    return (a == Giving::regular && b == Giving::as_needed) ||
           (a == Giving::as_needed && b == Giving::regular);
}

}  // namespace kari::chart
