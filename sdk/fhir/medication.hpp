// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include <google/protobuf/message.h>

#include "kari/v1/resources.pb.h"
#include "sdk/fhir/element.hpp"
#include "sdk/fhir/json.hpp"
#include "sdk/fhir/resource.hpp"

namespace kari::fhir {

// How a dose came to be taken, and by when somebody is to see whether it helped.
inline constexpr std::string_view k_intake_extension = "urn:kari:fhir:intake";
inline constexpr std::string_view k_effect_due_extension = "urn:kari:fhir:effect-due";

// medication[x] of orders and administrations.
//
// A reference to a Medication that the input holds is kept, and drug and strength (of an order
// also the form) are filled in beside it, so that a chart can show and check them. On export the
// reference alone is given back while the drug is the one that was filled in: the remainder holds
// that one's fingerprint under "$medication". When somebody changes the drug, the drug is
// exported and the old reference is not. A contained Medication is mapped element for element.

// After the bindings were read. `remainder` gets the fingerprint.
void fill_medication(const Json& resource, google::protobuf::Message& message,
                     const Surroundings& surroundings, Json& remainder, Reading& reading);

// After the bindings were written to `out`: leaves one medication[x].
void settle_medication(const google::protobuf::Message& message, const Json& remainder, Json& out);

// An ingredient must name its substance; one whose strength was changed has lost the name.
void name_ingredient(const google::protobuf::Message& message, const Json& remainder, Json& out);

}  // namespace kari::fhir
