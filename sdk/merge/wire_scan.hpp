// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace kari::merge {

// A top-level field of a serialised message: its number and its exact bytes, tag included.
struct WireField {
    std::uint32_t number = 0;
    std::string_view bytes;
};

// The top-level fields of a message in the order in which they stand; nothing when the bytes are
// not a well-formed message or use groups. Knows no schema, so it reads kinds of the future.
std::optional<std::vector<WireField>> scan_fields(std::string_view message);

}  // namespace kari::merge
