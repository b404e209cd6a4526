// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <google/protobuf/message.h>
#include <kari/ids.hpp>

#include "sdk/fhir/json.hpp"

namespace kari::fhir {

// Something about one element: where it stands and what is the matter; never its value.
struct ElementNote {
    std::string path;
    std::string reason;
};

// What reading one resource needs and what it finds out.
struct Reading {
    // The resource that a reference names, when it is one of this source system. `expected` is
    // the type that the element may name; empty when the reference must say it itself.
    std::function<std::optional<ResourceId>(std::string_view reference, std::string_view expected)>
        resolve;
    std::string zone;

    std::optional<ElementNote> refusal;  // the first one; the resource is rejected
    std::vector<ElementNote> notes;

    bool refuse(std::string path, std::string reason) {
        if (!refusal) refusal = ElementNote{std::move(path), std::move(reason)};
        return false;
    }
    void remark(std::string path, std::string reason) {
        notes.push_back({std::move(path), std::move(reason)});
    }
};

// Data types of FHIR and their messages (types.proto) have the same elements under the same names;
// these two walk the message's descriptor, with a table for the few that are spelled otherwise.
//
// Reading takes exactly what it can give back: what the message has no field for stays in the
// remainder (see remainder.hpp). An element of the wrong JSON type is refused with its path.
// False: refused.
bool read_message(const Json& element, google::protobuf::Message& message, const std::string& path,
                  Reading& reading);
Json write_message(const google::protobuf::Message& message);

// One field of a message, whatever it is called in the JSON. An enum code that is not known is
// refused with `strict`, else left for the remainder and remarked upon.
bool read_field(const Json& element, google::protobuf::Message& message,
                const google::protobuf::FieldDescriptor& field, const std::string& path,
                Reading& reading, bool strict = false);
// Nothing when the field is absent.
std::optional<Json> write_field(const google::protobuf::Message& message,
                                const google::protobuf::FieldDescriptor& field);

// FHIR code of an enum value and back: ADMINISTRATION_STATUS_NOT_DONE <-> "not-done". Nothing for
// the zero value and for codes that are not among the enum's.
std::optional<std::string> code_of(const google::protobuf::EnumValueDescriptor& value);
const google::protobuf::EnumValueDescriptor* enum_of(const google::protobuf::EnumDescriptor& type,
                                                     std::string_view code);

}  // namespace kari::fhir
