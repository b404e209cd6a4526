// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <kari/ids.hpp>

namespace kari::crypto {

// RFC 6962 hashing: leaf = SHA-256(0x00 || bytes), node = SHA-256(0x01 || left || right); a node
// without a sibling moves up unchanged. The root of no leaves is SHA-256 of nothing.
Digest merkle_root(const std::vector<std::string>& leaves);
// Sibling digests from the leaf upwards. Requires: index < leaves.size(); throws otherwise.
std::vector<Digest> merkle_path(const std::vector<std::string>& leaves, std::uint32_t index);
bool merkle_verify(std::string_view leaf, std::uint32_t index, std::uint32_t leaves,
                   const std::vector<Digest>& path, const Digest& root);

}  // namespace kari::crypto
