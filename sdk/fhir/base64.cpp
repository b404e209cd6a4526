// SPDX-License-Identifier: Apache-2.0
#include "sdk/fhir/base64.hpp"

#include <array>
#include <cstdint>

namespace kari::fhir {

namespace {

constexpr std::string_view k_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<std::int8_t, 256> k_values = [] {
    std::array<std::int8_t, 256> values{};
    values.fill(-1);
    for (std::size_t i = 0; i < k_alphabet.size(); ++i) {
        values[static_cast<unsigned char>(k_alphabet[i])] = static_cast<std::int8_t>(i);
    }
    return values;
}();

}  // namespace

std::string to_base64(std::string_view bytes) {
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t group = 0;
        for (std::size_t j = 0; j < 3; ++j) {
            const auto byte = i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0u;
            group = group << 8 | byte;
        }
        for (std::size_t j = 0; j < 4; ++j) {
            const bool there = i + j <= bytes.size();
            out.push_back(there ? k_alphabet[group >> (18 - 6 * j) & 63] : '=');
        }
    }
    return out;
}

std::optional<std::string> from_base64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    std::string out;
    out.reserve(text.size() / 4 * 3);
    for (std::size_t i = 0; i < text.size(); i += 4) {
        const bool last = i + 4 == text.size();
        const std::size_t padding =
            last && text[i + 3] == '=' ? (text[i + 2] == '=' ? 2u : 1u) : 0u;
        std::uint32_t group = 0;
        for (std::size_t j = 0; j < 4; ++j) {
            const auto c = static_cast<unsigned char>(text[i + j]);
            const int value = j + padding >= 4 ? 0 : k_values[c];
            if (value < 0) return std::nullopt;
            group = group << 6 | static_cast<std::uint32_t>(value);
        }
        if ((padding == 1 && (group & 0xff) != 0) || (padding == 2 && (group & 0xffff) != 0)) {
            return std::nullopt;
        }
        for (std::size_t j = 0; j < 3 - padding; ++j) {
            out.push_back(static_cast<char>(group >> (16 - 8 * j) & 0xff));
        }
    }
    return out;
}

bool is_utf8(std::string_view text) {
    std::size_t i = 0;
    while (i < text.size()) {
        const auto first = static_cast<unsigned char>(text[i]);
        std::size_t length = 1;
        std::uint32_t point = first;
        if (first >= 0xf0 && first < 0xf5)
            length = 4, point = first & 7u;
        else if (first >= 0xe0 && first < 0xf0)
            length = 3, point = first & 15u;
        else if (first >= 0xc2 && first < 0xe0)
            length = 2, point = first & 31u;
        else if (first >= 0x80)
            return false;
        if (i + length > text.size()) return false;
        for (std::size_t j = 1; j < length; ++j) {
            const auto next = static_cast<unsigned char>(text[i + j]);
            if ((next & 0xc0) != 0x80) return false;
            point = point << 6 | (next & 0x3fu);
        }
        if ((length == 3 && (point < 0x800 || (point >= 0xd800 && point < 0xe000))) ||
            (length == 4 && (point < 0x10000 || point > 0x10ffff))) {
            return false;
        }
        i += length;
    }
    return true;
}

}  // namespace kari::fhir
