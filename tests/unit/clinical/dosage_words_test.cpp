// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <string>
#include <tuple>
#include <vector>

#include "sdk/clinical/dose_fit.hpp"

namespace kari::clinical {
namespace {

v1::Quantity amount(const char* value, const char* code) {
    v1::Quantity out;
    out.set_value(value);
    out.set_code(code);
    return out;
}

v1::Range between(const char* low, const char* high, const char* code) {
    v1::Range out;
    *out.mutable_low() = amount(low, code);
    *out.mutable_high() = amount(high, code);
    return out;
}

v1::TimingRepeat every(const char* period, const char* unit) {
    v1::TimingRepeat out;
    out.set_period(period);
    out.set_period_unit(unit);
    return out;
}

// What is said and what it is in both languages.
struct Said {
    std::function<void(v1::Dosage&)> with;
    std::string nb, en;
};

void check(const std::vector<Said>& all) {
    for (const auto& [with, nb, en] : all) {
        v1::Dosage dosage;
        with(dosage);
        CHECK(dosage_words(dosage, Language::bokmaal) == nb);
        CHECK(dosage_words(dosage, Language::english) == en);
    }
}

void check_timings(
    const std::vector<std::tuple<std::function<void(v1::TimingRepeat&)>, const char*, const char*>>&
        all) {
    for (const auto& [with, nb, en] : all) {
        v1::Dosage dosage;
        with(*dosage.mutable_timing()->mutable_repeat());
        CHECK(dosage_words(dosage, Language::bokmaal) == nb);
        CHECK(dosage_words(dosage, Language::english) == en);
    }
}

TEST_CASE("the prescriber's text is shown as it is, and its parts where there is none") {
    v1::Dosage dosage;
    CHECK(dosage_words(dosage, Language::english).empty());
    *dosage.add_dose_and_rate()->mutable_dose_quantity() = amount("2", "{tablet}");
    auto& repeat = *dosage.mutable_timing()->mutable_repeat();
    repeat.add_time_of_day("08:00:00");
    repeat.add_time_of_day("20:00:00");
    dosage.mutable_route()->set_text("oral");
    dosage.mutable_site()->set_text("left");
    CHECK(shown_dosage(dosage, Language::english) == "2 tablets at 08:00 and 20:00, oral, left");
    CHECK(shown_dosage(dosage, Language::bokmaal) == "2 tabletter kl. 08:00 og 20:00, oral, left");
    dosage.set_text("as the prescriber wrote");
    CHECK(shown_dosage(dosage, Language::english) == "as the prescriber wrote");
}

TEST_CASE("a dose is said as the order has it: an amount, a range or a rate") {
    const auto dose = [](auto set) {
        return [set](v1::Dosage& dosage) {
            set(*dosage.add_dose_and_rate());
        };
    };
    check({
        {dose([](auto& one) { *one.mutable_dose_quantity() = amount("0.50", "{tablet}"); }),
         "0,5 tablett", "0.5 tablet"},
        {dose([](auto& one) { *one.mutable_dose_range() = between("1", "2", "{tablet}"); }),
         "1-2 tabletter", "1-2 tablets"},
        {dose([](auto& one) { *one.mutable_dose_range()->mutable_high() = amount("2", "mg"); }),
         "høyst 2 mg", "at most 2 mg"},
        {dose([](auto& one) { *one.mutable_dose_range()->mutable_low() = amount("2", "mg"); }),
         "minst 2 mg", "at least 2 mg"},
        {dose([](auto& one) { *one.mutable_rate_quantity() = amount("2", "L/min"); }), "2 L/min",
         "2 L/min"},
        {dose([](auto& one) { *one.mutable_rate_range() = between("1", "2", "L/min"); }),
         "1-2 L/min", "1-2 L/min"},
        {dose([](auto& one) {
             *one.mutable_rate_ratio()->mutable_numerator() = amount("500", "mL");
             *one.mutable_rate_ratio()->mutable_denominator() = amount("8", "h");
         }),
         "500 mL per 8 h", "500 mL in 8 h"},
        {dose([](auto&) {}), "", ""},
    });
}

TEST_CASE("when needed, for what and how much at most are said") {
    check({
        {[](v1::Dosage& dosage) { dosage.set_as_needed(true); }, "ved behov", "as needed"},
        {[](v1::Dosage& dosage) { dosage.mutable_as_needed_for()->set_text("X"); }, "ved behov (X)",
         "as needed (X)"},
        {[](v1::Dosage& dosage) {
             dosage.set_as_needed(true);
             *dosage.mutable_timing()->mutable_repeat() = every("4", "h");
         },
         "hver 4. time, ved behov", "every 4 hours, as needed"},
        {[](v1::Dosage& dosage) {
             *dosage.mutable_max_dose_per_period()->mutable_numerator() = amount("4", "g");
             *dosage.mutable_max_dose_per_period()->mutable_denominator() = amount("24", "h");
         },
         "høyst 4 g per 24 h", "at most 4 g in 24 h"},
        {[](v1::Dosage& dosage) {
             *dosage.mutable_max_dose_per_administration() = amount("1", "g");
         },
         "høyst 1 g om gangen", "at most 1 g at a time"},
        {[](v1::Dosage& dosage) { *dosage.mutable_max_dose_per_lifetime() = amount("550", "mg"); },
         "høyst 550 mg i alt", "at most 550 mg in all"},
    });
}

TEST_CASE("how often is said by the period, in each unit that FHIR has") {
    check_timings({
        {[](auto& repeat) { repeat = every("1", "d"); }, "1 gang daglig", "1 time a day"},
        {[](auto& repeat) { repeat = every("1.0", "d"); }, "1 gang daglig", "1 time a day"},
        {[](auto& repeat) {
             repeat = every("1", "wk");
             repeat.set_frequency(1);
         },
         "1 gang per uke", "1 time a week"},
        {[](auto& repeat) {
             repeat = every("1", "d");
             repeat.set_frequency(3);
         },
         "3 ganger daglig", "3 times a day"},
        {[](auto& repeat) {
             repeat = every("1", "d");
             repeat.set_frequency(1);
             repeat.set_frequency_max(3);
         },
         "1-3 ganger daglig", "1-3 times a day"},
        {[](auto& repeat) {
             repeat = every("3", "mo");
             repeat.set_frequency(2);
         },
         "2 ganger per 3 måneder", "2 times in 3 months"},
        {[](auto& repeat) { repeat = every("30", "s"); }, "hver 30. sekund", "every 30 seconds"},
        {[](auto& repeat) { repeat = every("15", "min"); }, "hver 15. minutt", "every 15 minutes"},
        {[](auto& repeat) { repeat = every("8", "h"); }, "hver 8. time", "every 8 hours"},
        {[](auto& repeat) { repeat = every("2", "d"); }, "hver 2. dag", "every 2 days"},
        {[](auto& repeat) { repeat = every("2", "wk"); }, "hver 2. uke", "every 2 weeks"},
        {[](auto& repeat) { repeat = every("3", "mo"); }, "hver 3. måned", "every 3 months"},
        {[](auto& repeat) { repeat = every("2", "a"); }, "hver 2. år", "every 2 years"},
        // What is in no such unit is not made up.
        {[](auto& repeat) { repeat = every("2", "fortnight"); }, "", ""},
        {[](auto& repeat) { repeat.set_period_unit("d"); }, "", ""},
    });
}

TEST_CASE("the longest interval of a period is not lost, be it after one or after more") {
    check_timings({
        {[](auto& repeat) {
             repeat = every("4", "h");
             repeat.set_period_max("6");
         },
         "hver 4-6. time", "every 4-6 hours"},
        {[](auto& repeat) {
             repeat = every("1", "d");
             repeat.set_period_max("2");
         },
         "hver 1-2. dag", "every 1-2 days"},
        {[](auto& repeat) {
             repeat = every("3", "d");
             repeat.set_period_max("4");
             repeat.set_frequency(2);
         },
         "2 ganger per 3-4 døgn", "2 times in 3-4 days"},
    });
}

TEST_CASE("a time of day does not hide that a dose is not daily") {
    check_timings({
        {[](auto& repeat) {
             repeat = every("1", "d");
             repeat.add_time_of_day("08:00");
         },
         "kl. 08:00", "at 08:00"},
        {[](auto& repeat) {
             repeat = every("1", "wk");
             repeat.add_time_of_day("08:00");
         },
         "kl. 08:00 1 gang per uke", "at 08:00 1 time a week"},
        {[](auto& repeat) {
             repeat = every("2", "d");
             repeat.add_when("MORN");
         },
         "om morgenen hver 2. dag", "in the morning every 2 days"},
        {[](auto& repeat) {
             repeat = every("1", "d");
             repeat.set_frequency(3);
             repeat.add_when("C");
         },
         "til måltid 3 ganger daglig", "with meals 3 times a day"},
        {[](auto& repeat) {
             repeat = every("1", "wk");
             repeat.add_day_of_week("thu");
         },
         "hver torsdag", "every Thursday"},
        {[](auto& repeat) {
             repeat = every("2", "wk");
             repeat.add_day_of_week("thu");
         },
         "hver 2. uke hver torsdag", "every 2 weeks every Thursday"},
        {[](auto& repeat) {
             repeat = every("1", "d");
             repeat.set_frequency_max(2);
             repeat.add_time_of_day("08:00");
         },
         "kl. 08:00 1-2 ganger daglig", "at 08:00 1-2 times a day"},
    });
}

TEST_CASE("times, parts of the day and weekdays are listed as one says them") {
    check_timings({
        {[](auto& repeat) {
             for (const char* time : {"08:00", "14:00", "20:00"})
                 repeat.add_time_of_day(time);
         },
         "kl. 08:00, 14:00 og 20:00", "at 08:00, 14:00 and 20:00"},
        {[](auto& repeat) {
             for (const char* part : {"MORN", "NOON", "HS"})
                 repeat.add_when(part);
             for (const char* day : {"mon", "wed", "fri"})
                 repeat.add_day_of_week(day);
         },
         "om morgenen, midt på dagen og ved sengetid hver mandag, onsdag og fredag",
         "in the morning, at noon and at bedtime every Monday, Wednesday and Friday"},
        {[](auto& repeat) {
             repeat.add_when("AC");
             repeat.set_offset(30);
         },
         "før måltid (30 min)", "before meals (30 min)"},
        // A code that has no words here is shown as it is.
        {[](auto& repeat) { repeat.add_when("MORN.early"); }, "MORN.early", "MORN.early"},
    });
}

TEST_CASE("a timing of dates or of a code alone is said") {
    check({
        {[](v1::Dosage& dosage) {
             dosage.mutable_timing()->add_event("2026-03-02T09:15:00+01:00");
             dosage.mutable_timing()->add_event("2026-03-09");
         },
         "2026-03-02 09:15, 2026-03-09", "2026-03-02 09:15, 2026-03-09"},
        {[](v1::Dosage& dosage) { dosage.mutable_timing()->mutable_code()->set_text("Q6H"); },
         "Q6H", "Q6H"},
    });
}

TEST_CASE("how long an order goes on is said") {
    check_timings({
        {[](auto& repeat) { repeat.set_count(10); }, "10 ganger i alt", "10 times in all"},
        {[](auto& repeat) {
             repeat.set_count(10);
             repeat.set_count_max(12);
         },
         "10-12 ganger i alt", "10-12 times in all"},
        {[](auto& repeat) {
             repeat = every("8", "h");
             *repeat.mutable_bounds_duration() = amount("7", "d");
         },
         "hver 8. time, i 7 d", "every 8 hours, for 7 d"},
        {[](auto& repeat) { *repeat.mutable_bounds_range() = between("5", "7", "d"); }, "i 5-7 d",
         "for 5-7 d"},
        {[](auto& repeat) {
             repeat.mutable_bounds_period()->set_start("2026-03-01");
             repeat.mutable_bounds_period()->set_end("2026-03-05T23:59:59+01:00");
         },
         "fra 2026-03-01 til og med 2026-03-05", "from 2026-03-01 up to and including 2026-03-05"},
    });
}

}  // namespace
}  // namespace kari::clinical
