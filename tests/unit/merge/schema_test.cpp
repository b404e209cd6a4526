// SPDX-License-Identifier: Apache-2.0
#include <set>

#include <catch2/catch_test_macros.hpp>

#include "sdk/merge/schema.hpp"

namespace kari::merge {
namespace {

TEST_CASE("every atom of every kind has presence and a policy") {
    REQUIRE(all_kinds().size() == 10);
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
    CHECK(facts == 2);
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
          "TimeNote.note=1:AUTHORITY\nOtherResource.resource=1:AUTHORITY\n");
}

}  // namespace
}  // namespace kari::merge
