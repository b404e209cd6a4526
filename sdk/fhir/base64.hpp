// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kari::fhir {

std::string to_base64(std::string_view bytes);
// Strict: no white space, right padding, no stray bits. Nothing when it is anything else.
std::optional<std::string> from_base64(std::string_view text);

bool is_utf8(std::string_view text);

}  // namespace kari::fhir
