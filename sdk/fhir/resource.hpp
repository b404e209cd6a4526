// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <google/protobuf/message.h>
#include <kari/ids.hpp>

#include "kari/v1/change.pb.h"
#include "kari/v1/resources.pb.h"
#include "sdk/fhir/element.hpp"
#include "sdk/fhir/json.hpp"
#include "sdk/fhir/mapping.hpp"

namespace kari::fhir {

// What only the rest of the input can tell about one resource.
struct Surroundings {
    // Drug, form and strength of a Medication elsewhere in the input.
    std::function<std::optional<v1::Prescription>(std::string_view reference)> medication_of;
    // The first order of the line that an order replaces.
    std::function<ResourceId(const ResourceId& prior)> first_order_of;
};

struct MappedResource {
    v1::Kind kind = v1::KIND_UNSPECIFIED;
    std::unique_ptr<google::protobuf::Message> message;
    std::optional<v1::EffectiveTime> effective;
};

// One FHIR resource as the message of its kind. `source` names where it came from; a type without
// schema is kept whole as OtherResource, and so is one with a modifier that this build does not
// know (FHIR forbids to act on it). Nothing: refused, see reading.refusal. What is returned gives
// the resource back: that is checked for each one.
std::optional<MappedResource> map_resource(const Json& resource, const v1::ImportSource& source,
                                           const ResourceId& id, const Surroundings& surroundings,
                                           Reading& reading);

// As a kind that the caller chose, whatever the resource says of its own; modifiers are not looked
// for. Nothing: see reading.refusal.
std::optional<MappedResource> map_as(const Mapping& mapping, const Json& resource,
                                     const v1::ImportSource& source, const ResourceId& id,
                                     const Surroundings& surroundings, Reading& reading);

// The first element that changes the meaning of those beside it; null when there is none. FHIR
// forbids to act on a resource with one that is not understood.
const std::string* unknown_modifier(const Json& value);

// As OtherResource, whatever the type.
MappedResource keep_whole(const Json& resource, const v1::ImportSource& source);

// The FHIR form of a kind's message. `id` is that of a resource without source. Null when the kind
// has none.
Json write_resource(const google::protobuf::Message& message, std::string_view id);

// The source atom of a resource message, wherever the kind keeps it; null when made here.
const v1::ImportSource* source_of(const google::protobuf::Message& message);

// Drug, form and strength of a Medication resource.
v1::Prescription read_medication(const Json& medication, Reading& reading);

// True when a code system or a table of words knows the unit of this FHIR Quantity; one without any
// unit is a plain number of doses.
bool is_known_dose_unit(const Json& quantity);

}  // namespace kari::fhir
