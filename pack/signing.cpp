// SPDX-License-Identifier: Apache-2.0
#include "pack/signing.hpp"

#include "pack/files.hpp"
#include "sdk/base/id.hpp"
#include "sdk/clinical/signed_pack.hpp"
#include "sdk/crypto/private_key.hpp"
#include "sdk/crypto/signature.hpp"

namespace kari::pack {
namespace {

constexpr std::size_t k_key_bytes_max = 4096;

std::filesystem::path public_part(std::filesystem::path path) {
    path += ".pub";
    return path;
}

}  // namespace

Result<std::string> make_key(const std::filesystem::path& path, Entropy& entropy) {
    const auto pub = public_part(path);
    if (std::filesystem::exists(pub)) {
        return fail(ErrorCode::already_exists, pub.string() + " is there already");
    }
    const auto pair = crypto::generate_key(entropy);
    if (!pair) return tl::unexpected(pair.error());
    if (auto made = create_private_file(path, pair->private_der); !made) {
        return tl::unexpected(made.error());
    }
    auto text = base::to_hex(pair->public_point);
    if (auto made = replace_file(pub, text + "\n"); !made) return tl::unexpected(made.error());
    return text;
}

Result<std::string> read_public_key(std::string_view text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r'))
        text.remove_suffix(1);
    auto point = base::from_hex(text);
    if (!point || !crypto::point_shaped(*point)) {
        return fail(ErrorCode::malformed, "no public key that kari-pack made");
    }
    return std::move(*point);
}

Result<std::string> sign_pack(std::string_view bytes, const std::filesystem::path& key,
                              Entropy& entropy) {
    auto envelope = clinical::read_envelope(bytes);
    if (!envelope) return tl::unexpected(envelope.error());
    const auto private_der = read_file(key, k_key_bytes_max);
    if (!private_der) return tl::unexpected(private_der.error());
    const auto text = read_file(public_part(key), k_key_bytes_max);
    if (!text) return tl::unexpected(text.error());
    const auto point = read_public_key(*text);
    if (!point) return tl::unexpected(point.error());

    const Digest id = clinical::pack_key_id(*point);
    const Digest digest = clinical::digest_to_sign(id, envelope->pack());
    auto signature = crypto::sign(*private_der, digest, entropy);
    if (!signature) return tl::unexpected(signature.error());
    if (!crypto::verify(*point, digest, *signature)) {
        return fail(ErrorCode::malformed,
                    public_part(key).string() + " is of another key than " + key.string());
    }
    envelope->set_key(base::to_bytes(id));
    envelope->set_signature(*signature);
    auto signed_bytes = envelope->SerializeAsString();
    // What a tablet would refuse is not given out.
    if (const auto opened = clinical::open_pack(signed_bytes, {*point}, crypto::verify); !opened) {
        return tl::unexpected(opened.error());
    }
    return signed_bytes;
}

}  // namespace kari::pack
