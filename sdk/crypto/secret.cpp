// SPDX-License-Identifier: Apache-2.0
#include "sdk/crypto/secret.hpp"

#include <array>
#include <stdexcept>

#include <argon2.h>
#include <fmt/format.h>
#include <mbedtls/hkdf.h>
#include <mbedtls/md.h>
#include <mbedtls/platform_util.h>

#include "sdk/crypto/private_key.hpp"
#include "sdk/crypto/psa.hpp"
#include "sdk/crypto/signature.hpp"
#include "sdk/crypto/wipe.hpp"

namespace kari::crypto {
namespace {

constexpr std::size_t k_key_bytes = 32;
constexpr std::size_t k_nonce_bytes = 12;
constexpr std::size_t k_tag_bytes = 16;
constexpr std::size_t k_point_bytes = 65;
constexpr std::size_t k_digest_bytes = 32;

constexpr std::string_view k_seal_to_info = "kari seal to 1";

const mbedtls_md_info_t* sha256_info() {
    return mbedtls_md_info_from_type(MBEDTLS_MD_SHA256);
}

// The secret that two P-256 keys share: the x coordinate, 32 bytes.
Result<Secret> shared_secret(std::string_view private_der, std::string_view public_point) {
    const auto scalar = scalar_of(private_der);
    if (!scalar) return tl::unexpected<Error>(scalar.error());
    if (!point_shaped(public_point)) {
        return fail(ErrorCode::malformed, "public key: not an uncompressed point");
    }
    const PsaSession session;
    if (!session.ready()) return psa_failure("initialise", PSA_ERROR_BAD_STATE);
    const PsaKey key(scalar->view(), PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1),
                     PSA_ALG_ECDH, PSA_KEY_USAGE_DERIVE);
    if (key.status() != PSA_SUCCESS) return psa_failure("import key", key.status());
    std::string shared(k_key_bytes, '\0');
    std::size_t length = 0;
    const psa_status_t status = psa_raw_key_agreement(
        PSA_ALG_ECDH, key.id(), octets(public_point), public_point.size(),
        reinterpret_cast<unsigned char*>(shared.data()), shared.size(), &length);
    if (status != PSA_SUCCESS || length != k_key_bytes) {
        return fail(ErrorCode::malformed, "public key: not a point of P-256");
    }
    return Secret(std::move(shared));
}

Result<Secret> seal_to_key(std::string_view private_der, std::string_view peer,
                           std::string_view ephemeral, std::string_view recipient) {
    const auto shared = shared_secret(private_der, peer);
    if (!shared) return tl::unexpected<Error>(shared.error());
    // Both points are in the salt, so that the key belongs to this pair and no other.
    return hkdf_sha256(shared->view(), std::string(ephemeral) + std::string(recipient),
                       k_seal_to_info, k_key_bytes);
}

// The public point that belongs to a private key.
Result<std::string> public_point_of(std::string_view private_der) {
    const auto scalar = scalar_of(private_der);
    if (!scalar) return tl::unexpected<Error>(scalar.error());
    const PsaSession session;
    if (!session.ready()) return psa_failure("initialise", PSA_ERROR_BAD_STATE);
    const PsaKey key(scalar->view(), PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1),
                     PSA_ALG_ECDH, PSA_KEY_USAGE_DERIVE);
    if (key.status() != PSA_SUCCESS) return psa_failure("import key", key.status());
    std::string point(k_point_bytes, '\0');
    std::size_t length = 0;
    const psa_status_t status = psa_export_public_key(
        key.id(), reinterpret_cast<unsigned char*>(point.data()), point.size(), &length);
    if (status != PSA_SUCCESS) return psa_failure("export public key", status);
    return point;
}

}  // namespace

void wipe(std::string& bytes) {
    bytes.resize(bytes.capacity());
    mbedtls_platform_zeroize(bytes.data(), bytes.size());
    bytes.clear();
}

Secret::Secret(Secret&& other) noexcept : bytes_(std::move(other.bytes_)) {
    wipe(other.bytes_);
}

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this != &other) {
        wipe(bytes_);
        bytes_ = std::move(other.bytes_);
        wipe(other.bytes_);
    }
    return *this;
}

Secret::~Secret() {
    wipe(bytes_);
}

Result<std::string> seal(const Secret& key, std::string_view plain, std::string_view associated,
                         Entropy& entropy) {
    if (key.view().size() != k_key_bytes) {
        return fail(ErrorCode::invalid_argument, "seal: key is not 32 bytes");
    }
    std::array<std::uint8_t, k_nonce_bytes> nonce{};
    entropy.fill(nonce);
    std::string out(k_nonce_bytes + plain.size() + k_tag_bytes, '\0');
    std::copy(nonce.begin(), nonce.end(), out.begin());
    const PsaSession session;
    if (!session.ready()) return psa_failure("initialise", PSA_ERROR_BAD_STATE);
    const PsaKey imported(key.view(), PSA_KEY_TYPE_AES, PSA_ALG_GCM, PSA_KEY_USAGE_ENCRYPT);
    if (imported.status() != PSA_SUCCESS) return psa_failure("import key", imported.status());
    std::size_t length = 0;
    const psa_status_t status =
        psa_aead_encrypt(imported.id(), PSA_ALG_GCM, nonce.data(), nonce.size(), octets(associated),
                         associated.size(), octets(plain), plain.size(),
                         reinterpret_cast<unsigned char*>(out.data()) + k_nonce_bytes,
                         out.size() - k_nonce_bytes, &length);
    if (status != PSA_SUCCESS) return psa_failure("encrypt", status);
    return out;
}

Result<Secret> open(const Secret& key, std::string_view sealed, std::string_view associated) {
    if (key.view().size() != k_key_bytes) {
        return fail(ErrorCode::invalid_argument, "open: key is not 32 bytes");
    }
    if (sealed.size() < k_nonce_bytes + k_tag_bytes) {
        return fail(ErrorCode::malformed, "sealed bytes: too short");
    }
    const std::string_view nonce = sealed.substr(0, k_nonce_bytes);
    const std::string_view cipher = sealed.substr(k_nonce_bytes);
    // One byte more than the plaintext: an empty one still needs an address.
    std::string plain(cipher.size() - k_tag_bytes + 1, '\0');
    std::size_t length = 0;
    psa_status_t status = PSA_ERROR_BAD_STATE;
    {
        const PsaSession session;
        if (!session.ready()) return psa_failure("initialise", status);
        const PsaKey imported(key.view(), PSA_KEY_TYPE_AES, PSA_ALG_GCM, PSA_KEY_USAGE_DECRYPT);
        if (imported.status() != PSA_SUCCESS) return psa_failure("import key", imported.status());
        status =
            psa_aead_decrypt(imported.id(), PSA_ALG_GCM, octets(nonce), nonce.size(),
                             octets(associated), associated.size(), octets(cipher), cipher.size(),
                             reinterpret_cast<unsigned char*>(plain.data()), plain.size(), &length);
    }
    if (status == PSA_ERROR_INVALID_SIGNATURE) {
        return fail(ErrorCode::signature_invalid, "sealed bytes: wrong key, or altered");
    }
    if (status != PSA_SUCCESS) return psa_failure("decrypt", status);
    plain.resize(length);
    return Secret(std::move(plain));
}

std::string hmac_sha256(const Secret& key, std::string_view bytes) {
    std::string mac(k_digest_bytes, '\0');
    const std::string_view key_bytes = key.view();
    if (mbedtls_md_hmac(sha256_info(), octets(key_bytes), key_bytes.size(), octets(bytes),
                        bytes.size(), reinterpret_cast<unsigned char*>(mac.data())) != 0) {
        throw std::runtime_error("HMAC failed");  // out of memory, or a library without SHA-256
    }
    return mac;
}

Secret hkdf_sha256(std::string_view input, std::string_view salt, std::string_view info,
                   std::size_t length) {
    std::string out(length, '\0');
    if (mbedtls_hkdf(sha256_info(), octets(salt), salt.size(), octets(input), input.size(),
                     octets(info), info.size(), reinterpret_cast<unsigned char*>(out.data()),
                     out.size()) != 0) {
        throw std::runtime_error("HKDF failed");  // more than 255 * 32 bytes: a defect
    }
    return Secret(std::move(out));
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    unsigned char different = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        // volatile: no early exit may be built from this loop
        const volatile unsigned char left = static_cast<unsigned char>(a[i]);
        different =
            static_cast<unsigned char>(different | (left ^ static_cast<unsigned char>(b[i])));
    }
    return different == 0;
}

Result<Secret> derive_pin_key(std::string_view pin, const PinParameters& parameters) {
    // The parameters come from a file: what is beyond these bounds was not written by us.
    constexpr std::uint32_t k_iterations_max = 64;
    constexpr std::uint32_t k_memory_kib_max = 1024 * 1024;
    constexpr std::uint32_t k_lanes_max = 16;
    constexpr std::size_t k_salt_bytes = 16;
    const bool bounded = parameters.iterations >= 1 && parameters.iterations <= k_iterations_max &&
                         parameters.lanes >= 1 && parameters.lanes <= k_lanes_max &&
                         parameters.memory_kib >= 8 * parameters.lanes &&
                         parameters.memory_kib <= k_memory_kib_max &&
                         parameters.salt.size() == k_salt_bytes && !pin.empty();
    if (!bounded) return fail(ErrorCode::invalid_argument, "PIN key: parameters out of bounds");
    std::string key(k_key_bytes, '\0');
    const int result = argon2id_hash_raw(
        parameters.iterations, parameters.memory_kib, parameters.lanes, pin.data(), pin.size(),
        parameters.salt.data(), parameters.salt.size(), key.data(), key.size());
    if (result != ARGON2_OK) {
        return fail(ErrorCode::internal, fmt::format("PIN key: Argon2 ({})", result));
    }
    return Secret(std::move(key));
}

Result<std::string> seal_to(std::string_view public_point, std::string_view plain,
                            Entropy& entropy) {
    auto ephemeral = generate_key(entropy);
    if (!ephemeral) return tl::unexpected<Error>(ephemeral.error());
    const Secret private_der(std::move(ephemeral->private_der));
    const auto key =
        seal_to_key(private_der.view(), public_point, ephemeral->public_point, public_point);
    if (!key) return tl::unexpected<Error>(key.error());
    auto sealed = seal(*key, plain, ephemeral->public_point, entropy);
    if (!sealed) return sealed;
    return ephemeral->public_point + *sealed;
}

Result<Secret> open_with(std::string_view private_der, std::string_view sealed) {
    if (sealed.size() < k_point_bytes) return fail(ErrorCode::malformed, "sealed bytes: too short");
    const std::string_view ephemeral = sealed.substr(0, k_point_bytes);
    const auto recipient = public_point_of(private_der);
    if (!recipient) return tl::unexpected<Error>(recipient.error());
    const auto key = seal_to_key(private_der, ephemeral, ephemeral, *recipient);
    if (!key) return tl::unexpected<Error>(key.error());
    return open(*key, sealed.substr(k_point_bytes), ephemeral);
}

}  // namespace kari::crypto
