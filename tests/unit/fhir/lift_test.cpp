// SPDX-License-Identifier: Apache-2.0
//
// What an earlier build kept whole for want of a schema is read as what it holds.
#include <catch2/catch_test_macros.hpp>

#include "kari/v1/care.pb.h"
#include "sdk/chart/chart.hpp"
#include "sdk/chart/review.hpp"
#include "sdk/fhir/lift.hpp"
#include "sdk/fhir/resource.hpp"
#include "tests/support/change_builder.hpp"
#include "tests/unit/fhir/examples.hpp"
#include "tests/unit/fhir/kept_journal.hpp"

using namespace kari;
using namespace kari::fhir;
using namespace kari::fhir::test;
using kari::test::Act;
using kari::test::id_of;
using kari::test::Writer;

namespace {

constexpr auto k_no_lift = nullptr;

// One record, and what an earlier build's server wrote into it.
struct Former {
    RecordId record = id_of<RecordId>(1);
    Writer server = Writer::server();
    std::vector<chart::ChangePtr> changes;

    v1::ImportSource source_of(const Json& resource) const {
        v1::ImportSource source;
        source.set_system(k_system);
        source.set_type(std::string(resource.text("resourceType")));
        source.set_logical_id(std::string(resource.text("id")));
        source.set_body_sha256(base::to_bytes(base::sha256(canonical_text(resource))));
        return source;
    }
    chart::ChangePtr keep(std::string_view json, std::vector<ChangeId> parents = {}) {
        const Json resource = *parse_json(json);
        const auto source = source_of(resource);
        const auto kept = keep_whole(resource, source);
        const auto id = imported_resource_id(k_system, source.type(), source.logical_id());
        changes.push_back(server.write(
            {.record = record, .resource = id, .parents = std::move(parents)}, *kept.message));
        return changes.back();
    }
    chart::Group group(chart::Lift how) const {
        return chart::make_group({record}, {}, changes, how);
    }
};

Imported imported(std::string_view json) {
    KeptJournal sink;
    const auto report = import_text(bundle_of({k_patient, std::string(json)}), sink);
    REQUIRE(report.rejected.empty());
    return std::move(sink.kept.back());
}

}  // namespace

TEST_CASE("each kind that was kept whole reads as an import of today would have written it") {
    for (const Example& each : care_examples()) {
        CAPTURE(each.type, each.json.substr(0, 60));
        Former former;
        const auto change = former.keep(each.json);
        const auto raw = former.group(k_no_lift).resources.at(0);
        REQUIRE(raw.kind == v1::KIND_OTHER_RESOURCE);

        const auto lifted = former.group(lift).resources.at(0);
        const Imported today = imported(each.json);
        CHECK(lifted.lifted);
        CHECK(lifted.kind == static_cast<std::uint32_t>(today.kind));
        CHECK(lifted.operative()->SerializeAsString() == today.message->SerializeAsString());
        CHECK(lifted.heads == raw.heads);
        CHECK(lifted.changes == raw.changes);
        CHECK_FALSE(lifted.contested());
        CHECK(to_text(to_fhir(lifted, {})) == to_text(to_fhir(folded(today), {})));
        // What is stored and compared between replicas is as it was.
        CHECK(change->header.kind() == v1::KIND_OTHER_RESOURCE);
        CHECK(merge::canonical(former.group(k_no_lift).resources.at(0)) == merge::canonical(raw));
        CHECK_FALSE(chart::item_of(lifted).editable());
    }
}

TEST_CASE("a later import takes back what it does not hold any more, and history stays") {
    Former former;
    const auto first =
        former.keep(R"({"resourceType":"Condition","id":"c","subject":{"reference":"Patient/p1"},)"
                    R"("code":{"text":"fall"},"severity":{"text":"alvorlig"}})");
    former.keep(R"({"resourceType":"Condition","id":"c","subject":{"reference":"Patient/p1"},)"
                R"("code":{"text":"fall"}})",
                {first->id});
    const auto lifted = former.group(lift).resources.at(0);
    const auto value = merge::operative_as<v1::Condition>(lifted);
    CHECK(value.code().text() == "fall");
    CHECK_FALSE(value.has_severity());
    CHECK(lifted.history.size() == 2);
    CHECK_FALSE(lifted.contested());
}

TEST_CASE("an encounter that was planned, then took place, is read as a visit") {
    Former former;
    const std::string rest = R"("class":{"code":"HH"},"subject":{"reference":"Patient/p1"}})";
    const auto planned =
        former.keep(R"({"resourceType":"Encounter","id":"e","status":"planned",)" + rest);
    CHECK(former.group(lift).resources.at(0).kind == v1::KIND_PLANNED_ENCOUNTER);
    former.keep(R"({"resourceType":"Encounter","id":"e","status":"finished",)" + rest,
                {planned->id});
    const auto lifted = former.group(lift).resources.at(0);
    CHECK(lifted.kind == v1::KIND_ENCOUNTER);
    CHECK(merge::operative_as<v1::Encounter>(lifted).visit().status() ==
          v1::ENCOUNTER_STATUS_FINISHED);
}

TEST_CASE("what has no schema, a modifier, a fault or another author stays as it is kept") {
    for (const auto* json :
         {R"({"resourceType":"Goal","id":"x","subject":{"reference":"Patient/p1"}})",
          R"({"resourceType":"Condition","id":"x","modifierExtension":[{"url":"u"}]})",
          R"({"resourceType":"Condition","id":"x","code":"fall"})",
          R"({"resourceType":"Procedure","id":"x","status":"perhaps"})",
          // Orders are never read by this way: what was kept whole of them had a modifier.
          R"({"resourceType":"MedicationRequest","id":"x","status":"active"})"}) {
        CAPTURE(json);
        Former former;
        former.keep(json);
        const auto group = former.group(lift);
        CHECK(group.resources.at(0).kind == v1::KIND_OTHER_RESOURCE);
        CHECK_FALSE(group.resources.at(0).lifted);
        const auto chart = chart::make_chart(group, clinical::demo_pack(), {}, "Europe/Oslo");
        CHECK(chart.others.size() == 1);
    }
    Former former;
    former.server = Writer::tablet(1);
    former.keep(R"({"resourceType":"Condition","id":"x","code":{"text":"fall"}})");
    CHECK_FALSE(former.group(lift).resources.at(0).lifted);
}

TEST_CASE("rules see what was kept whole") {
    Former former;
    const std::string rest = R"("status":"completed","patient":{"reference":"Patient/p1"},)"
                             R"("vaccineCode":{"text":"influensa"},)"
                             R"("occurrenceDateTime":"2026-01-0)";
    former.keep(R"({"resourceType":"Immunization","id":"a",)" + rest + R"(4"})");
    former.keep(R"({"resourceType":"Immunization","id":"b",)" + rest + R"(5"})");
    CHECK(chart::review(former.group(k_no_lift), clinical::demo_pack()).empty());
    const auto findings = chart::review(former.group(lift), clinical::demo_pack());
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].rule == "immunization/possible-double");
    CHECK(findings[0].inputs.size() == 2);
}
