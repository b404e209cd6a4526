// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch_test_macros.hpp>

#include "tests/unit/fhir/import_scene.hpp"

using namespace kari;
using namespace kari::fhir;
using namespace kari::fhir::test;

TEST_CASE("a bundle, a single resource and lines give the same resources") {
    const std::string lines = k_patient + "\n\n" + k_weight + "\r\n";
    KeptJournal from_bundle;
    KeptJournal from_lines;
    check_sums(import_text(bundle_of({k_patient, k_weight}), from_bundle));
    check_sums(import_text(lines, from_lines));
    REQUIRE(from_bundle.kept.size() == 2);
    REQUIRE(from_lines.kept.size() == 2);
    for (std::size_t i = 0; i < 2; ++i) {
        CHECK(from_bundle.kept[i].body_sha256 == from_lines.kept[i].body_sha256);
        CHECK(from_bundle.kept[i].resource == from_lines.kept[i].resource);
    }
    KeptJournal single;
    const auto report = import_text("\xef\xbb\xbf  " + k_patient + "\n", single);
    check_sums(report);
    CHECK(report.in == 1);
    CHECK(single.kept.size() == 1);
}

TEST_CASE("a line may be a bundle") {
    KeptJournal sink;
    const auto report =
        import_text(bundle_of({k_patient}) + '\n' + bundle_of({k_weight}) + '\n', sink);
    check_sums(report);
    CHECK(report.in == 2);
    CHECK(sink.kept.size() == 2);
}

TEST_CASE("the order of entries does not matter to references") {
    KeptJournal sink;
    const auto report = import_text(bundle_of({k_weight, k_patient}), sink);
    check_sums(report);
    CHECK(report.rejected_count == 0);
    REQUIRE(sink.find("Observation", "o1") != nullptr);
    CHECK(sink.find("Observation", "o1")->record == sink.find("Patient", "p1")->record);
}

TEST_CASE("a patient is found by fullUrl, by id and by national identifier") {
    const std::string entry_of_patient =
        R"({"fullUrl":"urn:uuid:0b8cd4ab-0000-4000-8000-000000000001","resource":)"
        R"({"resourceType":"Patient","id":"p1","identifier":[)"
        R"({"system":"urn:oid:2.16.578.1.12.4.1.4.1","value":"01895012345"}]}})";
    const std::string bundle =
        R"({"entry":[{"resource":)" +
        observation("o1", R"({"reference":"urn:uuid:0b8cd4ab-0000-4000-8000-000000000001"})") +
        R"(},{"resource":)" + observation("o2", R"({"reference":"Patient/p1"})") +
        R"(},{"resource":)" +
        observation("o3", R"({"identifier":{"system":"urn:oid:2.16.578.1.12.4.1.4.1",)"
                          R"("value":"01895012345"},"display":"Kari"})") +
        "}," + entry_of_patient + R"(],"type":"batch","resourceType":"Bundle"})";
    KeptJournal sink;
    const auto report = import_text(bundle, sink);
    check_sums(report);
    CHECK(report.rejected_count == 0);
    REQUIRE(sink.kept.size() == 4);
    for (const Imported& each : sink.kept) {
        CHECK(each.patient == PatientKey{k_system, "p1"});
        CHECK(each.record == sink.kept.front().record);
    }
}

TEST_CASE("an entry without id takes the one of its fullUrl, and is given back without") {
    KeptJournal sink;
    const auto report =
        import_text(R"({"resourceType":"Bundle","entry":[{"fullUrl":"urn:uuid:u-1","resource":)"
                    R"({"resourceType":"Patient","active":true}}]})",
                    sink);
    check_sums(report);
    REQUIRE(sink.kept.size() == 1);
    CHECK(sink.kept[0].logical_id == "u-1");
    CHECK(to_fhir(folded(sink.kept[0]), {}) ==
          *parse_json(R"({"resourceType":"Patient","active":true})"));
}

TEST_CASE("two patients in one bundle have a record each") {
    KeptJournal sink;
    const auto report = import_text(bundle_of({k_patient, R"({"resourceType":"Patient","id":"p2"})",
                                               observation("a", R"({"reference":"Patient/p1"})"),
                                               observation("b", R"({"reference":"Patient/p2"})")}),
                                    sink);
    check_sums(report);
    REQUIRE(sink.kept.size() == 4);
    CHECK(sink.find("Observation", "a")->record == sink.find("Patient", "p1")->record);
    CHECK(sink.find("Observation", "b")->record == sink.find("Patient", "p2")->record);
    CHECK(sink.find("Patient", "p1")->record != sink.find("Patient", "p2")->record);
}

TEST_CASE("a resource about two patients is rejected, and the rest is imported") {
    KeptJournal sink;
    const auto report =
        import_text(bundle_of({k_patient, R"({"resourceType":"Patient","id":"p2"})",
                               R"({"resourceType":"Appointment","id":"a","participant":[)"
                               R"({"actor":{"reference":"Patient/p1"}},)"
                               R"({"actor":{"reference":"Patient/p2"}}]})"}),
                    sink);
    check_sums(report);
    CHECK(sink.kept.size() == 2);
    CHECK(only_rejection(report).index == 2);
    CHECK(only_rejection(report).path == "Appointment.participant");
}

TEST_CASE("the patient of an appointment is found by an address without a type") {
    KeptJournal sink;
    const auto report = import_text(
        R"({"resourceType":"Bundle","entry":[{"fullUrl":"urn:uuid:p1","resource":)" + k_patient +
            R"(},{"fullUrl":"urn:uuid:n","resource":{"resourceType":"Practitioner","id":"n"}},)"
            R"({"fullUrl":"urn:uuid:a","resource":{"resourceType":"Appointment","id":"a",)"
            R"("status":"booked","participant":[{"actor":{"reference":"urn:uuid:n"}},)"
            R"({"actor":{"reference":"urn:uuid:p1"}}]}},)"
            R"({"fullUrl":"urn:uuid:b","resource":{"resourceType":"Appointment","id":"b",)"
            R"("status":"booked","participant":[{"actor":{"reference":"urn:uuid:n"}}]}}]})",
        sink);
    check_sums(report);
    CHECK(report.rejected_count == 0);
    CHECK(report.directory == 2);
    const Imported* found = sink.find("Appointment", "a");
    REQUIRE(found != nullptr);
    CHECK(found->kind == v1::KIND_APPOINTMENT);
    REQUIRE(found->patient);
    CHECK(found->patient->logical_id == "p1");
}

TEST_CASE("a resource that refers to nobody is rejected with its element") {
    KeptJournal sink;
    const auto report =
        import_text(bundle_of({observation("a", R"({"reference":"Patient/nobody"})"), k_patient,
                               observation("b", R"({"reference":"urn:uuid:nobody"})"),
                               R"({"resourceType":"Condition","id":"c","subject":{"display":"?"}})",
                               R"({"resourceType":"Observation","id":"d","status":"final",)"
                               R"("code":{"text":"x"}})"}),
                    sink);
    check_sums(report);
    CHECK(sink.kept.size() == 1);
    REQUIRE(report.rejected.size() == 4);
    CHECK(report.rejected[0].path == "Observation.subject");
    CHECK(report.rejected[0].reason == "refers to a patient that is not here");
    CHECK(report.rejected[2].path == "Condition.subject");
    CHECK(report.rejected[3].reason == "names no patient");
}

TEST_CASE("a patient of an earlier import is found") {
    KeptJournal sink;
    check_sums(import_text(k_patient, sink));
    const auto report = import_text(k_weight, sink);
    check_sums(report);
    CHECK(report.rejected_count == 0);
    CHECK(sink.kept.size() == 2);
}

TEST_CASE("an address of another server is nobody here") {
    KeptJournal sink;
    const auto report = import_text(
        R"({"resourceType":"Bundle","entry":[)"
        R"({"fullUrl":"https://a.example/fhir/Patient/p1","resource":)" +
            k_patient + "}," + R"({"resource":)" +
            observation("o1", R"({"reference":"https://a.example/fhir/Patient/p1"})") + "}," +
            R"({"resource":)" +
            observation("o2", R"({"reference":"https://b.example/fhir/Patient/p1"})") + "}," +
            R"({"fullUrl":"https://b.example/fhir/Patient/p1","resource":)" + k_patient + "}]}",
        sink);
    check_sums(report);
    CHECK(sink.kept.size() == 2);
    REQUIRE(report.rejected.size() == 2);
    CHECK(report.rejected[0].index == 2);
    CHECK(report.rejected[1].path == "entry.fullUrl");
}

TEST_CASE("what belongs to no patient goes to the directory") {
    KeptJournal sink;
    const auto report = import_text(
        bundle_of({R"({"resourceType":"Practitioner","id":"n","name":[{"text":"Nurse"}]})",
                   R"({"resourceType":"Location","id":"l"})",
                   R"({"resourceType":"Observation","id":"o","status":"final",)"
                   R"("code":{"text":"x"},"subject":{"reference":"Location/l"}})"}),
        sink);
    check_sums(report);
    CHECK(report.directory == 3);
    CHECK(report.unmapped.at("Observation") == 1);
    for (const Imported& each : sink.kept) {
        CHECK_FALSE(each.patient);
        CHECK_FALSE(each.record);
        CHECK(each.kind == v1::KIND_OTHER_RESOURCE);
    }
}

TEST_CASE("a kind without schema is kept whole and given back") {
    const std::string goal =
        R"({"resourceType":"Goal","id":"c","subject":{"reference":"Patient/p1"},)"
        R"("description":{"text":"1.10"},"target":[{"detailQuantity":{"value":1.10}}]})";
    KeptJournal sink;
    const auto report = import_text(bundle_of({k_patient, goal}), sink);
    check_sums(report);
    CHECK(report.unmapped.at("Goal") == 1);
    const Imported* kept = sink.find("Goal", "c");
    REQUIRE(kept != nullptr);
    CHECK(canonical_text(to_fhir(folded(*kept), {})) == canonical_text(*parse_json(goal)));
}

TEST_CASE("a kind of care that cannot be read is kept whole with a note, and never rejected") {
    for (const auto* wrong :
         {R"("status":"perhaps","code":{"text":"dusj"})", R"("code":{"text":"dusj"})",
          R"("status":"completed","performedDateTime":"yesterday")",
          R"("status":"completed","code":["dusj"])"}) {
        CAPTURE(wrong);
        const std::string procedure =
            R"({"resourceType":"Procedure","id":"c","subject":{"reference":"Patient/p1"},)" +
            std::string(wrong) + "}";
        KeptJournal sink;
        const auto report = import_text(bundle_of({k_patient, procedure}), sink);
        check_sums(report);
        CHECK(report.rejected_count == 0);
        CHECK(report.notes_count == 1);
        CHECK(report.unmapped.at("Procedure") == 1);
        const Imported* kept = sink.find("Procedure", "c");
        REQUIRE(kept != nullptr);
        CHECK(kept->kind == v1::KIND_OTHER_RESOURCE);
        CHECK(canonical_text(to_fhir(folded(*kept), {})) == canonical_text(*parse_json(procedure)));
    }
}

TEST_CASE("a dose in a unit that nobody knows is refused as an order and kept as a fact") {
    const auto with_dose = [](const std::string& quantity) {
        return R"("medicationCodeableConcept":{"text":"x"},"dosageInstruction":[{"doseAndRate":[)"
               R"({"doseQuantity":)" +
               quantity + "}]}]";
    };
    const std::string ucum = R"("system":"http://unitsofmeasure.org")";
    KeptJournal sink;
    const auto report = import_text(
        bundle_of({k_patient,
                   order("good", with_dose(R"({"value":1.10,"code":"mg",)" + ucum + "}")),
                   order("bad", with_dose(R"({"value":5,"code":"blorp",)" + ucum + "}")),
                   order("worse", with_dose(R"({"value":5,"unit":"blorps"})")),
                   order("plain", with_dose(R"({"value":5})")),
                   R"({"resourceType":"MedicationAdministration","id":"g","status":"completed",)"
                   R"("medicationCodeableConcept":{"text":"x"},"effectiveDateTime":"2025-01-01",)"
                   R"("subject":{"reference":"Patient/p1"},)"
                   R"("dosage":{"dose":{"value":5,"code":"blorp",)" +
                       ucum + "}}}"}),
        sink);
    check_sums(report);
    REQUIRE(report.rejected.size() == 2);
    CHECK(report.rejected[0].path ==
          "MedicationRequest.dosageInstruction[0].doseAndRate[0].doseQuantity.code");
    CHECK(report.rejected[1].path ==
          "MedicationRequest.dosageInstruction[0].doseAndRate[0].doseQuantity.unit");
    CHECK(sink.find("MedicationRequest", "good") != nullptr);
    CHECK(sink.find("MedicationRequest", "plain") != nullptr);
    CHECK(sink.find("MedicationAdministration", "g") != nullptr);
    REQUIRE(report.notes.size() == 1);
    CHECK(report.notes[0].path == "MedicationAdministration.dosage.dose.code");
}

TEST_CASE("an order for a dose that nobody can give is refused") {
    for (const char* value : {"0", "0.00", "-5", "1e400", "1e12"}) {
        KeptJournal sink;
        const auto report = import_text(
            bundle_of(
                {k_patient, order("o", R"("medicationCodeableConcept":{"text":"x"},)"
                                       R"("dosageInstruction":[{"doseAndRate":[{"doseQuantity":)"
                                       R"({"value":)" +
                                           std::string(value) + R"(,"unit":"mg"}}]}])")}),
            sink);
        REQUIRE(report.rejected.size() == 1);
        CHECK(report.rejected[0].path ==
              "MedicationRequest.dosageInstruction[0].doseAndRate[0].doseQuantity.value");
    }
}

TEST_CASE("an order that says stop gets through in whatever unit it was written") {
    for (const char* status : {"stopped", "on-hold", "cancelled", "entered-in-error"}) {
        KeptJournal sink;
        const auto report = import_text(
            bundle_of({k_patient,
                       R"({"resourceType":"MedicationRequest","id":"s","intent":"order",)"
                       R"("subject":{"reference":"Patient/p1"},"status":")" +
                           std::string(status) +
                           R"(","medicationCodeableConcept":{"text":"x"},"dosageInstruction":)"
                           R"([{"doseAndRate":[{"doseQuantity":{"value":5,"unit":"blorps"}}]}]})"}),
            sink);
        CHECK(report.rejected.empty());
        CHECK(report.notes.size() == 1);
        CHECK(sink.find("MedicationRequest", "s") != nullptr);
    }
}

TEST_CASE("a second import of the same input writes nothing") {
    KeptJournal sink;
    const std::string bundle = bundle_of({k_patient, k_weight});
    const auto first = import_text(bundle, sink);
    CHECK(first.written == 2);
    // Another order of names and other white space: the same body.
    const auto second = import_text(to_text(*parse_json(bundle)) + "  ", sink);
    check_sums(second);
    CHECK(second.written == 0);
    CHECK(second.unchanged == 2);
    CHECK(sink.kept.size() == 2);
}

TEST_CASE("a changed body of the same resource is written under the same id") {
    KeptJournal sink;
    import_text(bundle_of({k_patient, k_weight}), sink);
    std::string changed = k_weight;
    changed.replace(changed.find("72.10"), 5, "72.1");
    const auto report = import_text(changed, sink);
    CHECK(report.written == 1);
    REQUIRE(sink.kept.size() == 3);
    CHECK(sink.kept[2].resource == sink.kept[1].resource);
    CHECK(sink.kept[2].resource == imported_resource_id(k_system, "Observation", "o1"));
}

TEST_CASE("the first of two bodies under one id is taken in, whatever comes later") {
    KeptJournal sink;
    std::string other = k_weight;
    other.replace(other.find("72.10"), 5, "27.10");
    const std::string bundle = bundle_of({k_patient, k_weight, k_weight, other});
    const auto report = import_text(bundle, sink);
    check_sums(report);
    CHECK(report.unchanged == 1);
    CHECK(only_rejection(report).index == 3);
    CHECK(import_text(bundle, sink).written == 0);
}

TEST_CASE("an order that replaces another belongs to the first one's line") {
    const std::string drug = R"("medicationCodeableConcept":{"text":"x"})";
    const auto after = [&](const std::string& prior) {
        return drug + R"(,"priorPrescription":{"reference":"MedicationRequest/)" + prior + "\"}";
    };
    KeptJournal sink;
    const auto report = import_text(
        bundle_of({order("c", after("b")), order("b", after("a")), k_patient, order("a", drug)}),
        sink);
    check_sums(report);
    const auto first = imported_resource_id(k_system, "MedicationRequest", "a");
    for (const char* id : {"a", "b", "c"}) {
        const auto* message = dynamic_cast<const v1::MedicationRequest*>(
            sink.find("MedicationRequest", id)->message.get());
        REQUIRE(message != nullptr);
        CHECK(message->lineage().first_order() == base::to_bytes(first));
    }
}

TEST_CASE("an administration names its order by resource id too") {
    KeptJournal sink;
    import_text(
        bundle_of({R"({"resourceType":"MedicationAdministration","id":"g","status":"completed",)"
                   R"("medicationCodeableConcept":{"text":"x"},"effectivePeriod":)"
                   R"({"start":"2025-01-01T08:00:00+01:00","end":"2025-01-01T08:05:00+01:00"},)"
                   R"("subject":{"reference":"Patient/p1"},"request":{"reference":"urn:uuid:r"}})",
                   k_patient}),
        sink);
    const Imported* given = sink.find("MedicationAdministration", "g");
    REQUIRE(given != nullptr);
    const auto& message = dynamic_cast<const v1::MedicationAdministration&>(*given->message);
    CHECK(message.administration().request().resource() ==
          base::to_bytes(imported_resource_id(k_system, "MedicationRequest", "r")));
    REQUIRE(given->effective);
    CHECK(given->effective->start_ms() == 1735714800000);
    CHECK(given->effective->end_ms() >= 1735715100000);
    CHECK(given->effective->offset_s() == 3600);
}
