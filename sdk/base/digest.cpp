// SPDX-License-Identifier: Apache-2.0
#include "sdk/base/digest.hpp"

#include <stdexcept>

#include <mbedtls/sha256.h>
#include <mbedtls/version.h>

namespace kari::base {
namespace {

template <typename Unsigned>
std::string big_endian(Unsigned value) {
    std::string out(sizeof value, '\0');
    for (std::size_t i = sizeof value; i > 0; --i) {
        out[i - 1] = static_cast<char>(static_cast<std::uint8_t>(value));
        value = static_cast<Unsigned>(value >> 8);
    }
    return out;
}

}  // namespace

Digest sha256(std::string_view bytes) {
    Digest digest;
    const auto* input = reinterpret_cast<const unsigned char*>(bytes.data());
#if MBEDTLS_VERSION_MAJOR >= 3
    const int failed = mbedtls_sha256(input, bytes.size(), digest.bytes.data(), 0);
#else
    const int failed = mbedtls_sha256_ret(input, bytes.size(), digest.bytes.data(), 0);
#endif
    // Software SHA-256 cannot fail; a wrong digest must never be used.
    if (failed != 0) throw std::runtime_error("SHA-256 failed");
    return digest;
}

Digest sha256_of(std::string_view name, std::initializer_list<std::string_view> parts) {
    std::string input(name);
    input.push_back('\0');
    for (const std::string_view part : parts) {
        input += u32(static_cast<std::uint32_t>(part.size()));
        input += part;
    }
    return sha256(input);
}

std::string u32(std::uint32_t value) {
    return big_endian(value);
}
std::string u64(std::uint64_t value) {
    return big_endian(value);
}

}  // namespace kari::base
