// SPDX-License-Identifier: Apache-2.0
//
// Saying anew what was given. What was said before stays, and counts until its author agrees.
#include "sdk/base/id.hpp"
#include "sdk/chart/exposure.hpp"
#include "sdk/clinical/validation.hpp"
#include "sdk/device/authoring.hpp"
#include "sdk/device/beside_orders.hpp"
#include "sdk/device/core.hpp"
#include "sdk/device/dose_limits.hpp"
#include "sdk/device/intake.hpp"
#include "sdk/device/views.hpp"
#include "sdk/device/warnings.hpp"

namespace kari {

namespace {

using namespace device;

// What was last said of a dose that is called an error now, whoever saw it: its status and why.
Result<void> take_error_back(Session& session, const SeenResource& token,
                             v1::Administration& administration) {
    const auto changes = session.store.changes(token.record, token.resource);
    if (!changes) return tl::unexpected(changes.error());
    for (auto change = changes->rbegin(); change != changes->rend(); ++change) {
        const auto said = chart::said_by<v1::MedicationAdministration>(*change).administration();
        if (said.status() == v1::ADMINISTRATION_STATUS_UNSPECIFIED ||
            said.status() == v1::ADMINISTRATION_STATUS_ENTERED_IN_ERROR) {
            continue;
        }
        administration.set_status(said.status());
        *administration.mutable_status_reason() = said.status_reason();
        return {};
    }
    administration.set_status(v1::ADMINISTRATION_STATUS_COMPLETED);
    administration.clear_status_reason();
    return {};
}

// What would have been asked about the dose as it is said now. It was given: it is told, whatever
// is to be done about it is to be done at once, and the reason for saying it anew is there already.
Result<std::vector<DoseWarning>> told_of(Session& session, const SeenResource& token,
                                         const v1::Quantity* before, const v1::Administration& now,
                                         Instant at) {
    std::vector<DoseWarning> out;
    if (now.status() != v1::ADMINISTRATION_STATUS_COMPLETED) return out;
    const auto group = session.store.recent(token.record, recent_window(session));
    if (!group) return tl::unexpected(group.error());
    add_limit_warnings(session, **group, now, before, true, at, out, &token.resource);
    add_separation_warnings(session, **group, now, at, out);
    for (DoseWarning& one : out)
        one.needs_reason = false;
    return out;
}

// What is said anew. Where two say otherwise of what was given, whoever says it anew says how much:
// neither is taken for her word.
Result<v1::MedicationAdministration> said_before(const Seen& seen, const DoseCorrection& entry) {
    constexpr auto number = v1::MedicationAdministration::kAdministrationFieldNumber;
    auto out = seen_value<v1::MedicationAdministration>(seen.resource, number);
    const auto* atom = seen.resource.atom(number);
    if (atom == nullptr || entry.entered_in_error) return out;
    for (const auto& write : atom->live) {
        auto side = merge::value_as<v1::MedicationAdministration>(seen.resource, write);
        const auto& one = side.administration();
        const auto& other = out.administration();
        if (one.status() == other.status() &&
            one.dose().SerializeAsString() == other.dose().SerializeAsString()) {
            continue;
        }
        if (!entry.dose) return fail(ErrorCode::invalid_argument, "entry/dose-missing");
        if (chart::says_taken(one.status()) && !chart::says_taken(other.status())) {
            out = std::move(side);
        }
    }
    return out;
}

Result<Written> correct(Session& session, const DoseCorrection& entry) {
    if (auto stated = require_reason(entry.reason); !stated) {
        return tl::unexpected(stated.error());
    }
    const auto seen = seen_as(session, entry.token, v1::KIND_MEDICATION_ADMINISTRATION);
    if (!seen) return tl::unexpected(seen.error());
    const auto said = said_before(*seen, entry);
    if (!said) return tl::unexpected(said.error());
    v1::MedicationAdministration message = *said;
    v1::Administration& administration = *message.mutable_administration();
    administration.clear_source();
    bool not_given = administration.status() == v1::ADMINISTRATION_STATUS_NOT_DONE;
    if (entry.entered_in_error) {
        administration.set_status(v1::ADMINISTRATION_STATUS_ENTERED_IN_ERROR);
        administration.clear_status_reason();  // of what it no longer says
        administration.add_status_reason()->set_text(entry.reason);
    } else if (administration.status() == v1::ADMINISTRATION_STATUS_ENTERED_IN_ERROR) {
        // Whoever says how it was given says that it was, and does not confirm that it was not.
        if (auto back = take_error_back(session, seen->token, administration); !back) {
            return tl::unexpected(back.error());
        }
    }
    not_given = not_given || administration.status() == v1::ADMINISTRATION_STATUS_NOT_DONE;
    if (not_given && (entry.dose || entry.intake)) {
        return fail(ErrorCode::invalid_argument, "entry/not-given-amount");
    }
    const v1::Quantity before = administration.dose();
    const bool had_dose = administration.has_dose();
    if (entry.dose) *administration.mutable_dose() = stated_dose(*entry.dose);
    if (entry.site) *administration.mutable_site() = concept_of(*entry.site);
    if (!entry.intake && !entry.given_by.empty()) {
        return fail(ErrorCode::invalid_argument, "given_by: of a dose that another gave alone");
    }
    if (entry.intake) {
        const auto group = session.store.recent(seen->token.record, recent_window(session));
        if (!group) return tl::unexpected(group.error());
        if (auto set = set_intake(session, **group, *entry.intake, entry.given_by, administration);
            !set) {
            return tl::unexpected(set.error());
        }
    }
    Act act;
    if (entry.effective) {
        const auto when = happened(session, entry.effective);
        if (!when) return tl::unexpected(when.error());
        administration.set_effective(when->text);
        administration.clear_effective_period();
        act.effective = when->interval;
    } else if (const auto was =
                   base::parse_fhir_time(administration.effective(), zone_of(session))) {
        act.effective = *was;  // when it was given, not when that was said anew
    }
    add_note(session, administration, entry.reason);
    const auto asked = clinical::validate_administration(
        administration, best_now(session.platform, session.settings), zone_of(session));
    if (!asked) return tl::unexpected(asked.error());
    act.record = seen->token.record;
    act.resource = seen->token.resource;
    act.kind = v1::KIND_MEDICATION_ADMINISTRATION;
    act.parents = seen->token.heads;
    act.message = &message;
    act.age_ms = seen->token.age_ms;
    const Instant at =
        act.effective ? act.effective->end : best_now(session.platform, session.settings);
    auto told = told_of(session, seen->token, had_dose ? &before : nullptr, administration, at);
    if (!told) return tl::unexpected(told.error());
    auto written = write(session, act);
    if (written) written->told = std::move(*told);
    return written;
}

}  // namespace

Result<Written> Device::correct_dose(const DoseCorrection& entry) {
    return impl_->run([&](Session& session) { return correct(session, entry); });
}

}  // namespace kari
