// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace kari::district {

// Numbers that look random and are the same on every machine (SplitMix64). For made-up people only.
class Dice {
public:
    explicit Dice(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next() {
        state_ += 0x9e3779b97f4a7c15u;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        return z ^ (z >> 31);
    }
    // 0 <= result < limit.
    unsigned below(unsigned limit) { return static_cast<unsigned>(next() % limit); }
    bool one_in(unsigned n) { return below(n) == 0; }
    template <typename List>
    const auto& pick(const List& list) {
        return list[below(static_cast<unsigned>(list.size()))];
    }
    // A version 4 UUID.
    std::string uuid() {
        static constexpr char digits[] = "0123456789abcdef";
        const std::uint64_t parts[2] = {next(), next()};
        std::string out;
        for (std::size_t i = 0; i < 32; ++i) {
            if (i == 8 || i == 12 || i == 16 || i == 20) out += '-';
            std::size_t digit = static_cast<std::size_t>(parts[i / 16] >> (4 * (i % 16))) & 15u;
            if (i == 12) digit = 4;
            if (i == 16) digit = 8 + digit % 4;
            out += digits[digit];
        }
        return out;
    }

private:
    std::uint64_t state_;
};

}  // namespace kari::district
