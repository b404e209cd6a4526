// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "sync-server/admin/overview.hpp"
#include "sync-server/exchange/parts.hpp"

namespace kari::server::http {

// What was asked of this process since it started, counted for a monitor. Labels are fixed words
// and statuses: no id, no address, nothing of a record. Threads: any.
class Metrics {
public:
    void count(std::string_view route, unsigned status, std::chrono::microseconds took,
               const exchange::Tally& tally);
    // Prometheus' text format, version 0.0.4, with what the server is beside it.
    std::string page(const admin::Overview& seen) const;

private:
    // Upper ends of the buckets, in milliseconds; the last bucket has none.
    static constexpr std::array<unsigned, 11> k_ends_ms = {5,   10,    25,    50,    100,   250,
                                                           500, 1'000, 2'500, 5'000, 10'000};
    struct Latency {
        std::array<std::uint64_t, k_ends_ms.size() + 1> buckets{};  // not cumulative
        std::uint64_t count = 0;
        std::uint64_t us = 0;
    };

    mutable std::mutex mutex_;
    std::map<std::pair<std::string, unsigned>, std::uint64_t> requests_;
    std::map<std::string, Latency> latencies_;
    exchange::Tally total_;
};

// One line for whoever only asks whether all is well; the same words as `status`.
std::string health_line(const admin::Overview& seen);

}  // namespace kari::server::http
