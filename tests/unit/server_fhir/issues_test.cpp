// SPDX-License-Identifier: Apache-2.0
//
// Findings over FHIR: what a search may say, what it gives, and to whom.
#include <fstream>
#include <set>

#include <catch2/catch_test_macros.hpp>

#include "sdk/fhir/json.hpp"
#include "sync-server/fhir/import_files.hpp"
#include "sync-server/fhir/issues.hpp"
#include "tests/unit/server_exchange/ward_fixture.hpp"

using namespace kari;
using namespace kari::test;
using kari::fhir::Json;
using kari::server::fhir::find_issues;
using kari::server::fhir::read_issue;
using kari::server::fhir::read_issue_search;

namespace {

constexpr std::size_t k_page = 4;

// A citizen with five allergies of one name: a finding for each pair, ten in all, and one for each
// that cannot be compared with a drug.
struct Citizen : Ward {
    RecordId patient;
    DeviceIdentity who;

    Citizen() {
        const auto path = file("in.ndjson");
        std::ofstream out(path);
        out << R"({"resourceType":"Patient","id":"p1"})" << "\n";
        for (int i = 0; i < 5; ++i) {
            out << R"({"resourceType":"AllergyIntolerance","id":"a)" << i
                << R"(","patient":{"reference":"Patient/p1"},"code":{"text":"Plaster"}})" << "\n";
        }
        out.close();
        const auto outcome = server::fhir::import_path(*parts, path, "urn:test");
        REQUIRE(outcome);
        patient = outcome->records.at("p1");
        const Writer writer = Writer::tablet(1);
        who = device(writer, 1);
    }
    std::uint64_t looks() {
        std::uint64_t count = 0;
        REQUIRE(storage->access(patient, 0, [&](const auto&) {
            ++count;
            return true;
        }));
        return count;
    }
    Json found(const std::string& query) {
        const auto search = read_issue_search(query, k_page);
        REQUIRE(search);
        const auto text = find_issues(*parts, who, *search);
        REQUIRE(text);
        return *kari::fhir::parse_json(*text);
    }
};

std::string only_link(const Json& bundle) {
    const Json* link = bundle.find("link");
    if (link == nullptr) return {};
    CHECK(link->all_items().size() == 1);
    CHECK(link->all_items().front().text("relation") == "next");
    return std::string(link->all_items().front().text("url"));
}

}  // namespace

TEST_CASE("A search of findings gives each once over its pages, and none of another rule") {
    Citizen ward;
    REQUIRE(ward.storage->grant(ward.unit, ward.patient));
    const std::string patient = "patient=Patient/" + ward.patient.text();
    std::string query = patient;
    std::set<std::string> ids;
    std::size_t pages = 0;
    for (;;) {
        const auto before = ward.looks();
        const Json bundle = ward.found(query);
        CHECK(ward.looks() == before + 1);
        CHECK(bundle.find("total")->number_text()->text == "15");
        CHECK(bundle.find("entry")->all_items().size() <= k_page);
        for (const Json& entry : bundle.find("entry")->all_items()) {
            CHECK(ids.insert(std::string(entry.find("resource")->text("id"))).second);
            CHECK(entry.find("resource")->text("resourceType") == "DetectedIssue");
            CHECK(entry.find("resource")->text("status") == "final");
        }
        ++pages;
        const std::string next = only_link(bundle);
        if (next.empty()) break;
        REQUIRE(next.starts_with("DetectedIssue?"));
        query = next.substr(next.find('?') + 1);
    }
    CHECK(ids.size() == 15);
    CHECK(pages == 4);

    const Json uncoded =
        ward.found(patient + "&_count=99&code=urn:kari:fhir:rule%7Callergy/uncoded");
    CHECK(uncoded.find("total")->number_text()->text == "5");
    CHECK(uncoded.find("entry")->all_items().size() == k_page);
    CHECK(only_link(uncoded).find("code=allergy%2Funcoded") != std::string::npos);
    CHECK(ward.found(patient + "&code=allergy/none").find("total")->number_text()->text == "0");
    const std::string state = "&_tag=urn:kari:fhir:finding-state%7C";
    CHECK(ward.found(patient + state + "open").find("total")->number_text()->text == "15");
    CHECK(ward.found(patient + state + "resolved").find("total")->number_text()->text == "0");
    const Json one = ward.found(patient + "&_id=" + *ids.begin());
    CHECK(one.find("total")->number_text()->text == "1");

    const auto alone = read_issue(*ward.parts, ward.who, *ids.begin());
    REQUIRE(alone);
    CHECK(kari::fhir::canonical_text(*kari::fhir::parse_json(*alone)) ==
          kari::fhir::canonical_text(*one.find("entry")->all_items().front().find("resource")));
}

TEST_CASE("Findings of a citizen of another unit are not here, and nobody has looked") {
    Citizen ward;
    const auto search = read_issue_search("patient=" + ward.patient.text(), k_page);
    REQUIRE(search);
    const auto before = ward.looks();
    CHECK(find_issues(*ward.parts, ward.who, *search).error().code == ErrorCode::not_found);
    REQUIRE(ward.storage->grant(ward.unit, ward.patient));
    const Json here = ward.found("patient=" + ward.patient.text() + "&_count=1");
    const std::string id(here.find("entry")->all_items().front().find("resource")->text("id"));
    CHECK(read_issue(*ward.parts, ward.who, id).has_value());
    const auto looked = ward.looks();
    CHECK(looked == before + 2);
    REQUIRE(ward.storage->remove(ward.unit, ward.patient));
    CHECK(read_issue(*ward.parts, ward.who, id).error().code == ErrorCode::not_found);
    for (const std::string& none : {std::string(32, '0'), std::string("x"), std::string()})
        CHECK(read_issue(*ward.parts, ward.who, none).error().code == ErrorCode::not_found);
    auto lost = ward.who;
    lost.revoked = true;
    CHECK(read_issue(*ward.parts, lost, id).error().code == ErrorCode::device_revoked);
    CHECK(find_issues(*ward.parts, lost, *search).error().code == ErrorCode::device_revoked);
    CHECK(ward.looks() == looked);
}

TEST_CASE("A search parameter that is unknown or unreadable is refused, and never passed over") {
    const std::string patient = "patient=" + std::string(32, 'a');
    CHECK(read_issue_search(patient, k_page)->count == k_page);
    CHECK(read_issue_search(patient + "&_count=3&&", k_page)->count == 3);
    CHECK(read_issue_search(patient + "&_count=5", k_page)->count == k_page);
    for (const std::string& wrong :
         {std::string(), std::string("patient="), std::string("patient=Patient/1"),
          std::string("code=x"), patient + "&severity=high", patient + "&_count=0",
          patient + "&_count=-1", patient + "&_count=1x", patient + "&_count=", patient + "&_id=7",
          patient + "&_after=", patient + "&_tag=open", patient + "&code=", patient + "&code=%7",
          patient + "&code=%GG", patient + "&_count=99999999999999999999999"}) {
        INFO(wrong);
        const auto read = read_issue_search(wrong, k_page);
        REQUIRE_FALSE(read);
        CHECK(read.error().code == ErrorCode::invalid_argument);
    }
}
