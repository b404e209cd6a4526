// SPDX-License-Identifier: Apache-2.0
#include "sdk/clinical/frequency.hpp"

#include <algorithm>
#include <optional>

#include <kari/decimal.hpp>

namespace kari::clinical {
namespace {

// Minutes of one unit of FHIR's period; nothing for one that is not known.
std::optional<std::int64_t> minutes_of(std::string_view unit) {
    constexpr std::int64_t day = 24 * 60;
    if (unit == "min") return 1;
    if (unit == "h") return 60;
    if (unit == "d") return day;
    if (unit == "wk") return 7 * day;
    if (unit == "mo") return 30 * day;
    if (unit == "a") return 365 * day;
    return std::nullopt;
}

// How many times in how many minutes, as whole numbers; the decimals of `period` decide nothing.
struct Rate {
    Decimal times;
    Decimal minutes;
};

std::optional<Rate> rate_of(const v1::TimingRepeat& repeat) {
    const auto unit = minutes_of(repeat.period_unit());
    const auto period = Decimal::parse(repeat.period().empty() ? "1" : repeat.period());
    std::int64_t times = repeat.has_frequency() ? repeat.frequency() : 1;
    const auto a_day = std::max(repeat.time_of_day_size(), repeat.when_size());
    if (repeat.day_of_week_size() > 0) {
        // So many days of the week, so many times each.
        return Rate{Decimal::of(repeat.day_of_week_size() * std::max(1, a_day)),
                    Decimal::of(7 * 24 * 60)};
    }
    if (!unit && a_day > 0) return Rate{Decimal::of(a_day), Decimal::of(24 * 60)};
    if (!unit || !period || period->negative() || period->zero()) return std::nullopt;
    times = std::max<std::int64_t>(times, a_day);
    return Rate{Decimal::of(times), *period * Decimal::of(*unit)};
}

}  // namespace

v1::MeasureFrequency frequency_of(const v1::Timing& timing) {
    const auto rate = rate_of(timing.repeat());
    if (!rate) return v1::MEASURE_FREQUENCY_UNSPECIFIED;
    // At least `times` in `minutes`?
    const auto at_least = [&](std::int64_t times, std::int64_t minutes) {
        return (rate->times * Decimal::of(minutes)).compare(rate->minutes * Decimal::of(times)) >=
               0;
    };
    constexpr std::int64_t day = 24 * 60;
    if (at_least(1, 60)) return v1::MEASURE_FREQUENCY_HOURLY;
    if (at_least(2, day)) return v1::MEASURE_FREQUENCY_SEVERAL_A_DAY;
    if (at_least(1, day)) return v1::MEASURE_FREQUENCY_DAILY;
    if (at_least(2, 7 * day)) return v1::MEASURE_FREQUENCY_SEVERAL_A_WEEK;
    if (at_least(1, 7 * day)) return v1::MEASURE_FREQUENCY_WEEKLY;
    return v1::MEASURE_FREQUENCY_RARER;
}

bool adds_nothing_to_times(const v1::TimingRepeat& repeat, int times) {
    if (repeat.has_frequency_max() || !repeat.period_max().empty()) return false;
    if (repeat.period().empty() && repeat.period_unit().empty()) {
        return !repeat.has_frequency() || static_cast<int>(repeat.frequency()) == times;
    }
    const auto period = Decimal::parse(repeat.period());
    if (!period || !period->same_value(Decimal::of(1))) return false;
    const int days = repeat.day_of_week_size();
    const int frequency = repeat.has_frequency() ? static_cast<int>(repeat.frequency()) : 1;
    if (repeat.period_unit() == "d") return frequency == 1 || frequency == times;
    return repeat.period_unit() == "wk" && days > 0 &&
           (frequency == 1 || frequency == days || frequency == days * times);
}

}  // namespace kari::clinical
