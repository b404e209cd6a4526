// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <kari/error.hpp>

namespace kari::server::http {

// Errors: malformed, too_large (more than `most` bytes once unpacked; nothing beyond is unpacked).
Result<std::string> unpack_zstd(std::string_view packed, std::size_t most);
std::string pack_zstd(std::string_view plain);

}  // namespace kari::server::http
