// SPDX-License-Identifier: Apache-2.0
#include "sdk/clinical/value_words.hpp"

#include <vector>

#include <google/protobuf/text_format.h>

#include "sdk/clinical/code_words.hpp"
#include "sdk/clinical/coding.hpp"
#include "sdk/clinical/dose_fit.hpp"
#include "sdk/clinical/pieces.hpp"

namespace kari::clinical {

namespace {

using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

std::string of_message(const Message& message, Language language);

// "STATUS_ON_HOLD" of enum Status by its code "on-hold": what stands before the first value's
// "_UNSPECIFIED" is the prefix.
std::string enum_word(const EnumValueDescriptor& value, Language language) {
    const std::string first = value.type()->value(0)->name();
    const auto prefix = first.rfind("UNSPECIFIED");
    const std::string code =
        fhir_code(value.name(), first.substr(0, prefix == std::string::npos ? 0 : prefix));
    return std::string(code_words(value.type()->name(), code, language));
}

std::string printed(const Message& message, const FieldDescriptor& field, int index) {
    std::string out;
    google::protobuf::TextFormat::PrintFieldValueToString(message, &field, index, &out);
    return out;
}

// One value of a field; `index` -1: it is not repeated.
std::string one(const Message& message, const FieldDescriptor& field, int index,
                Language language) {
    const Reflection& at = *message.GetReflection();
    const bool many = index >= 0;
    switch (field.cpp_type()) {
        case FieldDescriptor::CPPTYPE_MESSAGE:
            return of_message(many ? at.GetRepeatedMessage(message, &field, index)
                                   : at.GetMessage(message, &field),
                              language);
        case FieldDescriptor::CPPTYPE_STRING:
            if (field.type() == FieldDescriptor::TYPE_BYTES) return {};
            return many ? at.GetRepeatedString(message, &field, index)
                        : at.GetString(message, &field);
        case FieldDescriptor::CPPTYPE_ENUM:
            return enum_word(
                many ? *at.GetRepeatedEnum(message, &field, index) : *at.GetEnum(message, &field),
                language);
        case FieldDescriptor::CPPTYPE_BOOL:
            return printed(message, field, index) == "true"
                       ? std::string(code_words("", field.name(), language))
                       : "";
        case FieldDescriptor::CPPTYPE_UINT32:
        case FieldDescriptor::CPPTYPE_INT32:
            return printed(message, field, index);
        default:
            return {};
    }
}

std::string of_field(const Message& message, const FieldDescriptor& field, Language language) {
    const Reflection& at = *message.GetReflection();
    if (!field.is_repeated()) return one(message, field, -1, language);
    std::string out;
    for (int i = 0; i < at.FieldSize(message, &field); ++i) {
        const std::string said = one(message, field, i, language);
        if (!said.empty()) out += (out.empty() ? "" : "; ") + said;
    }
    return out;
}

// The messages that people read as one thing.
std::string of_message(const Message& message, Language language) {
    if (const auto* concept_ = dynamic_cast<const v1::CodeableConcept*>(&message)) {
        return shown(*concept_);
    }
    if (const auto* amount = dynamic_cast<const v1::Quantity*>(&message)) {
        return amount_words(*amount, language);
    }
    if (const auto* dosage = dynamic_cast<const v1::Dosage*>(&message)) {
        return shown_dosage(*dosage, language);
    }
    if (const auto* reference = dynamic_cast<const v1::Reference*>(&message)) {
        return reference->display();
    }
    if (const auto* note = dynamic_cast<const v1::Annotation*>(&message)) return note->text();
    std::vector<const FieldDescriptor*> set;
    message.GetReflection()->ListFields(message, &set);
    std::string out;
    std::string before;  // a drug and a reference to it are called one and the same
    for (const FieldDescriptor* field : set) {
        std::string said = of_field(message, *field, language);
        if (said.empty() || said == before) continue;
        out += (out.empty() ? "" : ", ") + said;
        before = std::move(said);
    }
    return out;
}

}  // namespace

std::string value_words(const Message& message, const FieldDescriptor& atom, Language language) {
    const Reflection& at = *message.GetReflection();
    const bool set =
        atom.is_repeated() ? at.FieldSize(message, &atom) > 0 : at.HasField(message, &atom);
    return set ? of_field(message, atom, language) : "";
}

std::string fhir_code(std::string_view value_name, std::string_view prefix) {
    if (value_name.starts_with(prefix)) value_name.remove_prefix(prefix.size());
    if (value_name == "UNSPECIFIED") return {};
    std::string out;
    for (const char c : value_name) {
        out.push_back(c == '_' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
    }
    return out;
}

}  // namespace kari::clinical
