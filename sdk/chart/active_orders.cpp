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

bool may_be_given(const GroupResource& order) {
    const auto* atom = order.atom(k_order_status);
    if (atom == nullptr || atom->live.empty()) return true;
    return std::any_of(atom->live.begin(), atom->live.end(), [&](const auto& write) {
        switch (merge::value_as<v1::MedicationRequest>(order, write).status()) {
            case v1::MEDICATION_REQUEST_STATUS_STOPPED:
            case v1::MEDICATION_REQUEST_STATUS_COMPLETED:
            case v1::MEDICATION_REQUEST_STATUS_CANCELLED:
            case v1::MEDICATION_REQUEST_STATUS_ENTERED_IN_ERROR:
            case v1::MEDICATION_REQUEST_STATUS_DRAFT:
                return false;
            default:
                return true;
        }
    });
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

// From the first start to the last end of all that stands: each may be given. Without either, where
// one of them has none.
Validity validity_of(const GroupResource& order) {
    const auto* atom = order.atom(k_order_prescription);
    if (atom == nullptr) return {};
    const Causality causality(order);
    const auto& standing = is_verbal_order(order) ? atom->pending : atom->live;
    std::vector<base::Interval> starts;
    std::vector<base::Interval> ends;
    for (const auto& write : standing) {
        const auto* change = causality.find(write.change);
        if (change == nullptr) return {};
        const auto said =
            merge::value_as<v1::MedicationRequest>(order, write).prescription().validity();
        if (const auto start = stated_by(*change, said.start())) starts.push_back(*start);
        if (const auto end = stated_by(*change, said.end())) ends.push_back(*end);
    }
    Validity out;
    if (!starts.empty() && starts.size() == standing.size()) {
        out.start =
            *std::min_element(starts.begin(), starts.end(),
                              [](const auto& a, const auto& b) { return a.start < b.start; });
    }
    if (!ends.empty() && ends.size() == standing.size()) {
        out.end = *std::max_element(ends.begin(), ends.end(),
                                    [](const auto& a, const auto& b) { return a.end < b.end; });
    }
    return out;
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
