// SPDX-License-Identifier: Apache-2.0
#include "sdk/crypto/sealed_chunk.hpp"

#include <array>

#include "sdk/base/attachment.hpp"
#include "sdk/crypto/psa.hpp"

namespace kari::crypto {
namespace {

constexpr std::size_t k_key_bytes = 32;
constexpr std::string_view k_associated = "kari attachment 1";

// 7 zero bytes, the number big-endian, and 1 for the last chunk.
std::array<unsigned char, 12> nonce_of(std::uint32_t number, bool last) {
    std::array<unsigned char, 12> nonce{};
    for (std::size_t i = 0; i < 4; ++i)
        nonce[7 + i] = static_cast<unsigned char>(number >> (24 - 8 * i));
    nonce[11] = last ? 1 : 0;
    return nonce;
}

bool fits(std::size_t content, bool last) {
    return last ? content >= 1 && content <= base::k_chunk_content_bytes
                : content == base::k_chunk_content_bytes;
}

}  // namespace

Result<std::string> seal_chunk(const Secret& key, std::uint32_t number, bool last,
                               std::string_view content) {
    if (key.view().size() != k_key_bytes || !fits(content.size(), last)) {
        return fail(ErrorCode::invalid_argument, "chunk: key or length");
    }
    const auto nonce = nonce_of(number, last);
    std::string out(content.size() + base::k_chunk_tag_bytes, '\0');
    const PsaSession session;
    if (!session.ready()) return psa_failure("initialise", PSA_ERROR_BAD_STATE);
    const PsaKey imported(key.view(), PSA_KEY_TYPE_AES, PSA_ALG_GCM, PSA_KEY_USAGE_ENCRYPT);
    if (imported.status() != PSA_SUCCESS) return psa_failure("import key", imported.status());
    std::size_t length = 0;
    const psa_status_t status =
        psa_aead_encrypt(imported.id(), PSA_ALG_GCM, nonce.data(), nonce.size(),
                         octets(k_associated), k_associated.size(), octets(content), content.size(),
                         reinterpret_cast<unsigned char*>(out.data()), out.size(), &length);
    if (status != PSA_SUCCESS) return psa_failure("encrypt", status);
    return out;
}

Result<Secret> open_chunk(const Secret& key, std::uint32_t number, bool last,
                          std::string_view sealed) {
    if (key.view().size() != k_key_bytes) return fail(ErrorCode::malformed, "chunk: key");
    if (sealed.size() < base::k_chunk_tag_bytes ||
        !fits(sealed.size() - base::k_chunk_tag_bytes, last)) {
        return fail(ErrorCode::malformed, "chunk: length");
    }
    const auto nonce = nonce_of(number, last);
    std::string content(sealed.size() - base::k_chunk_tag_bytes, '\0');
    std::size_t length = 0;
    psa_status_t status = PSA_ERROR_BAD_STATE;
    {
        const PsaSession session;
        if (!session.ready()) return psa_failure("initialise", status);
        const PsaKey imported(key.view(), PSA_KEY_TYPE_AES, PSA_ALG_GCM, PSA_KEY_USAGE_DECRYPT);
        if (imported.status() != PSA_SUCCESS) return psa_failure("import key", imported.status());
        status = psa_aead_decrypt(imported.id(), PSA_ALG_GCM, nonce.data(), nonce.size(),
                                  octets(k_associated), k_associated.size(), octets(sealed),
                                  sealed.size(), reinterpret_cast<unsigned char*>(content.data()),
                                  content.size(), &length);
    }
    Secret opened(std::move(content));
    if (status == PSA_ERROR_INVALID_SIGNATURE) {
        return fail(ErrorCode::signature_invalid, "chunk: another key or place, or altered");
    }
    if (status != PSA_SUCCESS) return psa_failure("decrypt", status);
    return opened;
}

}  // namespace kari::crypto
