// SPDX-License-Identifier: Apache-2.0
#include "sdk/clinical/recurrence.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>

#include <kari/decimal.hpp>

#include "sdk/base/time.hpp"

namespace kari::clinical {
namespace {

constexpr int k_period_max = 1'000;
constexpr int k_week = 7;
constexpr std::array<std::string_view, k_week> k_weekdays = {"mon", "tue", "wed", "thu",
                                                             "fri", "sat", "sun"};

bool is_one(const v1::TimingRepeat& repeat) {
    const auto period = Decimal::parse(repeat.period());
    return period && period->same_value(Decimal::of(1));
}

tl::expected<int, CannotTell> whole_period(const v1::TimingRepeat& repeat) {
    const auto period = Decimal::parse(repeat.period());
    if (!period) return tl::unexpected(CannotTell::unclear_timing);
    int whole = 0;
    const auto& text = repeat.period();
    std::from_chars(text.data(), text.data() + text.size(), whole);
    if (whole < 1 || whole > k_period_max || !period->same_value(Decimal::of(whole))) {
        return tl::unexpected(CannotTell::unsupported_timing);
    }
    return whole;
}

tl::expected<base::Interval, CannotTell> start_of(const v1::TimingRepeat& repeat,
                                                  std::string_view zone) {
    // A year or a month is no day.
    if (repeat.bounds_period().start().size() < 10) return tl::unexpected(CannotTell::no_start);
    const auto read = base::parse_fhir_time(repeat.bounds_period().start(), zone);
    if (!read) return tl::unexpected(CannotTell::unclear_timing);
    return *read;
}

int days_of_month(int year, int month) {
    const auto last = std::chrono::year_month_day_last(
        std::chrono::year(year),
        std::chrono::month_day_last(std::chrono::month(static_cast<unsigned>(month))));
    return static_cast<int>(static_cast<unsigned>(last.day()));
}

bool months_fit(const LocalDate& start, const LocalDate& date, int every) {
    const int months = (date.year - start.year) * 12 + date.month - start.month;
    const int day = std::min<int>(start.day, days_of_month(date.year, date.month));
    return months % every == 0 && date.day == day;
}

// With one weekday from the first such day on; with more they are of weeks from Monday on. That all
// of these lie before the start, in its own week, can be meant in two ways.
tl::expected<bool, CannotTell> weeks_fit(const v1::TimingRepeat& repeat, const LocalDate& start,
                                         const LocalDate& date, int every) {
    const int first = base::weekday(start);
    int last = 0;  // of those named
    for (const auto& day : repeat.day_of_week()) {
        const auto number = weekday_of(day);
        if (!number) return tl::unexpected(CannotTell::unclear_timing);
        last = std::max(last, *number);
    }
    if (repeat.day_of_week_size() == 1) {
        const LocalDate begins = base::add_days(start, (last - first + k_week) % k_week);
        return date >= begins && base::days_between(begins, date) % (every * k_week) == 0;
    }
    if (last < first) return tl::unexpected(CannotTell::unclear_timing);
    const LocalDate monday = base::add_days(start, 1 - first);
    return base::days_between(monday, date) / k_week % every == 0;
}

}  // namespace

std::optional<int> weekday_of(std::string_view code) {
    const auto found = std::find(k_weekdays.begin(), k_weekdays.end(), code);
    if (found == k_weekdays.end()) return std::nullopt;
    return static_cast<int>(found - k_weekdays.begin()) + 1;
}

tl::expected<LocalDate, CannotTell> start_date(const v1::TimingRepeat& repeat,
                                               std::string_view zone) {
    const auto read = start_of(repeat, zone);
    if (!read) return tl::unexpected(read.error());
    const auto local = base::in_zone(read->start, zone);
    if (!local && local.error().code == ErrorCode::not_found) {
        return tl::unexpected(CannotTell::unknown_zone);
    }
    if (!local) return tl::unexpected(CannotTell::unclear_timing);
    return base::local_date(*local);
}

bool is_spaced(const v1::TimingRepeat& repeat) {
    const auto& unit = repeat.period_unit();
    if (unit == "d") return !is_one(repeat);
    if (unit == "wk") return !is_one(repeat) || repeat.day_of_week_size() == 0;
    return unit == "mo" || unit == "a";
}

tl::expected<bool, CannotTell> comes_round(const v1::TimingRepeat& repeat, const LocalDate& date,
                                           std::string_view zone) {
    const auto every = whole_period(repeat);
    if (!every) return tl::unexpected(every.error());
    const auto& unit = repeat.period_unit();
    const auto weekdays = static_cast<std::uint32_t>(repeat.day_of_week_size());
    const std::uint32_t times = repeat.has_frequency() ? repeat.frequency() : 1;
    const bool once = times == 1 && weekdays <= 1;
    const bool on_weekdays = unit == "wk" && weekdays > 0 && times == weekdays;
    if ((!once && !on_weekdays) || (weekdays > 0 && unit != "wk")) {
        return tl::unexpected(CannotTell::unsupported_timing);
    }
    const auto start = start_date(repeat, zone);
    if (!start) return tl::unexpected(start.error());
    const int days = base::days_between(*start, date);
    if (days < 0) return false;
    if (unit == "d") return days % *every == 0;
    if (unit == "mo") return months_fit(*start, date, *every);
    if (unit == "a") return months_fit(*start, date, *every * 12);
    return weekdays > 0 ? weeks_fit(repeat, *start, date, *every) : days % (*every * k_week) == 0;
}

bool is_hourly(const v1::TimingRepeat& repeat) {
    const auto period = Decimal::parse(repeat.period());
    const bool a_day = period && period->same_value(Decimal::of(24));
    return repeat.period_unit() == "h" && !a_day && repeat.day_of_week_size() == 0 &&
           (!repeat.has_frequency() || repeat.frequency() == 1);
}

tl::expected<std::vector<ZonedInstant>, CannotTell> hourly(const v1::TimingRepeat& repeat,
                                                           const LocalDate& date,
                                                           std::string_view zone) {
    const auto every = whole_period(repeat);
    if (!every) return tl::unexpected(every.error());
    const auto start = start_of(repeat, zone);
    if (!start) return tl::unexpected(start.error());
    if (repeat.bounds_period().start().find('T') == std::string::npos) {
        return tl::unexpected(CannotTell::no_start);
    }
    const auto midnight = base::resolve(date, LocalTime{0, 0, 0}, zone);
    const auto next = base::resolve(base::add_days(date, 1), LocalTime{0, 0, 0}, zone);
    if (!midnight || !next) return tl::unexpected(CannotTell::unknown_zone);
    const Instant first = start->start;
    const std::int64_t step = Duration::hours(*every).ms;
    const std::int64_t behind = std::max<std::int64_t>(0, midnight->instant.ms - first.ms);
    std::vector<ZonedInstant> out;
    for (Instant at = first + Duration{(behind + step - 1) / step * step}; at < next->instant;
         at = at + Duration{step}) {
        const auto local = base::in_zone(at, zone);
        if (!local) return tl::unexpected(CannotTell::unknown_zone);
        out.push_back(*local);
    }
    return out;
}

}  // namespace kari::clinical
