// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "sdk/base/attachment.hpp"

// The limits of the exchange as constants, each a row of limits.def. The device keeps within them,
// the server refuses what is beyond them.
namespace kari::sync {

inline constexpr std::uint32_t k_protocol = 1;

namespace limit_unit {
using bytes = std::size_t;
using count = std::size_t;
using ms = std::uint64_t;
}  // namespace limit_unit

#define KARI_LIMITS(title)
#define KARI_LIMIT(unit, name, value, what, beyond) \
    inline constexpr limit_unit::unit k_##name = value;
#include "sdk/sync/limits.def"
#undef KARI_LIMIT
#undef KARI_LIMITS

}  // namespace kari::sync
