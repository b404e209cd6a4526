// SPDX-License-Identifier: Apache-2.0
#include <set>

#include <catch2/catch_test_macros.hpp>

#include "sdk/merge/schema.hpp"

namespace kari::merge {
namespace {

TEST_CASE("every atom of every kind has presence and a policy") {
    REQUIRE(all_kinds().size() == 26);
    for (const auto& kind : all_kinds()) {
        CAPTURE(kind.name);
        REQUIRE_FALSE(kind.atoms.empty());
        for (const auto& atom : kind.atoms) {
            CAPTURE(atom.name);
            CHECK(atom.field->has_presence());
            CHECK_FALSE(atom.field->is_repeated());
            CHECK(atom.policy != v1::POLICY_UNSPECIFIED);
        }
    }
}

TEST_CASE("every value of the schema's Kind has exactly one message") {
    const auto* kinds = v1::Kind_descriptor();
    for (int i = 0; i < kinds->value_count(); ++i) {
        const int number = kinds->value(i)->number();
        if (number == 0) continue;
        CAPTURE(kinds->value(i)->name());
        CHECK(schema_of(static_cast<std::uint32_t>(number)) != nullptr);
    }
    CHECK(schema_of(0) == nullptr);
    CHECK(schema_of(4711) == nullptr);
}

TEST_CASE("every fact kind has exactly one atom, merged by REVIEW") {
    int facts = 0;
    for (const auto& kind : all_kinds()) {
        if (!kind.fact) continue;
        ++facts;
        CHECK(kind.atoms.size() == 1);
        CHECK(kind.atoms.front().policy == v1::POLICY_REVIEW);
    }
    CHECK(facts == 7);
}

TEST_CASE("all five policies are in use") {
    std::set<v1::Policy> used;
    for (const auto& kind : all_kinds()) {
        for (const auto& atom : kind.atoms)
            used.insert(atom.policy);
    }
    CHECK(used.size() == 5);
}

TEST_CASE("a risk order names every value of its enum but the unspecified one") {
    for (const auto& kind : all_kinds()) {
        for (const auto& atom : kind.atoms) {
            if (atom.risk_order.empty()) continue;
            CAPTURE(kind.name, atom.name);
            const auto* field = atom.rank_field != nullptr ? atom.rank_field : atom.field;
            CHECK(static_cast<int>(atom.risk_order.size()) ==
                  field->enum_type()->value_count() - 1);
        }
    }
}

// An atom's number, meaning and policy never change: this list may only grow.
TEST_CASE("released atoms keep their number and policy") {
    std::string listing;
    for (const auto& kind : all_kinds()) {
        for (const auto& atom : kind.atoms) {
            listing += kind.name + "." + atom.name + "=" + std::to_string(atom.number) + ":" +
                       v1::Policy_Name(atom.policy).substr(7) + "\n";
        }
    }
    CHECK(listing ==
          "Patient.identifier=1:UNION\nPatient.name=2:AUTHORITY\nPatient.birth_date=3:AUTHORITY\n"
          "Patient.gender=4:AUTHORITY\nPatient.deceased=5:AUTHORITY\nPatient.address=6:AUTHORITY\n"
          "Patient.telecom=7:UNION\nPatient.language=8:LATEST\nPatient.source=14:AUTHORITY\n"
          "Patient.remainder=15:AUTHORITY\n"
          "AllergyIntolerance.code=1:REVIEW\nAllergyIntolerance.clinical_status=2:REVIEW\n"
          "AllergyIntolerance.verification_status=3:REVIEW\n"
          "AllergyIntolerance.criticality=4:REVIEW\nAllergyIntolerance.type=5:REVIEW\n"
          "AllergyIntolerance.category=6:UNION\nAllergyIntolerance.reaction=7:UNION\n"
          "AllergyIntolerance.assertion=8:REVIEW\nAllergyIntolerance.note=9:UNION\n"
          "AllergyIntolerance.source=14:AUTHORITY\nAllergyIntolerance.remainder=15:AUTHORITY\n"
          "MedicationRequest.prescription=1:AUTHORITY\nMedicationRequest.status=2:AUTHORITY\n"
          "MedicationRequest.lineage=3:AUTHORITY\nMedicationRequest.authoring=4:AUTHORITY\n"
          "MedicationRequest.status_reason=5:REVIEW\nMedicationRequest.note=6:UNION\n"
          "MedicationRequest.source=14:AUTHORITY\nMedicationRequest.remainder=15:AUTHORITY\n"
          "MedicationAdministration.administration=1:REVIEW\nObservation.observation=1:REVIEW\n"
          "DocumentReference.document=1:FORK\nDetectedIssue.statement=1:AUTHORITY\n"
          "DetectedIssue.resolution=2:UNION\nDetectedIssue.deferral=3:REVIEW\n"
          "DetectedIssue.assignment=4:LATEST\nRecordLink.link=1:AUTHORITY\n"
          "TimeNote.note=1:AUTHORITY\nOtherResource.resource=1:AUTHORITY\n"
          "Condition.code=1:REVIEW\nCondition.clinical_status=2:REVIEW\n"
          "Condition.verification_status=3:REVIEW\nCondition.severity=4:REVIEW\n"
          "Condition.category=5:UNION\nCondition.body_site=6:UNION\nCondition.onset=7:REVIEW\n"
          "Condition.abatement=8:REVIEW\nCondition.assertion=9:REVIEW\n"
          "Condition.note=10:UNION\nCondition.source=14:AUTHORITY\n"
          "Condition.remainder=15:AUTHORITY\nProtectiveMeasure.content=1:REVIEW\n"
          "ProtectiveMeasure.timing=2:REVIEW\nProtectiveMeasure.instruction=3:REVIEW\n"
          "ProtectiveMeasure.staffing=4:REVIEW\nProtectiveMeasure.goal=5:REVIEW\n"
          "ProtectiveMeasure.status=6:REVIEW\nProtectiveMeasure.status_reason=7:REVIEW\n"
          "ProtectiveMeasure.authoring=8:REVIEW\nProtectiveMeasure.validity=9:REVIEW\n"
          "ProtectiveMeasure.note=10:UNION\nProtectiveMeasure.source=14:AUTHORITY\n"
          "ProtectiveMeasure.remainder=15:AUTHORITY\nServiceMeasure.content=1:AUTHORITY\n"
          "ServiceMeasure.timing=2:AUTHORITY\nServiceMeasure.instruction=3:AUTHORITY\n"
          "ServiceMeasure.staffing=4:AUTHORITY\nServiceMeasure.goal=5:AUTHORITY\n"
          "ServiceMeasure.status=6:AUTHORITY\nServiceMeasure.status_reason=7:REVIEW\n"
          "ServiceMeasure.authoring=8:AUTHORITY\nServiceMeasure.validity=9:AUTHORITY\n"
          "ServiceMeasure.note=10:UNION\nServiceMeasure.source=14:AUTHORITY\n"
          "ServiceMeasure.remainder=15:AUTHORITY\nRestraintMeasure.content=1:AUTHORITY\n"
          "RestraintMeasure.timing=2:AUTHORITY\nRestraintMeasure.instruction=3:AUTHORITY\n"
          "RestraintMeasure.staffing=4:AUTHORITY\nRestraintMeasure.goal=5:AUTHORITY\n"
          "RestraintMeasure.status=6:AUTHORITY\nRestraintMeasure.status_reason=7:REVIEW\n"
          "RestraintMeasure.authoring=8:AUTHORITY\nRestraintMeasure.validity=9:AUTHORITY\n"
          "RestraintMeasure.note=10:UNION\nRestraintMeasure.source=14:AUTHORITY\n"
          "RestraintMeasure.remainder=15:AUTHORITY\nEncounter.visit=1:REVIEW\n"
          "PlannedEncounter.content=1:AUTHORITY\nPlannedEncounter.schedule=2:AUTHORITY\n"
          "PlannedEncounter.performers=3:AUTHORITY\nPlannedEncounter.status=4:AUTHORITY\n"
          "PlannedEncounter.note=5:UNION\nPlannedEncounter.source=14:AUTHORITY\n"
          "PlannedEncounter.remainder=15:AUTHORITY\nAppointment.content=1:AUTHORITY\n"
          "Appointment.time=2:AUTHORITY\nAppointment.participant=3:AUTHORITY\n"
          "Appointment.status=4:AUTHORITY\nAppointment.cancelation_reason=5:REVIEW\n"
          "Appointment.note=6:UNION\nAppointment.source=14:AUTHORITY\n"
          "Appointment.remainder=15:AUTHORITY\nImmunization.immunization=1:REVIEW\n"
          "Task.content=1:REVIEW\nTask.status=2:REVIEW\nTask.priority=3:REVIEW\n"
          "Task.due=4:REVIEW\nTask.owner=5:REVIEW\nTask.status_reason=6:REVIEW\n"
          "Task.authoring=7:REVIEW\nTask.note=8:UNION\nTask.source=14:AUTHORITY\n"
          "Task.remainder=15:AUTHORITY\nRelatedPerson.name=1:REVIEW\n"
          "RelatedPerson.relationship=2:REVIEW\nRelatedPerson.telecom=3:UNION\n"
          "RelatedPerson.address=4:REVIEW\nRelatedPerson.gender=5:REVIEW\n"
          "RelatedPerson.birth_date=6:REVIEW\nRelatedPerson.active=7:REVIEW\n"
          "RelatedPerson.call_order=8:REVIEW\nRelatedPerson.next_of_kin=9:REVIEW\n"
          "RelatedPerson.legal=10:AUTHORITY\nRelatedPerson.contact=11:AUTHORITY\n"
          "RelatedPerson.information=12:AUTHORITY\nRelatedPerson.note=13:UNION\n"
          "RelatedPerson.source=14:AUTHORITY\nRelatedPerson.remainder=15:AUTHORITY\n"
          "Consent.decision=1:AUTHORITY\nConsent.authoring=2:AUTHORITY\nConsent.note=3:UNION\n"
          "Consent.source=14:AUTHORITY\nConsent.remainder=15:AUTHORITY\n"
          "Communication.communication=1:REVIEW\nAdvanceDecision.decision=1:AUTHORITY\n"
          "AdvanceDecision.authoring=2:AUTHORITY\nAdvanceDecision.note=3:UNION\n"
          "AdvanceDecision.source=14:AUTHORITY\nAdvanceDecision.remainder=15:AUTHORITY\n"
          "Procedure.procedure=1:REVIEW\nMedicationAllowance.ask=1:LATEST\n"
          "MedicationAllowance.answer=2:LATEST\nMedicationAllowance.returned=3:LATEST\n"
          "StockEvent.event=1:REVIEW\n");
}

}  // namespace
}  // namespace kari::merge
