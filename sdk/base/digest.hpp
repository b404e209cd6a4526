// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include <kari/ids.hpp>

namespace kari::base {

// SHA-256. Pure; any thread.
Digest sha256(std::string_view bytes);

// SHA-256 of a domain name and length-prefixed parts, so that no two lists of parts collide:
// SHA-256(name || 0x00 || for each part: u32 big-endian length || part).
Digest sha256_of(std::string_view name, std::initializer_list<std::string_view> parts);

// The first 16 bytes of a digest as an id of type T.
template <typename T>
T shorten(const Digest& digest) {
    T id;
    static_assert(sizeof id.bytes <= sizeof digest.bytes);
    std::copy_n(digest.bytes.begin(), id.bytes.size(), id.bytes.begin());
    return id;
}

// Big-endian bytes, for what is hashed.
std::string u32(std::uint32_t value);
std::string u64(std::uint64_t value);

}  // namespace kari::base
