// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <kari/ids.hpp>
#include <kari/time.hpp>

namespace kari::sync {

// The machine's reading of the device's clocks at one call.
struct Moment {
    Instant wall;
    BootId boot;
    std::uint64_t boot_clock_ms = 0;
    bool operator==(const Moment&) const = default;
};

}  // namespace kari::sync
