// SPDX-License-Identifier: Apache-2.0
#include "sync-server/identity/machine.hpp"

#include <chrono>
#include <stdexcept>

#include <openssl/rand.h>

namespace kari::server::identity {
namespace {

template <typename Clock>
std::int64_t milliseconds() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now().time_since_epoch())
        .count();
}

}  // namespace

MachineClock::MachineClock(std::string zone) : zone_(std::move(zone)) {
    MachineEntropy entropy;
    boot_ = random_id<BootId>(entropy);  // a process is its own boot: its clocks begin with it
}

Instant MachineClock::wall() {
    return {milliseconds<std::chrono::system_clock>()};
}

std::uint64_t MachineClock::boot_clock_ms() {
    return static_cast<std::uint64_t>(milliseconds<std::chrono::steady_clock>());
}

void MachineEntropy::fill(std::span<std::uint8_t> out) {
    if (RAND_bytes(out.data(), static_cast<int>(out.size())) != 1) {
        throw std::runtime_error("the system gives no random bytes");
    }
}

std::string random_bytes(Entropy& entropy, std::size_t count) {
    std::string bytes(count, '\0');
    entropy.fill({reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()});
    return bytes;
}

}  // namespace kari::server::identity
