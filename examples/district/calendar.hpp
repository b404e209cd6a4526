// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kari::district {

// Days since 1970-01-01. No clock, zone table or locale of the machine is asked: the same district
// comes out everywhere.
using Day = int;

struct Date {
    int year = 1970;
    int month = 1;
    int day = 1;
};

Day day_of(const Date& date);
Date date_of(Day day);
// 0 is Monday.
int weekday(Day day);
// "YYYY-MM-DD"; nothing for what is no date of 1900 to 2199.
std::optional<Day> parse_day(std::string_view text);
std::string text_of(Day day);
// "YYYY-MM-DDThh:mm:ss+01:00", wall time in Norway. Requires: not between 02:00 and 03:00, where
// the clocks change.
std::string moment(Day day, int minute, int second = 0);

// "hh:mm" to minutes of the day. Requires: well-formed.
int minutes(std::string_view time);

}  // namespace kari::district
