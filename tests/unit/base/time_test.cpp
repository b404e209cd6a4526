// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <rapidcheck.h>
#include <catch2/catch_test_macros.hpp>

#include "sdk/base/time.hpp"

using namespace kari;
using namespace kari::base;

namespace {

constexpr const char* k_oslo = "Europe/Oslo";

// A wall-clock time resolved in Oslo, as FHIR text.
std::string at(LocalDate date, LocalTime time) {
    return fhir_date_time(resolve(date, time, k_oslo).value());
}

Instant utc(std::string_view text) {
    return parse_fhir_time(text, "UTC").value().start;
}

std::string width(std::string_view text) {
    const Interval interval = parse_fhir_time(text, k_oslo).value();
    return fhir_date_time(in_zone(interval.start, k_oslo).value()) + " " +
           fhir_date_time(in_zone(interval.end, k_oslo).value());
}

}  // namespace

TEST_CASE("a daily 02:30 has one moment on each day around the autumn overlap") {
    CHECK(at({2026, 10, 24}, {2, 30}) == "2026-10-24T02:30:00+02:00");
    CHECK(at({2026, 10, 25}, {2, 30}) == "2026-10-25T02:30:00+02:00");
    CHECK(at({2026, 10, 26}, {2, 30}) == "2026-10-26T02:30:00+01:00");
    CHECK(resolve({2026, 10, 25}, {2, 30}, k_oslo)->instant == utc("2026-10-25T00:30:00Z"));
}

TEST_CASE("a wall-clock time in the spring gap moves to the end of the gap") {
    for (const LocalTime time : {LocalTime{2, 0}, LocalTime{2, 30}, LocalTime{2, 59, 59}}) {
        CHECK(at({2027, 3, 28}, time) == "2027-03-28T03:00:00+02:00");
        CHECK(resolve({2027, 3, 28}, time, k_oslo)->instant == utc("2027-03-28T01:00:00Z"));
    }
    CHECK(at({2027, 3, 28}, {1, 59, 59}) == "2027-03-28T01:59:59+01:00");
    CHECK(at({2027, 3, 28}, {3, 0}) == "2027-03-28T03:00:00+02:00");
}

TEST_CASE("Oslo changes its clocks on the last Sundays of March and October at 01:00 UTC") {
    for (const auto& [spring, autumn] : {std::pair{"2026-03-29", "2026-10-25"},
                                         {"2027-03-28", "2027-10-31"},
                                         {"2028-03-26", "2028-10-29"},
                                         {"2029-03-25", "2029-10-28"},
                                         {"2030-03-31", "2030-10-27"}}) {
        const Instant gap = utc(std::string(spring) + "T01:00:00Z");
        CHECK(in_zone(gap - Duration{1}, k_oslo)->offset_s == 3600);
        CHECK(in_zone(gap, k_oslo)->offset_s == 7200);
        const Instant overlap = utc(std::string(autumn) + "T01:00:00Z");
        CHECK(in_zone(overlap - Duration{1}, k_oslo)->offset_s == 7200);
        CHECK(in_zone(overlap, k_oslo)->offset_s == 3600);
    }
}

TEST_CASE("eight hours stay eight hours across a change of clocks") {
    const Instant start = utc("2026-10-24T22:00:00Z");
    const auto wall = [&](int hours) {
        return to_text(local_time(in_zone(start + Duration::hours(hours), k_oslo).value()));
    };
    CHECK(wall(0) == "00:00:00");
    CHECK(wall(8) == "07:00:00");
    CHECK(wall(16) == "15:00:00");
    CHECK(utc("2026-10-25T10:00:00+01:00") - utc("2026-10-24T10:00:00+02:00") ==
          Duration::hours(25));
}

TEST_CASE("a time of limited precision is the interval in which it may lie") {
    CHECK(width("2026") == "2026-01-01T00:00:00+01:00 2027-01-01T00:00:00+01:00");
    CHECK(width("2026-12") == "2026-12-01T00:00:00+01:00 2027-01-01T00:00:00+01:00");
    CHECK(width("2026-02") == "2026-02-01T00:00:00+01:00 2026-03-01T00:00:00+01:00");
    CHECK(width("2026-10-25") == "2026-10-25T00:00:00+02:00 2026-10-26T00:00:00+01:00");
    CHECK(width("2027-03-28") == "2027-03-28T00:00:00+01:00 2027-03-29T00:00:00+02:00");
    CHECK(width("2026-07-01T08:05:00Z") == "2026-07-01T10:05:00+02:00 2026-07-01T10:05:01+02:00");
    CHECK(width("2026-07-01T08:05:00") == "2026-07-01T08:05:00+02:00 2026-07-01T08:05:01+02:00");
    CHECK(width("2026-07-01T08:05+02:00") == "2026-07-01T08:05:00+02:00 2026-07-01T08:06:00+02:00");
    CHECK(width("2026-07-01T08:05:00.1+02:00") ==
          "2026-07-01T08:05:00.100+02:00 2026-07-01T08:05:00.200+02:00");
    CHECK(width("2026-07-01T08:05:00.123456789+02:00") ==
          "2026-07-01T08:05:00.123+02:00 2026-07-01T08:05:00.124+02:00");
}

TEST_CASE("a leap day and a leap second are taken") {
    CHECK(width("2028-02-29") == "2028-02-29T00:00:00+01:00 2028-03-01T00:00:00+01:00");
    CHECK(utc("2016-12-31T23:59:60Z") == utc("2017-01-01T00:00:00Z"));
}

TEST_CASE("what is no FHIR time is refused") {
    for (const char* text : {"",
                             "26",
                             "2026-",
                             "2026-13",
                             "2026-00",
                             "2026-1",
                             "2026-02-30",
                             "2027-02-29",
                             "2026-01-01T",
                             "2026-01-01T8:05:00Z",
                             "2026-01-01T24:00:00Z",
                             "2026-01-01T08:60:00Z",
                             "2026-01-01T08:05:61Z",
                             "2026-01-01T08:05:00.Z",
                             "2026-01-01T08:05:00+14:01",
                             "2026-01-01T08:05:00+0100",
                             "2026-01-01 08:05:00",
                             "2026-01-01T08:05:00Zx",
                             "0000-01-01",
                             "2026-01T08:05:00Z",
                             "-2026-01-01",
                             "2026-01-01T08:05:00+01:60"}) {
        INFO(text);
        const auto parsed = parse_fhir_time(text, k_oslo);
        REQUIRE_FALSE(parsed.has_value());
        CHECK(parsed.error().code == ErrorCode::malformed);
    }
}

TEST_CASE("an unknown zone is an error and never UTC") {
    CHECK(parse_fhir_time("2026", "Europe/Nowhere").error().code == ErrorCode::not_found);
    CHECK(resolve({2026, 1, 1}, {8, 0}, "").error().code == ErrorCode::not_found);
    CHECK(in_zone({0}, "../../etc/passwd").error().code == ErrorCode::not_found);
    CHECK(parse_fhir_time("2026-01-01T08:00:00Z", "Europe/Nowhere").has_value());
}

TEST_CASE("dates and times of day that do not exist are refused") {
    CHECK(resolve({2026, 2, 29}, {8, 0}, k_oslo).error().code == ErrorCode::invalid_argument);
    CHECK(resolve({2026, 2, 28}, {24, 0}, k_oslo).error().code == ErrorCode::invalid_argument);
    CHECK(parse_date("2026-02-28").value() == LocalDate{2026, 2, 28});
    CHECK_FALSE(parse_date("2026-02-29").has_value());
    CHECK_FALSE(parse_date("2026-02").has_value());
    CHECK(parse_time("08:05").value() == LocalTime{8, 5, 0});
    CHECK(parse_time("23:59:59").value() == LocalTime{23, 59, 59});
    for (const char* text : {"", "8:05", "24:00", "08:60", "08:05:60", "08:05:00.5", "08:05:"}) {
        CHECK_FALSE(parse_time(text).has_value());
    }
}

TEST_CASE("an instant is written with its offset, and milliseconds only when there are some") {
    const Instant moment = utc("2026-07-01T08:05:00Z");
    CHECK(fhir_date_time({moment, 7200, k_oslo}) == "2026-07-01T10:05:00+02:00");
    CHECK(fhir_date_time({moment + Duration{120}, -34200, ""}) == "2026-06-30T22:35:00.120-09:30");
    CHECK(fhir_date_time({Instant{-1}, 0, "UTC"}) == "1969-12-31T23:59:59.999+00:00");
}

TEST_CASE("an instant no calendar of four digits holds is refused") {
    CHECK(in_zone({INT64_MAX}, k_oslo).error().code == ErrorCode::value_out_of_range);
    CHECK(in_zone({INT64_MIN}, k_oslo).error().code == ErrorCode::value_out_of_range);
}

TEST_CASE("days are counted by the calendar") {
    CHECK(add_days({2026, 12, 31}, 1) == LocalDate{2027, 1, 1});
    CHECK(add_days({2028, 3, 1}, -1) == LocalDate{2028, 2, 29});
    CHECK(days_between({2026, 10, 24}, {2026, 10, 26}) == 2);
    CHECK(weekday({2026, 10, 25}) == 7);
    CHECK(weekday({2026, 10, 26}) == 1);
}

TEST_CASE("what is written of an instant reads as the same instant, in any zone") {
    CHECK(rc::check([] {
        const Instant moment{
            *rc::gen::inRange<std::int64_t>(-2'000'000'000'000, 4'000'000'000'000)};
        const std::string zone = *rc::gen::element<std::string>(
            k_oslo, "UTC", "America/St_Johns", "Asia/Kathmandu", "Australia/Lord_Howe");
        const auto zoned = in_zone(moment, zone);
        RC_ASSERT(zoned.has_value());
        const auto read = parse_fhir_time(fhir_date_time(*zoned), "UTC");
        RC_ASSERT(read.has_value());
        RC_ASSERT(read->start == moment);
    }));
}

TEST_CASE("every wall-clock minute resolves to a moment that shows it, or to the gap's end") {
    CHECK(rc::check([] {
        const LocalDate date = add_days({2026, 1, 1}, *rc::gen::inRange(0, 4 * 365));
        const LocalTime time{*rc::gen::inRange(0, 24), *rc::gen::inRange(0, 60), 0};
        const auto resolved = resolve(date, time, k_oslo);
        RC_ASSERT(resolved.has_value());
        RC_ASSERT(in_zone(resolved->instant, k_oslo).value() == *resolved);
        RC_ASSERT(local_date(*resolved) == date);
        if (local_time(*resolved) != time) {
            RC_ASSERT(time.hour == 2);
            RC_ASSERT(local_time(*resolved) == (LocalTime{3, 0, 0}));
        } else {
            // the first occurrence: an hour earlier does not show the same time
            const auto earlier = in_zone(resolved->instant - Duration::hours(1), k_oslo);
            RC_ASSERT(local_time(*earlier) != time);
        }
    }));
}

TEST_CASE("adding days and counting them are inverse") {
    CHECK(rc::check([] {
        const LocalDate date = add_days({1900, 1, 1}, *rc::gen::inRange(0, 73'000));
        const int days = *rc::gen::inRange(-10'000, 10'000);
        RC_ASSERT(days_between(date, add_days(date, days)) == days);
        RC_ASSERT(parse_date(to_text(date)).value() == date);
        RC_ASSERT(weekday(add_days(date, 7)) == weekday(date));
    }));
}
