// SPDX-License-Identifier: Apache-2.0
#include "sdk/sync/backoff.hpp"

#include <algorithm>
#include <array>

#include "sdk/sync/limits.hpp"

namespace kari::sync {

std::uint64_t random_up_to(Entropy& entropy, std::uint64_t most) {
    std::array<std::uint8_t, 8> bytes{};
    entropy.fill(bytes);
    std::uint64_t value = 0;
    for (const std::uint8_t byte : bytes)
        value = value << 8 | byte;
    return value % (most + 1);
}

std::uint64_t backoff_ms(Entropy& entropy, std::size_t failures) {
    const std::size_t doublings = std::min<std::size_t>(failures - 1, 16);
    return random_up_to(entropy, std::min(k_backoff_first_ms << doublings, k_backoff_most_ms));
}

}  // namespace kari::sync
