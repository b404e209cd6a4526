// SPDX-License-Identifier: Apache-2.0
#include "sdk/fhir/mapping.hpp"

#include <algorithm>
#include <stdexcept>

#include "sdk/base/time.hpp"

namespace kari::fhir {

namespace {

namespace pb = google::protobuf;

std::pair<std::string_view, std::string_view> split_last(std::string_view path) {
    const std::size_t dot = path.rfind('.');
    if (dot == path.npos) return {{}, path};
    return {path.substr(0, dot), path.substr(dot + 1)};
}

const pb::FieldDescriptor& field_of(const pb::Message& message, std::string_view name) {
    const auto* field = message.GetDescriptor()->FindFieldByName(std::string(name));
    if (field == nullptr) throw std::logic_error("a mapping names a field that is not there");
    return *field;
}

// The element under its whole path, as a person would write it.
std::string shown(const Mapping& mapping, std::string_view element) {
    return std::string(mapping.type) + '.' + std::string(element);
}

constexpr std::string_view k_only = "[0]";

const Json* find_at(const Json& object, std::string_view path) {
    const Json* at = &object;
    while (at != nullptr && !path.empty()) {
        const std::size_t dot = path.find('.');
        std::string_view name = path.substr(0, dot);
        const bool only = name.ends_with(k_only);
        if (only) name.remove_suffix(k_only.size());
        at = at->find(name);
        if (only && at != nullptr) {
            const bool alone = at->items() != nullptr && at->all_items().size() == 1;
            at = alone ? &at->all_items().front() : nullptr;
        }
        path = dot == path.npos ? std::string_view() : path.substr(dot + 1);
    }
    return at;
}

// The code of a concept in one code system; null when it has none there.
const std::string* code_in(const Json& element, std::string_view system) {
    const Json* codings = element.find("coding");
    if (codings == nullptr || codings->items() == nullptr) return nullptr;
    for (const Json& coding : codings->all_items()) {
        if (coding.text("system") == system && coding.find("code") != nullptr) {
            return coding.find("code")->string();
        }
    }
    return nullptr;
}

bool read_concept(const Binding& binding, const Json& element, pb::Message& holder,
                  const pb::FieldDescriptor& field, const std::string& path, Reading& reading) {
    if (element.members() == nullptr) return reading.refuse(path, "is not an object");
    const std::string* code = code_in(element, binding.system);
    const auto* value = code != nullptr ? enum_of(*field.enum_type(), *code) : nullptr;
    if (value == nullptr) {
        reading.remark(path, "has no code that is known; kept, but not acted on");
        return true;
    }
    holder.GetReflection()->SetEnum(&holder, &field, value);
    return true;
}

bool is_time(std::string_view text) {
    return base::parse_fhir_time(text, "UTC").has_value();
}

// Holds the wrapped parts of an array of objects when each has one: performer[].actor.
bool read_wrapped(const Json& array, std::string_view part, pb::Message& message,
                  std::string_view field_path, Form form, const std::string& path,
                  Reading& reading) {
    if (array.items() == nullptr) return reading.refuse(path, "is not an array");
    if (form == Form::several && array.all_items().size() < 2) return true;
    Json parts = Json::array();
    for (const Json& item : array.all_items()) {
        const Json* found = item.find(part);
        if (found == nullptr) {
            reading.remark(path,
                           "has an item without " + std::string(part) + "; kept, but not acted on");
            return true;
        }
        parts.push(*found);
    }
    if (parts.items() == nullptr || parts.all_items().empty()) return true;
    const auto [holder_path, name] = split_last(field_path);
    pb::Message& holder = message_at(message, holder_path);
    return read_field(parts, holder, field_of(holder, name), path, reading);
}

bool read_value_choice(const Mapping& mapping, const Json& resource, const Binding& binding,
                       pb::Message& message, Reading& reading) {
    // The parent message knows how to read value[x]; nothing else of the resource is offered.
    Json choice = Json::object();
    for (const auto& [name, part] : resource.all_members()) {
        if (name.starts_with("value")) choice.set(name, part);
    }
    if (choice.all_members().empty()) return true;
    v1::ObservationComponent component;
    if (!read_message(choice, component, std::string(mapping.type), reading)) return false;
    if (component.has_value()) message_at(message, binding.field).CopyFrom(component.value());
    return true;
}

bool read_bound(const Mapping& mapping, const Binding& binding, const Json& element,
                pb::Message& message, Reading& reading) {
    const std::string path = shown(mapping, binding.element);
    const std::string* text = element.string();
    if (binding.form == Form::time || binding.form == Form::onset) {
        if (text == nullptr) return reading.refuse(path, "is not a string");
        if (!is_time(*text)) return reading.refuse(path, "is not a date or time of FHIR");
    }
    if (binding.form == Form::not_time && text != nullptr && is_time(*text)) {
        reading.remark(path, "is a text that reads as a time; kept, but not acted on");
        return true;
    }
    const auto [holder_path, name] = split_last(binding.field);
    // Read apart first: an element that is left to the remainder must not leave an empty message.
    std::unique_ptr<pb::Message> scratch(message.New());
    pb::Message& holder = message_at(*scratch, holder_path);
    const pb::FieldDescriptor& field = field_of(holder, name);
    const bool read =
        binding.form == Form::coded
            ? read_concept(binding, element, holder, field, path, reading)
            : read_field(element, holder, field, path, reading, binding.form == Form::status);
    if (!read) return false;
    const auto* reflection = holder.GetReflection();
    const bool taken = field.is_repeated() ? reflection->FieldSize(holder, &field) > 0
                                           : reflection->HasField(holder, &field);
    if (taken) message.MergeFrom(*scratch);
    return true;
}

void set_at(Json& out, std::string_view path, Json value) {
    const std::size_t dot = path.find('.');
    if (dot == path.npos) {
        out.set(path, std::move(value));
        return;
    }
    std::string_view name = path.substr(0, dot);
    const bool only = name.ends_with(k_only);
    if (only) name.remove_suffix(k_only.size());
    Json& part = out[name];
    if (only) {
        if (part.is_null()) part = Json(Json::Array{Json::object()});
        // Where several stand, what is said of one has no place.
        if (part.all_items().size() != 1) return;
        set_at(part.items()->front(), path.substr(dot + 1), std::move(value));
        return;
    }
    if (part.is_null()) part = Json::object();
    set_at(part, path.substr(dot + 1), std::move(value));
}

void write_bound(const Binding& binding, const pb::Message& message, Json& out) {
    const auto [holder_path, name] = split_last(binding.field);
    const pb::Message* holder = find_message(message, holder_path);
    if (holder == nullptr) return;
    if (binding.element == "value[x]") {
        const pb::Message* value = find_message(message, binding.field);
        if (value == nullptr) return;
        const Json choice = write_message(*value);
        for (const auto& [part, json] : choice.all_members())
            out.set(part, json);
        return;
    }
    std::optional<Json> value = write_field(*holder, field_of(*holder, name));
    if (!value || value->is_null()) return;
    if (const std::size_t wrap = binding.element.find("[]."); wrap != std::string_view::npos) {
        Json items = Json::array();
        for (const Json& part : value->all_items()) {
            items.push(Json(Json::Object{{std::string(binding.element.substr(wrap + 3)), part}}));
        }
        out.set(binding.element.substr(0, wrap), std::move(items));
        return;
    }
    if (binding.form == Form::coded) {
        Json coding = Json::object();
        coding.set("system", Json(binding.system));
        coding.set("code", std::move(*value));
        Json concept_json = Json::object();
        concept_json.set("coding", Json(Json::Array{std::move(coding)}));
        value = std::move(concept_json);
    }
    const bool reads_as_time = value->string() != nullptr && is_time(*value->string());
    if (binding.form == Form::onset && !reads_as_time) return;
    if (binding.form == Form::not_time && reads_as_time) return;
    set_at(out, binding.element, std::move(*value));
}

}  // namespace

pb::Message& message_at(pb::Message& message, std::string_view path) {
    pb::Message* at = &message;
    while (!path.empty()) {
        const std::size_t dot = path.find('.');
        at = at->GetReflection()->MutableMessage(at, &field_of(*at, path.substr(0, dot)));
        path = dot == path.npos ? std::string_view() : path.substr(dot + 1);
    }
    return *at;
}

const pb::Message* find_message(const pb::Message& message, std::string_view path) {
    const pb::Message* at = &message;
    while (!path.empty()) {
        const std::size_t dot = path.find('.');
        const pb::FieldDescriptor& field = field_of(*at, path.substr(0, dot));
        if (!at->GetReflection()->HasField(*at, &field)) return nullptr;
        at = &at->GetReflection()->GetMessage(*at, &field);
        path = dot == path.npos ? std::string_view() : path.substr(dot + 1);
    }
    return at;
}

bool read_bindings(const Mapping& mapping, const Json& resource, pb::Message& message,
                   Reading& reading) {
    for (const Binding& binding : mapping.bindings) {
        if (binding.element == "value[x]") {
            if (!read_value_choice(mapping, resource, binding, message, reading)) return false;
            continue;
        }
        if (const std::size_t wrap = binding.element.find("[]."); wrap != std::string_view::npos) {
            const std::string_view array_name = binding.element.substr(0, wrap);
            const Json* array = resource.find(array_name);
            if (array != nullptr &&
                !read_wrapped(*array, binding.element.substr(wrap + 3), message, binding.field,
                              binding.form, shown(mapping, array_name), reading)) {
                return false;
            }
            continue;
        }
        const auto [parent_path, last] = split_last(binding.element);
        const Json* parent = find_at(resource, parent_path);
        if (parent == nullptr) continue;
        if (parent->members() == nullptr) {
            return reading.refuse(shown(mapping, parent_path), "is not an object");
        }
        const Json* element = parent->find(last);
        if (element != nullptr && !read_bound(mapping, binding, *element, message, reading)) {
            return false;
        }
    }
    for (const std::string_view required : mapping.required) {
        const bool there = required == "medication[x]"
                               ? resource.find("medicationCodeableConcept") != nullptr ||
                                     resource.find("medicationReference") != nullptr
                               : resource.find(required) != nullptr;
        if (!there) return reading.refuse(shown(mapping, required), "is required");
    }
    return true;
}

void write_bindings(const Mapping& mapping, const pb::Message& message, Json& out) {
    for (const Binding& binding : mapping.bindings)
        write_bound(binding, message, out);
}

}  // namespace kari::fhir
