// SPDX-License-Identifier: Apache-2.0
#include <rapidcheck.h>
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <set>
#include <string>
#include <utility>

#include "sdk/base/time.hpp"
#include "sdk/clinical/schedule.hpp"

namespace kari::clinical {
namespace {

constexpr std::string_view k_oslo = "Europe/Oslo";

ResourceId lineage(std::uint8_t number = 1) {
    ResourceId id;
    id.bytes[0] = number;
    return id;
}

v1::TimingRepeat* daily(v1::Prescription& order) {
    auto* repeat = order.add_dosage()->mutable_timing()->mutable_repeat();
    repeat->set_frequency(1);
    repeat->set_period("1");
    repeat->set_period_unit("d");
    return repeat;
}

v1::Prescription at_times(std::initializer_list<const char*> times) {
    v1::Prescription order;
    auto* repeat = daily(order);
    repeat->clear_frequency();
    for (const auto* time : times)
        repeat->add_time_of_day(time);
    return order;
}

std::string due_text(const DoseSlot& slot) {
    return base::fhir_date_time(slot.due);
}

CannotTell only_reason(const v1::Prescription& order, LocalDate date = {2026, 3, 2}) {
    const auto expansion = expand(lineage(), order, date, k_oslo);
    REQUIRE(expansion.slots.empty());
    REQUIRE(expansion.unclear.size() == 1);
    return expansion.unclear.front().reason;
}

TEST_CASE("a daily half past two in the night keeps one slot when autumn repeats the hour") {
    const auto order = at_times({"02:30:00"});
    const auto before = expand(lineage(), order, {2026, 10, 24}, k_oslo);
    const auto on = expand(lineage(), order, {2026, 10, 25}, k_oslo);
    const auto after = expand(lineage(), order, {2026, 10, 26}, k_oslo);
    REQUIRE(before.slots.size() == 1);
    REQUIRE(on.slots.size() == 1);
    REQUIRE(after.slots.size() == 1);
    CHECK(due_text(before.slots[0]) == "2026-10-24T02:30:00+02:00");
    CHECK(due_text(on.slots[0]) == "2026-10-25T02:30:00+02:00");
    CHECK(due_text(after.slots[0]) == "2026-10-26T02:30:00+01:00");
}

TEST_CASE("a time in the hour that spring skips moves to the end of the gap") {
    const auto on = expand(lineage(), at_times({"02:30"}), {2027, 3, 28}, k_oslo);
    REQUIRE(on.slots.size() == 1);
    CHECK(due_text(on.slots[0]) == "2027-03-28T03:00:00+02:00");
    CHECK(on.slots[0].nominal == "02:30");
}

TEST_CASE("two times that fall together in spring stay two slots") {
    const auto on = expand(lineage(), at_times({"02:30", "03:00"}), {2027, 3, 28}, k_oslo);
    REQUIRE(on.slots.size() == 2);
    CHECK(on.slots[0].due.instant == on.slots[1].due.instant);
    CHECK(on.slots[0].id != on.slots[1].id);
}

TEST_CASE("a slot's id is of its lineage, date, nominal time and ordinal, and of nothing else") {
    const auto id = slot_id(lineage(), {2026, 3, 2}, "08:00", 0);
    CHECK(id != slot_id(lineage(2), {2026, 3, 2}, "08:00", 0));
    CHECK(id != slot_id(lineage(), {2026, 3, 3}, "08:00", 0));
    CHECK(id != slot_id(lineage(), {2026, 3, 2}, "08:01", 0));
    CHECK(id != slot_id(lineage(), {2026, 3, 2}, "08:00", 1));
    auto order = at_times({"08:00"});
    order.mutable_dosage(0)->set_text("one tablet");
    const auto changed = at_times({"08:00:00", "20:00"});
    CHECK(expand(lineage(), order, {2026, 3, 2}, k_oslo).slots[0].id == id);
    CHECK(expand(lineage(), changed, {2026, 3, 2}, "America/New_York").slots[0].id == id);
}

TEST_CASE("the format of a slot's id is frozen") {
    CHECK(slot_id(ResourceId{}, {2026, 1, 2}, "08:00", 0).text() ==
          "c4cd9a8911c25f8f946ac2aabad2b4583fab5a87d417aa20ce88920c7121dae6");
}

TEST_CASE("doses of one time are told apart by their ordinal") {
    auto order = at_times({"08:00"});
    *order.add_dosage() = order.dosage(0);
    const auto expansion = expand(lineage(), order, {2026, 3, 2}, k_oslo);
    REQUIRE(expansion.slots.size() == 2);
    CHECK(expansion.slots[0].ordinal == 0);
    CHECK(expansion.slots[1].ordinal == 1);
    CHECK(expansion.slots[0].id != expansion.slots[1].id);
}

TEST_CASE("parts of the day take the unit's times and keep their identity when these change") {
    v1::Prescription order;
    auto* repeat = daily(order);
    repeat->add_when("MORN");
    repeat->add_when("EVE");
    DayParts early = default_day_parts();
    early.when["MORN"] = LocalTime{6, 30, 0};
    const auto usual = expand(lineage(), order, {2026, 3, 2}, k_oslo);
    const auto moved = expand(lineage(), order, {2026, 3, 2}, k_oslo, early);
    REQUIRE(usual.slots.size() == 2);
    REQUIRE(moved.slots.size() == 2);
    CHECK(due_text(usual.slots[0]) == "2026-03-02T08:00:00+01:00");
    CHECK(due_text(moved.slots[0]) == "2026-03-02T06:30:00+01:00");
    CHECK(usual.slots[0].id == moved.slots[0].id);
}

TEST_CASE("so and so often a day without times opens that many slots") {
    for (std::uint32_t times = 1; times <= 4; ++times) {
        v1::Prescription order;
        daily(order)->set_frequency(times);
        const auto expansion = expand(lineage(), order, {2026, 3, 2}, k_oslo);
        CHECK(expansion.slots.size() == times);
        CHECK(expansion.unclear.empty());
    }
    v1::Prescription often;
    daily(often)->set_frequency(9);
    CHECK(only_reason(often) == CannotTell::unknown_day_part);
}

TEST_CASE("a timing code stands for its times a day") {
    v1::Prescription order;
    order.add_dosage()->mutable_timing()->mutable_code()->add_coding()->set_code("BID");
    CHECK(expand(lineage(), order, {2026, 3, 2}, k_oslo).slots.size() == 2);
    order.mutable_dosage(0)->mutable_timing()->mutable_code()->mutable_coding(0)->set_code("Q6H");
    CHECK(only_reason(order) == CannotTell::unsupported_timing);
}

TEST_CASE("a weekly drug is due on its weekday only") {
    v1::Prescription order;
    auto* repeat = daily(order);
    repeat->set_period_unit("wk");
    repeat->add_day_of_week("thu");
    CHECK(expand(lineage(), order, {2026, 3, 5}, k_oslo).slots.size() == 1);
    CHECK(expand(lineage(), order, {2026, 3, 4}, k_oslo).slots.empty());
    CHECK(expand(lineage(), order, {2026, 3, 4}, k_oslo).unclear.empty());
    repeat->clear_day_of_week();
    CHECK(only_reason(order) == CannotTell::no_start);
}

TEST_CASE("what is given when needed opens no slot and is listed as such") {
    v1::Prescription order = at_times({"08:00"});
    order.mutable_dosage(0)->set_as_needed(true);
    const auto expansion = expand(lineage(), order, {2026, 3, 2}, k_oslo);
    CHECK(expansion.slots.empty());
    CHECK(expansion.unclear.empty());
    CHECK(expansion.as_needed == std::vector<std::size_t>{0});
}

TEST_CASE("an order not to give opens no slot") {
    v1::Prescription order = at_times({"08:00"});
    order.set_do_not_perform(true);
    const auto expansion = expand(lineage(), order, {2026, 3, 2}, k_oslo);
    CHECK(expansion.do_not_give);
    CHECK(expansion.slots.empty());
}

TEST_CASE("what cannot be expanded is said with the order's own words") {
    v1::Prescription order;
    CHECK(only_reason(order) == CannotTell::no_dosage);
    order.add_dosage()->set_text("every eight hours");
    CHECK(only_reason(order) == CannotTell::no_timing);
    auto* repeat = order.mutable_dosage(0)->mutable_timing()->mutable_repeat();
    repeat->set_frequency(1);
    repeat->set_period("8");
    repeat->set_period_unit("h");
    CHECK(only_reason(order) == CannotTell::no_start);
    CHECK(expand(lineage(), order, {2026, 3, 2}, k_oslo).unclear[0].text == "every eight hours");
    repeat->set_period_max("12");
    CHECK(only_reason(order) == CannotTell::unsupported_timing);
}

TEST_CASE("a timing that contradicts itself is not guessed at") {
    auto both = at_times({"08:00"});
    both.mutable_dosage(0)->mutable_timing()->mutable_repeat()->add_when("EVE");
    CHECK(only_reason(both) == CannotTell::unclear_timing);
    auto thrice = at_times({"08:00", "20:00"});
    thrice.mutable_dosage(0)->mutable_timing()->mutable_repeat()->set_frequency(3);
    CHECK(only_reason(thrice) == CannotTell::unclear_timing);
    CHECK(only_reason(at_times({"08:00", "08:00"})) == CannotTell::unclear_timing);
    CHECK(only_reason(at_times({"25:00"})) == CannotTell::unclear_timing);
    auto nowhere = at_times({"08:00"});
    CHECK(expand(lineage(), nowhere, {2026, 3, 2}, "Nowhere/None").unclear[0].reason ==
          CannotTell::unknown_zone);
}

using Timed = std::function<void(v1::Timing&)>;

v1::Prescription timed(const Timed& with) {
    v1::Prescription order;
    with(*order.add_dosage()->mutable_timing());
    return order;
}

v1::TimingRepeat& often(v1::Timing& timing, std::uint32_t frequency, const char* period,
                        const char* unit) {
    auto& repeat = *timing.mutable_repeat();
    repeat.set_frequency(frequency);
    repeat.set_period(period);
    repeat.set_period_unit(unit);
    return repeat;
}

TEST_CASE("a timing that this build does not expand is handed to a person, whatever it says more") {
    const Timed all[] = {
        [](auto& timing) { often(timing, 1, "1", "d").set_count(401); },
        [](auto& timing) { often(timing, 1, "1", "d").set_count(0); },
        [](auto& timing) { often(timing, 1, "1", "d").set_count_max(10); },
        [](auto& timing) { often(timing, 1, "1", "d").mutable_bounds_duration(); },
        [](auto& timing) { often(timing, 1, "1", "d").mutable_bounds_range(); },
        [](auto& timing) { often(timing, 1, "1", "d").set_frequency_max(2); },
        [](auto& timing) { often(timing, 1, "1", "d").set_period_max("2"); },
        [](auto& timing) { often(timing, 1, "1", "d").set_offset(30); },
        [](auto& timing) { often(timing, 2, "2", "d"); },
        [](auto& timing) { often(timing, 1, "2.5", "d"); },
        [](auto& timing) { often(timing, 1, "1001", "d"); },
        [](auto& timing) { often(timing, 1, "0", "wk"); },
        [](auto& timing) { often(timing, 2, "24", "h"); },
        [](auto& timing) { often(timing, 2, "12", "h"); },
        [](auto& timing) { often(timing, 1, "1.5", "h"); },
        [](auto& timing) { often(timing, 1, "24", "h").add_day_of_week("thu"); },
        [](auto& timing) { often(timing, 1, "2", "d").add_day_of_week("thu"); },
        [](auto& timing) { often(timing, 3, "2", "wk").add_day_of_week("thu"); },
        [](auto& timing) { often(timing, 2, "1", "wk").add_day_of_week("thu"); },
        [](auto& timing) { often(timing, 2, "1", "mo"); },
        // Beside a code they are no less.
        [](auto& timing) {
            timing.mutable_code()->add_coding()->set_code("BID");
            timing.mutable_repeat()->mutable_bounds_duration();
        },
    };
    for (const auto& with : all) {
        const auto order = timed(with);
        INFO(order.dosage(0).timing().ShortDebugString());
        CHECK(only_reason(order, {2026, 3, 5}) == CannotTell::unsupported_timing);
        CHECK(only_reason(order, {2026, 3, 6}) == CannotTell::unsupported_timing);
    }
}

TEST_CASE("a timing that can be read in two ways, or in none, is unclear on every day") {
    const Timed all[] = {
        [](auto& timing) { often(timing, 1, "1", "d").add_day_of_week("thursday"); },
        [](auto& timing) {
            auto& repeat = often(timing, 2, "1", "wk");
            repeat.add_day_of_week("thu");
            repeat.add_day_of_week("thu");
            repeat.add_time_of_day("08:00");
        },
        [](auto& timing) { often(timing, 1, "one", "d"); },
        [](auto& timing) { timing.mutable_repeat()->set_frequency(2); },
        [](auto& timing) { timing.mutable_repeat()->add_day_of_week("thu"); },
        [](auto& timing) {
            auto& repeat = often(timing, 1, "2", "d");
            repeat.add_time_of_day("08:00");
            repeat.add_time_of_day("20:00");
            repeat.mutable_bounds_period()->set_start("2026-01-01");
        },
        [](auto& timing) {
            often(timing, 1, "2", "d").mutable_bounds_period()->set_start("2026-02-31");
        },
        [](auto& timing) { often(timing, 1, "x", "d").add_time_of_day("08:00"); },
        [](auto& timing) { often(timing, 1, "1", "d").add_time_of_day("08:00:30"); },
        [](auto& timing) { often(timing, 3, "1", "d").add_when("MORN"); },
        [](auto& timing) {
            auto& repeat = often(timing, 1, "1", "d");
            repeat.add_when("MORN");
            repeat.add_when("MORN");
        },
        [](auto& timing) {
            auto& repeat = *timing.mutable_repeat();
            repeat.set_frequency(3);
            repeat.add_time_of_day("08:00");
        },
        [](auto& timing) {
            auto& repeat = often(timing, 3, "1", "wk");
            repeat.add_time_of_day("08:00");
            repeat.add_day_of_week("mon");
            repeat.add_day_of_week("thu");
        },
        [](auto& timing) {
            often(timing, 1, "1", "d");
            timing.add_event("2026-03-05");
        },
        [](auto& timing) { timing.add_event("Thursday"); },
        [](auto& timing) { timing.add_event("2026-03"); },
        [](auto& timing) {
            timing.mutable_code()->add_coding()->set_code("QD");
            timing.mutable_code()->add_coding()->set_code("BID");
        },
        [](auto& timing) { often(timing, 1, "1", "d").mutable_bounds_period()->set_start("soon"); },
        [](auto& timing) { often(timing, 1, "1", "d").mutable_bounds_period()->set_end("soon"); },
    };
    for (const auto& with : all) {
        const auto order = timed(with);
        INFO(order.dosage(0).timing().ShortDebugString());
        CHECK(only_reason(order, {2026, 3, 5}) == CannotTell::unclear_timing);
        CHECK(only_reason(order, {2026, 3, 6}) == CannotTell::unclear_timing);
    }
}

TEST_CASE("a part of the day that the unit has no time for is not guessed") {
    for (const char* part : {"PCM", "morning"}) {
        CHECK(only_reason(timed([&](auto& timing) {
                  often(timing, 1, "1", "d").add_when(part);
              })) == CannotTell::unknown_day_part);
    }
    const auto afternoon =
        timed([](auto& timing) { timing.mutable_code()->add_coding()->set_code("PM"); });
    DayParts parts = default_day_parts();
    parts.when.erase("AFT");
    parts.times_a_day[2].pop_back();  // two times a day, and one time stated for them
    CHECK(expand(lineage(), afternoon, {2026, 3, 2}, k_oslo, parts).unclear.at(0).reason ==
          CannotTell::unknown_day_part);
    const auto twice = timed([](auto& timing) { often(timing, 2, "1", "d"); });
    CHECK(expand(lineage(), twice, {2026, 3, 2}, k_oslo, parts).unclear.at(0).reason ==
          CannotTell::unknown_day_part);
}

TEST_CASE("in a zone that nobody knows no dose has a time, however its timing is said") {
    const Timed all[] = {
        [](auto& timing) { often(timing, 1, "1", "d").add_time_of_day("08:00"); },
        [](auto& timing) { often(timing, 1, "1", "d").add_when("MORN"); },
        [](auto& timing) { often(timing, 2, "1", "d"); },
        [](auto& timing) { timing.add_event("2026-03-02T09:15:00+01:00"); },
        [](auto& timing) { timing.mutable_code()->add_coding()->set_code("AM"); },
    };
    for (const auto& with : all) {
        const auto expansion = expand(lineage(), timed(with), {2026, 3, 2}, "Nowhere/None");
        CHECK(expansion.slots.empty());
        REQUIRE(expansion.unclear.size() == 1);
        CHECK(expansion.unclear[0].reason == CannotTell::unknown_zone);
    }
}

TEST_CASE("each way to say once a day opens one slot") {
    const std::pair<Timed, const char*> all[] = {
        {[](auto& timing) { often(timing, 1, "24", "h"); }, "DAY"},
        {[](auto& timing) { often(timing, 1, "1.0", "d"); }, "DAY"},
        {[](auto& timing) {
             timing.mutable_repeat()->set_period("1");
             timing.mutable_repeat()->set_period_unit("d");
         },
         "DAY"},
        {[](auto& timing) { often(timing, 1, "1", "wk").add_day_of_week("thu"); }, "DAY"},
        {[](auto& timing) { timing.mutable_repeat()->add_time_of_day("08:00"); }, "08:00"},
        {[](auto& timing) {
             auto& repeat = often(timing, 2, "1", "wk");
             repeat.add_time_of_day("08:00");
             repeat.add_day_of_week("thu");
             repeat.add_day_of_week("fri");
         },
         "08:00"},
        {[](auto& timing) { often(timing, 1, "1", "wk").add_day_of_week("thu"); }, "DAY"},
        {[](auto& timing) { timing.mutable_code()->add_coding()->set_code("QD"); }, "DAY"},
        {[](auto& timing) { timing.mutable_code()->add_coding()->set_code("AM"); }, "MORN"},
        {[](auto& timing) { timing.mutable_code()->add_coding()->set_code("PM"); }, "AFT"},
        {[](auto& timing) { timing.add_event("2026-03-05"); }, "DAY"},
    };
    for (const auto& [with, nominal] : all) {
        const auto order = timed(with);
        INFO(order.dosage(0).timing().ShortDebugString());
        const auto expansion = expand(lineage(), order, {2026, 3, 5}, k_oslo);
        CHECK(expansion.unclear.empty());
        REQUIRE(expansion.slots.size() == 1);
        CHECK(expansion.slots[0].nominal == nominal);
    }
}

TEST_CASE("two times on each of two weekdays may be said as four times a week") {
    const auto order = timed([](auto& timing) {
        auto& repeat = often(timing, 4, "1", "wk");
        repeat.add_time_of_day("08:00");
        repeat.add_time_of_day("20:00");
        repeat.add_day_of_week("mon");
        repeat.add_day_of_week("thu");
    });
    CHECK(expand(lineage(), order, {2026, 3, 5}, k_oslo).slots.size() == 2);
    CHECK(expand(lineage(), order, {2026, 3, 6}, k_oslo).slots.empty());
}

TEST_CASE("a period bounds a coded timing too, and may be open at either end") {
    auto order = timed([](auto& timing) {
        timing.mutable_code()->add_coding()->set_code("BID");
        timing.mutable_repeat()->mutable_bounds_period()->set_start("2026-03-05");
    });
    CHECK(expand(lineage(), order, {2026, 3, 4}, k_oslo).slots.empty());
    CHECK(expand(lineage(), order, {2026, 3, 5}, k_oslo).slots.size() == 2);
    auto& bounds =
        *order.mutable_dosage(0)->mutable_timing()->mutable_repeat()->mutable_bounds_period();
    bounds.clear_start();
    bounds.set_end("2026-03-05");
    CHECK(expand(lineage(), order, {2026, 3, 5}, k_oslo).slots.size() == 2);
    CHECK(expand(lineage(), order, {2026, 3, 6}, k_oslo).slots.empty());
}

TEST_CASE("dosages that follow one another need bounds of their own") {
    auto order = at_times({"08:00"});
    order.mutable_dosage(0)->set_sequence(1);
    auto* second = order.add_dosage();
    *second = order.dosage(0);
    second->set_sequence(2);
    CHECK(expand(lineage(), order, {2026, 3, 2}, k_oslo).unclear.size() == 2);
    const char* bounds[2][2] = {{"2026-03-01", "2026-03-05"}, {"2026-03-06", "2026-03-10"}};
    for (int i = 0; i < 2; ++i) {
        auto* period =
            order.mutable_dosage(i)->mutable_timing()->mutable_repeat()->mutable_bounds_period();
        period->set_start(bounds[i][0]);
        period->set_end(bounds[i][1]);
    }
    const auto last_of_first = expand(lineage(), order, {2026, 3, 5}, k_oslo);
    const auto first_of_second = expand(lineage(), order, {2026, 3, 6}, k_oslo);
    REQUIRE(last_of_first.slots.size() == 1);
    REQUIRE(first_of_second.slots.size() == 1);
    CHECK(last_of_first.slots[0].dosage == 0);
    CHECK(first_of_second.slots[0].dosage == 1);
    CHECK(expand(lineage(), order, {2026, 3, 11}, k_oslo).slots.empty());
    CHECK(expand(lineage(), order, {2026, 2, 28}, k_oslo).slots.empty());
}

TEST_CASE("a bound with a time of day includes the dose due at that very moment") {
    auto order = at_times({"08:00", "20:00"});
    auto* period =
        order.mutable_dosage(0)->mutable_timing()->mutable_repeat()->mutable_bounds_period();
    period->set_start("2026-03-02T12:00:00+01:00");
    period->set_end("2026-03-03T08:00:00+01:00");
    const auto first = expand(lineage(), order, {2026, 3, 2}, k_oslo);
    const auto last = expand(lineage(), order, {2026, 3, 3}, k_oslo);
    REQUIRE(first.slots.size() == 1);
    CHECK(first.slots[0].nominal == "20:00");
    REQUIRE(last.slots.size() == 1);
    CHECK(last.slots[0].nominal == "08:00");
}

TEST_CASE("a dated event is one slot on its date") {
    v1::Prescription order;
    order.add_dosage()->mutable_timing()->add_event("2026-03-02T09:15:00+01:00");
    const auto on = expand(lineage(), order, {2026, 3, 2}, k_oslo);
    REQUIRE(on.slots.size() == 1);
    CHECK(on.slots[0].nominal == "09:15");
    CHECK(expand(lineage(), order, {2026, 3, 3}, k_oslo).slots.empty());
}

TEST_CASE("every date has each daily time exactly once, in any zone, with ids of its own") {
    CHECK(rc::check([] {
        const auto zone =
            *rc::gen::element<std::string>("Europe/Oslo", "America/New_York", "Asia/Kolkata");
        const LocalDate first = *rc::gen::element(LocalDate{2026, 10, 23}, LocalDate{2027, 3, 26},
                                                  LocalDate{2026, 3, 6});
        const auto minutes = *rc::gen::unique<std::vector<int>>(rc::gen::inRange(0, 1440));
        v1::Prescription order;
        auto* repeat = daily(order);
        repeat->clear_frequency();
        for (const int minute : minutes) {
            repeat->add_time_of_day(base::to_text(LocalTime{minute / 60, minute % 60, 0}));
        }
        std::set<SlotId> seen;
        for (int day = 0; day < 6 && !minutes.empty(); ++day) {
            const auto date = base::add_days(first, day);
            const auto here = expand(lineage(), order, date, zone);
            const auto there = expand(lineage(), order, date, "UTC");
            RC_ASSERT(here.unclear.empty());
            RC_ASSERT(here.slots.size() == minutes.size());
            std::set<SlotId> a;
            std::set<SlotId> b;
            for (const auto& slot : here.slots)
                a.insert(slot.id);
            for (const auto& slot : there.slots)
                b.insert(slot.id);
            RC_ASSERT(a == b);
            seen.insert(a.begin(), a.end());
        }
        RC_ASSERT(seen.size() == minutes.size() * (minutes.empty() ? 0 : 6));
    }));
}

}  // namespace
}  // namespace kari::clinical
