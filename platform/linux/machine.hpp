// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include <kari/error.hpp>
#include <kari/platform.hpp>

namespace kari::platform_linux {

// The kernel's clocks and boot id. Threads: any.
class SystemClock : public Clock {
public:
    // Errors: internal when the kernel does not tell its boot id.
    static Result<std::shared_ptr<Clock>> make(const std::string& zone, Duration wall_offset);

    Instant wall() override;
    std::uint64_t boot_clock_ms() override;
    BootId boot() override { return boot_; }
    std::string zone() override { return zone_; }

private:
    SystemClock(BootId boot, std::string zone, Duration wall_offset)
        : boot_(boot), zone_(std::move(zone)), wall_offset_(wall_offset) {}

    BootId boot_;
    std::string zone_;
    Duration wall_offset_;
};

// getrandom(2). Threads: any. Throws when the kernel gives nothing: no key may then be made.
class SystemEntropy : public Entropy {
public:
    void fill(std::span<std::uint8_t> out) override;
};

}  // namespace kari::platform_linux
