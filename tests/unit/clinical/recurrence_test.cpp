// SPDX-License-Identifier: Apache-2.0
//
// Timings that come round by a count from the start of their bounds.
#include <rapidcheck.h>
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sdk/base/time.hpp"
#include "sdk/clinical/schedule.hpp"

namespace kari::clinical {
namespace {

constexpr std::string_view k_oslo = "Europe/Oslo";

v1::TimingRepeat& every(v1::Prescription& order, const std::string& period, const char* unit,
                        const std::string& start) {
    auto& repeat = *order.add_dosage()->mutable_timing()->mutable_repeat();
    repeat.set_frequency(1);
    repeat.set_period(period);
    repeat.set_period_unit(unit);
    if (!start.empty()) repeat.mutable_bounds_period()->set_start(start);
    return repeat;
}

Expansion on(const v1::Prescription& order, const LocalDate& date) {
    return expand(ResourceId{}, order, date, k_oslo);
}

// The dates with a dose among so many from the first.
std::vector<std::string> dates(const v1::Prescription& order, LocalDate from, int days) {
    std::vector<std::string> out;
    for (int i = 0; i < days; ++i) {
        const LocalDate date = base::add_days(from, i);
        const auto found = on(order, date);
        REQUIRE(found.unclear.empty());
        for (std::size_t n = 0; n < found.slots.size(); ++n)
            out.push_back(base::to_text(date));
    }
    return out;
}

std::vector<std::string> times(const v1::Prescription& order, const LocalDate& date) {
    std::vector<std::string> out;
    for (const auto& slot : on(order, date).slots)
        out.push_back(slot.nominal + " " + std::to_string(slot.ordinal) + " " +
                      base::fhir_date_time(slot.due));
    return out;
}

using Texts = std::vector<std::string>;

TEST_CASE("every third day counts from the day on which the order begins") {
    v1::Prescription order;
    every(order, "3", "d", "2026-02-26").add_time_of_day("08:00");
    CHECK(dates(order, {2026, 2, 20}, 20) ==
          Texts{"2026-02-26", "2026-03-01", "2026-03-04", "2026-03-07", "2026-03-10"});
    CHECK(on(order, {2026, 3, 1}).slots.at(0).nominal == "08:00");
}

TEST_CASE("a start that is written in another zone is the day that it is here") {
    v1::Prescription order;
    // Midnight of the first of March in Oslo, as a system writes it that writes in UTC.
    every(order, "3", "d", "2026-02-28T23:00:00Z").add_time_of_day("08:00");
    CHECK(dates(order, {2026, 2, 26}, 8) == Texts{"2026-03-01", "2026-03-04"});
}

TEST_CASE("every second week comes on the weekday of its start, or on the weekdays it names") {
    v1::Prescription order;
    auto& repeat = every(order, "2", "wk", "2026-03-05");  // a Thursday
    CHECK(dates(order, {2026, 3, 1}, 30) == Texts{"2026-03-05", "2026-03-19"});
    repeat.add_day_of_week("mon");
    repeat.add_day_of_week("fri");
    repeat.set_frequency(2);
    // The Monday of its first week lies before its start.
    CHECK(dates(order, {2026, 3, 1}, 24) == Texts{"2026-03-06", "2026-03-16", "2026-03-20"});
}

TEST_CASE("every second week on a weekday begins with the first such day, and is never guessed") {
    v1::Prescription order;
    auto& repeat = every(order, "2", "wk", "2026-03-07");  // a Saturday
    repeat.add_day_of_week("fri");
    CHECK(dates(order, {2026, 3, 1}, 30) == Texts{"2026-03-13", "2026-03-27"});
    // Of two that both lie before it in its week, the next week may be meant, or the one after.
    repeat.add_day_of_week("mon");
    repeat.set_frequency(2);
    CHECK(on(order, {2026, 3, 13}).unclear.at(0).reason == CannotTell::unclear_timing);
}

TEST_CASE("the first dose of a long interval is not lost because the order begins later that day") {
    v1::Prescription order;
    auto& repeat = every(order, "3", "mo", "2026-03-05T10:00:00+01:00");
    CHECK(times(order, {2026, 3, 5}) == Texts{"DAY 0 2026-03-05T10:00:00+01:00"});
    CHECK(times(order, {2026, 6, 5}) == Texts{"DAY 0 2026-06-05T08:00:00+02:00"});
    repeat.add_time_of_day("08:00");
    CHECK(on(order, {2026, 3, 5}).unclear.at(0).reason == CannotTell::unclear_timing);
    CHECK(on(order, {2026, 6, 5}).slots.size() == 1);
}

TEST_CASE("an hourly dose is the same slot for whoever reads it in another zone") {
    v1::Prescription order;
    every(order, "8", "h", "2026-03-28T23:00:00Z");
    const auto here = on(order, {2026, 3, 29}).slots;
    const auto there = expand(ResourceId{}, order, {2026, 3, 28}, "UTC").slots;
    REQUIRE(there.size() == 1);
    CHECK(here.at(0).id == there.at(0).id);
    CHECK(here.at(0).nominal == "00:00");
    CHECK(here.at(0).id == slot_id(ResourceId{}, {2026, 3, 28}, "23:00Z", 0));
}

TEST_CASE("an order of more dosages than anybody writes is handed to a person") {
    v1::Prescription order;
    for (int i = 0; i < 64; ++i)
        every(order, "1", "d", "").set_frequency(1);
    CHECK(on(order, {2026, 3, 5}).slots.size() == 64);
    every(order, "1", "d", "");
    CHECK(on(order, {2026, 3, 5}).slots.empty());
    CHECK(on(order, {2026, 3, 5}).unclear.at(0).reason == CannotTell::unsupported_timing);
}

TEST_CASE("once a week without a weekday is a week from its start, and never told without one") {
    v1::Prescription order;
    auto& repeat = every(order, "1", "wk", "2026-03-05");
    CHECK(dates(order, {2026, 3, 1}, 14) == Texts{"2026-03-05", "2026-03-12"});
    repeat.clear_bounds_period();
    for (const int day : {5, 6})
        CHECK(on(order, {2026, 3, static_cast<unsigned char>(day)}).unclear.at(0).reason ==
              CannotTell::no_start);
    repeat.mutable_bounds_period()->set_start("2026-03");  // a month is no day
    CHECK(on(order, {2026, 3, 5}).unclear.at(0).reason == CannotTell::no_start);
}

TEST_CASE("months count from the day of the month, or from the last where a month has no such") {
    v1::Prescription order;
    every(order, "3", "mo", "2025-11-30");
    CHECK(dates(order, {2025, 11, 1}, 400) ==
          Texts{"2025-11-30", "2026-02-28", "2026-05-30", "2026-08-30", "2026-11-30"});
    v1::Prescription yearly;
    every(yearly, "1", "a", "2024-02-29");
    CHECK(dates(yearly, {2024, 2, 1}, 1500) ==
          Texts{"2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"});
}

TEST_CASE("every eight hours goes on by elapsed time, whatever clocks do meanwhile") {
    v1::Prescription order;
    every(order, "8", "h", "2026-03-28T06:00:00+01:00");
    CHECK(times(order, {2026, 3, 28}) == Texts{"06:00 0 2026-03-28T06:00:00+01:00",
                                               "14:00 0 2026-03-28T14:00:00+01:00",
                                               "22:00 0 2026-03-28T22:00:00+01:00"});
    // The night of 29 March is an hour short.
    CHECK(times(order, {2026, 3, 29}) == Texts{"07:00 0 2026-03-29T07:00:00+02:00",
                                               "15:00 0 2026-03-29T15:00:00+02:00",
                                               "23:00 0 2026-03-29T23:00:00+02:00"});
    CHECK(times(order, {2026, 3, 27}).empty());
}

TEST_CASE("two doses within the hour that autumn repeats are told apart") {
    v1::Prescription order;
    every(order, "1", "h", "2026-10-25T00:30:00+02:00");
    const auto found = times(order, {2026, 10, 25});
    REQUIRE(found.size() == 25);
    CHECK(found[2] == "02:30 0 2026-10-25T02:30:00+02:00");
    CHECK(found[3] == "02:30 0 2026-10-25T02:30:00+01:00");
    std::set<SlotId> ids;
    for (const auto& slot : on(order, {2026, 10, 25}).slots)
        ids.insert(slot.id);
    CHECK(ids.size() == 25);
}

TEST_CASE("hours count from a time of day: a date alone does not say which") {
    v1::Prescription order;
    every(order, "12", "h", "2026-03-28");
    CHECK(on(order, {2026, 3, 28}).unclear.at(0).reason == CannotTell::no_start);
}

TEST_CASE("so many doses in all end with the last of them, in the middle of a day") {
    v1::Prescription order;
    auto& repeat = every(order, "1", "d", "2026-03-05T12:00:00+01:00");
    repeat.clear_frequency();
    repeat.add_time_of_day("20:00");
    repeat.add_time_of_day("08:00");
    repeat.set_count(4);
    // The first morning lies before its start.
    CHECK(dates(order, {2026, 3, 1}, 14) ==
          Texts{"2026-03-05", "2026-03-06", "2026-03-06", "2026-03-07"});
    CHECK(on(order, {2026, 3, 7}).slots.at(0).nominal == "08:00");
    repeat.clear_bounds_period();
    CHECK(on(order, {2026, 3, 7}).unclear.at(0).reason == CannotTell::no_start);
    repeat.mutable_bounds_period()->set_start("0002-01-01");
    CHECK(on(order, {2026, 3, 7}).unclear.at(0).reason == CannotTell::unsupported_timing);
}

TEST_CASE("a taper whose steps have bounds of their own is one order") {
    v1::Prescription order;
    auto& first = every(order, "1", "d", "2026-03-01");
    first.mutable_bounds_period()->set_end("2026-03-05");
    auto& last = every(order, "2", "d", "2026-03-06");
    last.set_count(3);
    order.mutable_dosage(0)->set_sequence(1);
    order.mutable_dosage(1)->set_sequence(2);
    CHECK(dates(order, {2026, 3, 1}, 20) == Texts{"2026-03-01", "2026-03-02", "2026-03-03",
                                                  "2026-03-04", "2026-03-05", "2026-03-06",
                                                  "2026-03-08", "2026-03-10"});
    CHECK(on(order, {2026, 3, 6}).slots.at(0).dosage == 1);
}

// By steps from the start, as one would with a calendar.
std::vector<LocalDate> by_hand(const LocalDate& start, int period, const std::string& unit,
                               const LocalDate& until) {
    std::vector<LocalDate> out;
    for (int n = 0;; ++n) {
        LocalDate date = start;
        if (unit == "mo") {
            const int months = start.month - 1 + n * period;
            date.year = static_cast<decltype(date.year)>(start.year + months / 12);
            date.month = static_cast<decltype(date.month)>(months % 12 + 1);
            while (base::to_text(base::add_days(date, 0)) != base::to_text(date))
                --date.day;
        } else {
            date = base::add_days(start, n * period * (unit == "wk" ? 7 : 1));
        }
        if (date > until) return out;
        out.push_back(date);
    }
}

TEST_CASE("what comes round in ten years is what steps from the start lead to") {
    CHECK(rc::check([] {
        const auto unit = *rc::gen::element<std::string>("d", "wk", "mo");
        const int period = *rc::gen::inRange(unit == "d" ? 2 : 1, 40);
        const LocalDate start = base::add_days({2020, 1, 1}, *rc::gen::inRange(0, 800));
        const LocalDate until = base::add_days(start, *rc::gen::inRange(0, 3653));
        v1::Prescription order;
        every(order, std::to_string(period), unit.c_str(), base::to_text(start));
        const auto all = by_hand(start, period, unit, until);
        for (const int back : {0, 1, 2, 30, 31, 365}) {
            const LocalDate date = base::add_days(until, -back);
            const bool due = std::find(all.begin(), all.end(), date) != all.end();
            RC_ASSERT(on(order, date).slots.size() == (due ? 1U : 0U));
        }
        RC_ASSERT(on(order, all.back()).slots.size() == 1U);
    }));
}

TEST_CASE("hourly doses of a year are one distance apart, and each lies on the date that has it") {
    CHECK(rc::check([] {
        const int period = *rc::gen::inRange(1, 100);
        RC_PRE(period != 24);
        v1::Prescription order;
        every(order, std::to_string(period), "h", "2026-03-28T06:15:00+01:00");
        LocalDate date = base::add_days({2026, 3, 28}, *rc::gen::inRange(0, 365));
        std::optional<Instant> before;
        for (int i = 0; i < 10; ++i, date = base::add_days(date, 1)) {
            for (const auto& slot : on(order, date).slots) {
                RC_ASSERT(base::local_date(slot.due) == date);
                if (before) RC_ASSERT(slot.due.instant - *before == Duration::hours(period));
                before = slot.due.instant;
            }
        }
    }));
}

TEST_CASE("each reason for which a dose cannot be told has a name of its own") {
    std::set<std::string_view> names;
    for (const auto reason : {CannotTell::no_dosage, CannotTell::no_timing, CannotTell::no_start,
                              CannotTell::unsupported_timing, CannotTell::unclear_timing,
                              CannotTell::unknown_day_part, CannotTell::unknown_zone}) {
        CHECK_FALSE(name(reason).empty());
        names.insert(name(reason));
    }
    CHECK(names.size() == 7);
}

}  // namespace
}  // namespace kari::clinical
