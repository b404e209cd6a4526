// SPDX-License-Identifier: Apache-2.0
//
// Slots beside a slow oracle: it walks the minutes of a day and the days of a course, knows the
// clocks of Norway by their rule and not by the tz database, and shares nothing with the product.
// A campaign: RC_PARAMS="max_success=10000" runs a million cases.
#include <rapidcheck.h>
#include <algorithm>
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <random>
#include <set>

#include <fmt/format.h>

#include "sdk/clinical/schedule.hpp"

namespace kari::clinical {
namespace {

using namespace std::chrono;
using Minute = sys_time<minutes>;

constexpr unsigned k_cases = 100;  // of one seed

hours offset_at(Minute at) {
    const year of = year_month_day{floor<days>(at)}.year();
    const Minute spring = sys_days{of / March / Sunday[last]} + hours{1};
    const Minute autumn = sys_days{of / October / Sunday[last]} + hours{1};
    return at >= spring && at < autumn ? hours{2} : hours{1};
}

// What a clock on the wall shows, as if it were a moment.
Minute wall(Minute at) {
    return at + offset_at(at);
}

// The first minute at which the wall shows it, or what follows where it never does.
Minute first_shown(sys_days date, minutes time) {
    const Minute sought = date + time;
    for (Minute at = sought - hours{4}; at < sought + hours{4}; at += minutes{1}) {
        if (wall(at) >= sought) return at;
    }
    return sought;
}

std::string clock_words(minutes time) {
    return fmt::format("{:02}:{:02}", time.count() / 60, time.count() % 60);
}

struct Dose {
    Minute due;
    std::string nominal;
    auto operator<=>(const Dose&) const = default;
};

enum class Kind { times, parts, a_day, hourly, spaced };
enum class Unit { days, weeks, months, years };

// An order as a person would tell it.
struct Course {
    Kind kind = Kind::times;
    std::vector<minutes> times;
    std::vector<std::string> parts;
    unsigned a_day = 1;
    std::set<unsigned> weekdays;  // ISO
    Unit unit = Unit::days;
    int every = 1;
    sys_days start;
    minutes start_time{};  // of hourly ones
    std::optional<sys_days> end;
    bool stated_start = true;
    std::optional<unsigned> count;
};

unsigned weekday_of_date(sys_days date) {
    return weekday{date}.iso_encoding();
}

sys_days months_on(sys_days from, int count) {
    const year_month_day begun{from};
    const year_month month = begun.year() / begun.month() + months{count};
    const sys_days last_day{month / last};
    const year_month_day wanted = month / begun.day();
    return wanted.ok() ? sys_days{wanted} : last_day;
}

bool comes_to(const Course& course, sys_days date) {
    if (date < course.start) return false;
    switch (course.unit) {
        case Unit::days:
            for (sys_days at = course.start; at <= date; at += days{course.every})
                if (at == date) return true;
            return false;
        case Unit::months:
        case Unit::years:
            for (int n = 0;; n += course.every * (course.unit == Unit::years ? 12 : 1)) {
                const sys_days at = months_on(course.start, n);
                if (at >= date) return at == date;
            }
        case Unit::weeks:
            break;
    }
    if (course.weekdays.size() > 1) {  // it starts on a Monday
        for (sys_days monday = course.start; monday <= date; monday += weeks{course.every}) {
            if (date < monday + days{7}) return course.weekdays.contains(weekday_of_date(date));
        }
        return false;
    }
    sys_days at = course.start;
    while (!course.weekdays.empty() && !course.weekdays.contains(weekday_of_date(at)))
        at += days{1};
    for (; at <= date; at += weeks{course.every})
        if (at == date) return true;
    return false;
}

std::vector<minutes> usual(unsigned a_day) {
    constexpr minutes morning{8 * 60};
    constexpr minutes evening{20 * 60};
    switch (a_day) {
        case 1:
            return {morning};
        case 2:
            return {morning, evening};
        case 3:
            return {morning, minutes{14 * 60}, evening};
        default:
            return {morning, minutes{12 * 60}, minutes{17 * 60}, minutes{22 * 60}};
    }
}

minutes part_time(const std::string& part) {
    return part == "MORN"   ? minutes{8 * 60}
           : part == "NOON" ? minutes{12 * 60}
           : part == "AFT"  ? minutes{16 * 60}
           : part == "EVE"  ? minutes{20 * 60}
                            : minutes{22 * 60};
}

std::vector<Dose> hourly_on(const Course& course, sys_days date) {
    std::vector<Dose> out;
    const Minute end = date + days{2};
    for (Minute at = first_shown(course.start, course.start_time); at < end;
         at += hours{course.every}) {
        const Minute shown = wall(at);
        if (floor<days>(shown) == date)
            out.push_back({at, clock_words(duration_cast<minutes>(shown - date))});
    }
    return out;
}

std::vector<Dose> on_day(const Course& course, sys_days date) {
    std::vector<Dose> out;
    if (course.stated_start && date < course.start) return out;
    if (course.end && date > *course.end) return out;
    if (course.kind == Kind::hourly) return hourly_on(course, date);
    if (course.kind == Kind::spaced && !comes_to(course, date)) return out;
    if (!course.weekdays.empty() && !course.weekdays.contains(weekday_of_date(date))) return out;
    for (const minutes time : course.times)
        out.push_back({first_shown(date, time), clock_words(time)});
    for (const auto& part : course.parts)
        out.push_back({first_shown(date, part_time(part)), part});
    const bool any_time = course.times.empty() && course.parts.empty();
    for (const minutes time : any_time ? usual(course.a_day) : std::vector<minutes>{})
        out.push_back({first_shown(date, time), "DAY"});
    std::sort(out.begin(), out.end());
    return out;
}

std::vector<Dose> expected(const Course& course, sys_days date) {
    auto today = on_day(course, date);
    if (!course.count) return today;
    std::size_t before = 0;
    for (sys_days day = course.start; day < date; day += days{1})
        before += on_day(course, day).size();
    const std::size_t left = *course.count > before ? *course.count - before : 0;
    today.resize(std::min(left, today.size()));
    return today;
}

std::string date_words(sys_days date) {
    const year_month_day at{date};
    return fmt::format("{:04}-{:02}-{:02}", int(at.year()), unsigned(at.month()),
                       unsigned(at.day()));
}

v1::Prescription order_of(const Course& course) {
    constexpr std::array<const char*, 8> k_days = {"",    "mon", "tue", "wed",
                                                   "thu", "fri", "sat", "sun"};
    v1::Prescription order;
    auto& repeat = *order.add_dosage()->mutable_timing()->mutable_repeat();
    for (const minutes time : course.times)
        repeat.add_time_of_day(clock_words(time) + ":00");
    for (const auto& part : course.parts)
        repeat.add_when(part);
    for (const unsigned day : course.weekdays)
        repeat.add_day_of_week(k_days.at(day));
    auto& bounds = *repeat.mutable_bounds_period();
    if (course.stated_start) bounds.set_start(date_words(course.start));
    if (course.end) bounds.set_end(date_words(*course.end));
    if (course.count) repeat.set_count(*course.count);
    if (course.kind == Kind::a_day) {
        repeat.set_frequency(course.a_day);
        repeat.set_period("1");
        repeat.set_period_unit("d");
    } else if (course.kind == Kind::hourly) {
        const Minute first = first_shown(course.start, course.start_time);
        bounds.set_start(fmt::format("{}T{}:00+0{}:00", date_words(course.start),
                                     clock_words(course.start_time), offset_at(first).count()));
        repeat.set_frequency(1);
        repeat.set_period(std::to_string(course.every));
        repeat.set_period_unit("h");
    } else if (course.kind == Kind::spaced) {
        constexpr std::array<const char*, 4> k_units = {"d", "wk", "mo", "a"};
        const auto days_named = static_cast<unsigned>(course.weekdays.size());
        repeat.set_frequency(std::max(1U, days_named));
        repeat.set_period(std::to_string(course.every));
        repeat.set_period_unit(k_units.at(static_cast<std::size_t>(course.unit)));
    }
    return order;
}

class Dice {
public:
    explicit Dice(std::uint64_t seed) : engine_(seed) {}
    unsigned below(unsigned end) { return static_cast<unsigned>(engine_() % end); }
    bool coin() { return below(2) == 0; }

private:
    std::mt19937_64 engine_;
};

std::set<unsigned> some_days(Dice& dice, unsigned most) {
    std::set<unsigned> out;
    const unsigned count = 1 + dice.below(most);
    while (out.size() < count)
        out.insert(1 + dice.below(7));
    return out;
}

void space(Dice& dice, Course& course) {
    course.unit = static_cast<Unit>(dice.below(4));
    course.every = 1 + static_cast<int>(dice.below(4));
    if (course.unit == Unit::days) ++course.every;
    if (course.unit == Unit::weeks && course.every > 1 && dice.coin()) {
        course.weekdays = some_days(dice, 3);
        if (course.weekdays.size() > 1) course.start -= days{weekday_of_date(course.start) - 1};
    }
    if (dice.coin()) course.times = {minutes{15 * dice.below(96)}};
}

Course some_course(Dice& dice, sys_days start) {
    constexpr std::array<const char*, 5> k_parts = {"MORN", "NOON", "AFT", "EVE", "NIGHT"};
    Course course;
    course.kind = static_cast<Kind>(dice.below(5));
    course.start = start;
    switch (course.kind) {
        case Kind::times: {
            std::set<unsigned> quarters;
            for (unsigned n = 0; n <= dice.below(4); ++n)
                quarters.insert(dice.coin() ? dice.below(16) : dice.below(96));
            for (const unsigned quarter : quarters)
                course.times.push_back(minutes{15 * quarter});
            break;
        }
        case Kind::parts:
            for (const char* part : k_parts)
                if (dice.coin()) course.parts.emplace_back(part);
            if (course.parts.empty()) course.parts.emplace_back("MORN");
            break;
        case Kind::a_day:
            course.a_day = 1 + dice.below(4);
            break;
        case Kind::hourly:
            course.every = 2 + static_cast<int>(dice.below(22));
            // Not within the hour that comes twice, or never.
            course.start_time = minutes{15 * (16 + dice.below(80))};
            break;
        case Kind::spaced:
            space(dice, course);
            break;
    }
    const bool on_weekdays = course.kind != Kind::spaced && course.kind != Kind::hourly;
    if (on_weekdays && dice.below(3) == 0) course.weekdays = some_days(dice, 7);
    if (on_weekdays && dice.below(3) == 0) course.stated_start = false;
    if (dice.below(3) == 0) course.end = course.start + days{dice.below(120)};
    if (course.stated_start && dice.below(3) == 0) course.count = 1 + dice.below(60);
    return course;
}

// Half of them about the days on which clocks turn.
sys_days some_start(Dice& dice) {
    const year of{2024 + static_cast<int>(dice.below(7))};
    if (dice.coin()) return sys_days{of / January / 1} + days{dice.below(365)};
    const sys_days turns =
        dice.coin() ? sys_days{of / March / Sunday[last]} : sys_days{of / October / Sunday[last]};
    return turns - days{dice.below(8)};
}

std::vector<Dose> told(const Expansion& expansion) {
    std::vector<Dose> out;
    for (const auto& slot : expansion.slots)
        out.push_back(
            {Minute{duration_cast<minutes>(milliseconds{slot.due.instant.ms})}, slot.nominal});
    std::sort(out.begin(), out.end());
    return out;
}

TEST_CASE("what is due on a day is what a slow walk through its minutes and its course finds") {
    CHECK(rc::check([](std::uint64_t seed) {
        Dice dice(seed);
        for (unsigned n = 0; n < k_cases; ++n) {
            const Course course = some_course(dice, some_start(dice));
            const sys_days date = course.start + days{dice.below(60)} - days{dice.below(4)};
            const year_month_day at{date};
            const auto order = order_of(course);
            const auto expansion =
                expand(ResourceId{}, order,
                       {int(at.year()), int(unsigned(at.month())), int(unsigned(at.day()))},
                       "Europe/Oslo");
            INFO(order.ShortDebugString() << " on " << date_words(date));
            RC_ASSERT(expansion.unclear.empty());
            RC_ASSERT(told(expansion) == expected(course, date));
        }
    }));
}

}  // namespace
}  // namespace kari::clinical
