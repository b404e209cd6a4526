// SPDX-License-Identifier: Apache-2.0
#include "sdk/device/order_warnings.hpp"

#include <algorithm>

#include "sdk/chart/active_orders.hpp"
#include "sdk/chart/chart.hpp"
#include "sdk/chart/dates.hpp"
#include "sdk/device/warnings.hpp"

namespace kari::device {

namespace {

bool lies_outside(const v1::Period& period, Instant at, const std::string& zone) {
    const auto start = chart::stated_in(period.start(), zone);
    const auto end = chart::stated_in(period.end(), zone);
    return (start && start->start > at) || (end && end->end <= at);
}

// By the end of the order's validity, or the bounds of each line which may be meant. Validity is
// how long a pharmacy may dispense on it: it says nothing of what is planned, nor when that begins.
// Of a slot the schedule has held its own moment against the line.
bool is_out_of_its_time(const OrderSeen& order, Instant at, const std::string& zone) {
    if (order.seen.token.slot) return false;
    v1::Period until;
    until.set_end(order.prescription.validity().end());
    if (lies_outside(until, at, zone)) return true;
    return !order.lines.empty() &&
           std::all_of(order.lines.begin(), order.lines.end(), [&](const v1::Dosage& line) {
               return lies_outside(line.timing().repeat().bounds_period(), at, zone);
           });
}

bool is_forbidden(const OrderSeen& order, const std::vector<v1::Prescription>& standing) {
    return order.prescription.do_not_perform() ||
           std::any_of(standing.begin(), standing.end(),
                       [](const auto& side) { return side.do_not_perform(); });
}

// Any side of a contested order is one that stands.
bool stands(const OrderSeen& order, const std::vector<v1::Prescription>& standing) {
    const std::string shown = order.prescription.SerializeAsString();
    if (standing.empty()) return shown.empty();
    return std::any_of(standing.begin(), standing.end(),
                       [&](const auto& side) { return side.SerializeAsString() == shown; });
}

}  // namespace

void add_order_warnings(const Session& session, const chart::Group& group, const OrderSeen& order,
                        Instant at, std::vector<DoseWarning>& out) {
    const auto* now = group.find(order.seen.token.record, order.seen.token.resource);
    if (now == nullptr) return;
    const auto ask = [&](std::string_view rule, int severity) {
        out.push_back(warning(session, rule, severity));
    };
    if (now->incomplete()) ask("chart/incomplete", 1);
    if (now->unreadable) ask("chart/unreadable", 1);
    if (chart::is_verbal_order(*now)) {
        const bool over = chart::has_run_out(*now, chart::ClockNotes(group), at);
        ask(over ? "entry/verbal-ran-out" : "entry/not-in-effect", 1);
        return;
    }
    const auto standing = chart::standing_prescriptions(*now);
    const auto status = merge::operative_as<v1::MedicationRequest>(*now).status();
    const bool stopped = status != v1::MEDICATION_REQUEST_STATUS_ACTIVE;
    if (stopped || is_forbidden(order, standing)) ask("dose/given-after-stop", 1);
    if (!stopped && is_out_of_its_time(order, at, zone_of(session))) ask("entry/order-over", 1);
    if (now->contested()) ask("merge/order-prescription", 1);
    if (!stands(order, standing)) ask("dose/outdated-order", 2);
}

}  // namespace kari::device
