// SPDX-License-Identifier: Apache-2.0
//
// A dose of the list of a day, and an order that has no times, as screens show them.
#include <algorithm>

#include "sdk/base/mutant.hpp"
#include "sdk/clinical/coding.hpp"
#include "sdk/clinical/dose_fit.hpp"
#include "sdk/clinical/given_words.hpp"
#include "sdk/clinical/intake.hpp"
#include "sdk/device/given_before.hpp"
#include "sdk/device/intake.hpp"
#include "sdk/device/views.hpp"

namespace kari::device {

namespace {

// Why it was not given, and what was given where it is not what was ordered.
void add_administrations(const Session& session, const chart::SlotView& view,
                         const chart::Group& group, const chart::AfterDoses& after, DoseSlot& out) {
    const Language language = session.language;
    const auto add_how = [&](const std::string& words) {
        if (!words.empty()) out.how_taken += (out.how_taken.empty() ? "" : "; ") + words;
    };
    std::vector<std::optional<v1::Quantity>> given;
    for (const chart::Version& version : view.administrations) {
        out.administrations.push_back(version.resource);
        const auto* resource = group.find(version.record, version.resource);
        if (resource == nullptr) continue;
        const chart::AdministrationView said = chart::administration_of(group, *resource);
        if (said.exposure && said.slot == view.slot.id) {
            const v1::Administration& taken = said.exposure->value;
            given.push_back(taken.has_dose() ? std::optional(taken.dose()) : std::nullopt);
            if (const auto code = clinical::intake_code(taken.intake()); !code.empty()) {
                out.intake = code;
            }
            add_how(intake_words(session, taken));
            if (const auto* up = after.vomited(resource->id)) {
                out.vomited = after_time(session, *up);
                add_how(vomited_words(session, *up));
            }
        }
        if (said.value && said.value->status() == v1::ADMINISTRATION_STATUS_NOT_DONE &&
            said.value->status_reason_size() > 0) {
            out.reason = clinical::shown(said.value->status_reason(0));
        }
    }
    // Never the ordered amount where another was given.
    if (auto words = clinical::given_words(view.dosage, given, spoken(language)); !words.empty()) {
        out.dosage_shown = std::move(words);
        out.dose.reset();
    }
}

}  // namespace

DoseSlot dose_slot(const Session& session, const chart::SlotView& view, const chart::Group& group,
                   const chart::AfterDoses& after, const DataAge& age) {
    const Language language = session.language;
    DoseSlot out;
    out.slot = view.slot.id;
    out.token =
        row_token(view.order, {view.prescription, static_cast<std::uint32_t>(view.slot.dosage)},
                  view.slot.id, age);
    out.record = view.order.record;
    out.order = view.order.resource;
    out.order_status = fhir_code(view.order_status);
    out.medication.text = view.medication;
    out.dosage_text = view.dosage.text();
    out.dosage_shown = clinical::shown_dosage(view.dosage, spoken(language));
    out.route = clinical::shown(view.dosage.route());
    if (view.dosage.dose_and_rate_size() > 0) {
        out.dose = quantity(view.dosage.dose_and_rate(0).dose_quantity());
    }
    out.date = view.slot.date;
    out.nominal = view.slot.nominal;
    out.ordinal = view.slot.ordinal;
    out.planned = view.slot.due;
    switch (view.state) {
        case chart::SlotState::given:
            out.state = "given";
            break;
        case chart::SlotState::not_done:
            out.state = "not-given";
            break;
        case chart::SlotState::contested:
            out.state = "contested";
            break;
        case chart::SlotState::none:
            out.state = "upcoming";
            break;
    }
    if (view.state == chart::SlotState::none && view.due) {
        out.state = *view.due == chart::DueState::overdue ? "overdue"
                    : *view.due == chart::DueState::due   ? "due"
                                                          : "upcoming";
    }
    if (view.cannot_tell) out.state = "cannot tell";
    if (view.suspended) out.state = "suspended";
    out.may_give = view.may_give;
    out.possible_double = view.possible_double;
    out.given_and_not_given = view.given_and_not_given;
    out.order_contested = view.order_contested;
    out.critical = view.critical;
    add_administrations(session, view, group, after, out);
    if (KARI_MUTATED(vomited_frees_the_slot) && !out.vomited.empty()) out.may_give = true;
    for (const chart::TakenDose& dose : view.elsewhere)
        out.elsewhere.push_back(dose_elsewhere(session, dose));
    return out;
}

}  // namespace kari::device
