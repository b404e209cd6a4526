// SPDX-License-Identifier: Apache-2.0
#include "sdk/base/time.hpp"

#include <chrono>
#include <optional>
#include <stdexcept>

#include <date/tz.h>
#include <fmt/format.h>

namespace kari::base {
namespace {

namespace chrono = std::chrono;

constexpr int k_year_min = 1;
constexpr int k_year_max = 9999;

chrono::year_month_day calendar(const LocalDate& date) {
    return chrono::year(date.year) / chrono::month(static_cast<unsigned>(date.month)) /
           chrono::day(static_cast<unsigned>(date.day));
}

// Days since 1970-01-01.
std::int64_t day_number(const LocalDate& date) {
    return chrono::sys_days(calendar(date)).time_since_epoch().count();
}

LocalDate date_of(std::int64_t days) {
    const chrono::year_month_day ymd{chrono::sys_days{chrono::days(days)}};
    return {static_cast<int>(ymd.year()), static_cast<int>(static_cast<unsigned>(ymd.month())),
            static_cast<int>(static_cast<unsigned>(ymd.day()))};
}

bool valid(const LocalDate& date) {
    return date.year >= k_year_min && date.year <= k_year_max && date.month >= 1 &&
           date.month <= 12 && date.day >= 1 && date.day <= 31 && calendar(date).ok();
}

std::int64_t seconds_of(const LocalDate& date, const LocalTime& time) {
    return day_number(date) * 86'400 + time.hour * 3600 + time.minute * 60 + time.second;
}

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
    return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
}

const date::time_zone* zone_of(std::string_view name) {
    try {
        return date::locate_zone(std::string(name));
    } catch (const std::runtime_error&) {
        return nullptr;
    }
}

tl::unexpected<Error> no_zone() {
    return fail(ErrorCode::not_found, "time: unknown zone");
}

// Local midnight that ends the year 9999 lies within; beyond it nobody's record reaches.
bool in_range(std::int64_t seconds) {
    return seconds >= -62'135'596'800 && seconds <= 253'402'300'800;
}

// UTC seconds and offset of a wall-clock second, by the rules stated at resolve().
struct Resolution {
    std::int64_t utc_s = 0;
    std::int32_t offset_s = 0;
};

Resolution resolve_seconds(std::int64_t local_s, const date::time_zone& zone) {
    const date::local_seconds local{chrono::seconds(local_s)};
    const date::local_info info = zone.get_info(local);
    if (info.result == date::local_info::nonexistent) {
        return {info.first.end.time_since_epoch().count(),
                static_cast<std::int32_t>(info.second.offset.count())};
    }
    const auto offset = info.first.offset.count();
    return {local_s - offset, static_cast<std::int32_t>(offset)};
}

// Reads fixed-width numbers and separators from left to right.
struct Scanner {
    std::string_view text;
    std::size_t at = 0;

    bool done() const { return at == text.size(); }
    bool take(char c) {
        if (done() || text[at] != c) return false;
        ++at;
        return true;
    }
    std::optional<int> number(std::size_t width) {
        if (text.size() - at < width) return std::nullopt;
        int value = 0;
        for (std::size_t i = 0; i < width; ++i) {
            const char c = text[at + i];
            if (c < '0' || c > '9') return std::nullopt;
            value = value * 10 + (c - '0');
        }
        at += width;
        return value;
    }
};

enum class Precision { year, month, day, minute, second, fraction };

// What was written, with the missing parts at their lowest.
struct Written {
    LocalDate date;
    LocalTime time;
    Precision precision = Precision::year;
    std::int64_t fraction_ms = 0;
    std::int64_t fraction_width_ms = 1;
    std::optional<std::int32_t> offset_s;
};

bool scan_fraction(Scanner& scanner, Written& out) {
    std::int64_t unit_ms = 1000;
    std::size_t digits = 0;
    while (const auto digit = scanner.number(1)) {
        unit_ms /= 10;
        out.fraction_ms += *digit * unit_ms;  // beyond milliseconds: cut off
        if (++digits > 18) return false;
    }
    out.precision = Precision::fraction;
    out.fraction_width_ms = unit_ms > 0 ? unit_ms : 1;
    return digits > 0;
}

bool scan_offset(Scanner& scanner, Written& out) {
    if (scanner.take('Z')) {
        out.offset_s = 0;
        return true;
    }
    const bool west = scanner.take('-');
    if (!west && !scanner.take('+')) return true;  // none written
    const auto hours = scanner.number(2);
    if (!hours || !scanner.take(':')) return false;
    const auto minutes = scanner.number(2);
    if (!minutes || *minutes > 59 || *hours * 60 + *minutes > 14 * 60) return false;
    const std::int32_t offset = *hours * 3600 + *minutes * 60;
    out.offset_s = west ? -offset : offset;
    return true;
}

// "08:05", "08:05:00"; a leap second is read as the second that follows it.
bool scan_clock(Scanner& scanner, Written& out) {
    const auto hour = scanner.number(2);
    if (!hour || *hour > 23 || !scanner.take(':')) return false;
    const auto minute = scanner.number(2);
    if (!minute || *minute > 59) return false;
    out.time = {*hour, *minute, 0};
    out.precision = Precision::minute;
    if (!scanner.take(':')) return true;
    const auto second = scanner.number(2);
    if (!second || *second > 60) return false;
    out.time.second = *second;
    out.precision = Precision::second;
    return !scanner.take('.') || scan_fraction(scanner, out);
}

bool scan_time(std::string_view text, Written& out) {
    Scanner scanner{text};
    const auto year = scanner.number(4);
    if (!year) return false;
    out.date = {*year, 1, 1};
    if (scanner.take('-')) {
        const auto month = scanner.number(2);
        if (!month) return false;
        out.date.month = *month;
        out.precision = Precision::month;
        if (scanner.take('-')) {
            const auto day = scanner.number(2);
            if (!day) return false;
            out.date.day = *day;
            out.precision = Precision::day;
        }
    }
    if (!valid(out.date)) return false;
    if (out.precision == Precision::day && scanner.take('T')) {
        if (!scan_clock(scanner, out) || !scan_offset(scanner, out)) return false;
    }
    return scanner.done();
}

LocalDate after(const Written& written) {
    const LocalDate& date = written.date;
    if (written.precision == Precision::year) return {date.year + 1, 1, 1};
    if (written.precision == Precision::day) return date_of(day_number(date) + 1);
    return date.month == 12 ? LocalDate{date.year + 1, 1, 1}
                            : LocalDate{date.year, date.month + 1, 1};
}

std::int64_t width_ms(const Written& written) {
    if (written.precision == Precision::minute) return 60'000;
    return written.precision == Precision::second ? 1000 : written.fraction_width_ms;
}

}  // namespace

Result<Interval> parse_fhir_time(std::string_view text, std::string_view zone) {
    Written written;
    if (!scan_time(text, written)) return fail(ErrorCode::malformed, "time: not a FHIR time");
    const std::int64_t local_s = seconds_of(written.date, written.time);
    if (written.offset_s) {
        const Instant start{(local_s - *written.offset_s) * 1000 + written.fraction_ms};
        return Interval{start, {start.ms + width_ms(written)}};
    }
    const date::time_zone* found = zone_of(zone);
    if (found == nullptr) return no_zone();
    const Instant start{resolve_seconds(local_s, *found).utc_s * 1000 + written.fraction_ms};
    if (written.precision >= Precision::minute) {
        return Interval{start, {start.ms + width_ms(written)}};
    }
    const std::int64_t end_s = resolve_seconds(seconds_of(after(written), {}), *found).utc_s;
    return Interval{start, {end_s * 1000}};
}

std::string fhir_date_time(const ZonedInstant& time) {
    // FHIR writes whole minutes of offset; local mean time of old dates has seconds.
    const auto offset_min = static_cast<std::int32_t>(time.offset_s / 60);
    const std::int64_t local_ms = time.instant.ms + std::int64_t{offset_min} * 60'000;
    const std::int64_t local_s = floor_div(local_ms, 1000);
    const ZonedInstant shown{{local_s * 1000}, 0, {}};
    std::string out = to_text(local_date(shown)) + "T" + to_text(local_time(shown));
    if (const std::int64_t ms = local_ms - local_s * 1000; ms != 0)
        out += fmt::format(".{:03}", ms);
    const int absolute = offset_min < 0 ? -offset_min : offset_min;
    return out +
           fmt::format("{}{:02}:{:02}", offset_min < 0 ? '-' : '+', absolute / 60, absolute % 60);
}

Result<LocalDate> parse_date(std::string_view text) {
    Written written;
    if (!scan_time(text, written) || written.precision != Precision::day) {
        return fail(ErrorCode::malformed, "time: not a date");
    }
    return written.date;
}

Result<LocalTime> parse_time(std::string_view text) {
    Scanner scanner{text};
    Written written;
    if (!scan_clock(scanner, written) || !scanner.done() || written.time.second > 59 ||
        written.precision == Precision::fraction) {
        return fail(ErrorCode::malformed, "time: not a time of day");
    }
    return written.time;
}

std::string to_text(const LocalDate& date) {
    return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
}

std::string to_text(const LocalTime& time) {
    return fmt::format("{:02}:{:02}:{:02}", time.hour, time.minute, time.second);
}

Result<ZonedInstant> resolve(const LocalDate& date, const LocalTime& time, std::string_view zone) {
    const bool clock = time.hour >= 0 && time.hour < 24 && time.minute >= 0 && time.minute < 60 &&
                       time.second >= 0 && time.second < 60;
    if (!valid(date) || !clock) {
        return fail(ErrorCode::invalid_argument, "time: no such date or time of day");
    }
    const date::time_zone* found = zone_of(zone);
    if (found == nullptr) return no_zone();
    const Resolution at = resolve_seconds(seconds_of(date, time), *found);
    return ZonedInstant{{at.utc_s * 1000}, at.offset_s, std::string(zone)};
}

Result<ZonedInstant> in_zone(Instant instant, std::string_view zone) {
    const std::int64_t seconds = floor_div(instant.ms, 1000);
    if (!in_range(seconds)) {
        return fail(ErrorCode::value_out_of_range, "time: outside the years 1 to 9999");
    }
    const date::time_zone* found = zone_of(zone);
    if (found == nullptr) return no_zone();
    const date::sys_info info = found->get_info(date::sys_seconds(chrono::seconds(seconds)));
    return ZonedInstant{instant, static_cast<std::int32_t>(info.offset.count()), std::string(zone)};
}

LocalDate local_date(const ZonedInstant& time) {
    return date_of(floor_div(floor_div(time.instant.ms, 1000) + time.offset_s, 86'400));
}

LocalTime local_time(const ZonedInstant& time) {
    const std::int64_t local_s = floor_div(time.instant.ms, 1000) + time.offset_s;
    const auto of_day = static_cast<int>(local_s - floor_div(local_s, 86'400) * 86'400);
    return {of_day / 3600, of_day / 60 % 60, of_day % 60};
}

LocalDate add_days(const LocalDate& date, int days) {
    return date_of(day_number(date) + days);
}

int days_between(const LocalDate& a, const LocalDate& b) {
    return static_cast<int>(day_number(b) - day_number(a));
}

int weekday(const LocalDate& date) {
    return static_cast<int>(chrono::weekday(chrono::sys_days(calendar(date))).iso_encoding());
}

}  // namespace kari::base
