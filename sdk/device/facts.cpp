// SPDX-License-Identifier: Apache-2.0
//
// Observations: recorded, corrected, marked as wrong. Facts: never refused for clinical reasons.
#include "sdk/base/id.hpp"
#include "sdk/clinical/validation.hpp"
#include "sdk/device/authoring.hpp"
#include "sdk/device/core.hpp"
#include "sdk/device/views.hpp"

namespace kari {

namespace {

using namespace device;

void set_value(v1::ObservationValue& value, const std::optional<Quantity>& quantity,
               const std::string& text) {
    if (quantity)
        *value.mutable_quantity() = quantity_of(*quantity);
    else
        value.set_text(text);
}

// Lays an entry over what was stated before; an empty part leaves that as it was.
Result<Happened> lay_over(const Session& session, v1::Measurement& to,
                          const ObservationEntry& entry) {
    if (!entry.code.empty()) *to.mutable_code() = concept_of(entry.code);
    if (entry.value || !entry.text.empty()) set_value(*to.mutable_value(), entry.value, entry.text);
    if (!entry.components.empty()) {
        to.clear_component();
        for (const ObservationPart& part : entry.components) {
            v1::ObservationComponent* component = to.add_component();
            *component->mutable_code() = concept_of(part.code);
            set_value(*component->mutable_value(), part.value, part.text);
        }
    }
    if (!entry.note.empty()) {
        v1::Annotation* note = to.add_note();
        note->set_author_text(session.nurse.name);
        note->set_text(entry.note);
    }
    auto when = happened(session, entry.effective);
    if (!when) return when;
    const bool keeps = !entry.effective && (!to.effective().empty() || to.has_effective_period());
    if (!keeps) {
        to.set_effective(when->text);
        to.clear_effective_period();
    }
    return when;
}

void sign_by(const Session& session, v1::Measurement& measurement, const Happened& issued) {
    measurement.set_issued(issued.text);
    measurement.clear_performer();
    v1::Reference* performer = measurement.add_performer();
    performer->set_reference("Practitioner/" + session.nurse.person.text());
    performer->set_display(session.nurse.name);
}

// What the values' limits say before there is a change. A late entry needs a word of why, an
// unusual value a second look.
Result<void> check(const Session& session, const v1::Measurement& measurement,
                   const std::string& note, bool confirmed) {
    const auto asked = clinical::validate_observation(
        measurement, best_now(session.platform, session.settings), zone_of(session));
    if (!asked) return tl::unexpected(asked.error());
    for (const clinical::Confirmation& confirmation : *asked) {
        if (confirmation.reason_required && note.empty()) {
            return fail(ErrorCode::reason_required, confirmation.rule);
        }
        if (!confirmation.reason_required && !confirmed) {
            return fail(ErrorCode::confirmation_required,
                        confirmation.rule + ": " + confirmation.field + ": " + confirmation.usual);
        }
    }
    return {};
}

Result<base::Interval> effective_of(const Session& session, const v1::Measurement& measurement) {
    return base::parse_fhir_time(measurement.effective(), zone_of(session));
}

Result<Written> record(Session& session, const RecordId& record_id, const ObservationEntry& entry) {
    v1::Observation message;
    v1::Measurement& measurement = *message.mutable_observation();
    measurement.set_status(v1::OBSERVATION_STATUS_FINAL);
    const auto when = lay_over(session, measurement, entry);
    if (!when) return tl::unexpected(when.error());
    const auto now = happened(session, std::nullopt);
    if (!now) return tl::unexpected(now.error());
    sign_by(session, measurement, *now);
    if (auto sound = check(session, measurement, entry.note, entry.confirmed); !sound) {
        return tl::unexpected(sound.error());
    }
    const DataAge age = data_age(session.platform, session.settings);
    Act act;
    act.record = record_id;
    act.resource = random_id<ResourceId>(*session.platform.entropy);
    act.kind = v1::KIND_OBSERVATION;
    act.message = &message;
    act.effective = when->interval;
    if (age.as_of) act.age_ms = static_cast<std::uint64_t>(age.age.ms);
    return write(session, act);
}

Result<Written> revise(Session& session, const EditToken& token,
                       const std::function<Result<void>(v1::Measurement&)>& change) {
    const auto seen = seen_as(session, token, v1::KIND_OBSERVATION);
    if (!seen) return tl::unexpected(seen.error());
    v1::Observation message =
        seen_value<v1::Observation>(seen->resource, v1::Observation::kObservationFieldNumber);
    v1::Measurement& measurement = *message.mutable_observation();
    // Those elements of an import that no atom holds stay with the statement they came with.
    measurement.clear_source();
    if (auto changed = change(measurement); !changed) return tl::unexpected(changed.error());
    const auto now = happened(session, std::nullopt);
    if (!now) return tl::unexpected(now.error());
    sign_by(session, measurement, *now);
    Act act;
    act.record = seen->token.record;
    act.resource = seen->token.resource;
    act.kind = v1::KIND_OBSERVATION;
    act.parents = seen->token.heads;
    act.message = &message;
    if (const auto when = effective_of(session, measurement)) act.effective = *when;
    act.age_ms = seen->token.age_ms;
    return write(session, act);
}

}  // namespace

Result<Written> Device::record_observation(const RecordId& record_id,
                                           const ObservationEntry& entry) {
    return impl_->run([&](Session& session) { return record(session, record_id, entry); });
}

Result<Written> Device::correct_observation(const EditToken& token, const ObservationEntry& entry) {
    return impl_->run([&](Session& session) {
        return revise(session, token, [&](v1::Measurement& measurement) -> Result<void> {
            measurement.set_status(v1::OBSERVATION_STATUS_CORRECTED);
            const auto when = lay_over(session, measurement, entry);
            if (!when) return tl::unexpected(when.error());
            const std::string why = entry.note.empty() ? "corrected" : entry.note;
            return check(session, measurement, why, entry.confirmed);
        });
    });
}

Result<Written> Device::observation_entered_in_error(const EditToken& token,
                                                     std::string_view reason) {
    return impl_->run([&](Session& session) -> Result<Written> {
        if (auto stated = require_reason(reason); !stated) return tl::unexpected(stated.error());
        return revise(session, token, [&](v1::Measurement& measurement) -> Result<void> {
            measurement.set_status(v1::OBSERVATION_STATUS_ENTERED_IN_ERROR);
            v1::Annotation* note = measurement.add_note();
            note->set_author_text(session.nurse.name);
            note->set_text(std::string(reason));
            return {};
        });
    });
}

}  // namespace kari
