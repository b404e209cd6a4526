// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <kari/error.hpp>
#include <kari/time.hpp>

namespace kari::base {

// [start, end): the interval in which something that was written with limited precision may lie.
struct Interval {
    Instant start;
    Instant end;
    bool operator==(const Interval&) const = default;
};

// A FHIR date, dateTime or instant text: "2020", "2020-03", "2020-03-01",
// "2020-03-01T08:05:00+01:00". A text without offset is read in `zone`.
// Errors: malformed.
Result<Interval> parse_fhir_time(std::string_view text, std::string_view zone);

// "2020-03-01T08:05:00.123+01:00"; milliseconds only when they are not zero.
std::string fhir_date_time(const ZonedInstant& time);

// Errors: malformed. "2020-03-01", "08:05:00" or "08:05".
Result<LocalDate> parse_date(std::string_view text);
Result<LocalTime> parse_time(std::string_view text);
std::string to_text(const LocalDate& date);
std::string to_text(const LocalTime& time);

// The moment of a wall-clock time in a zone. A time inside the spring gap moves to the end of the
// gap; a time inside the autumn overlap is its first occurrence only.
// Errors: not_found when the zone is unknown.
Result<ZonedInstant> resolve(const LocalDate& date, const LocalTime& time, std::string_view zone);

// Errors: not_found when the zone is unknown.
Result<ZonedInstant> in_zone(Instant instant, std::string_view zone);
LocalDate local_date(const ZonedInstant& time);
LocalTime local_time(const ZonedInstant& time);

LocalDate add_days(const LocalDate& date, int days);
// Days from a to b.
int days_between(const LocalDate& a, const LocalDate& b);
// ISO weekday: 1 Monday .. 7 Sunday.
int weekday(const LocalDate& date);

}  // namespace kari::base
