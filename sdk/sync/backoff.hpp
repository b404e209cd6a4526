// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include <kari/platform.hpp>

namespace kari::sync {

// Evenly from 0 to `most`.
std::uint64_t random_up_to(Entropy& entropy, std::uint64_t most);

// How long to wait after so many failures in a row (one or more): evenly from nothing up to a limit
// that doubles, so that many devices that lost the network together do not come back together.
std::uint64_t backoff_ms(Entropy& entropy, std::size_t failures);

}  // namespace kari::sync
