// SPDX-License-Identifier: Apache-2.0
#include "sdk/device/intake.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "sdk/base/id.hpp"
#include "sdk/chart/second_check.hpp"
#include "sdk/clinical/catalogue.hpp"
#include "sdk/clinical/coding.hpp"
#include "sdk/clinical/intake.hpp"
#include "sdk/clinical/pieces.hpp"
#include "sdk/clinical/same_drug.hpp"
#include "sdk/device/given_before.hpp"
#include "sdk/device/views.hpp"
#include "sdk/device/warnings.hpp"

namespace kari::device {

namespace {

constexpr Duration k_effect_after = Duration::hours(1);
constexpr Duration k_effect_after_most = Duration::hours(24);

// Reasons after which a dose is offered again as a matter of course. The others somebody decided.
constexpr std::array<std::string_view, 6> k_offered_again{
    "refused", "unavailable", "away", "asleep", "missed-visit", "missed-forgotten"};

v1::Intake stored(DoseIntake intake) {
    switch (intake) {
        case DoseIntake::given:
            return v1::INTAKE_UNSPECIFIED;
        case DoseIntake::self_observed:
            return v1::INTAKE_SELF_OBSERVED;
        case DoseIntake::self_reported:
            return v1::INTAKE_SELF_REPORTED;
        case DoseIntake::handed_over:
            return v1::INTAKE_HANDED_OVER;
        case DoseIntake::by_other:
            return v1::INTAKE_BY_OTHER;
    }
    return v1::INTAKE_UNSPECIFIED;
}

void name_patient(const chart::Group& group, v1::Administration& dose) {
    v1::Reference& performer = *dose.add_performer();
    performer.set_type("Patient");
    for (const auto& resource : group.resources) {
        if (resource.kind != v1::KIND_PATIENT) continue;
        performer.set_resource(base::to_bytes(resource.id));
        performer.set_display(shown_name(shown_patient(resource)));
        return;
    }
}

void name_nurse(const Session& session, v1::Administration& dose) {
    v1::Reference& performer = *dose.add_performer();
    performer.set_reference("Practitioner/" + session.nurse.person.text());
    performer.set_display(session.nurse.name);
}

bool as_needed(const v1::Prescription& order) {
    return std::any_of(order.dosage().begin(), order.dosage().end(), [](const v1::Dosage& line) {
        return line.as_needed() || line.has_as_needed_for();
    });
}

std::string minute(std::string text) {
    if (text.size() > 16) text.resize(16);
    if (text.size() == 16) text[10] = ' ';
    return text;
}

std::string said_by_rule(const Session& session, std::string_view rule, const std::string& what) {
    const auto* said = clinical::sentences(rule, spoken(session.language));
    return said == nullptr ? std::string(rule) : fmt::format(fmt::runtime(said->title), what);
}

std::string not_taken_code(const v1::Administration& said) {
    for (const auto& reason : said.status_reason()) {
        const auto code = clinical::code_in(reason, "urn:kari:medication-not-given");
        if (!code.empty()) return std::string(code);
    }
    return {};
}

}  // namespace

Result<void> set_intake(const Session& session, const chart::Group& group, DoseIntake intake,
                        const std::string& given_by, v1::Administration& dose) {
    if (intake == DoseIntake::by_other && given_by.empty()) {
        return fail(ErrorCode::invalid_argument, "entry/by-whom");
    }
    if (intake != DoseIntake::by_other && !given_by.empty()) {
        return fail(ErrorCode::invalid_argument, "given_by: of a dose that another gave alone");
    }
    if (given_by.size() > 2000) return fail(ErrorCode::too_large, "given_by");
    dose.set_intake(stored(intake));
    dose.clear_performer();
    switch (intake) {
        case DoseIntake::given:
        case DoseIntake::handed_over:
            name_nurse(session, dose);
            break;
        case DoseIntake::self_observed:
            name_patient(group, dose);
            name_nurse(session, dose);
            break;
        case DoseIntake::self_reported:
            name_patient(group, dose);
            break;
        case DoseIntake::by_other:
            dose.add_performer()->set_display(given_by);
            break;
    }
    return {};
}

Result<void> set_effect_due(const Session& session, const v1::Prescription& order, bool in_a_slot,
                            const std::optional<Duration>& after, Instant given,
                            v1::Administration& dose) {
    if (after && (after->ms < 0 || *after > k_effect_after_most)) {
        return fail(ErrorCode::value_out_of_range, "effect_after: 0 to 24 hours");
    }
    const bool by_itself = !after && !in_a_slot && as_needed(order);
    const Duration wait = after.value_or(by_itself ? k_effect_after : Duration{});
    if (wait.ms == 0) return {};
    const auto due = base::in_zone(given + wait, zone_of(session));
    if (due) dose.set_effect_due(base::fhir_date_time(*due));
    return {};
}

std::string intake_words(const Session& session, const v1::Administration& said) {
    const auto code = clinical::intake_code(said.intake());
    if (code.empty()) return {};
    const std::string by = said.performer_size() > 0 ? said.performer(0).display() : std::string();
    return said_by_rule(session, "taken/" + std::string(code), by);
}

std::string after_time(const Session& session, const chart::AfterDose& act) {
    const auto at = base::parse_fhir_time(act.said.performed(), zone_of(session));
    const auto local = base::in_zone(at ? at->start : act.when.earliest, zone_of(session));
    return local ? base::fhir_date_time(*local) : act.said.performed();
}

std::string vomited_words(const Session& session, const chart::AfterDose& act) {
    return said_by_rule(session, "taken/vomited", minute(after_time(session, act)));
}

std::vector<AfterDoseItem> after_dose_items(const Session& session,
                                            const std::vector<chart::AfterDose>& acts) {
    std::vector<AfterDoseItem> out;
    for (const auto& act : acts) {
        AfterDoseItem item;
        item.what = act.vomited ? "vomited" : "effect";
        item.at = after_time(session, act);
        item.outcome = std::string(clinical::code_in(act.said.outcome(), chart::k_act_system));
        for (const v1::Annotation& note : act.said.note())
            item.note += (item.note.empty() ? "" : "; ") + note.text();
        item.token = token_of(act.act, {});
        item.said = said_of(session, act.by);
        out.push_back(std::move(item));
    }
    return out;
}

std::vector<FollowUpItem> follow_up_items(const Session& session, const chart::Group& group,
                                          const DataAge& age, Instant now) {
    std::vector<FollowUpItem> out;
    const std::string zone = zone_of(session);
    for (const auto& one : chart::follow_ups(group, chart::ClockNotes(group), zone, now)) {
        FollowUpItem item;
        item.record = one.administration.record;
        item.administration = one.administration.resource;
        item.token = token_of(one.administration, age);
        item.medication = clinical::shown(
            clinical::drug_of(one.said.medication(), one.said.medication_reference()));
        if (one.said.has_dose()) {
            item.amount = clinical::amount_words(one.said.dose(), spoken(session.language));
        }
        item.given = effective_shown(session, one.said, one.by);
        item.due = one.said.effect_due();
        item.overdue = one.due < now;
        item.said = said_of(session, one.by);
        out.push_back(std::move(item));
    }
    return out;
}

std::optional<Duration> next_follow_up_in(const Session& session,
                                          const std::vector<FollowUpItem>& items, Instant now) {
    for (const auto& item : items) {
        const auto due = base::parse_fhir_time(item.due, zone_of(session));
        if (due && !item.overdue) return Duration{(due->start - now).ms + 1};
    }
    return std::nullopt;
}

std::vector<NotTaken> not_taken_in(const chart::Group& doses, const SlotId& slot) {
    std::vector<NotTaken> out;
    const chart::ClockNotes clocks(doses);
    for (const auto& resource : doses.resources) {
        if (resource.kind != v1::KIND_MEDICATION_ADMINISTRATION) continue;
        const chart::Claims claims = chart::claims_of(resource, clocks);
        if (claims.exposure() != nullptr) continue;
        for (const auto& claim : claims.all) {
            if (!claim.live || claim.said.slot() != base::to_bytes(slot) ||
                claim.said.status() != v1::ADMINISTRATION_STATUS_NOT_DONE) {
                continue;
            }
            out.push_back({claim.change->id, claim.said, chart::authorship_of(*claim.change)});
        }
    }
    return out;
}

void add_not_taken_warnings(const Session& session, const std::vector<NotTaken>& before,
                            std::vector<DoseWarning>& out) {
    std::string told;
    bool decided = false;
    for (const auto& one : before) {
        const std::string code = not_taken_code(one.said);
        decided = decided || std::find(k_offered_again.begin(), k_offered_again.end(), code) ==
                                 k_offered_again.end();
        v1::Administration without_amount = one.said;
        without_amount.clear_dose();
        told += (told.empty() ? "" : "; ") + dose_told(session, without_amount, one.by);
        if (one.said.status_reason_size() > 0) {
            told += ", " + clinical::shown(one.said.status_reason(0));
        }
    }
    if (told.empty()) return;
    out.push_back(warning(session, decided ? "entry/withheld-before" : "entry/refused-before",
                          decided ? 2 : 3));
    out.back().needs_reason = decided;
    out.back().sentence += ": " + told;
}

void add_vomited_warning(const Session& session, const chart::Group& group,
                         const std::vector<ResourceId>& doses, std::vector<DoseWarning>& out) {
    const chart::AfterDoses after(group, chart::ClockNotes(group));
    for (const auto& dose : doses) {
        const auto* act = after.vomited(dose);
        if (act == nullptr) continue;
        out.push_back(warning(session, "entry/vomited-before", 1));
        out.back().sentence += ": " + minute(after_time(session, *act));
        return;
    }
}

void add_note(const Session& session, v1::Administration& administration, std::string_view text) {
    if (text.empty()) return;
    v1::Annotation* note = administration.add_note();
    note->set_author_text(session.nurse.name);
    note->set_text(std::string(text));
}

}  // namespace kari::device
