// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/fhir/examples.hpp"

namespace kari::fhir::test {

namespace {

constexpr std::string_view k_condition_json = R"({
  "resourceType": "Condition", "id": "c1",
  "identifier": [{"system": "s", "value": "v"}],
  "clinicalStatus": {"coding": [
    {"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "relapse"}],
    "text": "tilbakefall"},
  "verificationStatus": {"coding": [
    {"system": "http://terminology.hl7.org/CodeSystem/condition-ver-status",
     "code": "provisional", "display": "Provisional"}]},
  "category": [{"text": "b"}, {"text": "a"}, {"text": "b"}],
  "severity": {"text": "alvorlig", "extension": [{"url": "u", "valueDecimal": 1.0}]},
  "code": {"coding": [{"system": "http://snomed.info/sct", "code": "84114007"}], "text": "svikt"},
  "bodySite": [{"text": "hjerte"}],
  "subject": {"reference": "Patient/p1"}, "encounter": {"reference": "Encounter/1"},
  "onsetDateTime": "2019-03", "abatementString": "i fjor vinter",
  "recordedDate": "2019-05-02", "recorder": {"reference": "Practitioner/1"},
  "asserter": {"display": "fastlegen"},
  "stage": [{"summary": {"text": "NYHA II"}}],
  "evidence": [{"detail": [{"reference": "Observation/1"}]}],
  "note": [{"authorString": "a", "time": "2019-05-02T10:00:00+02:00", "text": "n"}]
})";

constexpr std::string_view k_plan_json = R"({
  "resourceType": "CarePlan", "id": "cp1", "status": "active", "intent": "plan",
  "category": [{"coding": [{"system": "urn:kari:fhir:measure", "code": "protective"}]}],
  "title": "Forflytning", "description": "Alltid to",
  "subject": {"reference": "Patient/p1"}, "encounter": {"reference": "Encounter/1"},
  "period": {"start": "2026-01-01", "end": "2026-12-31"}, "created": "2026-01-01",
  "author": {"display": "Nora"}, "careTeam": [{"reference": "CareTeam/1"}],
  "addresses": [{"reference": "Condition/c1"}], "goal": [{"reference": "Goal/1"}],
  "activity": [{"progress": [{"text": "bra"}], "detail": {
    "kind": "ServiceRequest", "code": {"text": "forflytte"}, "status": "in-progress",
    "statusReason": {"text": "etter fall"},
    "scheduledTiming": {"repeat": {"frequency": 3, "period": 1, "periodUnit": "d"}},
    "location": {"display": "hjemme"}, "performer": [{"display": "to hjelpere"}],
    "description": "Bruk seil"}}],
  "note": [{"text": "n"}]
})";

constexpr std::string_view k_several_json = R"({
  "resourceType": "CarePlan", "id": "cp2", "status": "completed", "intent": "order",
  "category": [{"text": "diabetes"}], "subject": {"reference": "Patient/p1"},
  "period": {"start": "2026-01-01"},
  "activity": [
    {"detail": {"code": {"text": "kost"}, "status": "completed", "location": {"display": "a"},
                "description": "lite sukker", "scheduledString": "daglig"}},
    {"detail": {"code": {"text": "gange"}, "status": "in-progress",
                "statusReason": {"text": "r"}, "performer": [{"display": "selv"}],
                "scheduledPeriod": {"start": "2026-01-02"}}}]
})";

constexpr std::string_view k_restraint_json = R"({
  "resourceType": "CarePlan", "id": "cp3", "status": "revoked", "intent": "plan",
  "category": [{"coding": [{"system": "urn:kari:fhir:measure", "code": "restraint"}],
                "text": "vedtak"}],
  "title": "Sengehest", "subject": {"reference": "Patient/p1"}, "created": "2026-01-01",
  "period": {"start": "2026-01-01", "end": "2026-02-01"},
  "supportingInfo": [{"reference": "DocumentReference/1"}],
  "activity": [{"detail": {"code": {"text": "sengehest"}, "status": "stopped",
                           "description": "om natten", "scheduledString": "natt"}}]
})";

constexpr std::string_view k_visit_json = R"({
  "resourceType": "Encounter", "id": "e1", "status": "finished",
  "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "HH"},
  "type": [{"text": "morgenstell"}], "serviceType": {"text": "hjemmesykepleie"},
  "subject": {"reference": "Patient/p1"}, "period":
    {"start": "2026-01-05T08:00:00+01:00", "end": "2026-01-05T08:30:00+01:00"},
  "participant": [{"individual": {"reference": "Practitioner/1", "display": "Nora"},
                   "period": {"start": "2026-01-05"}}],
  "appointment": [{"reference": "Appointment/a1"}],
  "reasonCode": [{"text": "stell"}], "length": {"value": 30, "unit": "min"},
  "location": [{"location": {"display": "hjemme"}}]
})";

constexpr std::string_view k_planned_json = R"({
  "resourceType": "Encounter", "id": "e2", "status": "planned",
  "class": {"system": "s", "code": "HH", "display": "home"},
  "type": [{"text": "kveldstell"}],
  "serviceType": {"text": "hjemmesykepleie"}, "priority": {"text": "rutine"},
  "subject": {"reference": "Patient/p1"},
  "period": {"start": "2026-01-06T20:00:00+01:00", "end": "2026-01-06T20:30:00+01:00"},
  "participant": [{"individual": {"display": "Nora"}}],
  "reasonCode": [{"text": "stell"}], "serviceProvider": {"display": "Nord"}
})";

constexpr std::string_view k_appointment_json = R"({
  "resourceType": "Appointment", "id": "a1", "status": "checked-in",
  "cancelationReason": {"text": "r"}, "serviceCategory": [{"text": "c"}],
  "serviceType": [{"text": "fot"}], "appointmentType": {"text": "kontroll"},
  "reasonCode": [{"text": "sår"}], "priority": 5, "description": "Fotterapi",
  "start": "2026-01-07T12:00:00Z", "end": "2026-01-07T12:30:00Z", "minutesDuration": 30,
  "comment": "ring først", "patientInstruction": "ta med sko",
  "participant": [
    {"type": [{"text": "pasient"}], "actor": {"reference": "Patient/p1"}, "required": "required",
     "status": "accepted", "period": {"start": "2026-01-07"}},
    {"actor": {"display": "Fotterapeuten"}, "status": "tentative"}]
})";

constexpr std::string_view k_immunization_json = R"({
  "resourceType": "Immunization", "id": "i1", "status": "completed",
  "statusReason": {"text": "r"},
  "vaccineCode": {"coding": [{"system": "http://www.whocc.no/atc", "code": "J07BB02"}],
                  "text": "influensa"},
  "patient": {"reference": "Patient/p1"}, "encounter": {"reference": "Encounter/e1"},
  "occurrenceDateTime": "2025-10-20", "recorded": "2025-10-21", "primarySource": false,
  "reportOrigin": {"text": "SYSVAK"}, "location": {"display": "her"},
  "manufacturer": {"display": "Liksom"}, "lotNumber": "L1", "expirationDate": "2026-06-30",
  "site": {"text": "venstre arm"}, "route": {"text": "im"},
  "doseQuantity": {"value": 0.50, "unit": "mL", "system": "http://unitsofmeasure.org",
                   "code": "mL"},
  "performer": [{"function": {"text": "AP"}, "actor": {"display": "Nora"}}],
  "note": [{"text": "n"}], "reasonCode": [{"text": "alder"}],
  "protocolApplied": [{"doseNumberPositiveInt": 1}]
})";

constexpr std::string_view k_task_json = R"({
  "resourceType": "Task", "id": "t1", "status": "in-progress", "statusReason": {"text": "r"},
  "businessStatus": {"text": "ringt to ganger"}, "intent": "order", "priority": "asap",
  "code": {"text": "ring"}, "description": "Ring datteren",
  "focus": {"reference": "Condition/c1"}, "for": {"reference": "Patient/p1"},
  "authoredOn": "2026-01-05T08:00:00Z", "requester": {"display": "Nora"},
  "owner": {"display": "Bo"}, "reasonCode": {"text": "uro"},
  "note": [{"text": "n"}],
  "restriction": {"repetitions": 1, "period": {"end": "2026-01-06"}}
})";

constexpr std::string_view k_relative_json = R"({
  "resourceType": "RelatedPerson", "id": "rp1", "identifier": [{"value": "v"}], "active": true,
  "patient": {"reference": "Patient/p1"}, "relationship": [{"text": "datter"}],
  "name": [{"family": "Testesen", "given": ["Anne"], "extension": [{"url": "u"}]}],
  "telecom": [{"system": "phone", "value": "1", "use": "mobile"},
              {"system": "phone", "value": "0"}],
  "gender": "female", "birthDate": "1970-01-01",
  "address": [{"line": ["l"], "city": "c", "postalCode": "0000"}],
  "communication": [{"language": {"text": "norsk"}}]
})";

constexpr std::string_view k_consent_json = R"({
  "resourceType": "Consent", "id": "co1", "status": "active",
  "scope": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope",
                        "code": "patient-privacy"}], "text": "innsyn"},
  "category": [{"text": "deling"}], "patient": {"reference": "Patient/p1"},
  "dateTime": "2026-01-01", "performer": [{"reference": "Patient/p1"}],
  "organization": [{"display": "Nord"}], "policyRule": {"text": "lov"},
  "provision": {"type": "deny", "period": {"start": "2026-01-01", "end": "2027-01-01"},
    "actor": [{"role": {"text": "mottaker"}, "reference": {"display": "Naboen"}}],
    "action": [{"text": "access"}], "class": [{"code": "Observation"}],
    "provision": [{"type": "permit", "action": [{"text": "collect"}]}]}
})";

constexpr std::string_view k_limit_json = R"({
  "resourceType": "Consent", "id": "co2", "status": "inactive",
  "scope": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope",
                        "code": "adr"}]},
  "category": [{"text": "HLR"}, {"text": "innleggelse"}], "patient": {"reference": "Patient/p1"},
  "dateTime": "2026-01-01", "performer": [{"display": "Lege"}],
  "policyRule": {"text": "lov"},
  "provision": {"type": "deny", "period": {"start": "2026-01-01"},
    "actor": [{"role": {"text": "r"}, "reference": {"display": "d"}}],
    "action": [{"text": "HLR"}]}
})";

constexpr std::string_view k_communication_json = R"({
  "resourceType": "Communication", "id": "m1", "status": "not-done",
  "statusReason": {"text": "ikke svar"}, "category": [{"text": "beskjed"}],
  "priority": "urgent", "medium": [{"text": "telefon"}],
  "subject": {"reference": "Patient/p1"}, "topic": {"text": "fall"},
  "about": [{"reference": "Condition/c1"}], "inResponseTo": [{"reference": "Communication/m0"}],
  "encounter": {"reference": "Encounter/e1"}, "sent": "2026-01-05T10:00:00Z",
  "received": "2026-01-05T10:05:00Z", "recipient": [{"display": "datteren"}],
  "sender": {"display": "Nora"}, "reasonCode": [{"text": "r"}],
  "payload": [{"contentString": "Hun falt, men er uskadd."}], "note": [{"text": "n"}]
})";

constexpr std::string_view k_procedure_json = R"({
  "resourceType": "Procedure", "id": "pr1", "status": "not-done",
  "statusReason": {"text": "ville ikke"}, "category": {"text": "stell"},
  "code": {"text": "dusj"}, "subject": {"reference": "Patient/p1"},
  "encounter": {"reference": "Encounter/e1"}, "basedOn": [{"reference": "CarePlan/cp1"}],
  "performedDateTime": "2026-01-05T08:10:00+01:00",
  "performer": [{"function": {"text": "f"}, "actor": {"display": "Nora"}}],
  "reasonCode": [{"text": "hygiene"}], "bodySite": [{"text": "hel"}],
  "outcome": {"text": "utsatt"}, "complication": [{"text": "ingen"}], "note": [{"text": "n"}]
})";

// What is planned, decided or held true.
std::vector<Example> directives() {
    return {
        {"Condition",
         k_condition_json,
         {"clinicalStatus.coding[0].system", "clinicalStatus.coding[0].code",
          "verificationStatus.coding[0].system", "verificationStatus.coding[0].code", "category",
          "severity.text", "code", "bodySite", "onsetDateTime", "abatementString", "recordedDate",
          "recorder", "asserter", "note", "id", "resourceType"}},
        {"CarePlan",
         k_plan_json,
         {"status", "intent", "category", "title", "description", "period", "created", "author",
          "addresses", "goal", "activity[].detail.code", "activity[].detail.statusReason",
          "activity[].detail.scheduledTiming", "activity[].detail.performer",
          "activity[].detail.description", "note", "id", "resourceType"}},
        {"CarePlan",
         k_several_json,
         {"status", "intent", "category", "period", "activity[].detail.code",
          "activity[].detail.status", "activity[].detail.statusReason",
          "activity[].detail.performer", "activity[].detail.description",
          "activity[].detail.scheduledString", "activity[].detail.scheduledPeriod", "id",
          "resourceType"}},
        {"CarePlan",
         k_restraint_json,
         {"status", "intent", "category", "title", "created", "period", "activity[].detail.code",
          "activity[].detail.description", "activity[].detail.scheduledString", "id",
          "resourceType"}},
        {"Encounter",
         k_planned_json,
         {"status", "class", "type", "serviceType", "priority", "period",
          "participant[].individual", "reasonCode", "id", "resourceType"}},
        {"Appointment",
         k_appointment_json,
         {"status", "cancelationReason", "serviceType", "appointmentType", "reasonCode",
          "description", "start", "end", "comment", "patientInstruction", "participant[].type",
          "participant[].actor", "participant[].required", "participant[].status", "id",
          "resourceType"}},
        {"Task",
         k_task_json,
         {"status", "statusReason", "intent", "priority", "code", "description", "focus",
          "authoredOn", "requester", "owner", "reasonCode", "note", "restriction.period", "id",
          "resourceType"}},
        {"RelatedPerson",
         k_relative_json,
         {"active", "relationship", "name[].family", "name[].given", "telecom", "gender",
          "birthDate", "address", "id", "resourceType"}},
        {"Consent",
         k_consent_json,
         {"status", "scope", "category", "dateTime", "performer", "organization", "provision.type",
          "provision.period", "provision.actor", "provision.action", "id", "resourceType"}},
        {"Consent",
         k_limit_json,
         {"status", "scope", "category", "dateTime", "performer", "provision.type",
          "provision.period", "provision.actor", "provision.action", "id", "resourceType"}},
    };
}

// What was done.
std::vector<Example> facts() {
    return {
        {"Encounter",
         k_visit_json,
         {"status", "class", "type", "serviceType", "period", "participant[].individual",
          "appointment", "reasonCode", "id", "resourceType"}},
        {"Immunization",
         k_immunization_json,
         {"status", "statusReason", "vaccineCode", "occurrenceDateTime", "recorded",
          "primarySource", "reportOrigin", "manufacturer", "lotNumber", "expirationDate", "site",
          "route", "doseQuantity", "performer[].actor", "note", "reasonCode", "id",
          "resourceType"}},
        {"Communication",
         k_communication_json,
         {"status", "statusReason", "category", "priority", "medium", "topic", "about",
          "inResponseTo", "sent", "received", "recipient", "sender", "reasonCode",
          "payload[].contentString", "note", "id", "resourceType"}},
        {"Procedure",
         k_procedure_json,
         {"status", "statusReason", "category", "code", "basedOn", "performedDateTime",
          "performer[].actor", "reasonCode", "bodySite", "outcome", "note", "id", "resourceType"}},
    };
}

}  // namespace

const std::vector<Example>& care_examples() {
    static const std::vector<Example> all = [] {
        auto made = directives();
        for (auto& each : facts())
            made.push_back(each);
        return made;
    }();
    return all;
}

}  // namespace kari::fhir::test
