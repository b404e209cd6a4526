// SPDX-License-Identifier: Apache-2.0
#include "sdk/fhir/element.hpp"

#include <algorithm>
#include <charconv>
#include <map>

#include <google/protobuf/descriptor.h>
#include <kari/decimal.hpp>

#include "kari/v1/resources.pb.h"
#include "sdk/base/id.hpp"

namespace kari::fhir {

namespace {

namespace pb = google::protobuf;

// The fields whose element is spelled otherwise than the field.
const std::map<std::string_view, std::string_view> k_spelling = {
    {"kari.v1.Annotation.author", "authorReference"},
    {"kari.v1.Annotation.author_text", "authorString"},
    {"kari.v1.Dosage.as_needed", "asNeededBoolean"},
    {"kari.v1.Dosage.as_needed_for", "asNeededCodeableConcept"},
    {"kari.v1.ObservationValue.text", "valueString"},
};

// Texts that are JSON numbers in FHIR.
const std::map<std::string_view, bool> k_number_fields = {
    {"kari.v1.Quantity.value", true},
    {"kari.v1.TimingRepeat.duration", true},
    {"kari.v1.TimingRepeat.duration_max", true},
    {"kari.v1.TimingRepeat.period", true},
    {"kari.v1.TimingRepeat.period_max", true},
    {"kari.v1.ObservationValue.integer", true},
};

// What a reference may name when it does not say so itself.
const std::map<std::string_view, std::string_view> k_reference_targets = {
    {"kari.v1.Administration.request", "MedicationRequest"},
    {"kari.v1.OrderAuthoring.prior_prescription", "MedicationRequest"},
    {"kari.v1.RelatedDocument.target", "DocumentReference"},
};

bool is_choice(const pb::FieldDescriptor& field) {
    return field.cpp_type() == pb::FieldDescriptor::CPPTYPE_MESSAGE &&
           field.message_type() == v1::ObservationValue::descriptor();
}

bool is_number(const pb::FieldDescriptor& field) {
    return k_number_fields.contains(field.full_name());
}

std::string element_name(const pb::FieldDescriptor& field) {
    if (const auto found = k_spelling.find(field.full_name()); found != k_spelling.end()) {
        return std::string(found->second);
    }
    std::string name = field.json_name();
    if (field.containing_type() == v1::ObservationValue::descriptor()) {
        name[0] = static_cast<char>(name[0] - 'a' + 'A');
        name = "value" + name;
    }
    return name;
}

template <typename Integer>
std::optional<Integer> integer(const Json& element) {
    const Json::Number* number = element.number_text();
    if (number == nullptr) return std::nullopt;
    Integer value{};
    const char* end = number->text.data() + number->text.size();
    const auto read = std::from_chars(number->text.data(), end, value);
    // "-0" and the like would not come back as they came.
    if (read.ec != std::errc{} || read.ptr != end || std::to_string(value) != number->text) {
        return std::nullopt;
    }
    return value;
}

bool read_text(const Json& element, pb::Message& message, const pb::FieldDescriptor& field,
               const std::string& path, Reading& reading) {
    const auto* reflection = message.GetReflection();
    std::string text;
    if (is_number(field)) {
        const Json::Number* number = element.number_text();
        if (number == nullptr) return reading.refuse(path, "is not a number");
        if (!Decimal::parse(number->text)) {
            return reading.refuse(path, "is a number beyond the limits");
        }
        text = number->text;
    } else {
        if (element.string() == nullptr) return reading.refuse(path, "is not a string");
        text = *element.string();
        // Without presence an empty text would vanish; the remainder keeps it.
        if (text.empty() && !field.is_repeated()) return true;
    }
    if (field.is_repeated()) {
        reflection->AddString(&message, &field, std::move(text));
    } else {
        reflection->SetString(&message, &field, std::move(text));
    }
    return true;
}

bool read_enum(const Json& element, pb::Message& message, const pb::FieldDescriptor& field,
               const std::string& path, Reading& reading, bool strict) {
    if (element.string() == nullptr) return reading.refuse(path, "is not a string");
    const auto* value = enum_of(*field.enum_type(), *element.string());
    if (value == nullptr) {
        if (strict) return reading.refuse(path, "is a code that is not known");
        reading.remark(path, "is a code that is not known; kept, but not acted on");
        return true;
    }
    message.GetReflection()->SetEnum(&message, &field, value);
    return true;
}

bool read_value(const Json& element, pb::Message& message, const pb::FieldDescriptor& field,
                const std::string& path, Reading& reading, bool strict) {
    const auto* reflection = message.GetReflection();
    switch (field.cpp_type()) {
        case pb::FieldDescriptor::CPPTYPE_STRING:
            return read_text(element, message, field, path, reading);
        case pb::FieldDescriptor::CPPTYPE_ENUM:
            return read_enum(element, message, field, path, reading, strict);
        case pb::FieldDescriptor::CPPTYPE_BOOL: {
            if (element.boolean() == nullptr) return reading.refuse(path, "is not true or false");
            reflection->SetBool(&message, &field, *element.boolean());
            return true;
        }
        case pb::FieldDescriptor::CPPTYPE_INT32: {
            const auto value = integer<std::int32_t>(element);
            if (!value) return reading.refuse(path, "is not an integer");
            reflection->SetInt32(&message, &field, *value);
            return true;
        }
        case pb::FieldDescriptor::CPPTYPE_UINT32: {
            const auto value = integer<std::uint32_t>(element);
            if (!value) return reading.refuse(path, "is not a positive integer");
            reflection->SetUInt32(&message, &field, *value);
            return true;
        }
        case pb::FieldDescriptor::CPPTYPE_MESSAGE: {
            pb::Message* part = field.is_repeated() ? reflection->AddMessage(&message, &field)
                                                    : reflection->MutableMessage(&message, &field);
            if (!read_message(element, *part, path, reading)) return false;
            if (auto* reference = dynamic_cast<v1::Reference*>(part);
                reference != nullptr && reading.resolve) {
                const auto target = k_reference_targets.find(field.full_name());
                const auto id = reading.resolve(
                    reference->reference(),
                    target == k_reference_targets.end() ? std::string_view() : target->second);
                if (id) reference->set_resource(base::to_bytes(*id));
            }
            return true;
        }
        default:
            return reading.refuse(path, "has no mapping");
    }
}

// value[x]: the field of the union tells the element's name.
bool read_choice(const Json& parent, pb::Message& message, const pb::FieldDescriptor& field,
                 const std::string& path, Reading& reading) {
    const pb::Descriptor& type = *field.message_type();
    bool seen = false;
    for (int i = 0; i < type.field_count(); ++i) {
        const std::string name = element_name(*type.field(i));
        const Json* element = parent.find(name);
        if (element == nullptr) continue;
        if (std::exchange(seen, true)) {
            return reading.refuse(path + '.' + name, "is a second value");
        }
        pb::Message* value = message.GetReflection()->MutableMessage(&message, &field);
        if (!read_value(*element, *value, *type.field(i), path + '.' + name, reading, false)) {
            return false;
        }
        if (value->ByteSizeLong() == 0 &&
            !value->GetReflection()->HasField(*value, type.field(i))) {
            message.GetReflection()->ClearField(&message, &field);
        }
    }
    return true;
}

Json write_value(const pb::Message& message, const pb::FieldDescriptor& field, int index) {
    const auto* reflection = message.GetReflection();
    const bool many = field.is_repeated();
    switch (field.cpp_type()) {
        case pb::FieldDescriptor::CPPTYPE_STRING: {
            std::string text = many ? reflection->GetRepeatedString(message, &field, index)
                                    : reflection->GetString(message, &field);
            // A text that is no number is shown as it is: never dropped, never invalid JSON.
            if (is_number(field) && is_number_text(text)) return Json::number(std::move(text));
            return Json(std::move(text));
        }
        case pb::FieldDescriptor::CPPTYPE_ENUM: {
            const auto code = code_of(*reflection->GetEnum(message, &field));
            return code ? Json(*code) : Json();
        }
        case pb::FieldDescriptor::CPPTYPE_BOOL:
            return Json(reflection->GetBool(message, &field));
        case pb::FieldDescriptor::CPPTYPE_INT32:
            return Json::number(reflection->GetInt32(message, &field));
        case pb::FieldDescriptor::CPPTYPE_UINT32:
            return Json::number(reflection->GetUInt32(message, &field));
        case pb::FieldDescriptor::CPPTYPE_MESSAGE:
            return write_message(many ? reflection->GetRepeatedMessage(message, &field, index)
                                      : reflection->GetMessage(message, &field));
        default:
            return Json();
    }
}

bool is_present(const pb::Message& message, const pb::FieldDescriptor& field) {
    const auto* reflection = message.GetReflection();
    if (field.is_repeated()) return reflection->FieldSize(message, &field) > 0;
    if (field.cpp_type() == pb::FieldDescriptor::CPPTYPE_ENUM) {
        return reflection->GetEnumValue(message, &field) != 0;
    }
    return reflection->HasField(message, &field);
}

}  // namespace

bool read_field(const Json& element, pb::Message& message, const pb::FieldDescriptor& field,
                const std::string& path, Reading& reading, bool strict) {
    if (!field.is_repeated()) return read_value(element, message, field, path, reading, strict);
    const Json::Array* items = element.items();
    if (items == nullptr) return reading.refuse(path, "is not an array");
    const bool has_null =
        std::any_of(items->begin(), items->end(), [](const Json& item) { return item.is_null(); });
    if (has_null && field.cpp_type() == pb::FieldDescriptor::CPPTYPE_STRING) {
        // FHIR's way to give only an extension for one of several: the remainder keeps them all.
        reading.remark(path, "has items without a value; kept, but not acted on");
        return true;
    }
    for (std::size_t i = 0; i < items->size(); ++i) {
        if (!read_value((*items)[i], message, field, path + '[' + std::to_string(i) + ']', reading,
                        strict)) {
            return false;
        }
    }
    return true;
}

std::optional<Json> write_field(const pb::Message& message, const pb::FieldDescriptor& field) {
    if (!is_present(message, field)) return std::nullopt;
    if (!field.is_repeated()) return write_value(message, field, 0);
    Json items = Json::array();
    const int size = message.GetReflection()->FieldSize(message, &field);
    for (int i = 0; i < size; ++i)
        items.push(write_value(message, field, i));
    return items;
}

bool read_message(const Json& element, pb::Message& message, const std::string& path,
                  Reading& reading) {
    if (element.members() == nullptr) return reading.refuse(path, "is not an object");
    const pb::Descriptor& type = *message.GetDescriptor();
    for (int i = 0; i < type.field_count(); ++i) {
        const pb::FieldDescriptor& field = *type.field(i);
        if (field.type() == pb::FieldDescriptor::TYPE_BYTES) continue;
        if (is_choice(field)) {
            if (!read_choice(element, message, field, path, reading)) return false;
            continue;
        }
        const std::string name = element_name(field);
        const Json* part = element.find(name);
        if (part == nullptr) continue;
        if (!read_field(*part, message, field, path + '.' + name, reading)) return false;
    }
    return true;
}

Json write_message(const pb::Message& message) {
    Json out = Json::object();
    const pb::Descriptor& type = *message.GetDescriptor();
    for (int i = 0; i < type.field_count(); ++i) {
        const pb::FieldDescriptor& field = *type.field(i);
        if (field.type() == pb::FieldDescriptor::TYPE_BYTES) continue;
        if (!is_present(message, field)) continue;
        if (is_choice(field)) {
            const Json value = write_message(message.GetReflection()->GetMessage(message, &field));
            for (const auto& [name, part] : value.all_members())
                out.set(name, part);
        } else if (auto value = write_field(message, field)) {
            out.set(element_name(field), std::move(*value));
        }
    }
    return out;
}

std::optional<std::string> code_of(const pb::EnumValueDescriptor& value) {
    if (value.number() == 0) return std::nullopt;
    // The zero value is called PREFIX_UNSPECIFIED.
    const std::string& zero = value.type()->FindValueByNumber(0)->name();
    constexpr std::string_view suffix = "UNSPECIFIED";
    std::string code = value.name().substr(zero.size() - suffix.size());
    for (char& c : code) {
        if (c == '_')
            c = '-';
        else if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    }
    return code;
}

const pb::EnumValueDescriptor* enum_of(const pb::EnumDescriptor& type, std::string_view code) {
    for (int i = 0; i < type.value_count(); ++i) {
        if (code_of(*type.value(i)) == code) return type.value(i);
    }
    return nullptr;
}

}  // namespace kari::fhir
