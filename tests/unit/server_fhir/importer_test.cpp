// SPDX-License-Identifier: Apache-2.0
#include <fstream>

#include "sdk/merge/fold.hpp"
#include "sync-server/fhir/import_files.hpp"
#include "tests/unit/server_exchange/ward_fixture.hpp"

using namespace kari;
using namespace kari::test;

namespace {

constexpr const char* k_system = "urn:test";

std::string bundle(const std::string& status, const std::string& extra = "") {
    return R"({"resourceType":"Bundle","type":"collection","entry":[
      {"resource":{"resourceType":"Patient","id":"p1","name":[{"family":"Hansen"}]}},
      {"resource":{"resourceType":"Organization","id":"o1","name":"Clinic"}},
      {"resource":{"resourceType":"MedicationRequest","id":"m1","status":")" +
           status + R"(","intent":"order","subject":{"reference":"Patient/p1"},)" + extra +
           R"("medicationCodeableConcept":{"text":"Paracet"},
        "dosageInstruction":[{"text":"1 tablet"}]}}]})";
}

server::fhir::ImportOutcome import_text(Ward& ward, const std::string& text) {
    const auto path = ward.file("in.json");
    std::ofstream(path) << text;
    auto outcome = server::fhir::import_path(*ward.parts, path, k_system);
    REQUIRE(outcome);
    return *outcome;
}

std::vector<merge::Change> changes_of(Ward& ward, const RecordId& record) {
    std::vector<merge::Change> found;
    for (const auto& stored : ward.log(record)) {
        auto change = merge::decode_change(stored.header_bytes, stored.body_bytes);
        REQUIRE(change);
        found.push_back(std::move(*change));
    }
    return found;
}

}  // namespace

TEST_CASE("The same bundle again writes nothing") {
    Ward ward;
    const auto first = import_text(ward, bundle("active"));
    CHECK(first.report.in == 3);
    CHECK(first.report.written == 3);
    REQUIRE(first.records.size() == 1);
    const RecordId record = first.records.at("p1");
    const auto before = ward.log(record);
    ward.start();  // another process
    const auto second = import_text(ward, bundle("active"));
    CHECK(second.records.at("p1") == record);
    CHECK(second.report.written == 0);
    CHECK(second.report.unchanged == 3);
    CHECK(ward.log(record).size() == before.size());
    CHECK(ward.storage->directory_resources().value() == 1);
}

TEST_CASE("A stop from upstream writes what changed, having seen all that is here") {
    Ward ward;
    const RecordId record = import_text(ward, bundle("active")).records.at("p1");
    const auto before = changes_of(ward, record);
    const auto& order_change = before.back();
    REQUIRE(order_change.header.kind() == v1::KIND_MEDICATION_REQUEST);
    // A nurse's proposal stands beside it.
    Writer nurse = Writer::tablet(1);
    nurse.reads(order_change);
    v1::MedicationRequest proposal;
    proposal.mutable_prescription()->mutable_medication()->set_text("Paracet");
    proposal.mutable_prescription()->add_dosage()->set_text("2 tablets");
    const auto proposed = nurse.write(
        {.record = record, .resource = order_change.resource, .parents = {order_change.id}},
        proposal);
    REQUIRE(ward.storage->grant(ward.unit, record));
    auto request = request_of(nurse);
    push_of(request, record, {proposed});
    REQUIRE(ward.exchange(ward.device(nurse, 1), request));
    const auto outcome = import_text(ward, bundle("stopped"));
    CHECK(outcome.report.written == 1);
    const auto after = changes_of(ward, record);
    const auto& stop = after.back();
    CHECK(stop.from_server());
    CHECK(stop.resource == order_change.resource);
    CHECK(stop.parents == std::vector<ChangeId>{proposed->id});
    const auto& atoms = stop.header.atom();
    CHECK(std::find(atoms.begin(), atoms.end(), 1u) == atoms.end());  // the prescription is not
    CHECK(std::find(atoms.begin(), atoms.end(), 2u) != atoms.end());  // the status is
}

TEST_CASE("A stop from upstream names nothing as seen that this server cannot read") {
    Ward ward;
    const RecordId record = import_text(ward, bundle("active")).records.at("p1");
    const auto order_change = changes_of(ward, record).back();
    REQUIRE(order_change.header.kind() == v1::KIND_MEDICATION_REQUEST);
    Writer later = Writer::tablet(1);
    later.reads(order_change);
    v1::MedicationRequest future;
    future.GetReflection()->MutableUnknownFields(&future)->AddVarint(4711, 1);
    const auto unread = later.write({.record = record,
                                     .resource = order_change.resource,
                                     .parents = {order_change.id},
                                     .must_understand = {4711}},
                                    future);
    REQUIRE(ward.storage->grant(ward.unit, record));
    auto request = request_of(later);
    push_of(request, record, {unread});
    REQUIRE(ward.exchange(ward.device(later, 1), request));
    CHECK(import_text(ward, bundle("stopped")).report.written == 1);
    const auto stop = changes_of(ward, record).back();
    CHECK(stop.parents == std::vector{order_change.id});
    const auto log = ward.parts->logs.read(*ward.storage, record);
    REQUIRE(log);
    const auto folded = merge::fold((*log)->of(order_change.resource));
    CHECK(folded.unreadable);
    CHECK(merge::operative_as<v1::MedicationRequest>(folded).status() ==
          v1::MEDICATION_REQUEST_STATUS_STOPPED);
}

TEST_CASE("What upstream took away is cleared, and what it never said is left alone") {
    Ward ward;
    const RecordId record =
        import_text(ward, bundle("active", R"("note":[{"text":"with food"}],)")).records.at("p1");
    import_text(ward, bundle("active"));
    const auto after = changes_of(ward, record);
    const auto& last = after.back();
    REQUIRE(last.header.kind() == v1::KIND_MEDICATION_REQUEST);
    CHECK(last.body.cleared_size() == 1);
    CHECK(last.body.cleared(0) == 6);  // note
    const auto log = ward.parts->logs.read(*ward.storage, record);
    REQUIRE(log);
    const auto folded = merge::fold((*log)->of(last.resource));
    CHECK(merge::operative_as<v1::MedicationRequest>(folded).note().items_size() == 0);
    CHECK(merge::operative_as<v1::MedicationRequest>(folded).prescription().dosage_size() == 1);
}

TEST_CASE("What is wrong with one resource is reported, the rest is imported") {
    Ward ward;
    const auto outcome = import_text(ward, R"({"resourceType":"Bundle","entry":[
      {"resource":{"resourceType":"Patient","id":"p1"}},
      {"resource":{"resourceType":"Observation","id":"x","status":"final",
        "subject":{"reference":"Patient/nobody"},"code":{"text":"pulse"}}},
      {"resource":{"resourceType":"Observation","id":"y","status":"final",
        "subject":{"reference":"Patient/p1"},"code":{"text":"pulse"}}}]})");
    CHECK(outcome.report.in == 3);
    CHECK(outcome.report.rejected_count == 1);
    CHECK(outcome.report.written == 2);
    CHECK(ward.log(outcome.records.at("p1")).size() == 2);
    const auto nonsense = import_text(ward, "this is no JSON");
    CHECK(nonsense.report.written == 0);
    CHECK(nonsense.report.rejected_count > 0);
}
