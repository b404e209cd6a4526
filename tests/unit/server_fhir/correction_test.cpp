// SPDX-License-Identifier: Apache-2.0
#include <fstream>

#include <catch2/generators/catch_generators.hpp>

#include "kari/v1/care.pb.h"
#include "sdk/fhir/import.hpp"
#include "sdk/merge/fold.hpp"
#include "sync-server/fhir/import_files.hpp"
#include "tests/unit/server_exchange/ward_fixture.hpp"

using namespace kari;
using namespace kari::test;

namespace {

constexpr const char* k_system = "urn:test";
constexpr const char* k_patients = R"({"resourceType":"Patient","id":"p1"}
{"resourceType":"Patient","id":"p2"}
)";

server::fhir::ImportOutcome import_lines(Ward& ward, const std::string& lines) {
    const auto path = ward.file("in.ndjson");
    std::ofstream(path) << k_patients << lines << "\n";
    auto outcome = server::fhir::import_path(*ward.parts, path, k_system);
    REQUIRE(outcome);
    REQUIRE(ward.parts->storage.leaving().value().empty());
    return *outcome;
}

std::string about(const char* patient, const std::string& type, const std::string& rest) {
    const char* element = type == "AllergyIntolerance" ? "patient" : "subject";
    std::string line = R"({"resourceType":")" + type + R"(","id":"x",")" + element +
                       R"(":{"reference":"Patient/)" + patient + R"("},)" + rest + "}";
    std::erase(line, '\n');
    return line;
}

std::string observation(const char* patient) {
    return about(patient, "Observation", R"("status":"final","code":{"text":"pulse"})");
}

merge::Resource folded(Ward& ward, const RecordId& record, const ResourceId& resource) {
    const auto log = ward.parts->logs.read(*ward.storage, record);
    REQUIRE(log);
    return merge::fold((*log)->of(resource));
}

struct Moved {
    RecordId from;
    RecordId to;
    ResourceId resource;
};

// Imports `type` about p1, then about p2.
Moved move(Ward& ward, const std::string& type, const std::string& rest) {
    const auto first = import_lines(ward, about("p1", type, rest));
    REQUIRE(first.complete());
    const auto second = import_lines(ward, about("p2", type, rest));
    CHECK(second.report.written == 1);
    CHECK(second.report.moved == 1);
    CHECK(second.report.notes_count == 1);
    return {second.records.at("p1"), second.records.at("p2"),
            kari::fhir::imported_resource_id(k_system, type, "x")};
}

}  // namespace

TEST_CASE("An observation that turns out to be another patient's is withdrawn where it stood") {
    Ward ward;
    const Moved moved =
        move(ward, "Observation", R"("status":"final","code":{"text":"pulse"},"valueString":"72")");
    const auto there = merge::operative_as<v1::Observation>(folded(ward, moved.to, moved.resource));
    CHECK(there.observation().status() == v1::OBSERVATION_STATUS_FINAL);
    const auto old = folded(ward, moved.from, moved.resource);
    const auto here = merge::operative_as<v1::Observation>(old).observation();
    CHECK(here.status() == v1::OBSERVATION_STATUS_ENTERED_IN_ERROR);
    CHECK(here.value().text() == "72");  // still readable: somebody may have acted on it
    CHECK(here.note_size() == 1);
    CHECK(old.changes.size() == 2);  // and what was said before is in the log
    // Nothing more to say, now or after a restart.
    ward.start();
    const auto again =
        import_lines(ward, about("p2", "Observation",
                                 R"("status":"final","code":{"text":"pulse"},"valueString":"72")"));
    CHECK(again.report.written == 0);
    CHECK(folded(ward, moved.from, moved.resource).changes.size() == 2);
}

TEST_CASE("A correction that is itself corrected stands where it first stood") {
    Ward ward;
    const Moved moved = move(ward, "Observation", R"("status":"final","code":{"text":"pulse"})");
    const auto back = import_lines(ward, observation("p1"));
    CHECK(back.report.moved == 1);
    const auto status = [&](const RecordId& record) {
        return merge::operative_as<v1::Observation>(folded(ward, record, moved.resource))
            .observation()
            .status();
    };
    CHECK(status(moved.from) == v1::OBSERVATION_STATUS_FINAL);
    CHECK(status(moved.to) == v1::OBSERVATION_STATUS_ENTERED_IN_ERROR);
    CHECK(import_lines(ward, observation("p1")).report.written == 0);
}

TEST_CASE("Every kind has its word for a withdrawal") {
    Ward ward;
    SECTION("an order is given to nobody any more") {
        const Moved moved = move(ward, "MedicationRequest",
                                 R"("status":"active","intent":"order",
              "medicationCodeableConcept":{"text":"Paracet"})");
        const auto order =
            merge::operative_as<v1::MedicationRequest>(folded(ward, moved.from, moved.resource));
        CHECK(order.status() == v1::MEDICATION_REQUEST_STATUS_ENTERED_IN_ERROR);
        CHECK(order.prescription().medication().text() == "Paracet");
        CHECK_FALSE(order.status_reason().text().empty());
    }
    SECTION("an administration") {
        const Moved moved = move(ward, "MedicationAdministration",
                                 R"("status":"completed","effectiveDateTime":"2026-01-05",
              "medicationCodeableConcept":{"text":"Paracet"})");
        const auto given = merge::operative_as<v1::MedicationAdministration>(
            folded(ward, moved.from, moved.resource));
        CHECK(given.administration().status() == v1::ADMINISTRATION_STATUS_ENTERED_IN_ERROR);
    }
    SECTION("an allergy") {
        const Moved moved = move(ward, "AllergyIntolerance", R"("code":{"text":"penicillin"},
              "clinicalStatus":{"coding":[{"code":"active","system":
              "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"}]})");
        const auto allergy =
            merge::operative_as<v1::AllergyIntolerance>(folded(ward, moved.from, moved.resource));
        CHECK(allergy.verification_status() == v1::ALLERGY_VERIFICATION_STATUS_ENTERED_IN_ERROR);
        CHECK_FALSE(allergy.has_clinical_status());
        CHECK(allergy.note().items_size() == 1);
    }
    SECTION("a note") {
        const Moved moved = move(ward, "DocumentReference",
                                 R"("status":"current","content":[{"attachment":{"title":"t"}}])");
        const auto note =
            merge::operative_as<v1::DocumentReference>(folded(ward, moved.from, moved.resource));
        CHECK(note.document().status() == v1::DOCUMENT_STATUS_ENTERED_IN_ERROR);
    }
    SECTION("a problem") {
        const Moved moved = move(ward, "Condition", R"("code":{"text":"fall"},
              "clinicalStatus":{"coding":[{"code":"active","system":
              "http://terminology.hl7.org/CodeSystem/condition-clinical"}]})");
        const auto problem =
            merge::operative_as<v1::Condition>(folded(ward, moved.from, moved.resource));
        CHECK(problem.verification_status() == v1::CONDITION_VERIFICATION_STATUS_ENTERED_IN_ERROR);
        CHECK_FALSE(problem.has_clinical_status());
        CHECK(problem.code().text() == "fall");
    }
    SECTION("a measure") {
        const Moved moved = move(ward, "CarePlan", R"("status":"active","title":"Dusj")");
        const auto measure =
            merge::operative_as<v1::ServiceMeasure>(folded(ward, moved.from, moved.resource));
        CHECK(measure.status() == v1::MEASURE_STATUS_ENTERED_IN_ERROR);
        CHECK(measure.content().title() == "Dusj");
    }
    SECTION("a fact keeps what it said") {
        const Moved moved = move(ward, "Procedure", R"("status":"completed","code":{"text":"stell"},
              "performedDateTime":"2026-01-05")");
        const auto act =
            merge::operative_as<v1::Procedure>(folded(ward, moved.from, moved.resource));
        CHECK(act.procedure().status() == v1::PROCEDURE_STATUS_ENTERED_IN_ERROR);
        CHECK(act.procedure().code().text() == "stell");
        CHECK(act.procedure().note_size() == 1);
        CHECK(import_lines(ward, about("p2", "Procedure",
                                       R"("status":"completed","code":{"text":"stell"},
              "performedDateTime":"2026-01-05")"))
                  .report.written == 0);
    }
    SECTION("a kind without one has no value any more, and comes back whole") {
        const std::string rest = R"("status":"active")";
        const Moved moved = move(ward, "Goal", rest);
        CHECK_FALSE(merge::operative_as<v1::OtherResource>(folded(ward, moved.from, moved.resource))
                        .has_resource());
        CHECK(import_lines(ward, about("p1", "Goal", rest)).report.moved == 1);
        CHECK(merge::operative_as<v1::OtherResource>(folded(ward, moved.from, moved.resource))
                  .has_resource());
    }
}

TEST_CASE("What a nurse made of it is not withdrawn with it: a person decides") {
    Ward ward;
    const auto first = import_lines(ward, observation("p1"));
    const RecordId record = first.records.at("p1");
    const auto resource = kari::fhir::imported_resource_id(k_system, "Observation", "x");
    const auto log = ward.parts->logs.read(*ward.storage, record);
    REQUIRE(log);
    const merge::Change imported = *(*log)->of(resource).front();
    Writer nurse = Writer::tablet(1);
    nurse.reads(imported);
    const auto corrected = nurse.write(
        {.record = record, .resource = resource, .parents = {imported.id}}, pulse("88"));
    REQUIRE(ward.storage->grant(ward.unit, record));
    auto request = request_of(nurse);
    push_of(request, record, {corrected});
    REQUIRE(ward.exchange(ward.device(nurse, 1), request));
    import_lines(ward, observation("p2"));
    const auto old = folded(ward, record, resource);
    CHECK(old.contested());
    CHECK(old.heads.size() == 2);
    // The finding was stated though the importer reads no more than it must; nothing is owed.
    const auto stated = ward.log(record).size();
    REQUIRE(server::exchange::review(*ward.parts, record));
    CHECK(ward.log(record).size() == stated);
    bool found = false;
    for (const auto& change : ward.log(record))
        found = found || change.kind == v1::KIND_DETECTED_ISSUE;
    CHECK(found);
}

TEST_CASE("What left a patient for nobody in particular is withdrawn there") {
    Ward ward;
    const auto first = import_lines(ward, about("p1", "Goal", R"("status":"active")"));
    const auto moved = import_lines(ward, R"({"resourceType":"Goal","id":"x","status":"active"})");
    CHECK(moved.report.moved == 1);
    CHECK(moved.report.directory == 1);
    const auto resource = kari::fhir::imported_resource_id(k_system, "Goal", "x");
    CHECK_FALSE(
        merge::operative_as<v1::OtherResource>(folded(ward, first.records.at("p1"), resource))
            .has_resource());
}

TEST_CASE("One id for two patients in one import is no correction: the second is refused") {
    Ward ward;
    const auto folder = ward.folder / "two";
    std::filesystem::create_directories(folder);
    for (const auto* name : {"p1", "p2"}) {
        std::ofstream(folder / (std::string(name) + ".ndjson"))
            << R"({"resourceType":"Patient","id":")" << name << "\"}\n"
            << observation(name) << "\n";
    }
    for (int run = 0; run < 2; ++run) {
        const auto outcome = server::fhir::import_path(*ward.parts, folder, k_system);
        REQUIRE(outcome);
        CHECK(outcome->report.moved == 0);
        REQUIRE(outcome->report.rejected_count == 1);
        CHECK(outcome->report.rejected.front().file == "p2.ndjson");
        CHECK(ward.log(outcome->records.at("p1")).size() == 2);
        CHECK(ward.log(outcome->records.at("p2")).size() == 1);
    }
}

TEST_CASE("A withdrawal that a crash left owed is made by the next import, whatever it brings") {
    Ward ward;
    const auto first = import_lines(ward, observation("p1"));
    const auto resource = kari::fhir::imported_resource_id(k_system, "Observation", "x");
    const RecordId p1 = first.records.at("p1");
    // As it stands between the two transactions of a move.
    auto stands = ward.storage->imported_resource(resource);
    REQUIRE(stands);
    REQUIRE(stands->has_value());
    REQUIRE(ward.storage->set_imported_resource(resource,
                                                {first.records.at("p2"), (*stands)->body, p1}));
    ward.start();
    import_lines(ward, "");
    CHECK(merge::operative_as<v1::Observation>(folded(ward, p1, resource)).observation().status() ==
          v1::OBSERVATION_STATUS_ENTERED_IN_ERROR);
}

TEST_CASE("A resource that gained a modifier is refused: what stands is not acted on blindly") {
    Ward ward;
    const std::string order = R"("status":"active","intent":"order",
        "medicationCodeableConcept":{"text":"Paracet"})";
    const auto first = import_lines(ward, about("p1", "MedicationRequest", order));
    REQUIRE(first.complete());
    const auto second = import_lines(
        ward,
        about("p1", "MedicationRequest", order + R"(,"modifierExtension":[{"url":"urn:m"}])"));
    REQUIRE(second.report.rejected_count == 1);
    CHECK(second.report.rejected.front().reason.find("modifier") != std::string::npos);
    CHECK(ward.log(first.records.at("p1")).size() == 2);
}

TEST_CASE("An earlier version than what is here starts no stopped order anew") {
    Ward ward;
    const auto order = [](const char* patient, const char* status, const std::string& meta) {
        return about(patient, "MedicationRequest",
                     R"("meta":{)" + meta + R"(},"intent":"order","medicationCodeableConcept":
                     {"text":"Paracet"},"status":")" +
                         status + "\"");
    };
    const auto [older, newer] = GENERATE(
        std::pair<std::string, std::string>{R"("versionId":"9")", R"("versionId":"10")"},
        std::pair<std::string, std::string>{R"("lastUpdated":"2026-01-05T08:00:00Z")",
                                            R"("lastUpdated":"2026-01-05T09:30:00+01:00")"});
    REQUIRE(import_lines(ward, order("p1", "active", older)).complete());
    const auto stopped = import_lines(ward, order("p1", "stopped", newer));
    REQUIRE(stopped.complete());
    for (const char* patient : {"p1", "p2"}) {
        const auto again = import_lines(ward, order(patient, "active", older));
        REQUIRE(again.report.rejected_count == 1);
        CHECK(again.report.written == 0);
        CHECK(again.report.rejected.front().reason.find("earlier version") != std::string::npos);
    }
    const auto resource = kari::fhir::imported_resource_id(k_system, "MedicationRequest", "x");
    CHECK(
        merge::operative_as<v1::MedicationRequest>(folded(ward, stopped.records.at("p1"), resource))
            .status() == v1::MEDICATION_REQUEST_STATUS_STOPPED);
    CHECK(import_lines(ward, order("p1", "stopped", newer)).report.unchanged == 3);
}
