// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "kari/v1/care.pb.h"
#include "kari/v1/resources.pb.h"
#include "sdk/clinical/code_words.hpp"
#include "sdk/clinical/value_words.hpp"

namespace kari::clinical {
namespace {

// What the atom of that name says.
std::string said(const google::protobuf::Message& message, const char* atom,
                 Language language = Language::english) {
    const auto* field = message.GetDescriptor()->FindFieldByName(atom);
    REQUIRE(field != nullptr);
    return value_words(message, *field, language);
}

TEST_CASE("an atom that is not set says nothing") {
    const v1::MedicationRequest order;
    CHECK(said(order, "prescription").empty());
    CHECK(said(order, "status").empty());
    const v1::Task task;
    CHECK(said(task, "status").empty());
}

TEST_CASE("a code is said by its words, and one that says nothing is not") {
    v1::MedicationRequest order;
    order.set_status(v1::MEDICATION_REQUEST_STATUS_ON_HOLD);
    const std::string words = said(order, "status");
    CHECK_FALSE(words.empty());
    CHECK(words.find('_') == std::string::npos);
    CHECK(words != said(order, "status", Language::bokmaal));
    CHECK(fhir_code("MEDICATION_REQUEST_STATUS_ON_HOLD", "MEDICATION_REQUEST_STATUS_") ==
          "on-hold");
    CHECK(fhir_code("MEDICATION_REQUEST_STATUS_UNSPECIFIED", "MEDICATION_REQUEST_STATUS_").empty());
    CHECK(fhir_code("OTHER", "MEDICATION_REQUEST_STATUS_") == "other");
}

TEST_CASE("a prescription is said as its drug and its dosages, each once") {
    v1::MedicationRequest order;
    auto& prescription = *order.mutable_prescription();
    prescription.mutable_medication()->set_text("Paracet");
    prescription.mutable_medication_reference()->set_display("Paracet");
    prescription.add_dosage()->set_text("1 tablet in the morning");
    prescription.add_dosage()->set_text("2 tablets at night");
    CHECK(said(order, "prescription") == "Paracet, 1 tablet in the morning; 2 tablets at night");
}

TEST_CASE("amounts are said with their units in the reader's language") {
    v1::MedicationAdministration dose;
    auto& given = *dose.mutable_administration();
    given.mutable_dose()->set_value("0.5");
    given.mutable_dose()->set_code("{tablet}");
    CHECK(said(dose, "administration") == "0.5 tablet");
    CHECK(said(dose, "administration", Language::bokmaal) == "0,5 tablett");
}

TEST_CASE("ids are left out, and what was noted is said as it was written") {
    v1::MedicationAdministration dose;
    auto& given = *dose.mutable_administration();
    given.set_slot(std::string(32, 's'));
    CHECK(said(dose, "administration").empty());
    v1::Appointment appointment;
    appointment.mutable_note()->add_items()->set_text("ring first");
    appointment.mutable_note()->add_items()->set_text("bring the key");
    CHECK(said(appointment, "note") == "ring first; bring the key");
}

TEST_CASE("numbers, lists and what is so are said in words, and what is not so is not") {
    v1::RelatedPerson relative;
    relative.mutable_next_of_kin()->set_nearest(false);
    relative.mutable_next_of_kin()->set_stated_on("2026-01-05");
    CHECK(said(relative, "next_of_kin") == "2026-01-05");
    relative.mutable_next_of_kin()->set_nearest(true);
    CHECK(said(relative, "next_of_kin") ==
          std::string(code_words("", "nearest", Language::english)) + ", 2026-01-05");
    relative.set_call_order(2);
    CHECK(said(relative, "call_order") == "2");
    v1::Patient patient;
    auto& name = *patient.mutable_name()->add_items();
    name.add_given("Kari");
    name.add_given("Anne");
    CHECK(said(patient, "name") == "Kari; Anne");
    // Milliseconds are nobody's to read.
    v1::TimeNote note;
    note.mutable_note()->set_server_minus_device_ms(7);
    CHECK(said(note, "note").empty());
    CHECK(fhir_code("STATUS_OF_2", "STATUS_") == "of-2");
}

}  // namespace
}  // namespace kari::clinical
