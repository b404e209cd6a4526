// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

// A target takes any bytes at all. It returns for every input, and what it REQUIREs holds for every
// input. tests/fuzz/NAME/target.cpp is one; drive.cpp runs it.
namespace kari::fuzz {

void take(std::span<const std::uint8_t> bytes);

// The bytes of one input, taken from the front. At their end everything is empty or zero.
class Input {
public:
    explicit Input(std::span<const std::uint8_t> bytes)
        : left_(reinterpret_cast<const char*>(bytes.data()), bytes.size()) {}

    bool empty() const { return left_.empty(); }
    std::uint8_t byte() {
        const auto piece = taken(1);
        return piece.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(piece.front());
    }
    // A length of two bytes, little-endian, and so many bytes as far as there are.
    std::string_view piece() {
        const std::size_t low = byte();
        return taken(low | std::size_t{byte()} << 8);
    }
    std::string_view rest() { return taken(left_.size()); }

private:
    std::string_view taken(std::size_t count) {
        const auto piece = left_.substr(0, std::min(count, left_.size()));
        left_.remove_prefix(piece.size());
        return piece;
    }

    std::string_view left_;
};

}  // namespace kari::fuzz
