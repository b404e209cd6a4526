// SPDX-License-Identifier: Apache-2.0
//
// Allergies, orders and records made on the tablet. What is proposed about an order waits for the
// server, save what is restrictive.
#include <algorithm>

#include "sdk/base/id.hpp"
#include "sdk/chart/chart.hpp"
#include "sdk/clinical/coding.hpp"
#include "sdk/clinical/dose_fit.hpp"
#include "sdk/clinical/recurrence.hpp"
#include "sdk/clinical/same_drug.hpp"
#include "sdk/clinical/validation.hpp"
#include "sdk/clinical/weekly.hpp"
#include "sdk/device/authoring.hpp"
#include "sdk/device/beside_orders.hpp"
#include "sdk/device/core.hpp"
#include "sdk/device/dose_limits.hpp"
#include "sdk/device/views.hpp"
#include "sdk/device/warnings.hpp"

namespace kari {

namespace {

using namespace device;

// The enum value whose FHIR code this is. Errors: invalid_argument.
template <typename Enum>
Result<Enum> enum_of(std::string_view code, Enum last, const char* what) {
    for (int i = 1; i <= static_cast<int>(last); ++i) {
        if (fhir_code(static_cast<Enum>(i)) == code) return static_cast<Enum>(i);
    }
    return fail(ErrorCode::invalid_argument, std::string("not a code of ") + what);
}

std::string today(const Session& session) {
    const auto now = best_local_now(session);
    return now ? base::fhir_date_time(*now) : std::string();
}

void add_note(const Session& session, v1::AnnotationSet& notes, std::string_view text) {
    if (text.empty()) return;
    v1::Annotation* note = notes.add_items();
    note->set_author_text(session.nurse.name);
    note->set_time(today(session));
    note->set_text(std::string(text));
}

Result<void> fill(const Session& session, v1::AllergyIntolerance& allergy,
                  const AllergyEntry& entry) {
    if (!entry.criticality.empty()) {
        const auto criticality =
            enum_of(entry.criticality, v1::ALLERGY_CRITICALITY_UNABLE_TO_ASSESS, "criticality");
        if (!criticality) return tl::unexpected(criticality.error());
        allergy.set_criticality(*criticality);
    }
    if (!entry.verification.empty()) {
        const auto status = enum_of(entry.verification, v1::ALLERGY_VERIFICATION_STATUS_PRESUMED,
                                    "verification status");
        if (!status) return tl::unexpected(status.error());
        allergy.set_verification_status(*status);
    }
    if (entry.type == "allergy")
        allergy.set_type(v1::ALLERGY_TYPE_ALLERGY);
    else if (entry.type == "intolerance")
        allergy.set_type(v1::ALLERGY_TYPE_INTOLERANCE);
    else if (!entry.type.empty())
        return fail(ErrorCode::invalid_argument, "not a type of allergy");
    if (!entry.reaction.empty()) {
        v1::Reaction* reaction = allergy.mutable_reaction()->add_items();
        reaction->set_description(entry.reaction);
        reaction->add_manifestation()->set_text(entry.reaction);
        reaction->set_onset(today(session));
    }
    if (!entry.note.empty()) add_note(session, *allergy.mutable_note(), entry.note);
    return {};
}

Result<Written> add_new(Session& session, const RecordId& record, const AllergyEntry& entry) {
    v1::AllergyIntolerance allergy;
    *allergy.mutable_code() = concept_of(entry.code);
    allergy.set_clinical_status(v1::ALLERGY_CLINICAL_STATUS_ACTIVE);
    allergy.set_verification_status(v1::ALLERGY_VERIFICATION_STATUS_UNCONFIRMED);
    if (auto filled = fill(session, allergy, entry); !filled) {
        return tl::unexpected(filled.error());
    }
    allergy.mutable_assertion()->set_recorded_date(today(session));
    allergy.mutable_assertion()->mutable_recorder()->set_display(session.nurse.name);
    if (auto sound = clinical::validate_allergy(allergy); !sound) {
        return tl::unexpected(sound.error());
    }
    SeenResource at;
    at.record = record;
    at.resource = random_id<ResourceId>(*session.platform.entropy);
    return write_seen(session, at, v1::KIND_ALLERGY_INTOLERANCE, allergy);
}

// Evidence states both statuses anew: a refutation that did not see it stands beside it then, and
// cannot end the warning.
Result<Written> add_evidence(Session& session, const EditToken& token, const AllergyEntry& entry) {
    const auto seen = seen_as(session, token, v1::KIND_ALLERGY_INTOLERANCE);
    if (!seen) return tl::unexpected(seen.error());
    const auto before = merge::operative_as<v1::AllergyIntolerance>(seen->resource);
    v1::AllergyIntolerance allergy;
    allergy.set_clinical_status(v1::ALLERGY_CLINICAL_STATUS_ACTIVE);
    allergy.set_verification_status(before.has_verification_status()
                                        ? before.verification_status()
                                        : v1::ALLERGY_VERIFICATION_STATUS_UNCONFIRMED);
    // A set is written whole: what was seen and is left out would be taken back by it.
    if (!entry.reaction.empty()) *allergy.mutable_reaction() = before.reaction();
    if (!entry.note.empty()) *allergy.mutable_note() = before.note();
    if (auto filled = fill(session, allergy, entry); !filled) {
        return tl::unexpected(filled.error());
    }
    return write_seen(session, seen->token, v1::KIND_ALLERGY_INTOLERANCE, allergy);
}

Result<Written> end_allergy(Session& session, const EditToken& token, std::string_view reason,
                            v1::AllergyVerificationStatus status) {
    if (auto stated = require_reason(reason); !stated) return tl::unexpected(stated.error());
    const auto seen = seen_as(session, token, v1::KIND_ALLERGY_INTOLERANCE);
    if (!seen) return tl::unexpected(seen.error());
    v1::AllergyIntolerance allergy;
    allergy.set_clinical_status(v1::ALLERGY_CLINICAL_STATUS_INACTIVE);
    allergy.set_verification_status(status);
    *allergy.mutable_note() = merge::operative_as<v1::AllergyIntolerance>(seen->resource).note();
    add_note(session, *allergy.mutable_note(), reason);
    return write_seen(session, seen->token, v1::KIND_ALLERGY_INTOLERANCE, allergy);
}

Result<Written> stop_order(Session& session, const EditToken& token, std::string_view reason) {
    if (auto stated = require_reason(reason); !stated) return tl::unexpected(stated.error());
    const auto seen = seen_as(session, token, v1::KIND_MEDICATION_REQUEST);
    if (!seen) return tl::unexpected(seen.error());
    v1::MedicationRequest order;
    order.set_status(v1::MEDICATION_REQUEST_STATUS_STOPPED);
    order.mutable_status_reason()->set_text(std::string(reason));
    return write_seen(session, seen->token, v1::KIND_MEDICATION_REQUEST, order);
}

void lay_over(v1::Prescription& to, const PrescriptionProposal& from) {
    if (from.medication) {
        *to.mutable_medication() = concept_of(*from.medication);
        to.clear_medication_reference();
    }
    if (from.strength) *to.mutable_strength()->mutable_numerator() = quantity_of(*from.strength);
    if (from.strength_per) {
        *to.mutable_strength()->mutable_denominator() = quantity_of(*from.strength_per);
    }
    if (!from.dose && !from.dosage_text && !from.times_of_day && !from.days_of_week) return;
    v1::Dosage* dosage = to.dosage_size() > 0 ? to.mutable_dosage(0) : to.add_dosage();
    if (from.dosage_text) dosage->set_text(*from.dosage_text);
    if (from.dose) {
        v1::DoseAndRate* dose = dosage->dose_and_rate_size() > 0 ? dosage->mutable_dose_and_rate(0)
                                                                 : dosage->add_dose_and_rate();
        *dose->mutable_dose_quantity() = quantity_of(*from.dose);
    }
    if (from.times_of_day) {
        v1::TimingRepeat* repeat = dosage->mutable_timing()->mutable_repeat();
        repeat->clear_time_of_day();
        repeat->clear_when();
        repeat->clear_frequency();
        for (const std::string& time : *from.times_of_day)
            repeat->add_time_of_day(time);
    }
    if (from.days_of_week) {
        v1::TimingRepeat* repeat = dosage->mutable_timing()->mutable_repeat();
        repeat->clear_day_of_week();
        repeat->clear_frequency();
        repeat->clear_period();
        repeat->clear_period_unit();
        for (const std::string& day : *from.days_of_week)
            repeat->add_day_of_week(day);
    }
}

Result<void> check(const v1::Prescription& prescription, const std::optional<v1::Quantity>& dose) {
    for (const v1::Dosage& dosage : prescription.dosage()) {
        for (const std::string& time : dosage.timing().repeat().time_of_day()) {
            if (!base::parse_time(time)) return fail(ErrorCode::malformed, "a time of day");
        }
        for (const std::string& day : dosage.timing().repeat().day_of_week()) {
            if (!clinical::weekday_of(day)) return fail(ErrorCode::malformed, "a day of the week");
        }
    }
    return dose ? clinical::check_dose(*dose) : Result<void>{};
}

// What the order says that harms whoever takes it so.
Result<void> add_order_doubts(Session& session, const RecordId& record, bool by_phone,
                              const v1::Prescription& ordered, std::vector<DoseWarning>& out) {
    const auto group = session.store.recent(record, recent_window(session));
    if (!group) return tl::unexpected(group.error());
    const auto years = years_at(session, **group, best_now(session.platform, session.settings));
    const auto weekly = clinical::weekly_doubt(ordered, session.store.pack());
    // How often it is to be taken is asked about once.
    const bool asked = weekly == clinical::WeeklyDoubt::cannot_tell;
    add_order_limit_warnings(session, ordered, years, by_phone && !asked, out);
    switch (weekly) {
        case clinical::WeeklyDoubt::none:
            break;
        case clinical::WeeklyDoubt::cannot_tell:
            out.push_back(warning(session, "entry/weekly-unclear", 2));
            break;
        case clinical::WeeklyDoubt::too_often:
            out.push_back(warning(session, "entry/weekly-too-often", 1));
    }
    return {};
}

// By codes when it has any: a new ingredient, and a code where there were words alone, is another.
bool is_other_drug(const v1::Prescription& before, const v1::Prescription& after) {
    const auto one = clinical::drug_of(before.medication(), before.medication_reference());
    const auto other = clinical::drug_of(after.medication(), after.medication_reference());
    const auto was = clinical::atc_codes(one);
    const auto is = clinical::atc_codes(other);
    if (is.empty()) return !clinical::same_drug(one, other);
    return !std::includes(was.begin(), was.end(), is.begin(), is.end());
}

// A drug that was not ordered so far, beside what is.
Result<void> add_beside_orders(Session& session, const SeenResource& at,
                               const v1::Prescription& ordered, std::vector<DoseWarning>& out) {
    const auto group = session.store.recent(at.record, recent_window(session));
    if (!group) return tl::unexpected(group.error());
    const auto* own = (*group)->find(at.record, at.resource);
    const OwnOrder order{at.resource, own == nullptr ? at.resource : chart::lineage_of(*own)};
    const Instant now = best_now(session.platform, session.settings);
    add_interaction_warnings(session, **group, ordered, order, now, out);
    add_duplicate_warnings(session, **group, ordered, order, Asked::to_order, now, out);
    return {};
}

// The reasons stand in the order's notes.
Result<void> require_agreed(const Session& session, v1::MedicationRequest& order,
                            const std::vector<DoseWarning>& warnings,
                            const std::vector<Override>& overrides) {
    if (auto stated = require_overrides(warnings, overrides); !stated) return stated;
    for (const Override& one : overrides)
        add_note(session, *order.mutable_note(), one.rule + ": " + one.reason);
    return {};
}

Result<Written> propose(Session& session, const PrescriptionProposal& proposal) {
    if (auto stated = require_reason(proposal.reason); !stated) {
        return tl::unexpected(stated.error());
    }
    const auto seen = seen_as(session, proposal.token, v1::KIND_MEDICATION_REQUEST);
    if (!seen) return tl::unexpected(seen.error());
    const auto* atom = seen->resource.atom(v1::MedicationRequest::kPrescriptionFieldNumber);
    if (atom == nullptr || atom->live.empty()) {
        return fail(ErrorCode::not_found, "the order has no prescription that could be changed");
    }
    v1::MedicationRequest order = seen_value<v1::MedicationRequest>(
        seen->resource, v1::MedicationRequest::kPrescriptionFieldNumber);
    const v1::Prescription before = order.prescription();
    lay_over(*order.mutable_prescription(), proposal);
    std::optional<v1::Quantity> dose;
    if (proposal.dose) dose = quantity_of(*proposal.dose);
    if (auto sound = check(order.prescription(), dose); !sound) {
        return tl::unexpected(sound.error());
    }
    *order.mutable_note() = merge::operative_as<v1::MedicationRequest>(seen->resource).note();
    add_note(session, *order.mutable_note(), proposal.reason);
    std::vector<DoseWarning> warnings;
    auto added =
        add_order_doubts(session, seen->token.record, false, order.prescription(), warnings);
    // What the drug does beside the others was found when it was ordered, whatever its brand.
    if (added && is_other_drug(before, order.prescription())) {
        added = add_beside_orders(session, seen->token, order.prescription(), warnings);
    }
    if (!added) return tl::unexpected(added.error());
    if (auto agreed = require_agreed(session, order, warnings, proposal.overrides); !agreed) {
        return tl::unexpected(agreed.error());
    }
    auto written = write_seen(session, seen->token, v1::KIND_MEDICATION_REQUEST, order);
    if (written) written->told = to_be_read(warnings);
    return written;
}

// A proposal as every order of a tablet: the doctor answers for it, not the nurse who wrote it
// down.
Result<v1::MedicationRequest> heard_as(const Session& session, const VerbalOrder& from) {
    if (from.medication.empty() || from.prescriber.empty() ||
        (!from.dose && from.dosage_text.empty())) {
        return fail(ErrorCode::invalid_argument, "say what was ordered, how much, and by whom");
    }
    PrescriptionProposal parts;
    parts.medication = from.medication;
    parts.strength = from.strength;
    parts.strength_per = from.strength_per;
    parts.dose = from.dose;
    if (!from.dosage_text.empty()) parts.dosage_text = from.dosage_text;
    if (!from.times_of_day.empty()) parts.times_of_day = from.times_of_day;
    if (!from.days_of_week.empty()) parts.days_of_week = from.days_of_week;
    v1::MedicationRequest order;
    lay_over(*order.mutable_prescription(), parts);
    v1::Dosage& line = *order.mutable_prescription()->mutable_dosage(0);
    line.set_as_needed(from.as_needed);
    std::optional<v1::Quantity> dose;
    if (from.dose) {
        dose = stated_dose(*from.dose);
        *line.mutable_dose_and_rate(0)->mutable_dose_quantity() = *dose;
    }
    if (auto sound = check(order.prescription(), dose); !sound) {
        return tl::unexpected(sound.error());
    }
    order.set_status(v1::MEDICATION_REQUEST_STATUS_ACTIVE);
    v1::OrderAuthoring& authoring = *order.mutable_authoring();
    authoring.set_intent("proposal");
    authoring.set_authored_on(today(session));
    authoring.mutable_requester()->set_display(from.prescriber);
    add_note(session, *order.mutable_note(), from.note);
    return order;
}

Result<std::vector<DoseWarning>> verbal_warnings(Session& session, const SeenResource& at,
                                                 const v1::Prescription& ordered) {
    std::vector<DoseWarning> out;
    auto added = add_order_doubts(session, at.record, true, ordered, out);
    if (added) added = add_beside_orders(session, at, ordered, out);
    if (!added) return tl::unexpected(added.error());
    std::stable_sort(out.begin(), out.end(), [](const DoseWarning& a, const DoseWarning& b) {
        return a.severity < b.severity;
    });
    return out;
}

SeenResource new_order(const Session& session, const RecordId& record) {
    SeenResource out;
    out.record = record;
    out.resource = random_id<ResourceId>(*session.platform.entropy);
    return out;
}

Result<Written> take_down(Session& session, const RecordId& record, const VerbalOrder& from) {
    auto order = heard_as(session, from);
    if (!order) return tl::unexpected(order.error());
    if (!from.read_back) return fail(ErrorCode::confirmation_required, "entry/not-read-back");
    const SeenResource at = new_order(session, record);
    const auto warnings = verbal_warnings(session, at, order->prescription());
    if (!warnings) return tl::unexpected(warnings.error());
    if (auto agreed = require_agreed(session, *order, *warnings, from.overrides); !agreed) {
        return tl::unexpected(agreed.error());
    }
    auto written = write_seen(session, at, v1::KIND_MEDICATION_REQUEST, *order);
    if (written) written->told = to_be_read(*warnings);
    return written;
}

Result<std::vector<DoseWarning>> check_heard(Session& session, const RecordId& record,
                                             const VerbalOrder& from) {
    const auto order = heard_as(session, from);
    if (!order) return tl::unexpected(order.error());
    return verbal_warnings(session, new_order(session, record), order->prescription());
}

Result<Written> make_record(Session& session, const NewPatient& from) {
    if (from.family.empty() && from.given.empty()) {
        return fail(ErrorCode::invalid_argument, "give the person at least a name to be called by");
    }
    if (from.identifier_system.empty() != from.identifier_value.empty()) {
        return fail(ErrorCode::invalid_argument, "an identifier has a system and a value");
    }
    if (!from.birth_date.empty() && !base::parse_fhir_time(from.birth_date, zone_of(session))) {
        return fail(ErrorCode::malformed, "the birth date");
    }
    v1::Patient patient;
    v1::HumanName* name = patient.mutable_name()->add_items();
    name->set_family(from.family);
    if (!from.given.empty()) name->add_given(from.given);
    if (!from.birth_date.empty()) patient.set_birth_date(from.birth_date);
    if (from.gender == "male")
        patient.set_gender(v1::ADMINISTRATIVE_GENDER_MALE);
    else if (from.gender == "female")
        patient.set_gender(v1::ADMINISTRATIVE_GENDER_FEMALE);
    else if (from.gender == "other")
        patient.set_gender(v1::ADMINISTRATIVE_GENDER_OTHER);
    else if (!from.gender.empty())
        patient.set_gender(v1::ADMINISTRATIVE_GENDER_UNKNOWN);
    if (!from.identifier_value.empty()) {
        v1::Identifier* identifier = patient.mutable_identifier()->add_items();
        identifier->set_system(from.identifier_system);
        identifier->set_value(from.identifier_value);
    }
    Act person;
    person.record = random_id<RecordId>(*session.platform.entropy);
    person.new_record = true;
    person.resource = random_id<ResourceId>(*session.platform.entropy);
    person.kind = v1::KIND_PATIENT;
    person.message = &patient;
    std::vector<Act> acts{person};

    v1::DocumentReference note;
    if (!from.note.empty()) {
        v1::Document& document = *note.mutable_document();
        document.set_status(v1::DOCUMENT_STATUS_CURRENT);
        document.set_doc_status("final");
        document.set_date(today(session));
        document.set_text(from.note);
        document.add_author()->set_display(session.nurse.name);
        Act met = person;
        met.new_record = false;
        met.resource = random_id<ResourceId>(*session.platform.entropy);
        met.kind = v1::KIND_DOCUMENT_REFERENCE;
        met.message = &note;
        acts.push_back(met);
    }
    auto written = write_all(session, acts);
    if (!written) return tl::unexpected(written.error());
    session.events.push_back({EventKind::caseload_changed, person.record});
    Written out = std::move(written->front());
    for (std::size_t i = 1; i < written->size(); ++i)
        out.also.push_back((*written)[i].change);
    return out;
}

}  // namespace

Result<Written> Device::add_allergy(const RecordId& record, const AllergyEntry& entry) {
    return impl_->run([&](Session& session) { return add_new(session, record, entry); });
}

Result<Written> Device::add_allergy_evidence(const EditToken& token, const AllergyEntry& entry) {
    return impl_->run([&](Session& session) { return add_evidence(session, token, entry); });
}

Result<Written> Device::refute_allergy(const EditToken& token, std::string_view reason) {
    return impl_->run([&](Session& session) {
        return end_allergy(session, token, reason, v1::ALLERGY_VERIFICATION_STATUS_REFUTED);
    });
}

Result<Written> Device::retract_allergy(const EditToken& token, std::string_view reason) {
    return impl_->run([&](Session& session) {
        return end_allergy(session, token, reason,
                           v1::ALLERGY_VERIFICATION_STATUS_ENTERED_IN_ERROR);
    });
}

Result<Written> Device::propose_stop(const EditToken& order, std::string_view reason) {
    return impl_->run([&](Session& session) { return stop_order(session, order, reason); });
}

Result<Written> Device::propose_prescription(const PrescriptionProposal& proposal) {
    return impl_->run([&](Session& session) { return propose(session, proposal); });
}

Result<std::vector<DoseWarning>> Care::check_verbal_order(const RecordId& record,
                                                          const VerbalOrder& order) {
    return core_->run(
        [&](Session& session) { return as_shown(check_heard(session, record, order)); });
}

Result<Written> Care::take_verbal_order(const RecordId& record, const VerbalOrder& order) {
    return core_->run([&](Session& session) { return take_down(session, record, order); });
}

Result<Written> Device::create_record(const NewPatient& patient) {
    return impl_->run([&](Session& session) { return make_record(session, patient); });
}

}  // namespace kari
