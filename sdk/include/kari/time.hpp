// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>

// What: moments, elapsed time, dates and times of day, and a moment with the zone it is read in.
// Requires: nothing. A ZonedInstant's offset and zone agree; who makes one sees to it.
// Returns and errors: nothing here fails. Sums beyond 292 million years are undefined.
// Durability: none; plain values.
// Threads: values; any thread may read its own copy.
// Ownership: the caller's.
// Units and limits: milliseconds of UTC since 1970-01-01 and of elapsed time, without leap seconds;
//   offsets in seconds east of UTC; dates of the Gregorian calendar, years 1 to 9999.
// Source of clinical rules: none. A date without a zone is never midnight of anywhere.
namespace kari {

// A moment: milliseconds of UTC since 1970-01-01. Never local time.
struct Instant {
    std::int64_t ms = 0;
    auto operator<=>(const Instant&) const = default;
};

// Elapsed time in milliseconds.
struct Duration {
    std::int64_t ms = 0;
    auto operator<=>(const Duration&) const = default;
    static constexpr Duration seconds(std::int64_t n) { return {n * 1000}; }     // n of them
    static constexpr Duration minutes(std::int64_t n) { return {n * 60'000}; }   // n of them
    static constexpr Duration hours(std::int64_t n) { return {n * 3'600'000}; }  // n of them
};
constexpr Instant operator+(Instant t, Duration d) {  // later by d
    return {t.ms + d.ms};
}
constexpr Instant operator-(Instant t, Duration d) {  // earlier by d
    return {t.ms - d.ms};
}
constexpr Duration operator-(Instant a, Instant b) {  // from b to a
    return {a.ms - b.ms};
}

// A date of a calendar, without zone: a birth date, the day of a dose.
struct LocalDate {
    int year = 1970;
    int month = 1;
    int day = 1;
    auto operator<=>(const LocalDate&) const = default;
};

// A wall-clock time, without zone. 0 <= hour < 24.
struct LocalTime {
    int hour = 0;
    int minute = 0;
    int second = 0;
    auto operator<=>(const LocalTime&) const = default;
};

// A moment with the zone in which it was meant to be read.
struct ZonedInstant {
    Instant instant;
    std::int32_t offset_s = 0;
    std::string zone;  // IANA
    bool operator==(const ZonedInstant&) const = default;
};

}  // namespace kari
