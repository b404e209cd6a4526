// SPDX-License-Identifier: Apache-2.0
//
// Vaccines. A warning asks for a reason before there is a change; once there is one it is a fact.
#include <algorithm>

#include "sdk/chart/immunization_state.hpp"
#include "sdk/clinical/dose_fit.hpp"
#include "sdk/device/care_parts.hpp"
#include "sdk/device/pack_words.hpp"
#include "sdk/device/warnings.hpp"

namespace kari {

namespace {

using namespace device;

chart::Span span_of(const Happened& when) {
    return {when.interval.start, when.interval.end};
}

// Earlier doses of the same vaccine, as the chart stands now.
bool given_lately(const chart::Group& group, const v1::CodeableConcept& vaccine,
                  const chart::Span& when, const clinical::KnowledgePack& pack) {
    const chart::ClockNotes clocks(group);
    for (const auto& resource : group.resources) {
        if (resource.kind != v1::KIND_IMMUNIZATION) continue;
        for (const auto& change : resource.history) {
            const auto said = chart::said_by<v1::Immunization>(*change).immunization();
            const auto* atom = resource.atom(1);
            const bool live = atom != nullptr &&
                              std::any_of(atom->live.begin(), atom->live.end(),
                                          [&](const auto& at) { return at.change == change->id; });
            if (live && said.status() == v1::IMMUNIZATION_STATUS_COMPLETED &&
                chart::same_vaccine(said.vaccine_code(), vaccine) &&
                chart::too_near(clocks.effective(*change), when, pack)) {
                return true;
            }
        }
    }
    return false;
}

Result<v1::Vaccination> vaccination_of(Session& session, const ImmunizationEntry& entry,
                                       const Happened& when) {
    if (entry.vaccine.empty()) return fail(ErrorCode::invalid_argument, "say which vaccine it was");
    if (!entry.expires.empty() && !base::parse_fhir_time(entry.expires, zone_of(session))) {
        return fail(ErrorCode::malformed, "the date on the vaccine");
    }
    const auto now = happened(session, std::nullopt);
    if (!now) return tl::unexpected(now.error());
    v1::Vaccination said;
    said.set_status(v1::IMMUNIZATION_STATUS_COMPLETED);
    *said.mutable_vaccine_code() = concept_of(entry.vaccine);
    said.set_occurrence(when.text);
    said.set_recorded(now->text);
    said.set_primary_source(!entry.told);
    said.set_lot_number(entry.lot);
    said.set_expiration_date(entry.expires);
    if (!entry.site.empty()) *said.mutable_site() = concept_of(entry.site);
    if (entry.dose) {
        *said.mutable_dose_quantity() = stated_dose(*entry.dose);
        if (auto possible = clinical::check_dose(said.dose_quantity()); !possible) {
            return tl::unexpected(possible.error());
        }
    }
    if (!entry.told) set_performer(session, *said.add_performer());
    for (const Override& reason : entry.overrides) {
        v1::Override& stated = *said.add_override();
        stated.set_rule(reason.rule);
        stated.set_reason(reason.reason);
    }
    if (!entry.note.empty()) {
        if (auto noted = annotate(session, said.add_note(), entry.note); !noted) {
            return tl::unexpected(noted.error());
        }
    }
    return said;
}

Result<std::vector<DoseWarning>> warnings_of(Session& session, const RecordId& record,
                                             const v1::Vaccination& said, const Happened& when) {
    const auto group = session.store.recent(record, recent_window(session));
    if (!group) return tl::unexpected(group.error());
    std::vector<DoseWarning> out;
    // What is only told was given long ago: nobody is about to give it.
    if (said.primary_source()) {
        add_allergy_warnings(session, **group, said.vaccine_code(), out);
        if (chart::was_expired(said, span_of(when), zone_of(session))) {
            out.push_back(warning(session, "immunization/expired", 1));
        }
        add_pack_warning(session, out);
        if (given_lately(**group, said.vaccine_code(), span_of(when), session.store.pack())) {
            out.push_back(warning(session, "immunization/possible-double", 1));
        }
    }
    std::stable_sort(out.begin(), out.end(), [](const DoseWarning& a, const DoseWarning& b) {
        return a.severity < b.severity;
    });
    return out;
}

Result<Written> vaccinate(Session& session, const RecordId& record,
                          const ImmunizationEntry& entry) {
    const auto when = done_at(session, entry.occurrence);
    if (!when) return tl::unexpected(when.error());
    auto said = vaccination_of(session, entry, *when);
    if (!said) return tl::unexpected(said.error());
    const auto warnings = warnings_of(session, record, *said, *when);
    if (!warnings) return tl::unexpected(warnings.error());
    if (auto reasoned = require_overrides(*warnings, entry.overrides); !reasoned) {
        return tl::unexpected(reasoned.error());
    }
    v1::Immunization message;
    *message.mutable_immunization() = std::move(*said);
    return write_new(session, record, v1::KIND_IMMUNIZATION, message, when.value());
}

}  // namespace

Result<std::vector<DoseWarning>> Care::check_immunization(const RecordId& record,
                                                          const ImmunizationEntry& entry) {
    return core_->run([&](Session& session) -> Result<std::vector<DoseWarning>> {
        const auto when = done_at(session, entry.occurrence);
        if (!when) return tl::unexpected(when.error());
        const auto said = vaccination_of(session, entry, *when);
        if (!said) return tl::unexpected(said.error());
        return as_shown(warnings_of(session, record, *said, *when));
    });
}

Result<Written> Care::immunize(const RecordId& record, const ImmunizationEntry& entry) {
    return core_->run([&](Session& session) { return vaccinate(session, record, entry); });
}

Result<Written> Care::immunization_entered_in_error(const EditToken& token,
                                                    std::string_view reason) {
    return core_->run([&](Session& session) -> Result<Written> {
        if (auto stated = require_reason(reason); !stated) return tl::unexpected(stated.error());
        return revise<v1::Immunization>(
            session, token, v1::KIND_IMMUNIZATION, [&](v1::Immunization& message) {
                v1::Vaccination& said = *message.mutable_immunization();
                said.set_status(v1::IMMUNIZATION_STATUS_ENTERED_IN_ERROR);
                return annotate(session, said.add_note(), reason);
            });
    });
}

}  // namespace kari
