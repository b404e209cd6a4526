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
bool may_be_on(const chart::Patch& patch, Instant at, const clinical::KnowledgePack& pack) {
    const Duration change = patch.off == nullptr ? Duration{} : pack.patches.change;
    return patch.until > at + change;
}

std::string due_off(const Session& session, const chart::Group& group, const chart::Patch& patch) {
    const auto id = base::from_bytes<ResourceId>(patch.said.request().resource());
    const auto* order = id ? group.find(*id) : nullptr;
    v1::Prescription by;
    if (order != nullptr && order->kind == v1::KIND_MEDICATION_REQUEST) {
        by = merge::operative_as<v1::MedicationRequest>(*order).prescription();
    }
    const Duration worn = clinical::patch_worn(patch.said.medication(), &by, session.store.pack());
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
    for (const auto& patch : chart::patches_of(group, clocks, session.store.pack())) {
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
    const auto& pack = session.store.pack();
    const chart::ClockNotes clocks(group);
    std::string on;
    for (const auto& patch : chart::patches_of(group, clocks, pack)) {
        if (!may_be_on(patch, at, pack) || !chart::same_substance(patch.said, dose)) continue;
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

constexpr std::string_view k_rule_system = "urn:kari:rule";

// Whether the patch was put on later than that, as far as is known of the clock that wrote it.
Result<bool> lies_before(Session& session, const Seen& patch, Instant off) {
    const auto* write =
        patch.resource.operative_write(v1::MedicationAdministration::kAdministrationFieldNumber);
    if (write == nullptr) return false;
    const auto group = session.store.recent(patch.token.record, recent_window(session));
    if (!group) return tl::unexpected(group.error());
    const auto changes = session.store.changes(patch.token.record, patch.token.resource);
    if (!changes) return tl::unexpected(changes.error());
    const auto put_on = std::find_if(changes->begin(), changes->end(),
                                     [&](const auto& one) { return one.id == write->change; });
    return put_on != changes->end() && off < chart::ClockNotes(**group).effective(*put_on).earliest;
}

Result<Written> take_off(Session& session, const PatchOffEntry& entry) {
    const auto seen = seen_as(session, entry.token, v1::KIND_MEDICATION_ADMINISTRATION);
    if (!seen) return tl::unexpected(seen.error());
    const auto dose = seen_value<v1::MedicationAdministration>(
                          seen->resource, v1::MedicationAdministration::kAdministrationFieldNumber)
                          .administration();
    if (!clinical::is_patch(dose, session.store.pack())) {
        return fail(ErrorCode::invalid_argument, "entry/not-a-patch");
    }
    const auto when = done_at(session, entry.at);
    if (!when) return tl::unexpected(when.error());
    const auto early = lies_before(session, *seen, when->interval.end);
    if (!early) return tl::unexpected(early.error());
    std::vector<DoseWarning> warnings;
    if (*early) warnings.push_back(warning(session, "entry/off-before-on", 2));
    if (auto stated = require_overrides(warnings, entry.overrides); !stated) {
        return tl::unexpected(stated.error());
    }
    v1::Performance said;
    said.set_status(v1::PROCEDURE_STATUS_COMPLETED);
    set_act_code(*said.mutable_code(), chart::k_patch_off, "Patch taken off");
    for (const Override& one : entry.overrides) {
        v1::CodeableConcept& why = *said.add_reason_code();
        v1::Coding& rule = *why.add_coding();
        rule.set_system(std::string(k_rule_system));
        rule.set_code(one.rule);
        why.set_text(one.reason);
    }
    if (entry.not_found) {
        set_act_code(*said.mutable_outcome(), chart::k_patch_not_found,
                     "Not found, the whole body was searched");
    } else if (dose.has_site()) {
        *said.add_body_site() = dose.site();
    }
    return write_act(session, seen->token, std::move(said), *when, entry.note);
}

}  // namespace

}  // namespace device

Result<Written> Care::take_off_patch(const PatchOffEntry& entry) {
    return core_->run([&](device::Session& session) { return device::take_off(session, entry); });
}

}  // namespace kari
