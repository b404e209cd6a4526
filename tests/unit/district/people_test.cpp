// SPDX-License-Identifier: Apache-2.0
#include <set>

#include <catch2/catch_test_macros.hpp>

#include "examples/district/people.hpp"
#include "examples/district/vitals.hpp"
#include "tests/unit/district/told.hpp"

using namespace kari;
using namespace kari::district;
using namespace kari::district::test;

namespace {

// Apart from the code that makes them: the remainders of both control digits.
bool control_digits_hold(const std::string& number) {
    const int first[] = {3, 7, 6, 1, 8, 9, 4, 5, 2, 1};
    const int second[] = {5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1};
    int r1 = 0;
    int r2 = 0;
    for (std::size_t i = 0; i < 10; ++i)
        r1 += first[i] * (number[i] - '0');
    for (std::size_t i = 0; i < 11; ++i)
        r2 += second[i] * (number[i] - '0');
    return r1 % 11 == 0 && r2 % 11 == 0;
}

bool says_that_it_is_made_up(const std::string& family) {
    for (const char* word : {"Test", "Prøve", "Eksempel", "Syntese", "Demo", "Liksom", "Attrapp",
                             "Fantasi", "Øvings", "Oppdikt"}) {
        if (family.starts_with(word)) return true;
    }
    return false;
}

}  // namespace

TEST_CASE("every identifier is a synthetic one with valid control digits, and nobody shares one") {
    std::set<std::string> seen;
    std::size_t wrong = 0;
    for (unsigned i = 0; i < k_citizens_max; ++i) {
        const Person made = person(1, i);
        const std::string& number = made.national_id;
        REQUIRE(number.size() == 11);
        const Date born = date_of(made.born);
        const int month = (number[2] - '0') * 10 + number[3] - '0';
        const int day = (number[0] - '0') * 10 + number[1] - '0';
        const bool even = (number[8] - '0') % 2 == 0;
        wrong += month != born.month + 80 || day != born.day || even != made.woman ||
                 !control_digits_hold(number) || !says_that_it_is_made_up(made.family) ||
                 !seen.insert(number).second;
    }
    CHECK(wrong == 0);
    CHECK(synthetic_national_id({1950, 2, 30}, true, 0).empty());
    CHECK(synthetic_national_id({2004, 2, 29}, false, 0).size() == 11);
    CHECK(synthetic_national_id({1950, 2, 3}, true, 1'000).empty());
}

TEST_CASE("every resource says that it is test data and whose drugs it speaks of") {
    const District made({.citizens = 6, .days = 40});
    std::size_t orders = 0;
    Told all = told_directory(made);
    for (unsigned i = 0; i < 6; ++i)
        all.merge(told(made.options(), i));
    for (const auto& [name, json] : all) {
        CAPTURE(name);
        CHECK(json.find(R"("code":"HTEST")") != std::string::npos);
        CHECK(json.find(R"("display":"demo, not for clinical use")") != std::string::npos);
        if (!name.starts_with("MedicationRequest/")) continue;
        ++orders;
        CHECK(json.find(R"("note":[{"text":"demo, not for clinical use)") != std::string::npos);
    }
    CHECK(orders > 20);
}

TEST_CASE("days, weekdays and the hours of summer are those of Norway") {
    CHECK(day_of({1970, 1, 1}) == 0);
    CHECK(text_of(day_of({2024, 2, 29}) + 1) == "2024-03-01");
    CHECK(weekday(day_of({2025, 3, 10})) == 0);
    for (Day day = day_of({1924, 1, 1}); day < day_of({2100, 1, 1}); day += 13)
        CHECK(parse_day(text_of(day)) == day);
    for (const char* none :
         {"2025-02-29", "2025-13-01", "2025-3-1", "2025-03-1x", "25-03-2025", ""})
        CHECK_FALSE(parse_day(none));
    CHECK(moment(day_of({2026, 3, 28}), 480) == "2026-03-28T08:00:00+01:00");
    CHECK(moment(day_of({2026, 3, 29}), 480) == "2026-03-29T08:00:00+02:00");
    CHECK(moment(day_of({2026, 10, 24}), 1439, 59) == "2026-10-24T23:59:59+02:00");
    CHECK(moment(day_of({2026, 10, 25}), 420) == "2026-10-25T07:00:00+01:00");
}

TEST_CASE("NEWS2 is counted as the Royal College of Physicians' table says") {
    const Vitals well = {.systolic = 128,
                         .diastolic = 76,
                         .pulse = 72,
                         .breaths = 16,
                         .saturation = 97,
                         .temperature_tenths = 368};
    CHECK(news2(well) == 0);
    const auto with = [&well](auto change) {
        Vitals changed = well;
        change(changed);
        return news2(changed);
    };
    const int breaths[][2] = {{8, 3}, {9, 1}, {11, 1}, {12, 0}, {20, 0}, {21, 2}, {24, 2}, {25, 3}};
    for (const auto& [value, points] : breaths)
        CHECK(with([&](Vitals& v) { v.breaths = value; }) == points);
    const int saturation[][2] = {{91, 3}, {92, 2}, {93, 2}, {94, 1}, {95, 1}, {96, 0}};
    for (const auto& [value, points] : saturation)
        CHECK(with([&](Vitals& v) { v.saturation = value; }) == points);
    const int systolic[][2] = {{90, 3},  {91, 2},  {100, 2}, {101, 1},
                               {110, 1}, {111, 0}, {219, 0}, {220, 3}};
    for (const auto& [value, points] : systolic)
        CHECK(with([&](Vitals& v) { v.systolic = value; }) == points);
    const int pulse[][2] = {{40, 3}, {41, 1},  {50, 1},  {51, 0},  {90, 0},
                            {91, 1}, {110, 1}, {111, 2}, {130, 2}, {131, 3}};
    for (const auto& [value, points] : pulse)
        CHECK(with([&](Vitals& v) { v.pulse = value; }) == points);
    const int temperature[][2] = {{350, 3}, {351, 1}, {360, 1}, {361, 0},
                                  {380, 0}, {381, 1}, {390, 1}, {391, 2}};
    for (const auto& [value, points] : temperature)
        CHECK(with([&](Vitals& v) { v.temperature_tenths = value; }) == points);
    CHECK(with([](Vitals& v) { v.confused = true; }) == 3);
}
