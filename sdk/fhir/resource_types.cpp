// SPDX-License-Identifier: Apache-2.0
#include "sdk/fhir/resource_types.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace kari::fhir {

namespace {

using namespace std::string_view_literals;

// Ascending.
constexpr std::array k_types = {
    "Account"sv, "ActivityDefinition"sv, "AdverseEvent"sv, "AllergyIntolerance"sv,
    "Appointment"sv, "AppointmentResponse"sv, "AuditEvent"sv, "Basic"sv, "Binary"sv,
    "BiologicallyDerivedProduct"sv, "BodyStructure"sv, "Bundle"sv, "CapabilityStatement"sv,
    "CarePlan"sv, "CareTeam"sv, "CatalogEntry"sv, "ChargeItem"sv, "ChargeItemDefinition"sv,
    "Claim"sv, "ClaimResponse"sv, "ClinicalImpression"sv, "CodeSystem"sv, "Communication"sv,
    "CommunicationRequest"sv, "CompartmentDefinition"sv, "Composition"sv, "ConceptMap"sv,
    "Condition"sv, "Consent"sv, "Contract"sv, "Coverage"sv, "CoverageEligibilityRequest"sv,
    "CoverageEligibilityResponse"sv, "DetectedIssue"sv, "Device"sv, "DeviceDefinition"sv,
    "DeviceMetric"sv, "DeviceRequest"sv, "DeviceUseStatement"sv, "DiagnosticReport"sv,
    "DocumentManifest"sv, "DocumentReference"sv, "EffectEvidenceSynthesis"sv, "Encounter"sv,
    "Endpoint"sv, "EnrollmentRequest"sv, "EnrollmentResponse"sv, "EpisodeOfCare"sv,
    "EventDefinition"sv, "Evidence"sv, "EvidenceVariable"sv, "ExampleScenario"sv,
    "ExplanationOfBenefit"sv, "FamilyMemberHistory"sv, "Flag"sv, "Goal"sv, "GraphDefinition"sv,
    "Group"sv, "GuidanceResponse"sv, "HealthcareService"sv, "ImagingStudy"sv, "Immunization"sv,
    "ImmunizationEvaluation"sv, "ImmunizationRecommendation"sv, "ImplementationGuide"sv,
    "InsurancePlan"sv, "Invoice"sv, "Library"sv, "Linkage"sv, "List"sv, "Location"sv, "Measure"sv,
    "MeasureReport"sv, "Media"sv, "Medication"sv, "MedicationAdministration"sv,
    "MedicationDispense"sv, "MedicationKnowledge"sv, "MedicationRequest"sv,
    "MedicationStatement"sv, "MedicinalProduct"sv, "MedicinalProductAuthorization"sv,
    "MedicinalProductContraindication"sv, "MedicinalProductIndication"sv,
    "MedicinalProductIngredient"sv, "MedicinalProductInteraction"sv,
    "MedicinalProductManufactured"sv, "MedicinalProductPackaged"sv,
    "MedicinalProductPharmaceutical"sv, "MedicinalProductUndesirableEffect"sv,
    "MessageDefinition"sv, "MessageHeader"sv, "MolecularSequence"sv, "NamingSystem"sv,
    "NutritionOrder"sv, "Observation"sv, "ObservationDefinition"sv, "OperationDefinition"sv,
    "OperationOutcome"sv, "Organization"sv, "OrganizationAffiliation"sv, "Parameters"sv,
    "Patient"sv, "PaymentNotice"sv, "PaymentReconciliation"sv, "Person"sv, "PlanDefinition"sv,
    "Practitioner"sv, "PractitionerRole"sv, "Procedure"sv, "Provenance"sv, "Questionnaire"sv,
    "QuestionnaireResponse"sv, "RelatedPerson"sv, "RequestGroup"sv, "ResearchDefinition"sv,
    "ResearchElementDefinition"sv, "ResearchStudy"sv, "ResearchSubject"sv, "RiskAssessment"sv,
    "RiskEvidenceSynthesis"sv, "Schedule"sv, "SearchParameter"sv, "ServiceRequest"sv, "Slot"sv,
    "Specimen"sv, "SpecimenDefinition"sv, "StructureDefinition"sv, "StructureMap"sv,
    "Subscription"sv, "Substance"sv, "SubstanceNucleicAcid"sv, "SubstancePolymer"sv,
    "SubstanceProtein"sv, "SubstanceReferenceInformation"sv, "SubstanceSourceMaterial"sv,
    "SubstanceSpecification"sv, "SupplyDelivery"sv, "SupplyRequest"sv, "Task"sv,
    "TerminologyCapabilities"sv, "TestReport"sv, "TestScript"sv, "ValueSet"sv,
    "VerificationResult"sv, "VisionPrescription"sv};

static_assert(std::is_sorted(k_types.begin(), k_types.end()));

}  // namespace

bool is_resource_type(std::string_view name) {
    return std::binary_search(k_types.begin(), k_types.end(), name);
}

const std::vector<std::string_view>& patient_elements(std::string_view type) {
    static const std::vector<std::string_view> usual = {"subject", "patient"};
    static const std::map<std::string_view, std::vector<std::string_view>> others = {
        {"Appointment", {"participant"}},
        {"AppointmentResponse", {"actor"}},
        {"Coverage", {"beneficiary"}},
        {"EnrollmentRequest", {"candidate"}},
        {"ResearchSubject", {"individual"}},
        {"SupplyRequest", {"deliverTo"}},
        {"Task", {"for"}},
    };
    const auto found = others.find(type);
    return found == others.end() ? usual : found->second;
}

}  // namespace kari::fhir
