// SPDX-License-Identifier: Apache-2.0
#include <set>

#include <google/protobuf/message.h>
#include <catch2/catch_test_macros.hpp>

#include "sdk/fhir/mapping.hpp"
#include "sdk/fhir/remainder.hpp"
#include "sdk/merge/schema.hpp"
#include "tests/unit/fhir/examples.hpp"
#include "tests/unit/fhir/kept_journal.hpp"

using namespace kari;
using namespace kari::fhir;
using namespace kari::fhir::test;
namespace pb = google::protobuf;

namespace {

Imported imported(std::string_view json) {
    KeptJournal sink;
    const std::string resource(json);
    const bool is_patient = resource.find("\"Patient\"") < 40;
    const auto report =
        import_text(is_patient ? bundle_of({resource}) : bundle_of({k_patient, resource}), sink);
    for (const auto& note : report.rejected)
        FAIL(note.path + ": " + note.reason);
    return std::move(sink.kept.back());
}

std::optional<ImportNote> rejection(std::string_view json) {
    KeptJournal sink;
    const auto report = import_text(bundle_of({k_patient, std::string(json)}), sink);
    if (report.rejected.empty()) return std::nullopt;
    return report.rejected.front();
}

Json given_back(const Imported& resource) {
    return to_fhir(folded(resource), {});
}

Json remainder(const Imported& resource) {
    const Mapping* mapping = mapping_of(resource.kind);
    const auto* field = find_message(*resource.message, mapping->remainder);
    if (field == nullptr) return Json::object();
    return *parse_json(dynamic_cast<const v1::Remainder&>(*field).json(), {.depth = 256});
}

// A remainder without what says where it belongs; nothing when that leaves nothing.
std::optional<Json> plain(const Json& value) {
    if (const Json* rest = value.find("$rest")) return plain(*rest);
    if (const Json* whole = value.find("$whole")) return *whole;
    if (const Json* items = value.find("$items")) {
        Json out = Json::array();
        for (const Json& item : items->all_items()) {
            if (auto kept = plain(item)) out.push(std::move(*kept));
        }
        return out.all_items().empty() ? std::nullopt : std::optional<Json>(out);
    }
    if (value.find("$is") != nullptr) return std::nullopt;
    if (value.members() == nullptr) return value;
    Json out = Json::object();
    for (const auto& [name, member] : value.all_members()) {
        if (name.starts_with('$')) continue;
        if (auto kept = plain(member)) out.set(name, std::move(*kept));
    }
    return out.all_members().empty() ? std::nullopt : std::optional<Json>(out);
}

// Removes "a[].b[1].c".
void remove_at(Json& from, std::string_view path) {
    const std::size_t end = path.find_first_of(".[");
    const std::string_view name = path.substr(0, end);
    if (end == path.npos) {
        from.erase(name);
        return;
    }
    Json* part = from.find(name);
    if (part == nullptr) return;
    if (path[end] == '.') {
        remove_at(*part, path.substr(end + 1));
        return;
    }
    const std::size_t close = path.find(']', end);
    const std::string_view index = path.substr(end + 1, close - end - 1);
    if (part->items() == nullptr) return;
    for (std::size_t i = 0; i < part->all_items().size(); ++i) {
        if (index.empty() || index == std::to_string(i)) {
            remove_at((*part->items())[i], path.substr(close + 2));
        }
    }
}

// Without what was left empty by the removals.
std::optional<Json> pruned(const Json& value) {
    if (const Json::Array* items = value.items()) {
        Json out = Json::array();
        for (const Json& item : *items) {
            if (auto kept = pruned(item)) out.push(std::move(*kept));
        }
        return out.all_items().empty() ? std::nullopt : std::optional<Json>(out);
    }
    if (value.members() == nullptr) return value;
    Json out = Json::object();
    for (const auto& [name, member] : value.all_members()) {
        if (auto kept = pruned(member)) out.set(name, std::move(*kept));
    }
    return out.all_members().empty() ? std::nullopt : std::optional<Json>(out);
}

// Changes each scalar of a message in turn and calls `check` with a name of it.
template <typename Check>
void each_change(pb::Message& root, pb::Message& at, const std::string& path, Check check) {
    std::vector<const pb::FieldDescriptor*> fields;
    const auto* reflection = at.GetReflection();
    reflection->ListFields(at, &fields);
    for (const pb::FieldDescriptor* field : fields) {
        const std::string name = path + '.' + field->name();
        // What follows from other fields is written for merging and rules, not for FHIR.
        static const std::set<std::string> not_in_fhir = {
            "source", "remainder", "lineage", "frequency", "effect", "limit", "has_exceptions"};
        const bool of_timing = path.ends_with(".repeat");
        if (field->type() == pb::FieldDescriptor::TYPE_BYTES ||
            (not_in_fhir.contains(field->name()) && !of_timing)) {
            continue;
        }
        if (field->cpp_type() == pb::FieldDescriptor::CPPTYPE_MESSAGE) {
            const int size = field->is_repeated() ? reflection->FieldSize(at, field) : 1;
            for (int i = 0; i < size; ++i) {
                pb::Message* part = field->is_repeated()
                                        ? reflection->MutableRepeatedMessage(&at, field, i)
                                        : reflection->MutableMessage(&at, field);
                each_change(root, *part, name + '[' + std::to_string(i) + ']', check);
            }
            continue;
        }
        const std::unique_ptr<pb::Message> before(at.New());
        before->CopyFrom(at);
        switch (field->cpp_type()) {
            case pb::FieldDescriptor::CPPTYPE_STRING:
                if (field->is_repeated())
                    reflection->SetRepeatedString(&at, field, 0, "77");
                else
                    reflection->SetString(&at, field, "77");
                break;
            case pb::FieldDescriptor::CPPTYPE_BOOL:
                reflection->SetBool(&at, field, !reflection->GetBool(at, field));
                break;
            case pb::FieldDescriptor::CPPTYPE_ENUM:
                reflection->SetEnumValue(&at, field,
                                         reflection->GetEnumValue(at, field) == 1 ? 2 : 1);
                break;
            case pb::FieldDescriptor::CPPTYPE_INT32:
                reflection->SetInt32(&at, field, 77);
                break;
            case pb::FieldDescriptor::CPPTYPE_UINT32:
                reflection->SetUInt32(&at, field, 77);
                break;
            default:
                FAIL("no change for " + name);
        }
        check(name);
        at.CopyFrom(*before);
    }
}

std::string replaced(std::string_view json, std::string_view what, std::string_view with) {
    std::string out(json);
    const std::size_t at = out.find(what);
    REQUIRE(at != out.npos);
    return out.replace(at, what.size(), with);
}

std::string_view example(std::string_view type) {
    for (const Example& each : examples()) {
        if (each.type == type) return each.json;
    }
    throw std::logic_error("no such example");
}

}  // namespace

TEST_CASE("a full example of each kind is given back as it came") {
    REQUIRE(examples().size() == 20);
    std::set<v1::Kind> kinds;
    for (const Example& each : examples()) {
        CAPTURE(each.type);
        const Imported resource = imported(each.json);
        CHECK(resource.kind == mapping_of(each.type, *parse_json(each.json))->kind);
        kinds.insert(resource.kind);
        CHECK(canonical_text(given_back(resource)) == canonical_text(*parse_json(each.json)));
    }
    // Findings, links, time notes, allowances, the ledger and what is kept whole are not mapped.
    CHECK(kinds.size() == merge::all_kinds().size() - 6);
}

TEST_CASE("the remainder of a full example holds only what no atom holds") {
    for (const Example& each : examples()) {
        CAPTURE(each.type);
        Json expected = *parse_json(each.json);
        for (const std::string_view path : each.mapped)
            remove_at(expected, path);
        const auto left = pruned(expected);
        const auto held = plain(remainder(imported(each.json)));
        REQUIRE(left);
        REQUIRE(held);
        CHECK(canonical_text(*pruned(*held)) == canonical_text(*left));
    }
}

TEST_CASE("changing anything that an atom holds changes the export") {
    for (const Example& each : examples()) {
        CAPTURE(each.type);
        Imported resource = imported(each.json);
        const std::string before = canonical_text(given_back(resource));
        int changes = 0;
        each_change(*resource.message, *resource.message, std::string(each.type),
                    [&](const std::string& name) {
                        CAPTURE(name);
                        ++changes;
                        CHECK(canonical_text(given_back(resource)) != before);
                    });
        CHECK(changes > 10);
        CHECK(canonical_text(given_back(resource)) == before);
    }
}

TEST_CASE("clearing an atom takes its element out of the export") {
    Imported patient = imported(example("Patient"));
    auto& message = dynamic_cast<v1::Patient&>(*patient.message);
    message.clear_birth_date();
    message.clear_address();
    const Json out = given_back(patient);
    CHECK(out.find("birthDate") == nullptr);
    CHECK(out.find("_birthDate") == nullptr);
    CHECK(out.find("address") == nullptr);
    CHECK(out.find("maritalStatus") != nullptr);
}

TEST_CASE("what belonged to an old value does not become the new one's") {
    Imported patient = imported(example("Patient"));
    auto& message = dynamic_cast<v1::Patient&>(*patient.message);
    message.mutable_address()->mutable_items(0)->set_city("Elsewhere");
    message.mutable_name()->mutable_items(1)->set_family("Nyttnavn");
    const Json out = given_back(patient);
    CHECK(out.find("address")->all_items().front().find("extension") == nullptr);
    CHECK(out.find("address")->all_items().front().text("city") == "Elsewhere");
    // The other name keeps what is its own.
    CHECK(out.find("name")->all_items().size() == 2);
    CHECK(out.find("name")->all_items().front().find("_family") != nullptr);
}

TEST_CASE("an element that only the remainder held gives way to an atom") {
    const std::string json = R"({"resourceType":"Patient","id":"p1","gender":"divers",)"
                             R"("_deceasedDateTime":{"extension":[{"url":"u"}]}})";
    KeptJournal sink;
    const auto report = import_text(json, sink);
    REQUIRE(sink.kept.size() == 1);
    REQUIRE(report.notes.size() == 1);
    CHECK(report.notes[0].path == "Patient.gender");
    auto& message = dynamic_cast<v1::Patient&>(*sink.kept[0].message);
    CHECK_FALSE(message.has_gender());
    CHECK(given_back(sink.kept[0]).text("gender") == "divers");
    message.set_gender(v1::ADMINISTRATIVE_GENDER_OTHER);
    message.mutable_deceased()->set_deceased(true);
    CHECK(given_back(sink.kept[0]).text("gender") == "other");
    CHECK(given_back(sink.kept[0]).find("deceasedBoolean") != nullptr);
    CHECK(given_back(sink.kept[0]).find("_deceasedDateTime") == nullptr);
}

TEST_CASE("an unknown status of an order or a fact is refused with its path") {
    for (const auto& [type, status] :
         {std::pair{"MedicationRequest", "on-hold"},
          std::pair{"MedicationAdministration", "not-done"}, std::pair{"Observation", "amended"},
          std::pair{"DocumentReference", "superseded"}}) {
        const std::string whole = "\"status\": \"" + std::string(status) + '"';
        const auto unknown = rejection(replaced(example(type), whole, R"("status": "perhaps")"));
        REQUIRE(unknown);
        CHECK(unknown->path == std::string(type) + ".status");
        const auto absent = rejection(replaced(example(type), whole, R"("language": "nb")"));
        REQUIRE(absent);
        CHECK(absent->reason == "is required");
    }
}

TEST_CASE("an allergy with a status that nobody knows is kept, without that status") {
    const Imported allergy = imported(
        replaced(example("AllergyIntolerance"), R"("code": "active")", R"("code": "sometimes")"));
    const auto& message = dynamic_cast<const v1::AllergyIntolerance&>(*allergy.message);
    CHECK_FALSE(message.has_clinical_status());
    CHECK(message.verification_status() == v1::ALLERGY_VERIFICATION_STATUS_ENTERED_IN_ERROR);
    CHECK(canonical_text(given_back(allergy)).find("sometimes") != std::string::npos);
}

TEST_CASE("an element of the wrong JSON type is refused with its path") {
    const auto check = [](std::string_view type, std::string_view what, std::string_view with,
                          std::string_view path) {
        const auto note = rejection(replaced(example(type), what, with));
        CAPTURE(path);
        REQUIRE(note);
        CHECK(note->path == path);
    };
    check("Observation", "123456789012345678901234567890", "\"1\"",
          "Observation.valueQuantity.value");
    check("Observation", R"("valueInteger": 0)", R"("valueInteger": "0")",
          "Observation.component[4].valueInteger");
    check("Observation", R"("code": {"text": "c3"})", R"("code": "c3")",
          "Observation.component[2].code");
    check("Observation", R"("valueBoolean": false)", R"("valueBoolean": 0)",
          "Observation.component[3].valueBoolean");
    check("MedicationRequest", R"("sequence": -1)", R"("sequence": 1.0)",
          "MedicationRequest.dosageInstruction[0].sequence");
    check("MedicationRequest", R"("count": 10)", R"("count": -10)",
          "MedicationRequest.dosageInstruction[0].timing.repeat.count");
    check("MedicationRequest", R"("reasonCode": [{"text": "r"}])", R"("reasonCode": {"text": "r"})",
          "MedicationRequest.reasonCode");
    check("MedicationAdministration", R"("dosage": {)", R"("dosage": "x", "d": {)",
          "MedicationAdministration.dosage");
    check("DocumentReference", "2025-01-01T08:00:00Z", "yesterday", "DocumentReference.date");
    check("AllergyIntolerance", "1998-03", "1998-13", "AllergyIntolerance.onsetDateTime");
}

TEST_CASE("two values of one choice are refused") {
    const auto note = rejection(replaced(example("Observation"), R"("valueString": "v")",
                                         R"("valueString": "v", "valueInteger": 1)"));
    REQUIRE(note);
    CHECK(note->reason == "is a second value");
    const auto drug =
        rejection(replaced(example("MedicationRequest"), R"("intent")",
                           R"("medicationCodeableConcept": {"text": "x"}, "intent")"));
    REQUIRE(drug);
    CHECK(drug->path == "MedicationRequest.medication[x]");
}

TEST_CASE("a modifier that nobody knows keeps the resource whole and says so") {
    KeptJournal sink;
    const std::string order = replaced(example("MedicationRequest"), R"("intent")",
                                       R"("modifierExtension":[{"url":"u"}],"intent")");
    const auto report = import_text(bundle_of({k_patient, order}), sink);
    REQUIRE(sink.kept.size() == 2);
    CHECK(sink.kept[1].kind == v1::KIND_OTHER_RESOURCE);
    CHECK(report.unmapped.at("MedicationRequest") == 1);
    CHECK(report.notes_count == 1);
    CHECK(given_back(sink.kept[1]) == *parse_json(order));
}

TEST_CASE("names with extensions only, empty texts and empty arrays come back") {
    const std::string json =
        R"({"resourceType":"Patient","id":"p1","name":[{"given":["A",null],)"
        R"("_given":[null,{"extension":[{"url":"u"}]}],"family":""}],"telecom":[],"address":[{}],)"
        R"("communication":[{"preferred":true}],"birthDate":"1950"})";
    CHECK(canonical_text(given_back(imported(json))) == canonical_text(*parse_json(json)));
}

TEST_CASE("a drug that stands elsewhere in the bundle is filled in and not added to the export") {
    const std::string order =
        R"({"resourceType":"MedicationRequest","id":"r","status":"active","intent":"order",)"
        R"("subject":{"reference":"Patient/p1"},)"
        R"("medicationReference":{"reference":"urn:uuid:drug"}})";
    const std::string drug =
        R"({"resourceType":"Medication","id":"drug","code":{"text":"Metoprolol"},)"
        R"("form":{"text":"tablett"}})";
    KeptJournal sink;
    import_text(bundle_of({k_patient, order, drug}), sink);
    const Imported* found = sink.find("MedicationRequest", "r");
    REQUIRE(found != nullptr);
    auto& message = dynamic_cast<v1::MedicationRequest&>(*found->message);
    CHECK(message.prescription().medication().text() == "Metoprolol");
    CHECK(message.prescription().form().text() == "tablett");
    CHECK(given_back(*found) == *parse_json(order));

    // Another drug: the old reference would now be a lie.
    message.mutable_prescription()->mutable_medication()->set_text("Atenolol");
    message.mutable_prescription()->clear_form();
    const Json changed = given_back(*found);
    CHECK(changed.find("medicationReference") == nullptr);
    CHECK(changed.find("medicationCodeableConcept")->text("text") == "Atenolol");
}

TEST_CASE("a changed strength changes the contained drug, which still names its substance") {
    Imported order = imported(example("MedicationRequest"));
    auto& message = dynamic_cast<v1::MedicationRequest&>(*order.message);
    message.mutable_prescription()->mutable_strength()->mutable_numerator()->set_value("95.0");
    const Json out = given_back(order);
    REQUIRE(out.find("contained")->all_items().size() == 2);
    const Json& drug = out.find("contained")->all_items().at(1);
    const Json& ingredient = drug.find("ingredient")->all_items().front();
    CHECK(ingredient.find("strength")->find("numerator")->find("value")->number_text()->text ==
          "95.0");
    CHECK(ingredient.find("itemCodeableConcept")->text("text") == "Metoprolol");
    CHECK(out.find("medicationReference")->text("reference") == "#drug");
}

TEST_CASE("the text of a note is plain in the atom and inline in the attachment") {
    Imported note = imported(example("DocumentReference"));
    auto& message = dynamic_cast<v1::DocumentReference&>(*note.message);
    CHECK(message.document().text() == "Sov godt. Å!");
    message.mutable_document()->set_text("Nytt");
    const Json out = given_back(note);
    const Json& attachment = *out.find("content")->all_items().front().find("attachment");
    CHECK(attachment.text("data") == "Tnl0dA==");
    CHECK(attachment.text("contentType") == "text/plain; charset=utf-8");
    CHECK(attachment.find("title") == nullptr);
}

TEST_CASE("an attachment that is no inline plain text is kept as it is") {
    for (const char* attachment :
         {R"({"contentType":"application/pdf","data":"AAAA"})",
          R"({"contentType":"text/plain","url":"https://x.example/1"})",
          R"({"contentType":"text/plain","data":"not base64!"})",
          R"({"contentType":"text/plain; charset=latin-1","data":"AAAA"})",
          R"({"contentType":"text/plain","data":"/w=="})", R"({"data":"AAAA"})"}) {
        const std::string json =
            R"({"resourceType":"DocumentReference","id":"d","status":"current",)"
            R"("subject":{"reference":"Patient/p1"},"content":[{"attachment":)" +
            std::string(attachment) + "}]}";
        CAPTURE(attachment);
        const Imported note = imported(json);
        CHECK(dynamic_cast<const v1::DocumentReference&>(*note.message).document().text().empty());
        CHECK(given_back(note) == *parse_json(json));
    }
}
