// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

namespace kari::fhir {

// The resource types of FHIR R4 (4.0.1).
bool is_resource_type(std::string_view name);

// The elements that may name the patient whom a resource of this type is about; "participant"
// stands for participant[].actor.
const std::vector<std::string_view>& patient_elements(std::string_view type);

}  // namespace kari::fhir
