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
#include "sdk/device/order_seen.hpp"
#include "sdk/device/order_warnings.hpp"
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
    add_slot_warnings(session, group, lineage, order.prescription, *order.seen.token.slot, at, out);
    const auto doses = session.store.doses_of(group, {*order.seen.token.slot});
    if (!doses) return tl::unexpected(doses.error());
    add_not_taken_warnings(session, not_taken_in(*doses, *order.seen.token.slot), out);
    std::vector<ResourceId> taken;
    for (const chart::GroupResource& resource : doses->resources) {
        if (resource.kind != v1::KIND_MEDICATION_ADMINISTRATION) continue;
        const chart::AdministrationView view = chart::administration_of(*doses, resource);
        if (view.slot != *order.seen.token.slot || !view.exposure) continue;
        DoseWarning already = warning(session, "entry/given-already", 1);
        const std::string known = dose_told(session, view.exposure->value, view.exposure->by);
        if (!known.empty()) already.sentence += ": " + known;
        if (taken.empty()) out.push_back(std::move(already));
        taken.push_back(resource.id);
    }
    add_vomited_warning(session, group, taken, out);
    return {};
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
    if (token.slot) out.set_slot(base::to_bytes(*token.slot));
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

// What is asked of how it is given: as a patch, from what is kept.
Result<void> add_handling_warnings(Session& session, const chart::Group& group,
                                   const OrderSeen& order, const DoseEntry& entry,
                                   const v1::Administration& dose, const Happened& when,
                                   std::vector<DoseWarning>& out) {
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
void add_drug_warnings(const Session& session, const chart::Group& group, const OrderSeen& order,
                       Instant end, std::vector<DoseWarning>& out) {
    for (const v1::CodeableConcept& drug : order.drugs) {
        add_allergy_warnings(session, group, drug, out);
        if (!chart::against_giving(group, drug, end, session.store.pack()).empty()) {
            out.push_back(warning(session, "dose/given-against-measurement", 1));
        }
    }
}

// What is asked of a dose by its way. Where nobody says by which of several it is given, it is the
// first that anything is asked of.
void add_way_warnings(const Session& session, const chart::Group& group, const OrderSeen& order,
                      v1::Administration dose, bool as_ordered, Instant at,
                      std::vector<DoseWarning>& out) {
    std::vector<DoseWarning> asked;
    for (const v1::CodeableConcept& way : ways_of(order)) {
        *dose.mutable_route() = way;
        std::vector<DoseWarning> by_way;
        add_limit_warnings(session, group, dose, ordered_amount(order), as_ordered, at, by_way);
        by_way = worst_first(std::move(by_way));
        if (asked.empty() || (!by_way.empty() && by_way[0].severity < asked[0].severity)) {
            asked = std::move(by_way);
        }
    }
    out.insert(out.end(), asked.begin(), asked.end());
    for (const v1::CodeableConcept& way : ways_of(order)) {
        *dose.mutable_route() = way;
        if (!clinical::needs_second_person(dose, session.store.pack())) continue;
        out.push_back(warning(session, clinical::k_check_missing, 2));
        break;
    }
}

Result<std::vector<DoseWarning>> warnings_of(Session& session, const OrderSeen& order,
                                             const DoseEntry& entry) {
    std::optional<v1::Quantity> given;
    if (entry.dose) {
        given = stated_dose(*entry.dose, ordered_unit(order));
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
    add_drug_warnings(session, **group, order, when->interval.end, out);
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
    if (const auto said = said_alike(order); said.has_route()) *dose.mutable_route() = said.route();
    add_weekly_warnings(session, **group, dose, when->interval.end, out);
    const bool as_ordered =
        fit_of(order, given ? &*given : nullptr) == clinical::DoseFit::as_ordered;
    add_way_warnings(session, **group, order, dose, as_ordered && ordered_amount(order) != nullptr,
                     when->interval.end, out);
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
    const auto doses = session.store.doses_of(**group, {*slot});
    if (!doses) return tl::unexpected(doses.error());
    for (const NotTaken& before : not_taken_in(*doses, *slot))
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
            if (!is_for(one, each)) continue;
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
    const v1::Dosage dosage = said_alike(*order);
    out.set_dosage_text(dosage.text());
    if (dosage.has_route()) *out.mutable_route() = dosage.route();
    if (dosage.has_site()) *out.mutable_site() = dosage.site();
    if (const v1::Quantity* ordered = ordered_amount(*order)) *out.mutable_dose() = *ordered;
    if (entry.dose) *out.mutable_dose() = stated_dose(*entry.dose, ordered_unit(*order));
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
        return as_shown(warnings_of(session, *order, entry));
    });
}

Result<Written> Device::give(const DoseEntry& entry) {
    return impl_->run([&](Session& session) { return give_dose(session, entry); });
}

Result<Written> Device::not_given(const NotGivenEntry& entry) {
    return impl_->run([&](Session& session) { return withhold_dose(session, entry); });
}

}  // namespace kari
