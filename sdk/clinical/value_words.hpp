// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <google/protobuf/message.h>

#include "sdk/clinical/catalogue.hpp"

namespace kari::clinical {

// What one atom of a kind's message says, in words: concepts and dosages as shown, amounts with
// their units, codes by their words. Works on any kind of the schema by its description.
// Empty when the atom is not set. Ids and other bytes are left out.
std::string value_words(const google::protobuf::Message& message,
                        const google::protobuf::FieldDescriptor& atom, Language language);

// FHIR's code of a schema enum's value: "MEDICATION_REQUEST_STATUS_ON_HOLD" is "on-hold".
std::string fhir_code(std::string_view value_name, std::string_view prefix);

}  // namespace kari::clinical
