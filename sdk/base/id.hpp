// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include <kari/ids.hpp>

namespace kari::base {

using Bytes = std::string;  // as protobuf holds them

// Digests and ids as protobuf fields.
template <typename T>
Bytes to_bytes(const T& id) {
    return Bytes(reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size());
}

// Returns nothing when the length is not exactly that of T.
template <typename T>
std::optional<T> from_bytes(std::string_view bytes) {
    T id;
    if (bytes.size() != id.bytes.size()) return std::nullopt;
    std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(id.bytes.data()));
    return id;
}

std::string to_hex(std::string_view bytes);
// Returns nothing for odd length or a character that is not a hexadecimal digit.
std::optional<Bytes> from_hex(std::string_view text);

}  // namespace kari::base
