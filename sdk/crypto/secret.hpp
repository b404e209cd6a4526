// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <kari/error.hpp>
#include <kari/platform.hpp>

namespace kari::crypto {

// Bytes that are overwritten when they go.
class Secret {
public:
    Secret() = default;
    explicit Secret(std::string bytes) : bytes_(std::move(bytes)) {}
    Secret(Secret&& other) noexcept;
    Secret& operator=(Secret&& other) noexcept;
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;
    ~Secret();
    std::string_view view() const { return bytes_; }
    bool empty() const { return bytes_.empty(); }
    Secret copy() const { return Secret(bytes_); }

private:
    std::string bytes_;
};

// AES-256-GCM with a random 12-byte nonce in front and the 16-byte tag behind.
Result<std::string> seal(const Secret& key, std::string_view plain, std::string_view associated,
                         Entropy& entropy);
// Errors: malformed (too short), signature_invalid (wrong key or altered).
Result<Secret> open(const Secret& key, std::string_view sealed, std::string_view associated);

std::string hmac_sha256(const Secret& key, std::string_view bytes);
Secret hkdf_sha256(std::string_view input, std::string_view salt, std::string_view info,
                   std::size_t length);
bool equal_in_constant_time(std::string_view a, std::string_view b);

// Argon2id. Parameters are stored beside what they protect.
struct PinParameters {
    std::uint32_t iterations = 3;
    std::uint32_t memory_kib = 64 * 1024;
    std::uint32_t lanes = 1;
    std::string salt;  // 16 bytes
};
Result<Secret> derive_pin_key(std::string_view pin, const PinParameters& parameters);

// Seals to a P-256 public key with a fresh key pair (ECDH, HKDF-SHA256, AES-256-GCM):
// ephemeral point || seal. The layout is in docs/formats/keys.md.
Result<std::string> seal_to(std::string_view public_point, std::string_view plain,
                            Entropy& entropy);
Result<Secret> open_with(std::string_view private_der, std::string_view sealed);

}  // namespace kari::crypto
