// SPDX-License-Identifier: Apache-2.0
#include "sdk/clinical/signed_pack.hpp"

#include <algorithm>

#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sdk/base/time.hpp"

namespace kari::clinical {

Result<v1::SignedPack> read_envelope(std::string_view bytes) {
    if (bytes.size() > k_signed_pack_bytes_max) {
        return fail(ErrorCode::too_large, "pack/too-large: the file: more than 4 MiB");
    }
    v1::SignedPack envelope;
    if (!envelope.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) ||
        envelope.pack().empty()) {
        return fail(ErrorCode::malformed, "pack/malformed: the file: no pack that kari-pack made");
    }
    if (!envelope.GetReflection()->GetUnknownFields(envelope).empty()) {
        return fail(ErrorCode::schema_too_new, "pack/newer: the file");
    }
    return envelope;
}

Digest pack_key_id(std::string_view public_point) {
    return base::sha256(public_point);
}

Digest digest_to_sign(const Digest& key, std::string_view pack) {
    return base::sha256_of("kari pack 1", {base::to_bytes(key), pack});
}

bool is_to_come(const KnowledgePack& pack, Instant now) {
    constexpr std::int64_t k_day_ms = 86'400'000;
    const auto today = base::add_days({1970, 1, 1}, static_cast<int>(now.ms / k_day_ms));
    return base::days_between(today, pack.date) > 2;
}

Result<KnowledgePack> open_pack(std::string_view bytes, const std::vector<std::string>& trusted,
                                const VerifySignature& verify) {
    const auto envelope = read_envelope(bytes);
    if (!envelope) return tl::unexpected(envelope.error());
    if (envelope->signature().empty()) {
        return fail(ErrorCode::signature_invalid, "pack/not-signed");
    }
    const auto signer = std::find_if(trusted.begin(), trusted.end(), [&](const auto& point) {
        return base::to_bytes(pack_key_id(point)) == envelope->key();
    });
    if (signer == trusted.end()) return fail(ErrorCode::signature_invalid, "pack/unknown-key");
    const Digest digest = digest_to_sign(pack_key_id(*signer), envelope->pack());
    if (!verify(*signer, digest, envelope->signature())) {
        return fail(ErrorCode::signature_invalid, "pack/bad-signature");
    }
    return read_pack(envelope->pack());
}

}  // namespace kari::clinical
