// SPDX-License-Identifier: Apache-2.0
#include "examples/district/calendar.hpp"

#include <array>

namespace kari::district {

namespace {

int days_in(int year, int month) {
    constexpr std::array<int, 12> days = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[static_cast<std::size_t>(month - 1)];
}

Day last_sunday(int year, int month) {
    const Day last = day_of({year, month, 31});
    return last - (weekday(last) + 1) % 7;
}

void append(std::string& out, int number, int digits) {
    for (int unit = digits == 4 ? 1000 : 10; unit > 0; unit /= 10)
        out += static_cast<char>('0' + number / unit % 10);
}

std::optional<int> number(std::string_view digits) {
    int out = 0;
    for (const char c : digits) {
        if (c < '0' || c > '9') return std::nullopt;
        out = out * 10 + (c - '0');
    }
    return out;
}

}  // namespace

// Howard Hinnant's algorithms for the civil calendar.
Day day_of(const Date& date) {
    const int y = date.month <= 2 ? date.year - 1 : date.year;
    const int era = y / 400;
    const int of_era = y - era * 400;
    const int of_year = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

Date date_of(Day day) {
    const int z = day + 719468;
    const int era = z / 146097;
    const int of_era = z - era * 146097;
    const int years = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    const int of_year = of_era - (365 * years + years / 4 - years / 100);
    const int part = (5 * of_year + 2) / 153;
    const int month = part < 10 ? part + 3 : part - 9;
    return {years + era * 400 + (month <= 2 ? 1 : 0), month, of_year - (153 * part + 2) / 5 + 1};
}

int weekday(Day day) {
    return ((day + 3) % 7 + 7) % 7;
}

std::optional<Day> parse_day(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    const auto year = number(text.substr(0, 4));
    const auto month = number(text.substr(5, 2));
    const auto day = number(text.substr(8, 2));
    if (!year || !month || !day || *year < 1900 || *year > 2199) return std::nullopt;
    if (*month < 1 || *month > 12 || *day < 1 || *day > days_in(*year, *month)) return std::nullopt;
    return day_of({*year, *month, *day});
}

std::string text_of(Day day) {
    const Date date = date_of(day);
    std::string out;
    append(out, date.year, 4);
    out += '-';
    append(out, date.month, 2);
    out += '-';
    append(out, date.day, 2);
    return out;
}

std::string moment(Day day, int minute, int second) {
    const int year = date_of(day).year;
    const bool summer = day >= last_sunday(year, 3) && day < last_sunday(year, 10);
    std::string out = text_of(day) + 'T';
    append(out, minute / 60, 2);
    out += ':';
    append(out, minute % 60, 2);
    out += ':';
    append(out, second, 2);
    return out + (summer ? "+02:00" : "+01:00");
}

int minutes(std::string_view time) {
    return number(time.substr(0, 2)).value_or(0) * 60 + number(time.substr(3, 2)).value_or(0);
}

}  // namespace kari::district
