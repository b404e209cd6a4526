// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch_test_macros.hpp>

#include "sdk/clinical/frequency.hpp"

namespace kari::clinical {
namespace {

v1::MeasureFrequency every(unsigned times, const char* period, const char* unit) {
    v1::Timing timing;
    timing.mutable_repeat()->set_frequency(times);
    timing.mutable_repeat()->set_period(period);
    timing.mutable_repeat()->set_period_unit(unit);
    return frequency_of(timing);
}

TEST_CASE("how often a timing comes round is told in steps that can be compared") {
    CHECK(every(2, "1", "h") == v1::MEASURE_FREQUENCY_HOURLY);
    CHECK(every(1, "60", "min") == v1::MEASURE_FREQUENCY_HOURLY);
    CHECK(every(1, "8", "h") == v1::MEASURE_FREQUENCY_SEVERAL_A_DAY);
    CHECK(every(1, "24", "h") == v1::MEASURE_FREQUENCY_DAILY);
    CHECK(every(1, "1.5", "d") == v1::MEASURE_FREQUENCY_SEVERAL_A_WEEK);
    CHECK(every(2, "1", "wk") == v1::MEASURE_FREQUENCY_SEVERAL_A_WEEK);
    CHECK(every(1, "7", "d") == v1::MEASURE_FREQUENCY_WEEKLY);
    CHECK(every(1, "2", "wk") == v1::MEASURE_FREQUENCY_RARER);
    CHECK(every(1, "1", "a") == v1::MEASURE_FREQUENCY_RARER);
}

TEST_CASE("times of the day and days of the week count as they are listed") {
    v1::Timing timing;
    timing.mutable_repeat()->add_time_of_day("08:00");
    CHECK(frequency_of(timing) == v1::MEASURE_FREQUENCY_DAILY);
    timing.mutable_repeat()->add_time_of_day("20:00");
    CHECK(frequency_of(timing) == v1::MEASURE_FREQUENCY_SEVERAL_A_DAY);
    v1::Timing weekly;
    weekly.mutable_repeat()->add_day_of_week("tue");
    CHECK(frequency_of(weekly) == v1::MEASURE_FREQUENCY_WEEKLY);
    weekly.mutable_repeat()->add_day_of_week("fri");
    CHECK(frequency_of(weekly) == v1::MEASURE_FREQUENCY_SEVERAL_A_WEEK);
}

TEST_CASE("what does not say how often is not compared") {
    CHECK(frequency_of({}) == v1::MEASURE_FREQUENCY_UNSPECIFIED);
    CHECK(every(1, "0", "d") == v1::MEASURE_FREQUENCY_UNSPECIFIED);
    CHECK(every(1, "-1", "d") == v1::MEASURE_FREQUENCY_UNSPECIFIED);
    CHECK(every(1, "1", "fortnight") == v1::MEASURE_FREQUENCY_UNSPECIFIED);
    v1::Timing dated;
    dated.add_event("2026-01-05");
    CHECK(frequency_of(dated) == v1::MEASURE_FREQUENCY_UNSPECIFIED);
}

}  // namespace
TEST_CASE("a month is thirty days, and a period that is no number is not compared") {
    CHECK(every(30, "1", "mo") == v1::MEASURE_FREQUENCY_DAILY);
    CHECK(every(29, "1", "mo") == v1::MEASURE_FREQUENCY_SEVERAL_A_WEEK);
    CHECK(every(1, "some", "d") == v1::MEASURE_FREQUENCY_UNSPECIFIED);
}

TEST_CASE("what stands beside times of the day either says the same or is not to be guessed") {
    v1::TimingRepeat repeat;
    CHECK(adds_nothing_to_times(repeat, 2));
    repeat.set_frequency(2);
    CHECK(adds_nothing_to_times(repeat, 2));
    CHECK_FALSE(adds_nothing_to_times(repeat, 3));
    repeat.set_period_unit("d");  // of how many
    CHECK_FALSE(adds_nothing_to_times(repeat, 2));
    repeat.set_period("1");
    CHECK(adds_nothing_to_times(repeat, 2));
    CHECK_FALSE(adds_nothing_to_times(repeat, 3));
    repeat.set_period_max("2");
    CHECK_FALSE(adds_nothing_to_times(repeat, 2));
}

}  // namespace kari::clinical
