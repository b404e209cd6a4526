// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <random>
#include <span>

#include <kari/platform.hpp>

// The same bytes for the same seed. For tests only.
class SeededEntropy : public kari::Entropy {
public:
    explicit SeededEntropy(std::uint64_t seed) : engine_(seed) {}
    void fill(std::span<std::uint8_t> out) override {
        for (auto& byte : out)
            byte = static_cast<std::uint8_t>(engine_());
    }

private:
    std::mt19937_64 engine_;
};
