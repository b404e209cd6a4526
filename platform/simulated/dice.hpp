// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <random>

namespace kari::platform_simulated {

// Chance that the same seed repeats, on every machine and with every standard library: what
// <random>'s distributions draw is not the same everywhere, what its engines draw is.
class Dice {
public:
    explicit Dice(std::uint64_t seed) : engine_(seed) {}

    std::uint64_t draw() { return engine_(); }
    // From 0 to n - 1. Requires: n > 0.
    std::uint64_t below(std::uint64_t n) { return engine_() % n; }
    // True so many times of a thousand.
    bool chance(unsigned of_thousand) { return engine_() % 1000 < of_thousand; }
    bool coin() { return (engine_() & 1) != 0; }

private:
    std::mt19937_64 engine_;
};

}  // namespace kari::platform_simulated
