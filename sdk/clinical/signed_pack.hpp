// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <kari/error.hpp>
#include <kari/ids.hpp>

#include "kari/v1/pack.pb.h"
#include "sdk/clinical/knowledge_pack.hpp"

// The envelope that a knowledge pack comes in from outside, and whose it may be.
namespace kari::clinical {

inline constexpr std::size_t k_signed_pack_bytes_max = k_pack_bytes_max + 1024;

// Errors: too_large, malformed, schema_too_new (a member that this build does not know). Says
// nothing of the signature.
Result<v1::SignedPack> read_envelope(std::string_view bytes);

// What names a key in an envelope.
Digest pack_key_id(std::string_view public_point);
// What the holder of that key signs.
Digest digest_to_sign(const Digest& key, std::string_view pack);

// Dated later than tomorrow, wherever on earth: once taken, no other would be for long.
bool is_to_come(const KnowledgePack& pack, Instant now);

// crypto::verify on both sides; this layer has no cryptography of its own.
using VerifySignature = std::function<Result<void>(
    std::string_view public_point, const Digest& digest, std::string_view signature)>;

// A pack that one of `trusted` (public points) signed. Nothing of it is looked at before that.
// Errors: signature_invalid (`what` says: pack/not-signed, pack/unknown-key, pack/bad-signature);
// those of read_envelope and of read_pack.
Result<KnowledgePack> open_pack(std::string_view bytes, const std::vector<std::string>& trusted,
                                const VerifySignature& verify);

}  // namespace kari::clinical
