// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>

namespace kari::district {

// What dice are thrown for. Each thing has its own, so that nothing else changes how they fall.
enum class Throw : std::uint64_t {
    unit,
    person,
    conditions,
    allergies,
    lineage,
    order,
    stays,
    infections,
    baseline,
    wave,
    visit,
    plan,
    dose,
    vital,
    note,
    now_and_then,
    standing,
};

// Numbers that look random and are the same on every machine (SplitMix64). For made-up people only.
class Dice {
public:
    // The same key gives the same throws.
    explicit Dice(std::initializer_list<std::uint64_t> key) {
        for (const std::uint64_t part : key)
            state_ = next() ^ (part + k_step);
    }

    std::uint64_t next() {
        state_ += k_step;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        return z ^ (z >> 31);
    }
    // 0 <= result < limit.
    unsigned below(unsigned limit) { return static_cast<unsigned>(next() % limit); }
    // from <= result <= to.
    int between(int from, int to) {
        return from + static_cast<int>(below(static_cast<unsigned>(to - from + 1)));
    }
    bool percent(unsigned share) { return below(100) < share; }
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
    static constexpr std::uint64_t k_step = 0x9e3779b97f4a7c15u;
    std::uint64_t state_ = 0;
};

inline constexpr std::uint64_t key(Throw what) {
    return static_cast<std::uint64_t>(what);
}

}  // namespace kari::district
