// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include <kari/time.hpp>

#include "kari/v1/types.pb.h"
#include "sdk/clinical/schedule.hpp"

namespace kari::clinical {

// Timings that come round by a count from a start: every n days, weeks, months or years, or every n
// hours. The start is that of their bounds and of nothing else; an order that states none cannot be
// told. Functions of the order alone: how old it is costs nothing.

// 1 Monday .. 7 Sunday of "mon" .. "sun"; nothing of another code.
std::optional<int> weekday_of(std::string_view code);

// The day by the zone's clocks, in whatever zone it is written.
// Errors: no_start (none, or less than a day), unclear_timing, unknown_zone.
tl::expected<LocalDate, CannotTell> start_date(const v1::TimingRepeat& repeat,
                                               std::string_view zone);

// True when the period is more than a day, or a week without weekdays.
bool is_spaced(const v1::TimingRepeat& repeat);

// Whether such a timing comes round on the date: never before its start. Months count from the
// day of the month on which it starts, and from the month's last day where a month has no such
// day. Weeks with one weekday count from the first such day, with more they are those from Monday
// on, the first that of the start.
// Errors: as start_date; unsupported_timing (a period that is no whole number from 1 to 1,000; more
// times than one in it, or than one on each weekday); unclear_timing (a start that cannot be read,
// or several weekdays that all lie before the start in its week).
tl::expected<bool, CannotTell> comes_round(const v1::TimingRepeat& repeat, const LocalDate& date,
                                           std::string_view zone);

// True when one dose is due every so many hours, a whole day excepted.
bool is_hourly(const v1::TimingRepeat& repeat);

// The moments of such a timing that lie on the date by the zone's clocks, ascending. Elapsed time:
// where clocks change the hours of the day move, the distance stays.
// Errors: no_start (none, or one without a time of day), unsupported_timing, unclear_timing,
// unknown_zone.
tl::expected<std::vector<ZonedInstant>, CannotTell> hourly(const v1::TimingRepeat& repeat,
                                                           const LocalDate& date,
                                                           std::string_view zone);

}  // namespace kari::clinical
