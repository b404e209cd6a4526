// SPDX-License-Identifier: Apache-2.0
//
// Patches: which are on, what is asked before another is put on, and that one is off.
#include "sdk/device/patches.hpp"

#include "sdk/chart/chart.hpp"
#include "sdk/chart/patches.hpp"
#include "sdk/chart/second_check.hpp"
#include "sdk/clinical/coding.hpp"
#include "sdk/clinical/patch.hpp"
#include "sdk/clinical/pieces.hpp"
#include "sdk/clinical/same_drug.hpp"
#include "sdk/device/care_parts.hpp"
#include "sdk/device/given_before.hpp"
#include "sdk/device/warnings.hpp"

namespace kari {

namespace device {

namespace {

// What is off was on for a while beside one that is put on at that time, or still is on.
bool may_be_on(const chart::Patch& patch, Instant at) {
    const Duration change =
        patch.off == nullptr ? Duration{} : clinical::demo_pack().patches.change;
    return patch.until > at + change;
}

std::string due_off(const Session& session, const chart::Group& group, const chart::Patch& patch) {
    const auto id = base::from_bytes<ResourceId>(patch.said.request().resource());
    const auto* order = id ? group.find(*id) : nullptr;
    v1::Prescription by;
    if (order != nullptr && order->kind == v1::KIND_MEDICATION_REQUEST) {
        by = merge::operative_as<v1::MedicationRequest>(*order).prescription();
    }
    const Duration worn = clinical::patch_worn(patch.said.medication(), &by, clinical::demo_pack());
    const auto at = base::in_zone(patch.on.earliest + worn, zone_of(session));
    return at ? base::fhir_date_time(*at) : std::string();
}

// "left arm, Ingrid Berg, 2026-03-04 08:10, 1 patch".
std::string told(const Session& session, const chart::Patch& patch) {
    const std::string site = clinical::shown(patch.said.site());
    const std::string dose = dose_told(session, patch.said, chart::authorship_of(*patch.put_on));
    return site.empty() || dose.empty() ? site + dose : site + ", " + dose;
}

}  // namespace

v1::CodeableConcept patch_method() {
    v1::CodeableConcept out;
    v1::Coding& coding = *out.add_coding();
    coding.set_system(std::string(clinical::k_method_system));
    coding.set_code(std::string(clinical::k_patch_on));
    coding.set_display("Patch put on");
    return out;
}

std::vector<PatchItem> patch_items(const Session& session, const chart::Group& group,
                                   const DataAge& age) {
    const chart::ClockNotes clocks(group);
    const Instant now = best_now(session.platform, session.settings);
    std::vector<PatchItem> out;
    for (const auto& patch : chart::patches_of(group, clocks, clinical::demo_pack())) {
        if (patch.until <= now) continue;
        const auto by = chart::authorship_of(*patch.put_on);
        const auto version = chart::item_of(*patch.dose).version;
        PatchItem item;
        item.record = version.record;
        item.administration = version.resource;
        item.token = token_of(version, age);
        item.medication = clinical::shown(
            clinical::drug_of(patch.said.medication(), patch.said.medication_reference()));
        if (patch.said.has_dose()) {
            item.amount = clinical::amount_words(patch.said.dose(), spoken(session.language));
        }
        item.site = clinical::shown(patch.said.site());
        item.put_on = effective_shown(session, patch.said, by);
        item.due_off = due_off(session, group, patch);
        item.said = said_of(session, by);
        out.push_back(std::move(item));
    }
    return out;
}

void add_patch_warnings(const Session& session, const chart::Group& group,
                        const v1::Administration& dose, Instant at, std::vector<DoseWarning>& out) {
    const auto& pack = clinical::demo_pack();
    const chart::ClockNotes clocks(group);
    std::string on;
    for (const auto& patch : chart::patches_of(group, clocks, pack)) {
        if (!may_be_on(patch, at) || !chart::same_substance(patch.said, dose)) continue;
        on += (on.empty() ? "" : "; ") + told(session, patch);
    }
    if (!on.empty()) {
        out.push_back(warning(session, "entry/patch-on", 1));
        out.back().sentence += ": " + on;
        return;
    }
    const Instant since = at - clinical::patch_counts(dose.medication(), pack);
    if (group.whole() && group.reaches(v1::KIND_MEDICATION_ADMINISTRATION, since)) return;
    out.push_back(warning(session, "entry/patch-unknown", 2));
}

namespace {

Result<Written> take_off(Session& session, const PatchOffEntry& entry) {
    const auto seen = seen_as(session, entry.token, v1::KIND_MEDICATION_ADMINISTRATION);
    if (!seen) return tl::unexpected(seen.error());
    const auto dose = seen_value<v1::MedicationAdministration>(
                          seen->resource, v1::MedicationAdministration::kAdministrationFieldNumber)
                          .administration();
    if (!clinical::is_patch(dose, clinical::demo_pack())) {
        return fail(ErrorCode::invalid_argument, "entry/not-a-patch");
    }
    const auto when = done_at(session, entry.at);
    if (!when) return tl::unexpected(when.error());
    const std::string& on =
        dose.effective().empty() ? dose.effective_period().start() : dose.effective();
    const auto put_on = base::parse_fhir_time(on, zone_of(session));
    if (put_on && when->interval.end < put_on->start) {
        return fail(ErrorCode::invalid_argument, "entry/off-before-on");
    }
    v1::Procedure message;
    v1::Performance& said = *message.mutable_procedure();
    said.set_status(v1::PROCEDURE_STATUS_COMPLETED);
    const auto code = [](v1::CodeableConcept& into, std::string_view word, const char* shown) {
        v1::Coding& coding = *into.add_coding();
        coding.set_system(std::string(chart::k_act_system));
        coding.set_code(std::string(word));
        coding.set_display(shown);
    };
    code(*said.mutable_code(), chart::k_patch_off, "Patch taken off");
    if (entry.not_found) {
        code(*said.mutable_outcome(), chart::k_patch_not_found,
             "Not found, the whole body was searched");
    } else if (dose.has_site()) {
        *said.add_body_site() = dose.site();
    }
    said.mutable_about()->set_resource(base::to_bytes(seen->token.resource));
    for (const ChangeId& head : seen->token.heads)
        said.add_about_version(base::to_bytes(head));
    said.set_performed(when->text);
    set_performer(session, *said.add_performer());
    if (!entry.note.empty()) {
        if (auto noted = annotate(session, said.add_note(), entry.note); !noted) {
            return tl::unexpected(noted.error());
        }
    }
    return write_new(session, seen->token.record, v1::KIND_PROCEDURE, message, *when);
}

}  // namespace

}  // namespace device

Result<Written> Care::take_off_patch(const PatchOffEntry& entry) {
    return core_->run([&](device::Session& session) { return device::take_off(session, entry); });
}

}  // namespace kari
