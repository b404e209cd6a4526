// SPDX-License-Identifier: Apache-2.0
#include "sdk/device/order_seen.hpp"

#include <algorithm>

#include "sdk/chart/chart.hpp"
#include "sdk/clinical/same_drug.hpp"

namespace kari::device {

namespace {

constexpr auto k_prescription = v1::MedicationRequest::kPrescriptionFieldNumber;

template <typename Message>
bool alike(const Message& a, const Message& b) {
    return a.SerializeAsString() == b.SerializeAsString();
}

template <typename Message>
void add_new(std::vector<Message>& to, const Message& one) {
    if (std::none_of(to.begin(), to.end(), [&](const auto& each) { return alike(each, one); })) {
        to.push_back(one);
    }
}

v1::Prescription said_in(const merge::Resource& order, const merge::AtomWrite& write) {
    return merge::value_as<v1::MedicationRequest>(order, write).prescription();
}

const v1::Quantity* amount_of(const v1::Dosage& line) {
    if (line.dose_and_rate_size() == 0) return nullptr;
    const v1::DoseAndRate& dose = line.dose_and_rate(0);
    return dose.has_dose_quantity() ? &dose.dose_quantity() : nullptr;
}

}  // namespace

Result<OrderSeen> order_seen(Session& session, const EditToken& token) {
    auto seen = seen_as(session, token, v1::KIND_MEDICATION_REQUEST);
    if (!seen) return tl::unexpected(seen.error());
    OrderSeen out{std::move(*seen), {}, {}, {}};
    const merge::Resource& resource = out.seen.resource;
    const auto* atom = resource.atom(k_prescription);
    const auto& row = out.seen.token.line;
    if (row) {
        const auto none = std::vector<merge::AtomWrite>{};
        const auto& live = atom == nullptr ? none : atom->live;
        const auto side = std::find_if(live.begin(), live.end(), [&](const auto& write) {
            return write.change == row->prescription;
        });
        if (side == live.end()) return fail(ErrorCode::view_outdated, "the row's side of an order");
        out.prescription = said_in(resource, *side);
        out.drugs.push_back(clinical::drug_of(out.prescription.medication(),
                                              out.prescription.medication_reference()));
        if (row->dosage < static_cast<std::uint32_t>(out.prescription.dosage_size())) {
            out.lines.push_back(out.prescription.dosage(static_cast<int>(row->dosage)));
        }
        return out;
    }
    std::vector<v1::Prescription> sides;
    if (chart::is_verbal_order(resource)) {
        out.prescription = said_in(resource, atom->pending.front());
        sides.push_back(out.prescription);
    } else {
        out.prescription =
            seen_value<v1::MedicationRequest>(resource, k_prescription).prescription();
        sides.push_back(out.prescription);
        for (const auto& write : atom == nullptr ? std::vector<merge::AtomWrite>{} : atom->live)
            sides.push_back(said_in(resource, write));
    }
    for (const v1::Prescription& side : sides) {
        add_new(out.drugs, clinical::drug_of(side.medication(), side.medication_reference()));
        for (const v1::Dosage& line : side.dosage())
            add_new(out.lines, line);
    }
    return out;
}

const v1::Quantity* ordered_amount(const OrderSeen& order) {
    return order.lines.size() == 1 ? amount_of(order.lines.front()) : nullptr;
}

const v1::Quantity* ordered_unit(const OrderSeen& order) {
    const v1::Quantity* unit = nullptr;
    for (const v1::Dosage& line : order.lines) {
        const v1::Quantity* amount = amount_of(line);
        if (amount == nullptr) continue;
        if (unit != nullptr && (unit->code() != amount->code() || unit->unit() != amount->unit())) {
            return nullptr;
        }
        unit = amount;
    }
    return unit;
}

v1::Dosage said_alike(const OrderSeen& order) {
    v1::Dosage out;
    if (order.lines.empty()) return out;
    const v1::Dosage& first = order.lines.front();
    const auto all = [&](auto same) {
        return std::all_of(order.lines.begin(), order.lines.end(), same);
    };
    if (all([&](const auto& line) { return line.text() == first.text(); })) {
        out.set_text(first.text());
    }
    if (first.has_route() &&
        all([&](const auto& line) { return alike(line.route(), first.route()); })) {
        *out.mutable_route() = first.route();
    }
    if (first.has_site() &&
        all([&](const auto& line) { return alike(line.site(), first.site()); })) {
        *out.mutable_site() = first.site();
    }
    return out;
}

std::vector<v1::CodeableConcept> ways_of(const OrderSeen& order) {
    std::vector<v1::CodeableConcept> out;
    for (const v1::Dosage& line : order.lines)
        add_new(out, line.route());
    if (out.empty()) out.emplace_back();
    return out;
}

clinical::DoseFit fit_of(const OrderSeen& order, const v1::Quantity* given) {
    using clinical::DoseFit;
    if (order.lines.empty()) return given != nullptr ? DoseFit::as_ordered : DoseFit::not_stated;
    if (order.lines.size() == 1) return clinical::fit_of(order.lines.front(), given);
    if (given == nullptr) return DoseFit::not_stated;
    DoseFit best = DoseFit::unit_differs;
    for (const v1::Dosage& line : order.lines)
        best = std::min(best, clinical::fit_of(line, given));
    return best;
}

}  // namespace kari::device
