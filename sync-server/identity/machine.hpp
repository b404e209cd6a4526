// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <string>

#include <kari/platform.hpp>

namespace kari::server::identity {

// The server's own clock. Threads: any.
class MachineClock final : public Clock {
public:
    explicit MachineClock(std::string zone);
    Instant wall() override;
    std::uint64_t boot_clock_ms() override;
    BootId boot() override { return boot_; }
    std::string zone() override { return zone_; }

private:
    std::string zone_;
    BootId boot_;
};

// OpenSSL's generator. Threads: any.
class MachineEntropy final : public Entropy {
public:
    void fill(std::span<std::uint8_t> out) override;
};

template <typename Id>
Id random_id(Entropy& entropy) {
    Id id;
    entropy.fill(id.bytes);
    return id;
}
std::string random_bytes(Entropy& entropy, std::size_t count);

}  // namespace kari::server::identity
