// SPDX-License-Identifier: Apache-2.0
//
// Giving, not giving and correcting a dose. A warning asks for a reason; it refuses no fact.
#include <algorithm>

#include "sdk/base/id.hpp"
#include "sdk/chart/chart.hpp"
#include "sdk/chart/identity.hpp"
#include "sdk/chart/measurements.hpp"
#include "sdk/chart/slots.hpp"
#include "sdk/chart/statements.hpp"
#include "sdk/clinical/catalogue.hpp"
#include "sdk/clinical/dose_fit.hpp"
#include "sdk/clinical/patch.hpp"
#include "sdk/clinical/second_person.hpp"
#include "sdk/clinical/validation.hpp"
#include "sdk/device/allowances.hpp"
#include "sdk/device/authoring.hpp"
#include "sdk/device/beside_orders.hpp"
#include "sdk/device/core.hpp"
#include "sdk/device/dose_limits.hpp"
#include "sdk/device/given_before.hpp"
#include "sdk/device/intake.hpp"
#include "sdk/device/pack_words.hpp"
#include "sdk/device/patches.hpp"
#include "sdk/device/scanning.hpp"
#include "sdk/device/stock.hpp"
#include "sdk/device/views.hpp"
#include "sdk/device/warnings.hpp"

namespace kari {

namespace {

using namespace device;

constexpr std::string_view k_not_given_system = "urn:kari:medication-not-given";
constexpr std::string_view k_hl7_not_given =
    "http://terminology.hl7.org/CodeSystem/reason-medication-not-given";

struct Reason {
    std::string_view code;
    std::string_view hl7;  // empty: HL7's list has no word for it
};

Reason reason_of(NotGiven why) {
    switch (why) {
        case NotGiven::refused:
            return {"refused", ""};
        case NotGiven::withheld_clinical:
            return {"withheld-clinical", ""};
        case NotGiven::unavailable:
            return {"unavailable", ""};
        case NotGiven::away:
            return {"away", "b"};
        case NotGiven::asleep:
            return {"asleep", "c"};
        case NotGiven::missed_visit:
            return {"missed-visit", ""};
        case NotGiven::missed_forgotten:
            return {"missed-forgotten", ""};
        case NotGiven::contraindicated:
            return {"contraindicated", ""};
        case NotGiven::self_managed:
            return {"self-managed-today", ""};
        case NotGiven::duplicate_avoided:
            return {"duplicate-avoided", ""};
        case NotGiven::unsafe_identity:
            return {"unsafe-identity", ""};
        case NotGiven::other:
            return {"other", ""};
    }
    return {"other", ""};
}

// The order as its giver saw it, and what it says is to be given; by phone, what was taken down.
struct OrderSeen {
    Seen seen;
    v1::Prescription prescription;
};

Result<OrderSeen> order_seen(Session& session, const EditToken& token) {
    auto seen = seen_as(session, token, v1::KIND_MEDICATION_REQUEST);
    if (!seen) return tl::unexpected(seen.error());
    const auto number = v1::MedicationRequest::kPrescriptionFieldNumber;
    auto request = seen_value<v1::MedicationRequest>(seen->resource, number);
    if (chart::is_verbal_order(seen->resource)) {
        request = merge::value_as<v1::MedicationRequest>(
            seen->resource, seen->resource.atom(number)->pending.front());
    }
    return OrderSeen{std::move(*seen), std::move(*request.mutable_prescription())};
}

const v1::Dosage* dosage_of(const OrderSeen& order) {
    const std::size_t index = order.seen.token.slot ? order.seen.token.slot->dosage : 0;
    if (index >= static_cast<std::size_t>(order.prescription.dosage_size())) return nullptr;
    return &order.prescription.dosage(static_cast<int>(index));
}

// One amount that its giver was shown; null: none, or a range.
const v1::Quantity* ordered_amount(const OrderSeen& order) {
    const v1::Dosage* dosage = dosage_of(order);
    if (dosage == nullptr || dosage->dose_and_rate_size() == 0) return nullptr;
    const v1::DoseAndRate& dose = dosage->dose_and_rate(0);
    return dose.has_dose_quantity() ? &dose.dose_quantity() : nullptr;
}

// What the order says, as the chart stands now: it may know more than the view did.
void add_order_warnings(const Session& session, const chart::Group& group, const OrderSeen& order,
                        Instant at, std::vector<DoseWarning>& out) {
    const auto* now = group.find(order.seen.token.record, order.seen.token.resource);
    if (now == nullptr) return;
    if (chart::is_verbal_order(*now)) {
        const bool over = chart::has_run_out(*now, chart::ClockNotes(group), at);
        out.push_back(warning(session, over ? "entry/verbal-ran-out" : "entry/not-in-effect", 1));
        return;
    }
    const auto request = merge::operative_as<v1::MedicationRequest>(*now);
    if (request.status() != v1::MEDICATION_REQUEST_STATUS_ACTIVE) {
        out.push_back(warning(session, "dose/given-after-stop", 1));
    }
    if (now->contested()) out.push_back(warning(session, "merge/order-prescription", 1));
    if (request.prescription().SerializeAsString() != order.prescription.SerializeAsString()) {
        out.push_back(warning(session, "dose/outdated-order", 2));
    }
}

ResourceId lineage_in(const chart::Group& group, const OrderSeen& order) {
    const auto* now = group.find(order.seen.token.record, order.seen.token.resource);
    return now == nullptr ? order.seen.token.resource : chart::lineage_of(*now);
}

// What was given of it already: in this slot, beside it, and of a dose outside the schedule lately.
Result<void> add_given_before(Session& session, const chart::Group& group, const OrderSeen& order,
                              const v1::Quantity* given, Instant at, bool is_now,
                              std::vector<DoseWarning>& out) {
    const ResourceId lineage = lineage_in(group, order);
    if (!order.seen.token.slot) {
        const auto* now = group.find(order.seen.token.record, order.seen.token.resource);
        const v1::Quantity* amount = given != nullptr ? given : ordered_amount(order);
        add_as_needed_warnings(session, group, lineage, order.prescription, amount, at, out);
        add_vomited_warning(session, group,
                            chart::Taken::in(group).within_day(lineage, order.prescription, at),
                            out);
        return add_allowance_warning(session, group, {now, &order.prescription, amount, is_now},
                                     out);
    }
    add_slot_warnings(session, group, lineage, order.prescription, order.seen.token.slot->slot, at,
                      out);
    const auto doses = session.store.doses_of(group, {order.seen.token.slot->slot});
    if (!doses) return tl::unexpected(doses.error());
    add_not_taken_warnings(session, not_taken_in(*doses, order.seen.token.slot->slot), out);
    std::vector<ResourceId> taken;
    for (const chart::GroupResource& resource : doses->resources) {
        if (resource.kind != v1::KIND_MEDICATION_ADMINISTRATION) continue;
        const chart::AdministrationView view = chart::administration_of(*doses, resource);
        if (view.slot != order.seen.token.slot->slot || !view.exposure) continue;
        DoseWarning already = warning(session, "entry/given-already", 1);
        const std::string known = dose_told(session, view.exposure->value, view.exposure->by);
        if (!known.empty()) already.sentence += ": " + known;
        if (taken.empty()) out.push_back(std::move(already));
        taken.push_back(resource.id);
    }
    add_vomited_warning(session, group, taken, out);
    return {};
}

// Outside the schedule any line of the order may be meant; with more than one, only the giver
// knows which.
clinical::DoseFit fit_of(const OrderSeen& order, const v1::Quantity* given) {
    using clinical::DoseFit;
    const auto& lines = order.prescription.dosage();
    if (order.seen.token.slot || lines.size() <= 1) {
        const v1::Dosage* dosage = dosage_of(order);
        if (dosage != nullptr) return clinical::fit_of(*dosage, given);
        return given != nullptr ? DoseFit::as_ordered : DoseFit::not_stated;
    }
    if (given == nullptr) return DoseFit::not_stated;
    DoseFit best = DoseFit::unit_differs;
    for (const v1::Dosage& line : lines)
        best = std::min(best, clinical::fit_of(line, given));
    return best;
}

// What the amount says beside the one that the giver was shown.
void add_amount_warning(const Session& session, const OrderSeen& order, const v1::Quantity* given,
                        std::vector<DoseWarning>& out) {
    const auto fit = fit_of(order, given);
    if (fit == clinical::DoseFit::as_ordered) return;
    const bool severe = fit == clinical::DoseFit::far_off || fit == clinical::DoseFit::unit_differs;
    out.push_back(warning(session, clinical::rule_of(fit), severe ? 1 : 2));
}

void add_performer(const Session& session, v1::Administration& administration) {
    v1::Reference* performer = administration.add_performer();
    performer->set_reference("Practitioner/" + session.nurse.person.text());
    performer->set_display(session.nurse.name);
}

// What every statement about a dose of an order begins with.
v1::Administration from_order(const Session& session, const OrderSeen& order,
                              const Happened& when) {
    v1::Administration out;
    const SeenResource& token = order.seen.token;
    if (order.prescription.has_medication()) {
        *out.mutable_medication() = order.prescription.medication();
    }
    if (order.prescription.has_medication_reference()) {
        *out.mutable_medication_reference() = order.prescription.medication_reference();
    }
    if (order.prescription.has_strength()) {
        *out.mutable_strength() = order.prescription.strength();
    }
    out.mutable_request()->set_reference("MedicationRequest/" + token.resource.text());
    out.mutable_request()->set_resource(base::to_bytes(token.resource));
    for (const ChangeId& head : token.heads)
        out.add_request_version(base::to_bytes(head));
    if (token.slot) out.set_slot(base::to_bytes(token.slot->slot));
    out.set_effective(when.text);
    add_performer(session, out);
    return out;
}

Result<void> add_identity_warning(const Session& session, const chart::Group& group,
                                  std::string_view identity, std::vector<DoseWarning>& out) {
    if (identity.empty()) return {};
    const auto is = chart::at_hand(group, identity);
    if (!is) return tl::unexpected(is.error());
    if (*is == chart::AtHand::another) out.push_back(warning(session, "entry/other-patient", 1));
    if (*is == chart::AtHand::cannot_tell) {
        out.push_back(warning(session, "entry/identity-unknown", 2));
    }
    return {};
}

// What is asked of how it is given: by two, as a patch, from what is kept.
Result<void> add_handling_warnings(Session& session, const chart::Group& group,
                                   const OrderSeen& order, const DoseEntry& entry,
                                   const v1::Administration& dose, const Happened& when,
                                   std::vector<DoseWarning>& out) {
    if (clinical::needs_second_person(dose, session.store.pack())) {
        out.push_back(warning(session, clinical::k_check_missing, 2));
    }
    if (clinical::is_patch(order.prescription, session.store.pack())) {
        add_patch_warnings(session, group, dose, when.interval.end, out);
    }
    return add_stock_warnings(session, order.seen.token.record, entry, dose,
                              order.prescription.form(), when, out);
}

std::vector<DoseWarning> worst_first(std::vector<DoseWarning> warnings) {
    std::stable_sort(
        warnings.begin(), warnings.end(),
        [](const DoseWarning& a, const DoseWarning& b) { return a.severity < b.severity; });
    return warnings;
}

// In the note, or as a reason of its own.
bool says_why_late(const DoseEntry& entry) {
    return !entry.note.empty() ||
           std::any_of(entry.overrides.begin(), entry.overrides.end(), [](const Override& one) {
               return one.rule == "entry/late" && !one.reason.empty();
           });
}

void add_late_warning(const Session& session, const DoseEntry& entry, Instant end,
                      std::vector<DoseWarning>& out) {
    const Instant now = best_now(session.platform, session.settings);
    if (!entry.note.empty() || end + clinical::k_late_entry >= now) return;
    out.push_back(warning(session, "entry/late", 3));
}

// Of the drug and the patient, whatever the dose.
void add_drug_warnings(const Session& session, const chart::Group& group,
                       const v1::Prescription& prescription, Instant end,
                       std::vector<DoseWarning>& out) {
    if (!prescription.has_medication()) return;
    const auto& drug = prescription.medication();
    add_allergy_warnings(session, group, drug, out);
    if (!chart::against_giving(group, drug, end, session.store.pack()).empty()) {
        out.push_back(warning(session, "dose/given-against-measurement", 1));
    }
}

Result<std::vector<DoseWarning>> warnings_of(Session& session, const OrderSeen& order,
                                             const DoseEntry& entry) {
    std::optional<v1::Quantity> given;
    if (entry.dose) {
        given = stated_dose(*entry.dose, ordered_amount(order));
        if (auto possible = clinical::check_dose(*given); !possible) {
            return tl::unexpected(possible.error());
        }
    }
    const auto group = session.store.recent(order.seen.token.record, recent_window(session));
    if (!group) return tl::unexpected(group.error());
    std::vector<DoseWarning> out;
    if (const auto why = chart::suspended_by(chart::death_of(**group)); !why.empty()) {
        out.push_back(warning(session, why, 1));
    }
    if (auto added = add_identity_warning(session, **group, entry.identity, out); !added) {
        return tl::unexpected(added.error());
    }
    const auto when = happened(session, entry.effective);
    if (!when) return tl::unexpected(when.error());
    add_late_warning(session, entry, when->interval.end, out);
    add_drug_warnings(session, **group, order.prescription, when->interval.end, out);
    add_order_warnings(session, **group, order, when->interval.end, out);
    const v1::Quantity* amount = given ? &*given : nullptr;
    if (auto added = add_given_before(session, **group, order, amount, when->interval.end,
                                      !entry.effective, out);
        !added) {
        return tl::unexpected(added.error());
    }
    if (auto added =
            add_scan_warnings(session, entry.scanned, order.prescription, when->interval.end, out);
        !added) {
        return tl::unexpected(added.error());
    }
    add_amount_warning(session, order, amount, out);
    add_pack_warning(session, out);
    v1::Administration dose = from_order(session, order, *when);
    if (auto set = set_intake(session, **group, entry.intake, entry.given_by, dose); !set) {
        return tl::unexpected(set.error());
    }
    if (amount == nullptr) amount = ordered_amount(order);
    if (amount != nullptr) *dose.mutable_dose() = *amount;
    if (const v1::Dosage* line = dosage_of(order)) *dose.mutable_route() = line->route();
    add_weekly_warnings(session, **group, dose, when->interval.end, out);
    const bool as_ordered =
        fit_of(order, given ? &*given : nullptr) == clinical::DoseFit::as_ordered;
    add_limit_warnings(session, **group, dose, ordered_amount(order),
                       as_ordered && ordered_amount(order) != nullptr, when->interval.end, out);
    // Whoever planned a dose knew of what is planned beside it.
    if (!order.seen.token.slot) {
        const OwnOrder own{order.seen.token.resource, lineage_in(**group, order)};
        add_interaction_warnings(session, **group, order.prescription, own, when->interval.end,
                                 out);
        add_duplicate_warnings(session, **group, order.prescription, own, Asked::to_give,
                               when->interval.end, out);
    }
    add_separation_warnings(session, **group, dose, when->interval.end, out);
    if (auto added = add_handling_warnings(session, **group, order, entry, dose, *when, out);
        !added) {
        return tl::unexpected(added.error());
    }
    return worst_first(std::move(out));
}

Result<Written> write_dose(Session& session, const OrderSeen& order,
                           const v1::Administration& administration, const Happened& when,
                           bool reason_given, const StockOfDose& beside) {
    const auto asked = clinical::validate_administration(
        administration, best_now(session.platform, session.settings), zone_of(session));
    if (!asked) return tl::unexpected(asked.error());
    for (const clinical::Confirmation& confirmation : *asked) {
        if (confirmation.reason_required && !reason_given) {
            return fail(ErrorCode::reason_required, confirmation.rule);
        }
    }
    v1::MedicationAdministration message;
    *message.mutable_administration() = administration;
    Act act;
    act.record = order.seen.token.record;
    act.resource = beside.dose;
    act.kind = v1::KIND_MEDICATION_ADMINISTRATION;
    act.message = &message;
    act.effective = when.interval;
    act.order_version = order.seen.token.heads;
    act.age_ms = order.seen.token.age_ms;
    return write_beside(session, std::move(act), beside, when);
}

// How it came to be taken, when its effect is looked at, and what of its slot was not taken before.
Result<void> say_how(Session& session, const OrderSeen& order, const DoseEntry& entry, Instant at,
                     v1::Administration& out) {
    const auto group = session.store.recent(order.seen.token.record, recent_window(session));
    if (!group) return tl::unexpected(group.error());
    if (auto set = set_intake(session, **group, entry.intake, entry.given_by, out); !set) {
        return set;
    }
    const auto& slot = order.seen.token.slot;
    if (auto set = set_effect_due(session, order.prescription, slot.has_value(), entry.effect_after,
                                  at, out);
        !set) {
        return set;
    }
    if (!slot) return {};
    const auto doses = session.store.doses_of(**group, {slot->slot});
    if (!doses) return tl::unexpected(doses.error());
    for (const NotTaken& before : not_taken_in(*doses, slot->slot))
        out.add_follows(base::to_bytes(before.change));
    return {};
}

void add_overrides(const std::vector<Override>& overrides, const std::vector<DoseWarning>& asked,
                   v1::Administration& out) {
    for (const Override& one : overrides) {
        v1::Override* stated = out.add_override();
        stated->set_rule(one.rule);
        stated->set_reason(one.rule == clinical::k_check_missing
                               ? clinical::waiver(one.reason).value_or(one.reason)
                               : one.reason);
        for (const DoseWarning& each : asked) {
            if (each.rule != one.rule) continue;
            for (const ResourceId& dose : each.about)
                stated->add_about(base::to_bytes(dose));
        }
    }
}

Result<Written> give_dose(Session& session, const DoseEntry& entry) {
    const auto order = order_seen(session, entry.token);
    if (!order) return tl::unexpected(order.error());
    const auto warnings = warnings_of(session, *order, entry);
    if (!warnings) return tl::unexpected(warnings.error());
    if (auto stated = require_overrides(*warnings, entry.overrides); !stated) {
        return tl::unexpected(stated.error());
    }
    const auto when = happened(session, entry.effective);
    if (!when) return tl::unexpected(when.error());
    v1::Administration out = from_order(session, *order, *when);
    out.set_status(v1::ADMINISTRATION_STATUS_COMPLETED);
    const v1::Dosage* dosage = dosage_of(*order);
    if (dosage != nullptr) {
        out.set_dosage_text(dosage->text());
        if (dosage->has_route()) *out.mutable_route() = dosage->route();
        if (dosage->has_site()) *out.mutable_site() = dosage->site();
    }
    if (const v1::Quantity* ordered = ordered_amount(*order)) *out.mutable_dose() = *ordered;
    if (entry.dose) *out.mutable_dose() = stated_dose(*entry.dose, ordered_amount(*order));
    if (auto named = name_allowance(session, order->seen.token, order->prescription, entry, out);
        !named) {
        return tl::unexpected(named.error());
    }
    if (auto said = say_how(session, *order, entry, when->interval.end, out); !said) {
        return tl::unexpected(said.error());
    }
    if (!entry.site.empty()) *out.mutable_site() = concept_of(entry.site);
    if (clinical::is_patch(order->prescription, session.store.pack())) {
        *out.mutable_method() = patch_method();
    }
    if (const auto package = scanned_package(entry.scanned); package && *package) {
        *out.mutable_scanned() = **package;
    }
    add_note(session, out, entry.note);
    add_overrides(entry.overrides, *warnings, out);
    const auto beside = taken_from_stock(session, order->seen.token.record, entry,
                                         order->prescription.form(), *when, out);
    if (!beside) return tl::unexpected(beside.error());
    auto written = write_dose(session, *order, out, *when, says_why_late(entry), *beside);
    if (written) written->told = to_be_read(*warnings);
    return written;
}

Result<Written> withhold_dose(Session& session, const NotGivenEntry& entry) {
    if (auto stated = require_reason(entry.reason); !stated) {
        return tl::unexpected(stated.error());
    }
    const auto order = order_seen(session, entry.token);
    if (!order) return tl::unexpected(order.error());
    const auto when = happened(session, entry.effective);
    if (!when) return tl::unexpected(when.error());
    v1::Administration out = from_order(session, *order, *when);
    out.set_status(v1::ADMINISTRATION_STATUS_NOT_DONE);
    const Reason reason = reason_of(entry.why);
    v1::CodeableConcept* why = out.add_status_reason();
    v1::Coding* coding = why->add_coding();
    coding->set_system(std::string(k_not_given_system));
    coding->set_code(std::string(reason.code));
    if (!reason.hl7.empty()) {
        coding = why->add_coding();
        coding->set_system(std::string(k_hl7_not_given));
        coding->set_code(std::string(reason.hl7));
    }
    why->set_text(entry.reason);
    return write_dose(session, *order, out, *when, true,
                      {random_id<ResourceId>(*session.platform.entropy), {}});
}

}  // namespace

Result<std::vector<DoseWarning>> Device::check_dose(const DoseEntry& entry) {
    return impl_->run([&](Session& session) -> Result<std::vector<DoseWarning>> {
        const auto order = order_seen(session, entry.token);
        if (!order) return tl::unexpected(order.error());
        return warnings_of(session, *order, entry);
    });
}

Result<Written> Device::give(const DoseEntry& entry) {
    return impl_->run([&](Session& session) { return give_dose(session, entry); });
}

Result<Written> Device::not_given(const NotGivenEntry& entry) {
    return impl_->run([&](Session& session) { return withhold_dose(session, entry); });
}

}  // namespace kari
