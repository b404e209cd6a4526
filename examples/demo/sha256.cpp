// SPDX-License-Identifier: Apache-2.0
#include "examples/demo/sha256.hpp"

#include <openssl/evp.h>

#include "examples/demo/process.hpp"

namespace kari::demo {

std::string sha256(std::string_view bytes) {
    std::string digest(32, '\0');
    unsigned int size = 0;
    if (EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()),
                   &size, EVP_sha256(), nullptr) != 1 ||
        size != digest.size()) {
        throw Trouble("SHA-256 failed");
    }
    return digest;
}

std::string hex(std::string_view bytes) {
    static constexpr char k_digits[] = "0123456789abcdef";
    std::string out;
    out.reserve(2 * bytes.size());
    for (const char one : bytes) {
        const auto byte = static_cast<unsigned char>(one);
        out.push_back(k_digits[byte >> 4U]);
        out.push_back(k_digits[byte & 15U]);
    }
    return out;
}

std::string from_hex(std::string_view text) {
    const auto value = [](char c) -> int {
        if (c >= '0' && c <= '9') return c - '0';
        if (c >= 'a' && c <= 'f') return c - 'a' + 10;
        if (c >= 'A' && c <= 'F') return c - 'A' + 10;
        throw Trouble("a log export holds what is no hexadecimal");
    };
    if (text.size() % 2 != 0) throw Trouble("a log export holds half a byte");
    std::string out;
    out.reserve(text.size() / 2);
    for (std::size_t at = 0; at < text.size(); at += 2) {
        out.push_back(static_cast<char>(value(text[at]) * 16 + value(text[at + 1])));
    }
    return out;
}

}  // namespace kari::demo
