// SPDX-License-Identifier: Apache-2.0
//
// How the kinds of care.proto are mapped.
#include "kari/v1/care.pb.h"
#include "sdk/fhir/care.hpp"

namespace kari::fhir {

namespace {

using google::protobuf::Message;

// A kind whose atoms stand apart keeps source and remainder as atoms of their own.
Mapping directive(v1::Kind kind, std::string_view type, const Message& prototype,
                  std::string_view subject) {
    Mapping out;
    out.kind = kind;
    out.type = type;
    out.prototype = &prototype;
    out.subject = subject;
    out.source = "source";
    out.remainder = "remainder";
    out.keep_unread = true;
    return out;
}

Mapping condition() {
    auto out =
        directive(v1::KIND_CONDITION, "Condition", v1::Condition::default_instance(), "subject");
    out.bindings = {{"code", "code"},
                    {"clinicalStatus", "clinical_status", Form::coded,
                     "http://terminology.hl7.org/CodeSystem/condition-clinical"},
                    {"verificationStatus", "verification_status", Form::coded,
                     "http://terminology.hl7.org/CodeSystem/condition-ver-status"},
                    {"severity", "severity"},
                    {"category", "category.items"},
                    {"bodySite", "body_site.items"},
                    {"onsetDateTime", "onset.at", Form::onset},
                    {"onsetString", "onset.at", Form::not_time},
                    {"abatementDateTime", "abatement.at", Form::onset},
                    {"abatementString", "abatement.at", Form::not_time},
                    {"recordedDate", "assertion.recorded_date", Form::time},
                    {"recorder", "assertion.recorder"},
                    {"asserter", "assertion.asserter"},
                    {"note", "note.items"}};
    out.effective = "recordedDate";
    return out;
}

// The three kinds of measure have the same atoms.
Mapping measure(v1::Kind kind, const Message& prototype) {
    auto out = directive(kind, "CarePlan", prototype, "subject");
    out.bindings = {{"title", "content.title"},
                    {"description", "content.description"},
                    {"category", "content.category"},
                    {"activity[].detail", "content.activity", Form::several},
                    {"activity[0].detail.code", "content.code"},
                    {"activity[0].detail.scheduledTiming", "timing.timing"},
                    {"activity[0].detail.scheduledString", "timing.text"},
                    {"activity[0].detail.scheduledPeriod", "timing.period"},
                    {"activity[0].detail.description", "instruction"},
                    {"activity[0].detail.performer", "staffing.performer"},
                    {"activity[0].detail.statusReason", "status_reason"},
                    {"goal", "goal.goal"},
                    {"status", "status", Form::status},
                    {"intent", "authoring.intent"},
                    {"created", "authoring.created", Form::time},
                    {"author", "authoring.author"},
                    {"addresses", "authoring.addresses"},
                    {"period", "validity"},
                    {"note", "note.items"}};
    out.effective = "created";
    out.effective_period = "period";
    out.required = {"status"};
    return out;
}

Mapping planned_encounter() {
    auto out = directive(v1::KIND_PLANNED_ENCOUNTER, "Encounter",
                         v1::PlannedEncounter::default_instance(), "subject");
    out.bindings = {{"status", "status", Form::status},
                    {"class", "content.encounter_class"},
                    {"type", "content.type"},
                    {"serviceType", "content.service_type"},
                    {"priority", "content.priority"},
                    {"reasonCode", "content.reason_code"},
                    {"period", "schedule"},
                    {"participant[].individual", "performers.performer"}};
    out.effective_period = "period";
    out.required = {"status"};
    return out;
}

Mapping appointment() {
    auto out = directive(v1::KIND_APPOINTMENT, "Appointment", v1::Appointment::default_instance(),
                         "participant");
    out.bindings = {{"status", "status", Form::status},
                    {"cancelationReason", "cancelation_reason"},
                    {"description", "content.description"},
                    {"appointmentType", "content.appointment_type"},
                    {"serviceType", "content.service_type"},
                    {"reasonCode", "content.reason_code"},
                    {"comment", "content.comment"},
                    {"patientInstruction", "content.patient_instruction"},
                    {"start", "time.start", Form::time},
                    {"end", "time.end", Form::time},
                    {"participant", "participant.items"}};
    out.effective = "start";
    out.required = {"status"};
    return out;
}

Mapping task() {
    auto out = directive(v1::KIND_TASK, "Task", v1::Task::default_instance(), "for");
    out.bindings = {{"status", "status", Form::status},
                    {"statusReason", "status_reason"},
                    {"code", "content.code"},
                    {"description", "content.description"},
                    {"focus", "content.focus"},
                    {"reasonCode", "content.reason_code"},
                    {"priority", "priority"},
                    {"restriction.period", "due.period"},
                    {"owner", "owner"},
                    {"intent", "authoring.intent"},
                    {"authoredOn", "authoring.authored_on", Form::time},
                    {"requester", "authoring.requester"},
                    {"note", "note.items"}};
    out.effective = "authoredOn";
    out.required = {"status"};
    return out;
}

Mapping related_person() {
    auto out = directive(v1::KIND_RELATED_PERSON, "RelatedPerson",
                         v1::RelatedPerson::default_instance(), "patient");
    out.bindings = {{"name", "name.items"},       {"relationship", "relationship.items"},
                    {"telecom", "telecom.items"}, {"address", "address.items"},
                    {"gender", "gender"},         {"birthDate", "birth_date", Form::time},
                    {"active", "active"}};
    return out;
}

// Consents and limits to treatment have the same elements, and are decided in opposite ways.
Mapping consent(v1::Kind kind, const Message& prototype) {
    auto out = directive(kind, "Consent", prototype, "patient");
    out.bindings = {
        {"status", "decision.status"},           {"scope", "decision.scope"},
        {"category", "decision.category"},       {"provision.type", "decision.provision_type"},
        {"provision.period", "decision.period"}, {"provision.actor", "decision.actor"},
        {"provision.action", "decision.action"}, {"dateTime", "authoring.date_time", Form::time},
        {"performer", "authoring.performer"},    {"organization", "authoring.organization"}};
    out.effective = "dateTime";
    out.required = {"status"};
    return out;
}

Mapping fact(v1::Kind kind, std::string_view type, const Message& prototype,
             std::string_view subject) {
    auto out = directive(kind, type, prototype, subject);
    out.required = {"status"};
    return out;
}

Mapping encounter() {
    auto out = fact(v1::KIND_ENCOUNTER, "Encounter", v1::Encounter::default_instance(), "subject");
    out.bindings = {{"status", "visit.status", Form::status},
                    {"class", "visit.encounter_class"},
                    {"type", "visit.type"},
                    {"serviceType", "visit.service_type"},
                    {"period", "visit.period"},
                    {"participant[].individual", "visit.performer"},
                    {"reasonCode", "visit.reason_code"},
                    {"appointment", "visit.appointment"}};
    out.source = "visit.source";
    out.remainder = "visit.remainder";
    out.effective_period = "period";
    return out;
}

Mapping procedure() {
    auto out = fact(v1::KIND_PROCEDURE, "Procedure", v1::Procedure::default_instance(), "subject");
    out.bindings = {{"status", "procedure.status", Form::status},
                    {"statusReason", "procedure.status_reason"},
                    {"category", "procedure.category"},
                    {"code", "procedure.code"},
                    {"basedOn", "procedure.based_on"},
                    {"performedDateTime", "procedure.performed", Form::time},
                    {"performedPeriod", "procedure.performed_period"},
                    {"performer[].actor", "procedure.performer"},
                    {"reasonCode", "procedure.reason_code"},
                    {"bodySite", "procedure.body_site"},
                    {"outcome", "procedure.outcome"},
                    {"note", "procedure.note"}};
    out.source = "procedure.source";
    out.remainder = "procedure.remainder";
    out.effective = "performedDateTime";
    out.effective_period = "performedPeriod";
    return out;
}

Mapping immunization() {
    auto out = fact(v1::KIND_IMMUNIZATION, "Immunization", v1::Immunization::default_instance(),
                    "patient");
    out.bindings = {{"status", "immunization.status", Form::status},
                    {"statusReason", "immunization.status_reason"},
                    {"vaccineCode", "immunization.vaccine_code"},
                    {"occurrenceDateTime", "immunization.occurrence", Form::onset},
                    {"occurrenceString", "immunization.occurrence", Form::not_time},
                    {"recorded", "immunization.recorded", Form::time},
                    {"primarySource", "immunization.primary_source"},
                    {"reportOrigin", "immunization.report_origin"},
                    {"manufacturer", "immunization.manufacturer"},
                    {"lotNumber", "immunization.lot_number"},
                    {"expirationDate", "immunization.expiration_date", Form::time},
                    {"site", "immunization.site"},
                    {"route", "immunization.route"},
                    {"doseQuantity", "immunization.dose_quantity"},
                    {"performer[].actor", "immunization.performer"},
                    {"reasonCode", "immunization.reason_code"},
                    {"note", "immunization.note"}};
    out.source = "immunization.source";
    out.remainder = "immunization.remainder";
    out.effective = "occurrenceDateTime";
    out.required = {"status", "vaccineCode"};
    return out;
}

Mapping communication() {
    auto out = fact(v1::KIND_COMMUNICATION, "Communication", v1::Communication::default_instance(),
                    "subject");
    out.bindings = {{"status", "communication.status", Form::status},
                    {"statusReason", "communication.status_reason"},
                    {"category", "communication.category"},
                    {"priority", "communication.priority"},
                    {"medium", "communication.medium"},
                    {"topic", "communication.topic"},
                    {"about", "communication.about"},
                    {"sent", "communication.sent", Form::time},
                    {"received", "communication.received", Form::time},
                    {"recipient", "communication.recipient"},
                    {"sender", "communication.sender"},
                    {"reasonCode", "communication.reason_code"},
                    {"payload[].contentString", "communication.payload"},
                    {"note", "communication.note"},
                    {"inResponseTo", "communication.in_response_to"}};
    out.source = "communication.source";
    out.remainder = "communication.remainder";
    out.effective = "sent";
    return out;
}

}  // namespace

std::vector<Mapping> care_mappings() {
    return {condition(),
            measure(v1::KIND_SERVICE_MEASURE, v1::ServiceMeasure::default_instance()),
            measure(v1::KIND_PROTECTIVE_MEASURE, v1::ProtectiveMeasure::default_instance()),
            measure(v1::KIND_RESTRAINT_MEASURE, v1::RestraintMeasure::default_instance()),
            encounter(),
            planned_encounter(),
            appointment(),
            immunization(),
            task(),
            related_person(),
            consent(v1::KIND_CONSENT, v1::Consent::default_instance()),
            consent(v1::KIND_ADVANCE_DECISION, v1::AdvanceDecision::default_instance()),
            communication(),
            procedure()};
}

}  // namespace kari::fhir
