// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace kari::demo {

// 32 raw bytes. By OpenSSL, so that the checker shares no hash with the tablets either.
std::string sha256(std::string_view bytes);

std::string hex(std::string_view bytes);
// Throws Trouble for text that is no hexadecimal.
std::string from_hex(std::string_view text);

}  // namespace kari::demo
