// SPDX-License-Identifier: Apache-2.0
//
// Drugs that are taken on one day a week: what an order of them says.
#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <utility>

#include "sdk/clinical/coding.hpp"
#include "sdk/clinical/weekly.hpp"

namespace kari::clinical {
namespace {

v1::CodeableConcept coded(const char* atc) {
    v1::CodeableConcept out;
    auto* coding = out.add_coding();
    coding->set_system(std::string(k_atc));
    coding->set_code(atc);
    return out;
}

// One line, of which each test says how often.
v1::Prescription order_of(const char* atc, const std::function<void(v1::TimingRepeat&)>& say) {
    v1::Prescription out;
    *out.mutable_medication() = coded(atc);
    say(*out.add_dosage()->mutable_timing()->mutable_repeat());
    return out;
}

using Say = std::function<void(v1::TimingRepeat&)>;
Say every(const char* period, const char* unit, unsigned times = 0) {
    return [=](v1::TimingRepeat& repeat) {
        repeat.set_period(period);
        repeat.set_period_unit(unit);
        if (times > 0) repeat.set_frequency(times);
    };
}
Say on(std::initializer_list<const char*> days) {
    return [days = std::vector<std::string>(days.begin(), days.end())](v1::TimingRepeat& repeat) {
        for (const auto& day : days)
            repeat.add_day_of_week(day);
    };
}

WeeklyDoubt doubt_of(const Say& say, const char* atc = "L04AX03") {
    return weekly_doubt(order_of(atc, say), demo_pack());
}

TEST_CASE("an order of a weekly drug is for one day a week, or it is asked about") {
    const auto at_eight = [](v1::TimingRepeat& repeat) {
        repeat.add_time_of_day("08:00");
    };
    const std::pair<Say, WeeklyDoubt> all[] = {
        {on({"thu"}), WeeklyDoubt::none},
        {on({"mon", "thu"}), WeeklyDoubt::too_often},
        {on({"sun", "mon"}), WeeklyDoubt::too_often},
        {on({"thursday"}), WeeklyDoubt::cannot_tell},
        {every("1", "wk"), WeeklyDoubt::none},
        {every("2", "wk"), WeeklyDoubt::none},
        {every("1", "wk", 2), WeeklyDoubt::too_often},
        {every("2", "wk", 2), WeeklyDoubt::none},
        {every("7", "d"), WeeklyDoubt::none},
        {every("6", "d"), WeeklyDoubt::too_often},
        {every("1", "d"), WeeklyDoubt::too_often},
        {every("168", "h"), WeeklyDoubt::none},
        {every("12", "h"), WeeklyDoubt::too_often},
        {every("1", "mo"), WeeklyDoubt::none},
        {every("0.5", "wk"), WeeklyDoubt::too_often},
        {every("often", "wk"), WeeklyDoubt::cannot_tell},
        {at_eight, WeeklyDoubt::too_often},
        {[](v1::TimingRepeat& repeat) { repeat.add_when("MORN"); }, WeeklyDoubt::too_often},
        {[](v1::TimingRepeat&) {}, WeeklyDoubt::cannot_tell},
    };
    int at = 0;
    for (const auto& [say, expected] : all) {
        INFO("timing " << at++);
        CHECK(doubt_of(say) == expected);
        CHECK(doubt_of(say, "L01BA01") == expected);
        CHECK(doubt_of(say, "N02BE01") == WeeklyDoubt::none);
    }
}

TEST_CASE("what several lines, codes, words and needs say of a weekly drug is never guessed") {
    auto two = order_of("L04AX03", on({"mon"}));
    *two.add_dosage() = two.dosage(0);
    CHECK(weekly_doubt(two, demo_pack()) == WeeklyDoubt::none);
    two.mutable_dosage(1)->mutable_timing()->mutable_repeat()->set_day_of_week(0, "thu");
    CHECK(weekly_doubt(two, demo_pack()) == WeeklyDoubt::too_often);
    auto mixed = order_of("L04AX03", on({"mon"}));
    *mixed.add_dosage() = order_of("L04AX03", every("1", "wk")).dosage(0);
    CHECK(weekly_doubt(mixed, demo_pack()) == WeeklyDoubt::cannot_tell);
    auto words = order_of("L04AX03", [](v1::TimingRepeat&) {});
    words.mutable_dosage(0)->clear_timing();
    words.mutable_dosage(0)->set_text("1 tablet every Monday");
    CHECK(weekly_doubt(words, demo_pack()) == WeeklyDoubt::cannot_tell);
    auto daily = words;
    daily.mutable_dosage(0)->mutable_timing()->mutable_code()->add_coding()->set_code("BID");
    CHECK(weekly_doubt(daily, demo_pack()) == WeeklyDoubt::too_often);
    auto needed = order_of("L04AX03", every("1", "wk"));
    needed.mutable_dosage(0)->set_as_needed(true);
    CHECK(weekly_doubt(needed, demo_pack()) == WeeklyDoubt::cannot_tell);
    auto nothing = needed;
    nothing.clear_dosage();
    CHECK(weekly_doubt(nothing, demo_pack()) == WeeklyDoubt::cannot_tell);
    nothing.set_do_not_perform(true);
    CHECK(weekly_doubt(nothing, demo_pack()) == WeeklyDoubt::none);
}

TEST_CASE("a form for every day is told by its amount, and only in a unit that can be compared") {
    auto order = order_of("M05BA04", every("1", "d"));
    CHECK(weekly_doubt(order, demo_pack()) == WeeklyDoubt::too_often);
    auto& dose = *order.mutable_dosage(0)->add_dose_and_rate()->mutable_dose_quantity();
    const auto doubt = [&](const char* value, const char* unit) {
        dose.set_value(value);
        dose.set_code(unit);
        v1::Administration said;
        *said.mutable_medication() = coded("M05BA04");
        *said.mutable_dose() = dose;
        const bool weekly = weekly_dose(said, demo_pack()) != nullptr;
        CHECK(weekly == (weekly_doubt(order, demo_pack()) != WeeklyDoubt::none));
        return weekly;
    };
    CHECK_FALSE(doubt("10", "mg"));
    CHECK_FALSE(doubt("0.01", "g"));
    CHECK(doubt("70", "mg"));
    CHECK(doubt("1", "{tablet}"));
    CHECK(doubt("ten", "mg"));
}

TEST_CASE("two doses of a weekly drug are a week apart when that rounds to seven days") {
    const WeeklyDrug* drug = weekly_drug(coded("L04AX03"), demo_pack());
    REQUIRE(drug != nullptr);
    CHECK(weekly_drug(coded("L01BA01"), demo_pack()) == drug);
    CHECK(weekly_drug(coded("L04AX02"), demo_pack()) == nullptr);
    CHECK(weekly_drug({}, demo_pack()) == nullptr);
    CHECK(too_near(Duration{}, *drug));
    CHECK(too_near(Duration::hours(24 * 6), *drug));
    CHECK(too_near(Duration{Duration::hours(156).ms - 1}, *drug));
    CHECK_FALSE(too_near(Duration::hours(156), *drug));
    CHECK(weekly_reach(demo_pack()) == Duration::hours(156));
}

}  // namespace
}  // namespace kari::clinical
