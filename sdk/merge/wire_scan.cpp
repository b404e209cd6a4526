// SPDX-License-Identifier: Apache-2.0
#include "sdk/merge/wire_scan.hpp"

#include <cstddef>

namespace kari::merge {
namespace {

constexpr std::size_t k_varint_bytes_max = 10;
constexpr std::uint64_t k_field_number_max = 536'870'911;

std::optional<std::uint64_t> read_varint(std::string_view bytes, std::size_t& at) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < k_varint_bytes_max && at < bytes.size(); ++i) {
        const auto byte = static_cast<std::uint8_t>(bytes[at++]);
        if (i == k_varint_bytes_max - 1 && byte > 1) return std::nullopt;
        value |= static_cast<std::uint64_t>(byte & 0x7F) << (7 * i);
        if ((byte & 0x80) == 0) return value;
    }
    return std::nullopt;
}

// Moves past a field's value; false when it does not fit or is a group.
bool skip_value(std::string_view bytes, std::size_t& at, std::uint64_t wire_type) {
    std::uint64_t length = 0;
    switch (wire_type) {
        case 0:
            return read_varint(bytes, at).has_value();
        case 1:
            length = 8;
            break;
        case 2: {
            const auto stated = read_varint(bytes, at);
            if (!stated) return false;
            length = *stated;
            break;
        }
        case 5:
            length = 4;
            break;
        default:
            return false;
    }
    if (length > bytes.size() - at) return false;
    at += static_cast<std::size_t>(length);
    return true;
}

}  // namespace

std::optional<std::vector<WireField>> scan_fields(std::string_view message) {
    std::vector<WireField> fields;
    std::size_t at = 0;
    while (at < message.size()) {
        const std::size_t start = at;
        const auto tag = read_varint(message, at);
        if (!tag || (*tag >> 3) == 0 || (*tag >> 3) > k_field_number_max) return std::nullopt;
        if (!skip_value(message, at, *tag & 7)) return std::nullopt;
        fields.push_back(
            {static_cast<std::uint32_t>(*tag >> 3), message.substr(start, at - start)});
    }
    return fields;
}

}  // namespace kari::merge
