// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/fhir/examples.hpp"

namespace kari::fhir::test {

namespace {

constexpr std::string_view k_patient_json = R"({
  "resourceType": "Patient", "id": "p1",
  "meta": {"versionId": "3", "tag": [{"system": "s", "code": "c"}]},
  "text": {"status": "generated", "div": "<div>x</div>"},
  "extension": [{"url": "u", "valueDecimal": 1.10}],
  "active": true,
  "identifier": [
    {"use": "official", "type": {"coding": [{"system": "s", "version": "1", "code": "NI",
      "display": "d", "userSelected": false}], "text": "t"},
     "system": "urn:oid:2.16.578.1.12.4.1.4.1", "value": "01895012345",
     "period": {"start": "2001-01-01", "end": "2030"},
     "assigner": {"reference": "Organization/1", "display": "Skatt"},
     "extension": [{"url": "u", "valueCode": "x"}]},
    {"system": "a", "value": "1"}, {"system": "a", "value": "1"}],
  "name": [{"use": "official", "text": "Kari Testesen", "family": "Testesen",
            "given": ["Kari", "Anne"], "prefix": ["Fru"], "suffix": ["MSc"],
            "period": {"start": "1950"},
            "_family": {"extension": [{"url": "u", "valueCode": "y"}]}},
           {"use": "maiden", "family": "Prøvedal"}],
  "telecom": [{"system": "phone", "value": "0", "use": "home", "rank": 1,
               "period": {"start": "2001"}, "extension": [{"url": "u"}]}],
  "gender": "female", "birthDate": "1950-01-01",
  "_birthDate": {"extension": [{"url": "birthTime", "valueDateTime": "1950-01-01T10:00:00Z"}]},
  "deceasedBoolean": false,
  "address": [{"use": "home", "type": "both", "text": "t", "line": ["l1", "l2"], "city": "c",
               "district": "d", "state": "s", "postalCode": "0000", "country": "NO",
               "period": {"start": "2001"},
               "extension": [{"url": "geo", "valueDecimal": 59.50}]}],
  "maritalStatus": {"text": "gift"},
  "multipleBirthInteger": 2,
  "contact": [{"name": {"family": "Liksomstad"}}],
  "communication": [{"language": {"text": "norsk"}, "preferred": true}],
  "managingOrganization": {"reference": "Organization/1"}
})";

constexpr std::string_view k_allergy_json = R"({
  "resourceType": "AllergyIntolerance", "id": "a1",
  "identifier": [{"system": "s", "value": "v"}],
  "clinicalStatus": {"coding": [
    {"system": "http://local.example", "code": "aktiv"},
    {"system": "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical",
     "code": "active", "display": "Active"}], "text": "aktiv"},
  "verificationStatus": {"coding": [
    {"system": "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification",
     "code": "entered-in-error"}]},
  "type": "allergy", "category": ["medication", "food"], "criticality": "unable-to-assess",
  "code": {"coding": [{"system": "http://www.whocc.no/atc", "code": "J01C"}], "text": "Penicillin",
           "extension": [{"url": "u", "valueDecimal": 0.500}]},
  "patient": {"reference": "Patient/p1", "display": "d"},
  "encounter": {"reference": "Encounter/1"},
  "onsetDateTime": "1998-03", "recordedDate": "2019-05-02",
  "recorder": {"reference": "Practitioner/1", "type": "Practitioner",
               "identifier": {"system": "s", "value": "v"}, "display": "d"},
  "asserter": {"reference": "Patient/p1"}, "lastOccurrence": "2018-01-01T10:00:00.500+01:00",
  "note": [{"authorString": "A", "time": "2019-05-02", "text": "n1"},
           {"authorReference": {"reference": "Practitioner/1"}, "text": "n2", "id": "x"}],
  "reaction": [{"substance": {"text": "s"}, "manifestation": [{"text": "m"}], "description": "d",
                "onset": "1998", "severity": "severe", "exposureRoute": {"text": "r"},
                "note": [{"text": "rn"}], "extension": [{"url": "certainty"}]}]
})";

constexpr std::string_view k_order_json = R"({
  "resourceType": "MedicationRequest", "id": "m1",
  "contained": [
    {"resourceType": "Organization", "id": "org"},
    {"resourceType": "Medication", "id": "drug", "code": {"text": "Metoprolol"},
     "form": {"text": "depottablett"}, "batch": {"lotNumber": "1"},
     "ingredient": [{"itemCodeableConcept": {"text": "metoprololsuksinat"}, "isActive": true,
       "strength": {"numerator": {"value": 47.50, "unit": "mg", "code": "mg",
                                  "system": "http://unitsofmeasure.org"},
                    "denominator": {"value": 1, "unit": "tablett"}}}]}],
  "identifier": [{"system": "s", "value": "v"}],
  "status": "on-hold", "statusReason": {"text": "sr"}, "intent": "original-order",
  "category": [{"text": "c"}], "priority": "urgent", "doNotPerform": false,
  "medicationReference": {"reference": "#drug", "display": "Metoprolol"},
  "subject": {"reference": "Patient/p1"},
  "authoredOn": "2024-11-01T09:15:00+01:00",
  "requester": {"reference": "Practitioner/1"},
  "reasonCode": [{"text": "r"}], "reasonReference": [{"reference": "Condition/1"}],
  "priorPrescription": {"reference": "MedicationRequest/m0"},
  "note": [{"text": "n"}],
  "dosageInstruction": [{
    "sequence": -1, "text": "t", "additionalInstruction": [{"text": "ai"}],
    "patientInstruction": "pi",
    "timing": {"event": ["2024-11-01T08:00:00Z"], "code": {"text": "BID"}, "repeat": {
      "boundsPeriod": {"start": "2024-11-01", "end": "2024-12-01"},
      "count": 10, "countMax": 20, "duration": 1.50, "durationMax": 2.0, "durationUnit": "h",
      "frequency": 2, "frequencyMax": 3, "period": 1.0, "periodMax": 2e0, "periodUnit": "d",
      "dayOfWeek": ["mon", "tue"], "timeOfDay": ["08:00:00"], "when": ["MORN"], "offset": 30,
      "extension": [{"url": "u"}]}},
    "asNeededBoolean": true, "site": {"text": "s"}, "route": {"text": "r"}, "method": {"text": "m"},
    "doseAndRate": [{"type": {"text": "ordered"},
      "doseQuantity": {"value": 0.500, "comparator": "<", "unit": "tablett",
                       "system": "http://unitsofmeasure.org", "code": "{tablet}"},
      "rateRatio": {"numerator": {"value": 1}, "denominator": {"value": 2}}},
      {"doseRange": {"low": {"value": 1, "unit": "mg"}, "high": {"value": 2, "unit": "mg"}},
       "rateQuantity": {"value": 1}},
      {"rateRange": {"low": {"value": 1}}}],
    "maxDosePerPeriod": {"numerator": {"value": 4}, "denominator": {"value": 1, "unit": "d"}},
    "maxDosePerAdministration": {"value": 2}, "maxDosePerLifetime": {"value": 1e2},
    "_text": {"extension": [{"url": "u"}]}},
    {"asNeededCodeableConcept": {"text": "smerter"}, "timing": {"repeat": {
      "boundsDuration": {"value": 3, "unit": "d"}}}},
    {"timing": {"repeat": {"boundsRange": {"low": {"value": 1}, "high": {"value": 2}}}}}],
  "dispenseRequest": {"validityPeriod": {"start": "2024-11-01"}, "quantity": {"value": 98.0}},
  "substitution": {"allowedBoolean": true}
})";

constexpr std::string_view k_administration_json = R"({
  "resourceType": "MedicationAdministration", "id": "g1",
  "partOf": [{"reference": "Procedure/1"}],
  "status": "not-done", "statusReason": [{"text": "sr"}], "category": {"text": "c"},
  "medicationCodeableConcept": {"coding": [{"system": "http://www.whocc.no/atc",
    "code": "N02BE01"}], "text": "Paracetamol"},
  "subject": {"reference": "Patient/p1"}, "context": {"reference": "Encounter/1"},
  "effectivePeriod": {"start": "2025-01-01T08:00:00Z", "end": "2025-01-01T08:05:00Z"},
  "performer": [{"actor": {"reference": "Practitioner/1"}, "function": {"text": "f"}},
                {"actor": {"reference": "Practitioner/2"}}],
  "reasonCode": [{"text": "rc"}], "request": {"reference": "MedicationRequest/m1"},
  "device": [{"reference": "Device/1"}], "note": [{"text": "n"}],
  "dosage": {"text": "t", "site": {"text": "s"}, "route": {"text": "r"}, "method": {"text": "m"},
             "dose": {"value": 1.10, "unit": "g"}, "rateQuantity": {"value": 2.0},
             "extension": [{"url": "u"}]},
  "eventHistory": [{"reference": "Provenance/1"}]
})";

constexpr std::string_view k_observation_json = R"({
  "resourceType": "Observation", "id": "o1",
  "basedOn": [{"reference": "CarePlan/1"}],
  "status": "amended", "category": [{"text": "vital-signs"}],
  "code": {"coding": [{"system": "http://loinc.org", "code": "85354-9"}]},
  "subject": {"reference": "Patient/p1"}, "encounter": {"reference": "Encounter/1"},
  "effectiveDateTime": "2025-01-01T08:00:00+01:00", "issued": "2025-01-01T08:01:00.123+01:00",
  "performer": [{"reference": "Practitioner/1"}],
  "valueQuantity": {"value": 123456789012345678901234567890, "unit": "u",
                    "extension": [{"url": "u", "valueDecimal": 1e400}]},
  "dataAbsentReason": {"text": "dar"}, "interpretation": [{"text": "H"}], "note": [{"text": "n"}],
  "bodySite": {"text": "bs"}, "method": {"text": "m"}, "device": {"reference": "Device/1"},
  "referenceRange": [{"low": {"value": 0.10}}],
  "component": [
    {"code": {"text": "c1"}, "valueQuantity": {"value": 1.0}, "interpretation": [{"text": "L"}],
     "referenceRange": [{"text": "r"}]},
    {"code": {"text": "c2"}, "valueCodeableConcept": {"text": "v"}},
    {"code": {"text": "c3"}, "valueString": "v"}, {"code": {"text": "c4"}, "valueBoolean": false},
    {"code": {"text": "c5"}, "valueInteger": 0}, {"code": {"text": "c6"},
     "valueDateTime": "2025"}, {"code": {"text": "c7"}, "valueTime": "08:00:00"},
    {"code": {"text": "c8"}, "valuePeriod": {"start": "2025"}},
    {"code": {"text": "c9"}, "valueRange": {"low": {"value": 1}}},
    {"code": {"text": "c10"}, "valueRatio": {"numerator": {"value": 1}}},
    {"code": {"text": "c11"}, "dataAbsentReason": {"text": "dar"}},
    {"code": {"text": "c12"}, "valueSampledData": {"origin": {"value": 0}, "period": 10.0,
      "dimensions": 1}}]
})";

constexpr std::string_view k_document_json = R"({
  "resourceType": "DocumentReference", "id": "d1",
  "masterIdentifier": {"system": "s", "value": "v"},
  "status": "superseded", "docStatus": "final", "type": {"text": "t"}, "category": [{"text": "c"}],
  "subject": {"reference": "Patient/p1"}, "date": "2025-01-01T08:00:00Z",
  "author": [{"reference": "Practitioner/1"}], "authenticator": {"reference": "Practitioner/1"},
  "custodian": {"reference": "Organization/1"},
  "relatesTo": [{"code": "appends", "target": {"reference": "DocumentReference/d0"}}],
  "description": "d", "securityLabel": [{"text": "N"}],
  "content": [{"attachment": {"contentType": "text/plain", "language": "nb",
                              "data": "U292IGdvZHQuIMOFIQ==", "title": "Notat"},
               "format": {"code": "f"}}],
  "context": {"encounter": [{"reference": "Encounter/1"}]}
})";

const std::vector<std::string_view> k_mapped_of_patient = {
    "resourceType", "id", "gender", "birthDate", "deceasedBoolean",
    "identifier[].use", "identifier[].type", "identifier[].system", "identifier[].value",
    "identifier[].period", "identifier[].assigner", "name[].use", "name[].text",
    "name[].family", "name[].given", "name[].prefix", "name[].suffix", "name[].period",
    "telecom[].system", "telecom[].value", "telecom[].use", "telecom[].rank",
    "telecom[].period", "address[].use", "address[].type", "address[].text",
    "address[].line", "address[].city", "address[].district", "address[].state",
    "address[].postalCode", "address[].country", "address[].period",
    "communication[].language"};

const std::vector<std::string_view> k_mapped_of_allergy = {
    "resourceType", "id", "clinicalStatus.coding[1].system", "clinicalStatus.coding[1].code",
    "verificationStatus", "type", "category", "criticality", "code.coding", "code.text",
    "onsetDateTime", "recordedDate", "recorder", "asserter", "lastOccurrence",
    "note[].authorString", "note[].authorReference", "note[].time", "note[].text",
    "reaction[].substance", "reaction[].manifestation", "reaction[].description",
    "reaction[].onset", "reaction[].severity", "reaction[].exposureRoute",
    "reaction[].note"};

const std::vector<std::string_view> k_mapped_of_order = {
    "resourceType", "id", "contained[1].resourceType", "contained[1].id",
    "contained[1].code", "contained[1].form", "contained[1].ingredient[].strength", "status",
    "statusReason", "intent", "category", "priority", "doNotPerform", "medicationReference",
    "authoredOn", "requester", "reasonCode", "priorPrescription", "note",
    "dosageInstruction[].sequence", "dosageInstruction[].text",
    "dosageInstruction[].additionalInstruction", "dosageInstruction[].patientInstruction",
    "dosageInstruction[].timing.event", "dosageInstruction[].timing.code",
    "dosageInstruction[].timing.repeat.boundsPeriod",
    "dosageInstruction[].timing.repeat.boundsDuration",
    "dosageInstruction[].timing.repeat.boundsRange",
    "dosageInstruction[].timing.repeat.count", "dosageInstruction[].timing.repeat.countMax",
    "dosageInstruction[].timing.repeat.duration",
    "dosageInstruction[].timing.repeat.durationMax",
    "dosageInstruction[].timing.repeat.durationUnit",
    "dosageInstruction[].timing.repeat.frequency",
    "dosageInstruction[].timing.repeat.frequencyMax",
    "dosageInstruction[].timing.repeat.period",
    "dosageInstruction[].timing.repeat.periodMax",
    "dosageInstruction[].timing.repeat.periodUnit",
    "dosageInstruction[].timing.repeat.dayOfWeek",
    "dosageInstruction[].timing.repeat.timeOfDay", "dosageInstruction[].timing.repeat.when",
    "dosageInstruction[].timing.repeat.offset", "dosageInstruction[].asNeededBoolean",
    "dosageInstruction[].asNeededCodeableConcept", "dosageInstruction[].site",
    "dosageInstruction[].route", "dosageInstruction[].method",
    "dosageInstruction[].doseAndRate", "dosageInstruction[].maxDosePerPeriod",
    "dosageInstruction[].maxDosePerAdministration",
    "dosageInstruction[].maxDosePerLifetime", "dispenseRequest.validityPeriod"};

const std::vector<std::string_view> k_mapped_of_administration = {
    "resourceType", "id", "status", "statusReason", "category", "medicationCodeableConcept",
    "effectivePeriod", "performer[].actor", "reasonCode", "request", "note", "dosage.text",
    "dosage.site", "dosage.route", "dosage.method", "dosage.dose", "dosage.rateQuantity"};

const std::vector<std::string_view> k_mapped_of_observation = {
    "resourceType", "id", "status", "category", "code", "effectiveDateTime", "issued",
    "performer", "valueQuantity.value", "valueQuantity.unit", "dataAbsentReason",
    "interpretation", "note", "bodySite", "method", "component[].code",
    "component[].valueQuantity", "component[].valueCodeableConcept",
    "component[].valueString", "component[].valueBoolean", "component[].valueInteger",
    "component[].valueDateTime", "component[].valueTime", "component[].valuePeriod",
    "component[].valueRange", "component[].valueRatio", "component[].dataAbsentReason",
    "component[].interpretation"};

const std::vector<std::string_view> k_mapped_of_document = {
    "resourceType", "id", "status", "docStatus", "type", "category", "date", "author",
    "authenticator", "relatesTo", "description", "content[].attachment.data"};

}  // namespace

const std::vector<Example>& examples() {
    static const std::vector<Example> all = {
        {"Patient", k_patient_json, k_mapped_of_patient},
        {"AllergyIntolerance", k_allergy_json, k_mapped_of_allergy},
        {"MedicationRequest", k_order_json, k_mapped_of_order},
        {"MedicationAdministration", k_administration_json, k_mapped_of_administration},
        {"Observation", k_observation_json, k_mapped_of_observation},
        {"DocumentReference", k_document_json, k_mapped_of_document},
    };
    return all;
}

}  // namespace kari::fhir::test
