// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <kari/error.hpp>

namespace kari::transport {

// Errors: internal.
Result<std::string> compress(std::string_view plain);

// Decompresses one zstd body. Memory is bounded by `bytes_max` and a window of 8 MiB.
// Errors: too_large, malformed (not zstd, or not to its end).
Result<std::string> decompress(std::string_view packed, std::size_t bytes_max);

}  // namespace kari::transport
