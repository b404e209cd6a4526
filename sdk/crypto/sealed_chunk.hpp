// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <kari/error.hpp>

#include "sdk/crypto/secret.hpp"

namespace kari::crypto {

// A chunk of an attachment, sealed so that none can be altered, moved, left out at the end or
// taken from another attachment: AES-256-GCM whose nonce is the chunk's number and whether it is
// the last. The key belongs to one attachment and seals each chunk once; docs/formats/attachment.md
// has the layout. Errors: invalid_argument (key, length).
Result<std::string> seal_chunk(const Secret& key, std::uint32_t number, bool last,
                               std::string_view content);
// Errors: malformed (length), signature_invalid (another key, number or end; or altered).
Result<Secret> open_chunk(const Secret& key, std::uint32_t number, bool last,
                          std::string_view sealed);

}  // namespace kari::crypto
