// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <google/protobuf/message.h>
#include <kari/device.hpp>

namespace kari::device {

// What one atom of a kind's message says, in words: concepts and dosages as shown, amounts with
// their units, codes as FHIR writes them. Works on any kind of the schema by its description.
// Empty when the atom is not set. Ids and other bytes are left out.
std::string value_words(const google::protobuf::Message& message,
                        const google::protobuf::FieldDescriptor& atom, Language language);

}  // namespace kari::device
