// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <google/protobuf/message.h>

#include "kari/v1/resources.pb.h"
#include "sdk/fhir/element.hpp"
#include "sdk/fhir/json.hpp"

namespace kari::fhir {

enum class Form {
    plain,
    status,    // an enum that decides what is done: an unknown code is refused
    coded,     // an enum in the clothes of a CodeableConcept of one code system
    time,      // date, dateTime or instant
    onset,     // a text that is read as a dateTime
    not_time,  // a text that is not
    several,   // of an array with two items or more; one alone is mapped by its parts
};

// One element and the field that holds it. A path of the JSON may pass through objects
// ("dosage.route"), through arrays of one-element objects ("performer[].actor") and through the
// only item of an array ("activity[0].detail"); a path of the message through messages.
struct Binding {
    std::string_view element;
    std::string_view field;
    Form form = Form::plain;
    std::string_view system = {};  // of Form::coded
};

// How one kind is mapped.
struct Mapping {
    v1::Kind kind = v1::KIND_UNSPECIFIED;
    std::string_view type;
    const google::protobuf::Message* prototype = nullptr;
    std::vector<Binding> bindings;
    std::string_view subject;  // the element that names the patient; empty for Patient
    std::string_view source;   // field paths
    std::string_view remainder;
    std::string_view effective;  // element of the instant that it is about
    std::string_view effective_period;
    std::vector<std::string_view> required;  // elements; "medication[x]" is either
    // What cannot be read is kept whole as OtherResource instead of refused: nobody acts on it as
    // on an order, and a record is better off with it than without.
    bool keep_unread = false;
};

const Mapping* mapping_of(v1::Kind kind);
const Mapping* mapping_of(const google::protobuf::Descriptor& message);
// Some types are of several kinds, by what they say. Null for a type without one.
const Mapping* mapping_of(std::string_view type, const Json& resource);
bool is_mapped(std::string_view type);
// Top-level arrays whose atom keeps no order (policy UNION).
const std::set<std::string>& sets_of(const Mapping& mapping);

// Reads all bindings. False: refused, see Reading::refusal.
bool read_bindings(const Mapping& mapping, const Json& resource, google::protobuf::Message& message,
                   Reading& reading);
void write_bindings(const Mapping& mapping, const google::protobuf::Message& message, Json& out);

// A field of a message along a path of names.
google::protobuf::Message& message_at(google::protobuf::Message& message, std::string_view path);
// Null when it is absent.
const google::protobuf::Message* find_message(const google::protobuf::Message& message,
                                              std::string_view path);

}  // namespace kari::fhir
