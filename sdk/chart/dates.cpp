// SPDX-License-Identifier: Apache-2.0
#include "sdk/chart/dates.hpp"

namespace kari::chart {
namespace {

// Clocks on earth go from UTC+14 to UTC-12.
constexpr Duration k_first = Duration::hours(14);
constexpr Duration k_last = Duration::hours(12);

}  // namespace

std::optional<base::Interval> stated_in(std::string_view text, std::string_view zone) {
    if (text.empty()) return std::nullopt;
    if (const auto there = base::parse_fhir_time(text, zone)) return *there;
    const auto anywhere = base::parse_fhir_time(text, "UTC");
    if (!anywhere) return std::nullopt;
    return base::Interval{anywhere->start - k_first, anywhere->end + k_last};
}

std::optional<base::Interval> stated_by(const merge::Change& change, std::string_view text) {
    return stated_in(text, change.header.recorded().zone());
}

}  // namespace kari::chart
