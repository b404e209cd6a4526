// SPDX-License-Identifier: Apache-2.0
#include "sdk/crypto/signature.hpp"

#include <array>

#include <mbedtls/platform_util.h>

#include "sdk/crypto/private_key.hpp"
#include "sdk/crypto/psa.hpp"

namespace kari::crypto {
namespace {

constexpr std::size_t k_scalar_bytes = 32;
constexpr std::size_t k_point_bytes = 65;
constexpr std::size_t k_signature_bytes = 64;

constexpr psa_key_type_t k_pair_type = PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1);
constexpr psa_key_type_t k_public_type = PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1);
constexpr psa_algorithm_t k_sign = PSA_ALG_DETERMINISTIC_ECDSA(PSA_ALG_SHA_256);
constexpr psa_algorithm_t k_verify = PSA_ALG_ECDSA(PSA_ALG_SHA_256);

}  // namespace

Result<KeyPair> generate_key(Entropy& entropy) {
    // A scalar beyond the group order is refused: once in 2^32 draws.
    constexpr int k_draws = 16;
    for (int draw = 0; draw < k_draws; ++draw) {
        std::array<std::uint8_t, k_scalar_bytes> drawn{};
        entropy.fill(drawn);
        const Secret scalar(std::string(drawn.begin(), drawn.end()));
        mbedtls_platform_zeroize(drawn.data(), drawn.size());
        const PsaSession session;
        if (!session.ready()) return psa_failure("initialise", PSA_ERROR_BAD_STATE);
        const PsaKey key(scalar.view(), k_pair_type, k_sign, PSA_KEY_USAGE_SIGN_HASH);
        if (key.status() == PSA_ERROR_INVALID_ARGUMENT) continue;
        if (key.status() != PSA_SUCCESS) return psa_failure("import key", key.status());
        std::array<unsigned char, k_point_bytes> point{};
        std::size_t length = 0;
        const psa_status_t status =
            psa_export_public_key(key.id(), point.data(), point.size(), &length);
        if (status != PSA_SUCCESS || length != k_point_bytes) {
            return psa_failure("export public key", status);
        }
        const std::string public_point(point.begin(), point.end());
        return KeyPair{sec1_der(scalar.view(), public_point), public_point};
    }
    return fail(ErrorCode::internal, "crypto: the entropy source gives no usable key");
}

Result<std::string> sign(std::string_view private_der, const Digest& digest, Entropy&) {
    const auto scalar = scalar_of(private_der);
    if (!scalar) return tl::unexpected<Error>(scalar.error());
    const PsaSession session;
    if (!session.ready()) return psa_failure("initialise", PSA_ERROR_BAD_STATE);
    const PsaKey key(scalar->view(), k_pair_type, k_sign, PSA_KEY_USAGE_SIGN_HASH);
    if (key.status() == PSA_ERROR_INVALID_ARGUMENT) {
        return fail(ErrorCode::malformed, "key: not a scalar of P-256");
    }
    if (key.status() != PSA_SUCCESS) return psa_failure("import key", key.status());
    std::array<unsigned char, k_signature_bytes> signature{};
    std::size_t length = 0;
    const psa_status_t status =
        psa_sign_hash(key.id(), k_sign, digest.bytes.data(), digest.bytes.size(), signature.data(),
                      signature.size(), &length);
    if (status != PSA_SUCCESS || length != k_signature_bytes) return psa_failure("sign", status);
    return std::string(signature.begin(), signature.end());
}

Result<void> verify(std::string_view public_point, const Digest& digest,
                    std::string_view signature) {
    if (!point_shaped(public_point)) {
        return fail(ErrorCode::malformed, "public key: not an uncompressed point");
    }
    if (signature.size() != k_signature_bytes) {
        return fail(ErrorCode::malformed, "signature: not 64 bytes");
    }
    const PsaSession session;
    if (!session.ready()) return psa_failure("initialise", PSA_ERROR_BAD_STATE);
    const PsaKey key(public_point, k_public_type, k_verify, PSA_KEY_USAGE_VERIFY_HASH);
    if (key.status() == PSA_ERROR_INVALID_ARGUMENT) {
        return fail(ErrorCode::malformed, "public key: not a point of P-256");
    }
    if (key.status() != PSA_SUCCESS) return psa_failure("import key", key.status());
    const psa_status_t status =
        psa_verify_hash(key.id(), k_verify, digest.bytes.data(), digest.bytes.size(),
                        octets(signature), signature.size());
    if (status == PSA_ERROR_INVALID_SIGNATURE) {
        return fail(ErrorCode::signature_invalid, "signature: does not fit key and digest");
    }
    if (status != PSA_SUCCESS) return psa_failure("verify", status);
    return {};
}

}  // namespace kari::crypto
