// SPDX-License-Identifier: Apache-2.0
//
// Imports on top of what an earlier build had no schema for.
#include <fstream>

#include <catch2/catch_test_macros.hpp>

#include "kari/v1/care.pb.h"
#include "sdk/chart/care.hpp"
#include "sdk/chart/group.hpp"
#include "sdk/fhir/export.hpp"
#include "sdk/fhir/import.hpp"
#include "sdk/fhir/lift.hpp"
#include "sdk/fhir/resource.hpp"
#include "sync-server/fhir/import_files.hpp"
#include "sync-server/fhir/importer.hpp"
#include "tests/unit/server_exchange/ward_fixture.hpp"

using namespace kari;
using namespace kari::test;

namespace {

constexpr const char* k_system = "urn:test";
constexpr const char* k_patient = R"({"resourceType":"Patient","id":"p1"})";

std::string about(const std::string& type, const std::string& rest) {
    return R"({"resourceType":")" + type + R"(","id":"x","subject":{"reference":"Patient/p1"},)" +
           rest + "}";
}

server::fhir::ImportOutcome import_lines(Ward& ward, const std::string& line) {
    const auto path = ward.file("in.ndjson");
    std::ofstream(path) << k_patient << "\n" << line << "\n";
    auto outcome = server::fhir::import_path(*ward.parts, path, k_system);
    REQUIRE(outcome);
    return *outcome;
}

// As a build did that had no schema for the type.
RecordId kept_by_former_build(Ward& ward, const std::string& line) {
    const RecordId record = import_lines(ward, "").records.at("p1");
    const auto json = *kari::fhir::parse_json(line);
    v1::ImportSource source;
    source.set_system(k_system);
    source.set_type(std::string(json.text("resourceType")));
    source.set_logical_id("x");
    const auto digest = base::sha256(kari::fhir::canonical_text(json));
    source.set_body_sha256(base::to_bytes(digest));
    auto kept = kari::fhir::keep_whole(json, source);
    kari::fhir::Imported imported;
    imported.patient = kari::fhir::PatientKey{k_system, "p1"};
    imported.record = record;
    imported.resource = kari::fhir::imported_resource_id(k_system, source.type(), "x");
    imported.kind = kept.kind;
    imported.type = source.type();
    imported.logical_id = "x";
    imported.body_sha256 = digest;
    imported.message = std::move(kept.message);
    server::fhir::Importer importer(*ward.parts, k_system);
    REQUIRE(importer.store(std::move(imported)) == kari::fhir::Stored::written);
    REQUIRE(importer.finish());
    return record;
}

chart::Group group_of(Ward& ward, const RecordId& record) {
    const auto log = ward.parts->logs.read(*ward.storage, record);
    REQUIRE(log);
    return chart::make_group({record}, {}, (*log)->changes, kari::fhir::lift);
}

std::size_t count_of(const chart::Group& group, std::uint32_t kind) {
    return static_cast<std::size_t>(
        std::count_if(group.resources.begin(), group.resources.end(),
                      [&](const auto& each) { return each.kind == kind; }));
}

}  // namespace

TEST_CASE("A later import goes on under the kind that was kept, and reads as the new one") {
    Ward ward;
    const std::string first = about("Condition", R"("code":{"text":"fall"})");
    const auto record = kept_by_former_build(ward, first);
    CHECK(import_lines(ward, first).report.unchanged == 2);
    const auto second = import_lines(ward, about("Condition", R"("code":{"text":"fall i trapp"})"));
    CHECK(second.report.rejected_count == 0);
    CHECK(second.report.written == 1);
    const auto group = group_of(ward, record);
    REQUIRE(count_of(group, v1::KIND_CONDITION) == 1);
    const auto id = kari::fhir::imported_resource_id(k_system, "Condition", "x");
    const auto* lifted = group.find(id);
    CHECK(merge::operative_as<v1::Condition>(*lifted).code().text() == "fall i trapp");
    CHECK(lifted->history.size() == 2);
    const auto log = ward.parts->logs.read(*ward.storage, record);
    const auto raw = merge::fold((*log)->of(id));
    CHECK(raw.kind == v1::KIND_OTHER_RESOURCE);
    CHECK_FALSE(raw.unreadable);
    CHECK_FALSE(raw.contested());
}

TEST_CASE("A modifier that comes to what was kept is refused, and what stands is unchanged") {
    Ward ward;
    const auto record = kept_by_former_build(ward, about("Condition", R"("code":{"text":"fall"})"));
    const auto outcome = import_lines(
        ward, about("Condition", R"("code":{"text":"fall"},"modifierExtension":[{"url":"u"}])"));
    CHECK(outcome.report.written == 0);
    REQUIRE(outcome.report.rejected_count == 1);
    CHECK(count_of(group_of(ward, record), v1::KIND_CONDITION) == 1);
}

TEST_CASE("A planned encounter that was kept goes on where it stands, also when it takes place") {
    Ward ward;
    const std::string planned = about("Encounter", R"("status":"planned","class":{"code":"HH"})");
    const auto record = kept_by_former_build(ward, planned);
    CHECK(import_lines(ward, planned).report.written == 0);
    import_lines(ward, about("Encounter", R"("status":"planned","class":{"code":"AMB"})"));
    auto group = group_of(ward, record);
    CHECK(count_of(group, v1::KIND_PLANNED_ENCOUNTER) == 1);
    CHECK(count_of(group, v1::KIND_ENCOUNTER) == 0);
    import_lines(ward, about("Encounter", R"("status":"finished","class":{"code":"AMB"})"));
    group = group_of(ward, record);
    CHECK(count_of(group, v1::KIND_PLANNED_ENCOUNTER) == 0);
    CHECK(count_of(group, v1::KIND_ENCOUNTER) == 1);
}

TEST_CASE("An encounter that was planned and took place is a plan and a fact, told as one") {
    Ward ward;
    ward.parts->lift = kari::fhir::lift;
    const auto first =
        import_lines(ward, about("Encounter", R"("status":"planned","class":{"code":"HH"})"));
    const auto second =
        import_lines(ward, about("Encounter", R"("status":"finished","class":{"code":"HH"})"));
    CHECK(second.report.rejected_count == 0);
    const auto group = group_of(ward, first.records.at("p1"));
    CHECK(count_of(group, v1::KIND_PLANNED_ENCOUNTER) == 1);
    CHECK(count_of(group, v1::KIND_ENCOUNTER) == 1);
    const auto care = chart::care_of(group, "Europe/Oslo");
    CHECK(care.planned_visits.at(0).state == chart::VisitState::carried_out);
    const auto bundle = kari::fhir::to_bundle(group, {}, {});
    std::size_t encounters = 0;
    for (const auto& entry : bundle.find("entry")->all_items()) {
        const auto* resource = entry.find("resource");
        if (resource->text("resourceType") != "Encounter") continue;
        ++encounters;
        CHECK(resource->text("status") == "finished");
    }
    CHECK(encounters == 1);
}

TEST_CASE("What cannot be read is kept whole with a note, and read when it can be") {
    Ward ward;
    const auto bad = import_lines(ward, about("Procedure", R"("status":"perhaps")"));
    CHECK(bad.report.rejected_count == 0);
    CHECK(bad.report.notes_count == 1);
    const auto record = bad.records.at("p1");
    CHECK(count_of(group_of(ward, record), v1::KIND_PROCEDURE) == 0);
    const auto good = import_lines(ward, about("Procedure", R"("status":"completed")"));
    CHECK(good.report.rejected_count == 0);
    CHECK(good.report.written == 1);
    CHECK(count_of(group_of(ward, record), v1::KIND_PROCEDURE) == 1);
}

TEST_CASE("A finding about what was kept whole is not cleared by a lean look") {
    Ward ward;
    ward.parts->lift = kari::fhir::lift;
    const auto vaccine = [](const char* id, const char* day) {
        return R"({"resourceType":"Immunization","id":")" + std::string(id) +
               R"(","status":"completed","patient":{"reference":"Patient/p1"},)"
               R"("vaccineCode":{"text":"influensa"},"occurrenceDateTime":")" +
               day + R"("})";
    };
    // One from a former build, one from today.
    const auto record = kept_by_former_build(ward, vaccine("x", "2026-01-04"));
    import_lines(ward, vaccine("y", "2026-01-05"));
    REQUIRE(server::exchange::review(*ward.parts, record));
    const auto stated = [&] {
        std::size_t standing = 0;
        for (const auto& each : group_of(ward, record).resources) {
            if (each.kind != v1::KIND_DETECTED_ISSUE) continue;
            const auto issue = merge::operative_as<v1::DetectedIssue>(each);
            standing += issue.statement().rule() == "immunization/possible-double" &&
                                !issue.statement().cleared()
                            ? 1U
                            : 0U;
        }
        return standing;
    };
    CHECK(stated() == 1);
    import_lines(ward, about("Observation", R"("status":"final","code":{"text":"pulse"})"));
    CHECK(stated() == 1);
}
