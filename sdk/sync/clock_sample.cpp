// SPDX-License-Identifier: Apache-2.0
#include "sdk/sync/clock_sample.hpp"

#include <cstdlib>

namespace kari::sync {
namespace {

constexpr std::int64_t k_set_by_hand_ms = 1'000;
constexpr std::int64_t k_drift_divisor = 10'000;  // 100 parts in a million

std::int64_t passed_ms(const Moment& from, const Moment& to) {
    return static_cast<std::int64_t>(to.boot_clock_ms - from.boot_clock_ms);
}

}  // namespace

std::optional<ClockSample> sample_of(const Moment& sent, const Moment& received, Instant server) {
    if (server.ms <= 0 || received.boot != sent.boot ||
        received.boot_clock_ms < sent.boot_clock_ms) {
        return std::nullopt;
    }
    const std::int64_t trip = passed_ms(sent, received);
    return ClockSample{received, server - (sent.wall + Duration{trip / 2}),
                       Duration{(trip + 1) / 2}};
}

bool holds(const ClockSample& sample, const Moment& now) {
    if (sample.at.boot != now.boot || now.boot_clock_ms < sample.at.boot_clock_ms) return false;
    const std::int64_t by_boot = passed_ms(sample.at, now);
    const std::int64_t by_wall = now.wall.ms - sample.at.wall.ms;
    return std::abs(by_wall - by_boot) <= k_set_by_hand_ms + by_boot / k_drift_divisor;
}

Duration doubt_at(const ClockSample& sample, const Moment& now) {
    return Duration{sample.doubt.ms + passed_ms(sample.at, now) / k_drift_divisor};
}

ClockSample better(const std::optional<ClockSample>& old, const ClockSample& fresh) {
    if (!old || !holds(*old, fresh.at)) return fresh;
    return doubt_at(*old, fresh.at) < fresh.doubt ? *old : fresh;
}

}  // namespace kari::sync
