// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "sdk/fhir/mapping.hpp"

namespace kari::fhir {

// In a CarePlan's category: which of the three kinds of measure it is. Without one it is a service.
inline constexpr std::string_view k_measure_system = "urn:kari:fhir:measure";

// The kinds of care.proto.
std::vector<Mapping> care_mappings();

// Of a type that has several kinds, the one that this resource is of; nothing for other types.
std::optional<v1::Kind> care_kind(std::string_view type, const Json& resource);

// What follows from what was read, and what rules and merging go by: how often a measure is, what
// a consent comes to, which plan a visit carries out. No element of FHIR holds it.
void derive(const Json& resource, const v1::ImportSource& source,
            google::protobuf::Message& message);

// An encounter that the source planned, and the same one when it took place, are two resources
// here: a plan and a fact. The plan's id.
ResourceId planned_encounter_id(std::string_view system, std::string_view logical_id);

// What was said here and no element of FHIR holds, as extensions "urn:kari:fhir:ATOM[-FIELD]".
// Of an imported resource only atoms that no element holds any part of: the rest it came with.
// Of a measure made here also the status of its activity, which FHIR requires.
void add_own(const google::protobuf::Message& message, bool imported, Json& out);

}  // namespace kari::fhir
