// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include "kari/v1/merge.pb.h"
#include "sdk/fhir/care.hpp"
#include "sdk/fhir/mapping.hpp"

namespace kari::fhir {

namespace {

Mapping patient() {
    return {
        .kind = v1::KIND_PATIENT,
        .type = "Patient",
        .prototype = &v1::Patient::default_instance(),
        .bindings = {{"identifier", "identifier.items"},
                     {"name", "name.items"},
                     {"birthDate", "birth_date", Form::time},
                     {"gender", "gender"},
                     {"deceasedBoolean", "deceased.deceased"},
                     {"deceasedDateTime", "deceased.date_time", Form::time},
                     {"address", "address.items"},
                     {"telecom", "telecom.items"},
                     {"communication[].language", "language.items"}},
        .subject = {},
        .source = "source",
        .remainder = "remainder",
        .effective = {},
        .effective_period = {},
        .required = {},
    };
}

Mapping allergy_intolerance() {
    return {
        .kind = v1::KIND_ALLERGY_INTOLERANCE,
        .type = "AllergyIntolerance",
        .prototype = &v1::AllergyIntolerance::default_instance(),
        .bindings = {{"code", "code"},
                     {"clinicalStatus", "clinical_status", Form::coded,
                      "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"},
                     {"verificationStatus", "verification_status", Form::coded,
                      "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"},
                     {"criticality", "criticality"},
                     {"type", "type"},
                     {"category", "category.items"},
                     {"reaction", "reaction.items"},
                     {"onsetDateTime", "assertion.onset", Form::onset},
                     {"onsetString", "assertion.onset", Form::not_time},
                     {"recordedDate", "assertion.recorded_date", Form::time},
                     {"recorder", "assertion.recorder"},
                     {"asserter", "assertion.asserter"},
                     {"lastOccurrence", "assertion.last_occurrence", Form::time},
                     {"note", "note.items"}},
        .subject = "patient",
        .source = "source",
        .remainder = "remainder",
        .effective = "recordedDate",
        .effective_period = {},
        .required = {},
    };
}

Mapping medication_request() {
    return {
        .kind = v1::KIND_MEDICATION_REQUEST,
        .type = "MedicationRequest",
        .prototype = &v1::MedicationRequest::default_instance(),
        .bindings = {{"medicationCodeableConcept", "prescription.medication"},
                     {"medicationReference", "prescription.medication_reference"},
                     {"dosageInstruction", "prescription.dosage"},
                     {"doNotPerform", "prescription.do_not_perform"},
                     {"dispenseRequest.validityPeriod", "prescription.validity"},
                     {"status", "status", Form::status},
                     {"statusReason", "status_reason"},
                     {"intent", "authoring.intent"},
                     {"authoredOn", "authoring.authored_on", Form::time},
                     {"requester", "authoring.requester"},
                     {"priority", "authoring.priority"},
                     {"category", "authoring.category"},
                     {"reasonCode", "authoring.reason_code"},
                     {"priorPrescription", "authoring.prior_prescription"},
                     {"note", "note.items"}},
        .subject = "subject",
        .source = "source",
        .remainder = "remainder",
        .effective = "authoredOn",
        .effective_period = {},
        .required = {"status", "medication[x]"},
    };
}

Mapping medication_administration() {
    return {
        .kind = v1::KIND_MEDICATION_ADMINISTRATION,
        .type = "MedicationAdministration",
        .prototype = &v1::MedicationAdministration::default_instance(),
        .bindings = {{"status", "administration.status", Form::status},
                     {"statusReason", "administration.status_reason"},
                     {"category", "administration.category"},
                     {"medicationCodeableConcept", "administration.medication"},
                     {"medicationReference", "administration.medication_reference"},
                     {"request", "administration.request"},
                     {"effectiveDateTime", "administration.effective", Form::time},
                     {"effectivePeriod", "administration.effective_period"},
                     {"dosage.text", "administration.dosage_text"},
                     {"dosage.site", "administration.site"},
                     {"dosage.route", "administration.route"},
                     {"dosage.method", "administration.method"},
                     {"dosage.dose", "administration.dose"},
                     {"dosage.rateRatio", "administration.rate_ratio"},
                     {"dosage.rateQuantity", "administration.rate_quantity"},
                     {"performer[].actor", "administration.performer"},
                     {"reasonCode", "administration.reason_code"},
                     {"note", "administration.note"}},
        .subject = "subject",
        .source = "administration.source",
        .remainder = "administration.remainder",
        .effective = "effectiveDateTime",
        .effective_period = "effectivePeriod",
        .required = {"status", "medication[x]"},
    };
}

Mapping observation() {
    return {
        .kind = v1::KIND_OBSERVATION,
        .type = "Observation",
        .prototype = &v1::Observation::default_instance(),
        .bindings = {{"status", "observation.status", Form::status},
                     {"category", "observation.category"},
                     {"code", "observation.code"},
                     {"value[x]", "observation.value"},
                     {"component", "observation.component"},
                     {"effectiveDateTime", "observation.effective", Form::time},
                     {"effectivePeriod", "observation.effective_period"},
                     {"issued", "observation.issued", Form::time},
                     {"performer", "observation.performer"},
                     {"dataAbsentReason", "observation.data_absent_reason"},
                     {"interpretation", "observation.interpretation"},
                     {"bodySite", "observation.body_site"},
                     {"method", "observation.method"},
                     {"note", "observation.note"}},
        .subject = "subject",
        .source = "observation.source",
        .remainder = "observation.remainder",
        .effective = "effectiveDateTime",
        .effective_period = "effectivePeriod",
        .required = {"status", "code"},
    };
}

Mapping document_reference() {
    return {
        .kind = v1::KIND_DOCUMENT_REFERENCE,
        .type = "DocumentReference",
        .prototype = &v1::DocumentReference::default_instance(),
        .bindings = {{"status", "document.status", Form::status},
                     {"docStatus", "document.doc_status"},
                     {"type", "document.type"},
                     {"category", "document.category"},
                     {"date", "document.date", Form::time},
                     {"author", "document.author"},
                     {"authenticator", "document.authenticator"},
                     {"description", "document.description"},
                     {"relatesTo", "document.relates_to"}},
        .subject = "subject",
        .source = "document.source",
        .remainder = "document.remainder",
        .effective = "date",
        .effective_period = {},
        .required = {"status"},
    };
}

const std::vector<Mapping>& mappings() {
    static const std::vector<Mapping> all = [] {
        std::vector<Mapping> made = {
            patient(),     allergy_intolerance(), medication_request(), medication_administration(),
            observation(), document_reference()};
        for (Mapping& each : care_mappings())
            made.push_back(std::move(each));
        return made;
    }();
    return all;
}

template <typename Matches>
const Mapping* find_mapping(Matches matches) {
    const auto& all = mappings();
    const auto found = std::find_if(all.begin(), all.end(), matches);
    return found == all.end() ? nullptr : &*found;
}

// Top-level elements that an atom without an order holds.
std::set<std::string> sets_in(const Mapping& mapping) {
    std::set<std::string> sets;
    for (const Binding& binding : mapping.bindings) {
        const std::string atom(binding.field.substr(0, binding.field.find('.')));
        const auto* field = mapping.prototype->GetDescriptor()->FindFieldByName(atom);
        if (field->options().GetExtension(v1::merge).policy() == v1::POLICY_UNION) {
            sets.insert(std::string(binding.element));
        }
    }
    return sets;
}

}  // namespace

const Mapping* mapping_of(v1::Kind kind) {
    return find_mapping([kind](const Mapping& mapping) { return mapping.kind == kind; });
}

const Mapping* mapping_of(const google::protobuf::Descriptor& message) {
    return find_mapping([&message](const Mapping& mapping) {
        return mapping.prototype->GetDescriptor() == &message;
    });
}

const Mapping* mapping_of(std::string_view type, const Json& resource) {
    if (const auto kind = care_kind(type, resource)) return mapping_of(*kind);
    return find_mapping([type](const Mapping& mapping) { return mapping.type == type; });
}

bool is_mapped(std::string_view type) {
    return find_mapping([type](const Mapping& mapping) { return mapping.type == type; }) != nullptr;
}

const std::set<std::string>& sets_of(const Mapping& mapping) {
    static const auto all = [] {
        std::map<v1::Kind, std::set<std::string>> sets;
        for (const Mapping& each : mappings())
            sets.emplace(each.kind, sets_in(each));
        return sets;
    }();
    return all.at(mapping.kind);
}

}  // namespace kari::fhir
