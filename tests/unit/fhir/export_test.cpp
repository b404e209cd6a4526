// SPDX-License-Identifier: Apache-2.0
#include <map>

#include <catch2/catch_test_macros.hpp>

#include "sdk/chart/review.hpp"
#include "sdk/fhir/resource.hpp"
#include "sdk/merge/fold.hpp"
#include "tests/support/change_builder.hpp"
#include "tests/unit/fhir/kept_journal.hpp"

using namespace kari;
using namespace kari::fhir;
using kari::test::Act;
using kari::test::ChangePtr;
using kari::test::id_of;
using kari::test::Writer;

namespace {

const RecordId k_record = id_of<RecordId>(1);
const ResourceId k_resource = id_of<ResourceId>(2);

merge::Resource fold_of(const std::vector<ChangePtr>& changes) {
    std::vector<const merge::Change*> all;
    for (const auto& change : changes)
        all.push_back(change.get());
    return merge::fold(all);
}

v1::Observation weight(const std::string& value) {
    v1::Observation out;
    v1::Measurement& measurement = *out.mutable_observation();
    measurement.set_status(v1::OBSERVATION_STATUS_FINAL);
    measurement.mutable_code()->set_text("weight");
    measurement.mutable_value()->mutable_quantity()->set_value(value);
    measurement.mutable_value()->mutable_quantity()->set_unit("kg");
    measurement.set_effective("2026-01-05T08:00:00+01:00");
    return out;
}

std::string tags_of(const Json& resource) {
    std::string out;
    const Json* meta = resource.find("meta");
    const Json* tags = meta != nullptr ? meta->find("tag") : nullptr;
    if (tags == nullptr) return out;
    for (const Json& tag : tags->all_items()) {
        CHECK(tag.text("system") == k_state_system);
        out += std::string(tag.text("code")) + ' ';
    }
    return out;
}

const Json* entry_of(const Json& bundle, std::string_view type) {
    for (const Json& entry : bundle.find("entry")->all_items()) {
        const Json* resource = entry.find("resource");
        if (resource->text("resourceType") == type) return resource;
    }
    return nullptr;
}

}  // namespace

TEST_CASE("what was made here has its resource id and its patient") {
    auto tablet = Writer::tablet(1);
    const auto made = fold_of({tablet.write({k_record, k_resource}, weight("72.10"))});
    const Json out = to_fhir(made, {.patient = "Patient/p1"});
    CHECK(out.text("id") == k_resource.text());
    CHECK(out.find("subject")->text("reference") == "Patient/p1");
    CHECK(out.find("valueQuantity")->find("value")->number_text()->text == "72.10");
    CHECK(out.find("meta") == nullptr);
    CHECK(exported_reference(made) == "Observation/" + k_resource.text());
}

TEST_CASE("what was made here can be imported elsewhere and says the same") {
    auto server = Writer::server();
    v1::MedicationRequest order;
    order.set_status(v1::MEDICATION_REQUEST_STATUS_ACTIVE);
    order.mutable_authoring()->set_intent("order");
    v1::Prescription& prescription = *order.mutable_prescription();
    prescription.mutable_medication()->set_text("Metoprolol");
    prescription.mutable_form()->set_text("depottablett");
    prescription.mutable_strength()->mutable_numerator()->set_value("47.50");
    prescription.mutable_strength()->mutable_numerator()->set_code("mg");
    prescription.mutable_strength()->mutable_denominator()->set_value("1");
    prescription.add_dosage()->add_dose_and_rate()->mutable_dose_quantity()->set_value("0.500");
    const Json out =
        to_fhir(fold_of({server.write({k_record, k_resource}, order)}), {.patient = "Patient/p1"});
    REQUIRE(out.find("medicationReference") != nullptr);
    CHECK(out.find("medicationReference")->text("reference") == "#medication");

    fhir::test::KeptJournal sink;
    const auto report =
        fhir::test::import_text(fhir::test::bundle_of({fhir::test::k_patient, to_text(out)}), sink);
    REQUIRE(report.rejected_count == 0);
    REQUIRE(sink.kept.size() == 2);
    auto& again = dynamic_cast<v1::MedicationRequest&>(*sink.kept[1].message);
    again.mutable_prescription()->clear_medication_reference();
    CHECK(again.prescription().SerializeAsString() == prescription.SerializeAsString());
    CHECK(again.status() == order.status());
}

TEST_CASE("an order that was taken down by phone is told as a draft and a proposal") {
    auto tablet = Writer::tablet(1);
    v1::MedicationRequest heard;
    heard.mutable_prescription()->mutable_medication()->set_text("Oksykodon 5 mg");
    heard.set_status(v1::MEDICATION_REQUEST_STATUS_ACTIVE);
    heard.mutable_authoring()->mutable_requester()->set_display("Dr Berg");
    const auto made = tablet.write({.record = k_record, .resource = k_resource}, heard);
    auto json = to_fhir(fold_of({made}), {});
    CHECK(json.text("status") == "draft");
    CHECK(json.text("intent") == "proposal");
    CHECK(json.find("medicationCodeableConcept")->text("text") == "Oksykodon 5 mg");
    CHECK(json.find("requester")->text("display") == "Dr Berg");
    // Once it is answered it is an order as any other.
    auto server = Writer::server();
    heard.mutable_authoring()->set_intent("order");
    const auto answered =
        server.write({.record = k_record, .resource = k_resource, .parents = {made->id}}, heard);
    json = to_fhir(fold_of({made, answered}), {});
    CHECK(json.text("status") == "active");
    CHECK(json.text("intent") == "order");
}

TEST_CASE("a contested allergy has its operative value and a tag") {
    auto server = Writer::server();
    v1::AllergyIntolerance base;
    base.mutable_code()->set_text("Penicillin");
    base.set_verification_status(v1::ALLERGY_VERIFICATION_STATUS_UNCONFIRMED);
    const auto first = server.write({k_record, k_resource}, base);
    v1::AllergyIntolerance confirmed;
    confirmed.set_verification_status(v1::ALLERGY_VERIFICATION_STATUS_CONFIRMED);
    v1::AllergyIntolerance refuted;
    refuted.set_verification_status(v1::ALLERGY_VERIFICATION_STATUS_REFUTED);
    auto one = Writer::tablet(1);
    auto two = Writer::tablet(2);
    const auto a =
        one.write({.record = k_record, .resource = k_resource, .parents = {first->id}}, confirmed);
    const auto b =
        two.write({.record = k_record, .resource = k_resource, .parents = {first->id}}, refuted);
    const auto contested = fold_of({first, a, b});
    REQUIRE(contested.contested());
    const Json out = to_fhir(contested, {});
    CHECK(tags_of(out) == "contested ");
    const Json& coding = out.find("verificationStatus")->find("coding")->all_items().front();
    CHECK(coding.text("code") == "confirmed");
    CHECK(to_fhir_statements(contested, {}).size() == 1);

    const auto incomplete = fold_of({a, b});
    REQUIRE(incomplete.incomplete());
    CHECK(tags_of(to_fhir(incomplete, {})) == "incomplete ");
}

TEST_CASE("of a contested observation every statement is exported under an id of its own") {
    auto one = Writer::tablet(1);
    auto two = Writer::tablet(2);
    const auto first = one.write({k_record, k_resource}, weight("72.10"));
    const auto a = one.write({.record = k_record, .resource = k_resource, .parents = {first->id}},
                             weight("72.0"));
    const auto b = two.write({.record = k_record, .resource = k_resource, .parents = {first->id}},
                             weight("27.10"));
    const auto contested = fold_of({first, a, b});
    const auto statements = to_fhir_statements(contested, {.patient = "Patient/p1"});
    REQUIRE(statements.size() == 2);
    CHECK(statements[0].text("id") != statements[1].text("id"));
    for (const Json& each : statements) {
        CHECK(tags_of(each) == "contested ");
        CHECK(each.text("status") == "final");
        CHECK(each.text("id").starts_with(k_resource.text()));
        CHECK(each.text("id").size() <= 64);
    }
}

TEST_CASE("an administration made here says its slot, order version and override") {
    auto tablet = Writer::tablet(1);
    v1::MedicationAdministration given;
    v1::Administration& administration = *given.mutable_administration();
    administration.set_status(v1::ADMINISTRATION_STATUS_COMPLETED);
    administration.mutable_medication()->set_text("x");
    administration.set_slot(std::string(32, '\1'));
    administration.mutable_request()->set_resource(base::to_bytes(k_resource));
    administration.add_override()->set_rule("dose/given-against-allergy");
    const Json out = to_fhir(fold_of({tablet.write({k_record, id_of<ResourceId>(3)}, given)}),
                             {.patient = "Patient/p1", .reference_of = [](const ResourceId& id) {
                                  return "MedicationRequest/" + id.text();
                              }});
    CHECK(out.find("request")->text("reference") == "MedicationRequest/" + k_resource.text());
    CHECK(to_text(*out.find("extension")).find("dose/given-against-allergy") != std::string::npos);
    CHECK(out.find("extension")->all_items().size() == 2);
}

TEST_CASE("an administration made here says of what strength it was, and of which package") {
    auto tablet = Writer::tablet(1);
    v1::MedicationAdministration given;
    v1::Administration& administration = *given.mutable_administration();
    administration.set_status(v1::ADMINISTRATION_STATUS_COMPLETED);
    administration.set_effective("2026-03-01T08:00:00+01:00");
    administration.mutable_medication()->set_text("Paracetamol");
    administration.mutable_strength()->mutable_numerator()->set_value("500");
    administration.mutable_strength()->mutable_numerator()->set_code("mg");
    administration.mutable_strength()->mutable_denominator()->set_value("1");
    administration.mutable_scanned()->set_gtin("07038381000015");
    administration.mutable_scanned()->set_expires("2027-03-31");
    const Json out =
        to_fhir(fold_of({tablet.write({k_record, k_resource}, given)}), {.patient = "Patient/p1"});
    const std::string extension = to_text(*out.find("extension"));
    CHECK(extension.find("urn:kari:fhir:scanned") != std::string::npos);
    CHECK(extension.find("07038381000015") != std::string::npos);
    CHECK(extension.find("lot") == std::string::npos);
    CHECK(out.find("medicationReference")->text("reference") == "#medication");

    fhir::test::KeptJournal sink;
    const auto report =
        fhir::test::import_text(fhir::test::bundle_of({fhir::test::k_patient, to_text(out)}), sink);
    REQUIRE(report.rejected_count == 0);
    REQUIRE(sink.kept.size() == 2);
    const auto& again = dynamic_cast<v1::MedicationAdministration&>(*sink.kept[1].message);
    CHECK(again.administration().medication().text() == "Paracetamol");
    CHECK(again.administration().strength().SerializeAsString() ==
          administration.strength().SerializeAsString());
}

TEST_CASE("how a dose was taken, and when its effect is looked at, go out and come in again") {
    for (const auto intake :
         {v1::INTAKE_UNSPECIFIED, v1::INTAKE_SELF_OBSERVED, v1::INTAKE_SELF_REPORTED,
          v1::INTAKE_HANDED_OVER, v1::INTAKE_BY_OTHER}) {
        auto tablet = Writer::tablet(1);
        v1::MedicationAdministration given;
        v1::Administration& administration = *given.mutable_administration();
        administration.set_status(v1::ADMINISTRATION_STATUS_COMPLETED);
        administration.set_effective("2026-03-01T08:00:00+01:00");
        administration.mutable_medication()->set_text("Paracetamol");
        administration.add_performer()->set_display("Anne Moen, daughter");
        administration.set_intake(intake);
        administration.set_effect_due("2026-03-01T09:00:00+01:00");
        administration.add_follows(std::string(32, '\2'));
        administration.mutable_taken_from()->set_kind(v1::STOCK_PLACE_KIND_CAR);
        administration.mutable_taken_from()->set_name("2");
        const Json out = to_fhir(fold_of({tablet.write({k_record, k_resource}, given)}),
                                 {.patient = "Patient/p1"});
        CHECK(out.text("status") == "completed");
        const std::string extension = to_text(*out.find("extension"));
        CHECK(extension.find("urn:kari:fhir:follows") != std::string::npos);
        CHECK(extension.find("car:2") != std::string::npos);

        fhir::test::KeptJournal sink;
        const auto report = fhir::test::import_text(
            fhir::test::bundle_of({fhir::test::k_patient, to_text(out)}), sink);
        REQUIRE(report.rejected_count == 0);
        REQUIRE(sink.kept.size() == 2);
        const auto& again = dynamic_cast<v1::MedicationAdministration&>(*sink.kept[1].message);
        CHECK(again.administration().intake() == intake);
        CHECK(again.administration().effect_due() == "2026-03-01T09:00:00+01:00");
        CHECK(again.administration().performer(0).display() == "Anne Moen, daughter");
        // And out again as it came.
        CHECK(write_resource(again, {}) == out);
    }
}

TEST_CASE("a bundle holds the patient's resources and an issue for each finding") {
    auto server = Writer::server();
    auto tablet = Writer::tablet(1);
    v1::Patient person;
    person.set_birth_date("1950-01-01");
    person.mutable_source()->set_system("s");
    person.mutable_source()->set_type("Patient");
    person.mutable_source()->set_logical_id("0b8cd4ab-0000-4000-8000-000000000001");
    const auto birth = server.write({k_record, id_of<ResourceId>(3)}, person);
    const auto measured_change = tablet.write({k_record, k_resource}, weight("72.10"));

    chart::Finding finding;
    finding.rule = "merge/observation";
    finding.subject = chart::Subject::resource(k_resource);
    finding.id = chart::finding_id(finding.rule, finding.subject);
    finding.severity = v1::SEVERITY_S2;
    finding.inputs = {measured_change->id};
    finding.records = {k_record};
    finding.resources = {k_resource};

    auto group = chart::make_group({k_record}, {}, {birth, measured_change});
    const Json provisional =
        to_bundle(group, chart::track(group, {finding}), {.base_url = "https://kari.example/fhir"});
    CHECK(provisional.text("type") == "searchset");
    REQUIRE(provisional.find("entry")->all_items().size() == 3);
    const auto url_of = [&](std::string_view type) {
        for (const Json& entry : provisional.find("entry")->all_items()) {
            if (entry.find("resource")->text("resourceType") == type) return entry.text("fullUrl");
        }
        return std::string_view();
    };
    CHECK(url_of("Patient") == "urn:uuid:0b8cd4ab-0000-4000-8000-000000000001");
    CHECK(url_of("Observation") == "https://kari.example/fhir/Observation/" + k_resource.text());
    CHECK(entry_of(provisional, "Observation")->find("subject")->text("reference") ==
          "Patient/0b8cd4ab-0000-4000-8000-000000000001");
    const Json* issue = entry_of(provisional, "DetectedIssue");
    REQUIRE(issue != nullptr);
    CHECK(issue->text("status") == "preliminary");
    CHECK(issue->text("severity") == "moderate");
    CHECK(issue->find("identifiedDateTime") == nullptr);
    CHECK(issue->find("implicated")->all_items().front().text("reference") ==
          "Observation/" + k_resource.text());

    // Once the server has stated it, that is what it is, and what people did stands in it.
    v1::DetectedIssue stated;
    *stated.mutable_statement() = chart::statement_of(finding);
    const Act about_issue{k_record, chart::issue_resource(finding.id)};
    const auto statement = server.write(about_issue, stated);
    v1::DetectedIssue said;
    auto& resolution = *said.mutable_resolution()->add_items();
    resolution.add_input(base::to_bytes(measured_change->id));
    resolution.set_severity(v1::SEVERITY_S2);
    resolution.set_outcome("corrected");
    resolution.set_reason("wrong scale");
    const auto answer = tablet.write(
        {.record = k_record, .resource = about_issue.resource, .parents = {statement->id}}, said);
    group = chart::make_group({k_record}, {}, {birth, measured_change, statement, answer});
    const Json firm = to_bundle(group, chart::track(group, {finding}), {});
    REQUIRE(firm.find("entry")->all_items().size() == 3);
    issue = entry_of(firm, "DetectedIssue");
    CHECK(issue->text("status") == "final");
    CHECK(issue->text("id") == chart::issue_resource(finding.id).text());
    CHECK_FALSE(issue->text("identifiedDateTime").empty());
    const Json& mitigation = issue->find("mitigation")->all_items().front();
    CHECK(mitigation.find("action")->text("text") == "corrected: wrong scale");
    CHECK_FALSE(mitigation.text("date").empty());
    CHECK(to_text(mitigation).find(measured_change->id.text()) != std::string::npos);
    CHECK(to_text(*issue->find("meta")).find("resolved") != std::string::npos);

    // What no rule finds any more is told once, as cancelled.
    *stated.mutable_statement() = chart::statement_of(finding, true);
    const auto cleared = server.write(
        {.record = k_record, .resource = about_issue.resource, .parents = {answer->id}}, stated);
    group = chart::make_group({k_record}, {}, {birth, measured_change, statement, answer, cleared});
    const Json over = to_bundle(group, chart::track(group, {}), {});
    REQUIRE(over.find("entry")->all_items().size() == 3);
    CHECK(entry_of(over, "DetectedIssue")->text("status") == "cancelled");
}

TEST_CASE("an issue has both sides in full, what they had in common, and who answers by when") {
    auto server = Writer::server();
    auto other = Writer::server(901);
    v1::MedicationRequest order;
    order.set_status(v1::MEDICATION_REQUEST_STATUS_ACTIVE);
    auto& prescription = *order.mutable_prescription();
    prescription.mutable_medication()->set_text("Metoprolol");
    prescription.add_dosage()->set_text("one tablet");
    const auto first = server.write({k_record, k_resource}, order);
    other.reads(*first);
    const auto dose = [&](Writer& writer, const char* words) {
        v1::MedicationRequest changed;
        *changed.mutable_prescription() = order.prescription();
        changed.mutable_prescription()->mutable_dosage(0)->set_text(words);
        return writer.write({.record = k_record, .resource = k_resource, .parents = {first->id}},
                            changed);
    };
    const auto left = dose(server, "two tablets");
    const auto right = dose(other, "three tablets");
    auto group = chart::make_group({k_record}, {}, {first, left, right});
    const auto tracked = chart::track(group, chart::review(group, clinical::demo_pack()));
    REQUIRE(tracked.size() == 1);
    const Json bundle = to_issue_bundle(group, tracked, {.patient = "Patient/p1"});
    REQUIRE(bundle.find("entry")->all_items().size() == 1);
    const Json* issue = entry_of(bundle, "DetectedIssue");
    CHECK(issue->text("severity") == "high");
    CHECK(issue->find("patient")->text("reference") == "Patient/p1");
    CHECK(issue->find("identifier")->all_items().front().text("value") ==
          tracked[0].finding.id.text());
    CHECK_FALSE(issue->find("code")->text("text").empty());
    CHECK_FALSE(issue->text("detail").empty());
    const std::string more = to_text(*issue->find("extension"));
    CHECK(more.find(R"("valueCode":"prescriber")") != std::string::npos);
    CHECK(more.find("urn:kari:fhir:finding-due") != std::string::npos);

    std::map<std::string, std::string> evidence;  // by what it is, and its change
    for (const Json& one : issue->find("evidence")->all_items()) {
        const auto& coding = one.find("code")->all_items().front().find("coding")->all_items();
        evidence[std::string(coding.front().text("code"))] += to_text(one);
        CHECK(one.find("detail")->all_items().front().text("reference") ==
              "MedicationRequest/" + k_resource.text());
    }
    CHECK(evidence.size() == 2);
    CHECK(evidence["base"].find("one tablet") != std::string::npos);
    CHECK(evidence["base"].find(first->id.text()) != std::string::npos);
    for (const char* words : {"two tablets", "three tablets"})
        CHECK(evidence["side"].find(words) != std::string::npos);
    for (const auto& side : {left, right})
        CHECK(evidence["side"].find(R"({"url":"not-seen","valueString":")" + side->id.text()) !=
              std::string::npos);

    // A side that is not here is named as such.
    group = chart::make_group({k_record}, {}, {first, left});
    const Json part = to_issue_bundle(group, tracked, {});
    const std::string gone = to_text(*entry_of(part, "DetectedIssue")->find("evidence"));
    CHECK(gone.find("not-here") != std::string::npos);
    CHECK(gone.find(right->id.text()) != std::string::npos);
    CHECK(gone.find("three tablets") == std::string::npos);
}

TEST_CASE("kinds without a FHIR form are not exported") {
    auto server = Writer::server();
    v1::TimeNote note;
    note.mutable_note()->set_server_minus_device_ms(1);
    const auto resource = fold_of({server.write({k_record, k_resource}, note)});
    CHECK(to_fhir(resource, {}).is_null());
    CHECK(exported_reference(resource).empty());
    const auto group =
        chart::make_group({k_record}, {}, {server.write({k_record, id_of<ResourceId>(5)}, note)});
    CHECK(to_bundle(group, {}, {}).find("entry")->all_items().empty());
}

TEST_CASE("a remainder that is no JSON object harms nothing") {
    auto server = Writer::server();
    for (const char* text : {"", "[]", "{", "7", R"({"name":{"$is":"x"},"a":{"$items":7}})"}) {
        v1::Patient person;
        person.set_birth_date("1950");
        person.mutable_remainder()->set_json(text);
        const auto resource = fold_of({server.write({k_record, k_resource}, person)});
        CHECK(to_fhir(resource, {}).text("birthDate") == "1950");
    }
}
