// SPDX-License-Identifier: Apache-2.0
//
// What a nurse says of care goes out whole: by FHIR's elements, and where it has none by
// extensions.
#include <google/protobuf/message.h>
#include <catch2/catch_test_macros.hpp>

#include "kari/v1/care.pb.h"
#include "sdk/fhir/export.hpp"
#include "sdk/merge/schema.hpp"
#include "tests/support/change_builder.hpp"

using namespace kari;
using namespace kari::fhir;
using kari::test::id_of;
using kari::test::Writer;
namespace pb = google::protobuf;

namespace {

constexpr int k_deepest = 3;

// Sets every field of a message, as far down as anything is said.
void fill(pb::Message& message, int depth) {
    const auto* reflection = message.GetReflection();
    const auto* type = message.GetDescriptor();
    for (int i = 0; i < type->field_count(); ++i) {
        const auto* field = type->field(i);
        const bool once = !field->is_repeated();
        if (field->message_type() == v1::ImportSource::descriptor() ||
            field->message_type() == v1::Remainder::descriptor() ||
            // Several activities stand in the place of the one that the other atoms tell of.
            field->message_type() == v1::PlannedActivity::descriptor()) {
            continue;
        }
        if (field->cpp_type() == pb::FieldDescriptor::CPPTYPE_MESSAGE) {
            if (depth < k_deepest) {
                fill(once ? *reflection->MutableMessage(&message, field)
                          : *reflection->AddMessage(&message, field),
                     depth + 1);
            }
        } else if (field->cpp_type() == pb::FieldDescriptor::CPPTYPE_STRING) {
            const std::string text =
                field->type() == pb::FieldDescriptor::TYPE_BYTES ? std::string(16, 'r') : "2026";
            if (once) reflection->SetString(&message, field, text);
            if (!once) reflection->AddString(&message, field, text);
        } else if (field->cpp_type() == pb::FieldDescriptor::CPPTYPE_ENUM) {
            reflection->SetEnumValue(&message, field, 2);
        } else if (field->cpp_type() == pb::FieldDescriptor::CPPTYPE_BOOL) {
            reflection->SetBool(&message, field, true);
        } else if (field->cpp_type() == pb::FieldDescriptor::CPPTYPE_UINT32) {
            reflection->SetUInt32(&message, field, 2);
        }
    }
}

Json exported(const pb::Message& message) {
    Writer server = Writer::server();
    const auto change =
        server.write({.record = id_of<RecordId>(1), .resource = id_of<ResourceId>(1)}, message);
    ExportOptions options;
    options.patient = "Patient/p1";
    return to_fhir(merge::fold({change.get()}), options);
}

// Fields of the kind's own messages, one and two levels down; what a data type holds is its own.
template <typename Check>
void each_said(pb::Message& root, pb::Message& at, const std::string& path, Check check) {
    std::vector<const pb::FieldDescriptor*> fields;
    at.GetReflection()->ListFields(at, &fields);
    for (const auto* field : fields) {
        const std::string name = path + '.' + field->name();
        const bool ours = field->message_type() != nullptr && !field->is_repeated() &&
                          field->message_type()->file() == v1::Condition::descriptor()->file();
        if (ours) {
            each_said(root, *at.GetReflection()->MutableMessage(&at, field), name, check);
            continue;
        }
        const std::unique_ptr<pb::Message> before(at.New());
        before->CopyFrom(at);
        at.GetReflection()->ClearField(&at, field);
        check(name);
        at.CopyFrom(*before);
    }
}

}  // namespace

TEST_CASE("nothing that is said here of care is left out of the export") {
    std::size_t kinds = 0;
    for (const auto& kind : merge::all_kinds()) {
        if (kind.kind < v1::KIND_CONDITION || kind.kind == v1::KIND_MEDICATION_ALLOWANCE ||
            kind.kind == v1::KIND_STOCK_EVENT) {
            continue;
        }
        ++kinds;
        const std::unique_ptr<pb::Message> said(kind.prototype->New());
        fill(*said, 0);
        const std::string whole = canonical_text(exported(*said));
        each_said(*said, *said, kind.name, [&](const std::string& name) {
            CAPTURE(name);
            CHECK(canonical_text(exported(*said)) != whole);
        });
    }
    CHECK(kinds == 14);
}

TEST_CASE("a measure made here has the status that FHIR wants of its activity") {
    v1::RestraintMeasure measure;
    measure.mutable_content()->mutable_code()->set_text("sengehest");
    measure.set_status(v1::MEASURE_STATUS_REVOKED);
    const Json out = exported(measure);
    CHECK(out.text("resourceType") == "CarePlan");
    CHECK(out.find("subject")->text("reference") == "Patient/p1");
    const Json& detail = *out.find("activity")->all_items().at(0).find("detail");
    CHECK(detail.text("status") == "stopped");
}

TEST_CASE("the patient of an appointment made here is one of its participants") {
    v1::Appointment appointment;
    appointment.mutable_participant()->add_items()->mutable_actor()->set_display("Fotterapeuten");
    const Json out = exported(appointment);
    REQUIRE(out.find("participant")->all_items().size() == 2);
    CHECK(out.find("participant")->all_items().at(1).find("actor")->text("reference") ==
          "Patient/p1");
}

TEST_CASE("what a nurse adds to an imported relative goes out beside what the source said") {
    v1::RelatedPerson person;
    person.mutable_source()->set_type("RelatedPerson");
    person.mutable_source()->set_logical_id("r");
    person.mutable_remainder()->set_json(R"({"extension":[{"url":"u"}]})");
    person.set_contact(v1::CONTACT_PERMISSION_DO_NOT_CONTACT);
    const Json out = exported(person);
    const auto& extensions = out.find("extension")->all_items();
    REQUIRE(extensions.size() == 2);
    CHECK(extensions.at(0).text("url") == "u");
    CHECK(extensions.at(1).text("url") == "urn:kari:fhir:contact");
    CHECK(extensions.at(1).text("valueCode") == "do-not-contact");
}
