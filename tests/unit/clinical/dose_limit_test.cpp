// SPDX-License-Identifier: Apache-2.0
//
// The most of a drug, beside a dose, what was taken around it, and an order.
#include "sdk/clinical/dose_limit.hpp"

#include <rapidcheck.h>
#include <catch2/catch_test_macros.hpp>
#include <functional>

#include "sdk/clinical/coding.hpp"

namespace kari::clinical {
namespace {

v1::CodeableConcept coded(const char* atc) {
    v1::CodeableConcept out;
    auto* coding = out.add_coding();
    coding->set_system(std::string(k_atc));
    coding->set_code(atc);
    return out;
}

v1::Ratio strength(const char* value, const char* unit, const char* per = "1",
                   const char* per_unit = "{tablet}") {
    v1::Ratio out;
    out.mutable_numerator()->set_value(value);
    out.mutable_numerator()->set_code(unit);
    out.mutable_denominator()->set_value(per);
    out.mutable_denominator()->set_code(per_unit);
    return out;
}

v1::Administration dose(const char* atc, const std::string& value, const char* unit) {
    v1::Administration out;
    *out.mutable_medication() = coded(atc);
    out.mutable_dose()->set_value(value);
    out.mutable_dose()->set_code(unit);
    return out;
}

const DoseLimit& limit(std::string_view id) {
    const auto& all = demo_pack().dose_limits;
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const DoseLimit& one) { return one.id == id; });
    REQUIRE(found != all.end());
    return *found;
}

const Instant k_noon{1'800'000'000'000};

LimitDoubt alone(const DoseLimit& of, const v1::Administration& said) {
    return limit_doubt(of, said, k_noon, {});
}

// What lies so many hours before or after.
struct Taken {
    double hours;
    v1::Administration said;
};
LimitDoubt beside(const DoseLimit& of, const v1::Administration& said,
                  const std::vector<Taken>& taken) {
    std::vector<LimitedDose> others;
    for (const Taken& one : taken) {
        const Instant at = k_noon + Duration::minutes(static_cast<std::int64_t>(one.hours * 60));
        others.push_back({at, at, &one.said});
    }
    return limit_doubt(of, said, k_noon, others);
}

TEST_CASE("a dose is compared in its own unit, by its strength, or not at all") {
    const auto& paracetamol = limit("paracetamol");
    CHECK(alone(paracetamol, dose("N02BE01", "4000", "mg")) == LimitDoubt::none);
    CHECK(alone(paracetamol, dose("N02BE01", "4.0", "g")) == LimitDoubt::none);
    CHECK(alone(paracetamol, dose("N02BE01", "4000.1", "mg")) == LimitDoubt::over_day);
    // Pieces are what their strength makes them.
    auto tablets = dose("N02BE01", "8", "{tablet}");
    CHECK(alone(paracetamol, tablets) == LimitDoubt::cannot_tell);
    *tablets.mutable_strength() = strength("500", "mg");
    CHECK(alone(paracetamol, tablets) == LimitDoubt::none);
    tablets.mutable_dose()->set_value("9");
    CHECK(alone(paracetamol, tablets) == LimitDoubt::over_day);
    *tablets.mutable_strength() = strength("500", "mg", "", "");
    CHECK(alone(paracetamol, tablets) == LimitDoubt::over_day);
    // A strength of something else says nothing of a tablet.
    *tablets.mutable_strength() = strength("500", "mg", "1", "{capsule}");
    CHECK(alone(paracetamol, tablets) == LimitDoubt::cannot_tell);
    *tablets.mutable_strength() = strength("5", "mmol");
    CHECK(alone(paracetamol, tablets) == LimitDoubt::cannot_tell);
    // A liquid, in a strength that no decimal divides: 120 mg in 7 mL is over in 234 mL.
    auto liquid = dose("N02BE01", "233", "mL");
    *liquid.mutable_strength() = strength("120", "mg", "7", "mL");
    CHECK(alone(paracetamol, liquid) == LimitDoubt::none);
    liquid.mutable_dose()->set_value("234");
    CHECK(alone(paracetamol, liquid) == LimitDoubt::over_day);
    liquid.clear_dose();
    CHECK(alone(paracetamol, liquid) == LimitDoubt::cannot_tell);
    CHECK(alone(paracetamol, dose("N02BE01", "4", "mmol")) == LimitDoubt::cannot_tell);
    CHECK(alone(paracetamol, dose("N02BE01", "1e900", "mg")) == LimitDoubt::cannot_tell);
    // Of another drug nothing is said, and of a combination nobody knows how much.
    CHECK(alone(paracetamol, dose("M01AE01", "9", "g")) == LimitDoubt::none);
    CHECK(alone(paracetamol, dose("N02AJ06", "1", "{tablet}")) == LimitDoubt::cannot_tell);
}

TEST_CASE("doses of a day add up, whichever of them is written last") {
    const auto& paracetamol = limit("paracetamol");
    const auto gram = dose("N02BE01", "1", "g");
    CHECK(beside(paracetamol, gram, {{-18, gram}, {-12, gram}, {-6, gram}}) == LimitDoubt::none);
    CHECK(beside(paracetamol, gram, {{-18, gram}, {-12, gram}, {-6, gram}, {-1, gram}}) ==
          LimitDoubt::over_day);
    // Written late, it lies before the others, or among them.
    CHECK(beside(paracetamol, gram, {{1, gram}, {6, gram}, {12, gram}, {18, gram}}) ==
          LimitDoubt::over_day);
    CHECK(beside(paracetamol, gram, {{-9, gram}, {-5, gram}, {5, gram}, {9, gram}}) ==
          LimitDoubt::over_day);
    CHECK(beside(paracetamol, gram, {{-15, gram}, {-10, gram}, {5, gram}, {10, gram}}) ==
          LimitDoubt::none);
    // Two hours before its time it meets none of the day before.
    CHECK(beside(paracetamol, gram, {{-22, gram}, {-16, gram}, {-10, gram}, {-4, gram}}) ==
          LimitDoubt::none);
    CHECK(beside(paracetamol, gram, {{-21.9, gram}, {-16, gram}, {-10, gram}, {-4, gram}}) ==
          LimitDoubt::over_day);
    // What cannot be told leaves what can as it is; another drug counts for nothing.
    const auto tablet = dose("N02BE01", "1", "{tablet}");
    CHECK(beside(paracetamol, gram, {{-2, tablet}}) == LimitDoubt::cannot_tell);
    CHECK(beside(paracetamol, gram, {{-2, dose("N02AJ06", "1", "{tablet}")}}) ==
          LimitDoubt::cannot_tell);
    CHECK(beside(paracetamol, dose("N02BE01", "4", "g"), {{-2, tablet}, {-3, gram}}) ==
          LimitDoubt::over_day);
    CHECK(beside(paracetamol, gram, {{-2, dose("M01AE01", "9", "g")}}) == LimitDoubt::none);
}

TEST_CASE("a week has its own limit, and one dose may have one") {
    const auto& methotrexate = limit("methotrexate");
    const auto given = dose("L04AX03", "15", "mg");
    CHECK(beside(methotrexate, given, {{-7 * 24, given}}) == LimitDoubt::none);
    CHECK(beside(methotrexate, given, {{-24, dose("L01BA01", "10", "mg")}}) == LimitDoubt::none);
    CHECK(beside(methotrexate, given, {{-150, dose("L01BA01", "10.1", "mg")}}) ==
          LimitDoubt::over_week);
    DoseLimit once = limit("paracetamol");
    once.dose_most = Decimal::of(1);
    CHECK(alone(once, dose("N02BE01", "1001", "mg")) == LimitDoubt::over_dose);
    CHECK(alone(once, dose("N02BE01", "1000", "mg")) == LimitDoubt::none);
    CHECK(reach_of(once) == k_limit_day);
    once.day_most.reset();
    CHECK_FALSE(reach_of(once));
}

TEST_CASE("a limit speaks of some ages and ways, and of every age where none is known") {
    const auto ids = [](const char* atc, std::optional<int> years, const char* route = "") {
        v1::CodeableConcept way;
        if (*route != '\0') {
            way.add_coding()->set_system(std::string(k_snomed));
            way.mutable_coding(0)->set_code(route);
        }
        std::string out;
        for (const auto& each : limits_for(coded(atc), way, demo_pack())) {
            if (counts_at(*each.limit, years)) out += each.limit->id + " ";
        }
        return out;
    };
    CHECK(ids("N02AX02", 75) == "tramadol ");
    CHECK(ids("N02AX02", 76) == "tramadol tramadol-elderly ");
    CHECK(ids("N02AX02", {}) == "tramadol tramadol-elderly ");
    CHECK(ids("C03CA01", 80, "47625008").empty());
    CHECK(ids("C03CA01", 80, "26643006") == "furosemide-oral ");
    // Which way it goes is not said by a code: the limit may be of it.
    const auto untold = limits_for(coded("C03CA01"), {}, demo_pack());
    REQUIRE(untold.size() == 1);
    CHECK(untold[0].unclear);
    CHECK_FALSE(limits_for(coded("N02AX02"), {}, demo_pack())[0].unclear);
    CHECK(ids("N02AJ06", 30) == "paracetamol codeine ");
    DoseLimit young = limit("paracetamol");
    young.age_below = 12;
    CHECK(counts_at(young, 11));
    CHECK_FALSE(counts_at(young, 12));
}

TEST_CASE("a dose a thousand times too large is known by the order, or by the limit") {
    const auto slip = [](const char* atc, const char* value, const char* unit,
                         const char* ordered = nullptr, const char* ordered_unit = "ug") {
        v1::Quantity usual;
        usual.set_value(ordered == nullptr ? "" : ordered);
        usual.set_code(ordered_unit);
        const auto said = dose(atc, value, unit);
        return is_thousandfold(said, ordered == nullptr ? nullptr : &usual,
                               limits_for(said.medication(), {}, demo_pack()));
    };
    CHECK(slip("H03AA01", "100", "mg"));
    CHECK_FALSE(slip("H03AA01", "100", "ug"));
    CHECK_FALSE(slip("H03AA01", "30000", "ug"));  // a hundred times the limit: another error
    CHECK(slip("C01AA05", "125", "mg"));
    CHECK(slip("A11CC05", "20", "mg", "20"));
    CHECK(slip("A11CC05", "10", "mg", "20"));
    CHECK_FALSE(slip("A11CC05", "200", "ug", "20"));
    CHECK_FALSE(slip("A11CC05", "20", "{tablet}", "20"));
    CHECK_FALSE(slip("A11CC05", "20", "mg"));
}

using Say = std::function<void(v1::Dosage&)>;
v1::Prescription order_of(const char* atc, const char* value, const char* unit,
                          const std::vector<Say>& lines) {
    v1::Prescription out;
    *out.mutable_medication() = coded(atc);
    for (const Say& say : lines) {
        auto& line = *out.add_dosage();
        line.add_dose_and_rate()->mutable_dose_quantity()->set_value(value);
        line.mutable_dose_and_rate(0)->mutable_dose_quantity()->set_code(unit);
        say(line);
    }
    return out;
}
Say at(std::initializer_list<const char*> times) {
    return [times = std::vector<std::string>(times.begin(), times.end())](v1::Dosage& line) {
        for (const auto& time : times)
            line.mutable_timing()->mutable_repeat()->add_time_of_day(time);
    };
}
Say every(const char* period, const char* unit, unsigned times = 1) {
    return [=](v1::Dosage& line) {
        auto& repeat = *line.mutable_timing()->mutable_repeat();
        repeat.set_frequency(times);
        repeat.set_period(period);
        repeat.set_period_unit(unit);
    };
}
Say on(std::initializer_list<const char*> days) {
    return [days = std::vector<std::string>(days.begin(), days.end())](v1::Dosage& line) {
        for (const auto& day : days)
            line.mutable_timing()->mutable_repeat()->add_day_of_week(day);
    };
}
LimitDoubt ordered(const char* atc, const char* value, const char* unit,
                   const std::vector<Say>& lines) {
    const auto order = order_of(atc, value, unit, lines);
    return order_limit(order, limits_for(order, demo_pack())).doubt;
}

TEST_CASE("an order is added up by the day and by the week") {
    const auto four = at({"08:00", "14:00", "20:00", "02:00"});
    CHECK(ordered("N02BE01", "1", "g", {four}) == LimitDoubt::none);
    CHECK(ordered("N02BE01", "1.5", "g", {four}) == LimitDoubt::over_day);
    CHECK(ordered("N02BE01", "1", "g", {every("6", "h")}) == LimitDoubt::none);
    CHECK(ordered("N02BE01", "1", "g", {every("5", "h")}) == LimitDoubt::over_day);
    CHECK(ordered("N02BE01", "1", "g", {every("1", "d", 5)}) == LimitDoubt::over_day);
    CHECK(ordered("N02BE01", "3", "g", {at({"08:00"}), at({"20:00"})}) == LimitDoubt::over_day);
    // Of different days each is its own.
    CHECK(ordered("N02BE01", "3", "g", {on({"mon"}), on({"tue", "fri"})}) == LimitDoubt::none);
    CHECK(ordered("N02BE01", "3", "g", {on({"mon"}), on({"mon", "fri"})}) == LimitDoubt::over_day);
    CHECK(ordered("L04AX03", "15", "mg", {on({"thu"})}) == LimitDoubt::none);
    CHECK(ordered("L04AX03", "15", "mg", {on({"mon", "thu"})}) == LimitDoubt::over_week);
    CHECK(ordered("L04AX03", "15", "mg", {every("1", "wk", 2)}) == LimitDoubt::over_week);
    // A line that ends is not added to one that follows it, and nobody says that it is well.
    const Say first = [&](v1::Dosage& line) {
        every("1", "d")(line);
        line.mutable_timing()->mutable_repeat()->mutable_bounds_duration()->set_value("7");
    };
    CHECK(ordered("N02BE01", "3", "g", {first, every("1", "d")}) == LimitDoubt::cannot_tell);
    CHECK(ordered("N02BE01", "1", "g", {first, every("1", "d")}) == LimitDoubt::none);
    // As needed it is what it may be at most, or each dose by itself.
    const Say needed = [](v1::Dosage& line) {
        line.set_as_needed(true);
    };
    CHECK(ordered("N02BE01", "1", "g", {needed}) == LimitDoubt::none);
    CHECK(ordered("N02BE01", "5", "g", {every("1", "d")}) == LimitDoubt::over_day);
    const Say most = [](v1::Dosage& line) {
        line.set_as_needed(true);
        auto& ratio = *line.mutable_max_dose_per_period();
        ratio.mutable_numerator()->set_value("5");
        ratio.mutable_numerator()->set_code("g");
        ratio.mutable_denominator()->set_value("1");
        ratio.mutable_denominator()->set_code("d");
    };
    CHECK(ordered("N02BE01", "1", "g", {most}) == LimitDoubt::over_day);
    // Words, and tablets of no strength.
    CHECK(ordered("N02BE01", "1", "g", {[](v1::Dosage&) {
                  }}) == LimitDoubt::cannot_tell);
    CHECK(ordered("N02BE01", "1", "{tablet}", {four}) == LimitDoubt::cannot_tell);
    CHECK(ordered("M03BX01", "1", "{tablet}", {four}) == LimitDoubt::none);
    auto slip = order_of("C01AA05", "125", "mg", {every("1", "d")});
    CHECK(order_limit(slip, limits_for(slip, demo_pack())).thousandfold);
    slip.set_do_not_perform(true);
    CHECK(order_limit(slip, limits_for(slip, demo_pack())).doubt == LimitDoubt::none);
}

TEST_CASE("a day's sum is over when some span of a day with the dose in it holds too much") {
    CHECK(rc::check([] {
        const auto& paracetamol = limit("paracetamol");
        struct One {
            int minutes;
            int tenths;
            int doubt;  // it may have been so many minutes earlier or later
        };
        std::vector<One> all;
        const int count = *rc::gen::inRange(0, 9);
        for (int i = 0; i < count; ++i) {
            all.push_back({*rc::gen::inRange(-1600, 1600), *rc::gen::inRange(1, 20),
                           *rc::gen::element(0, 0, 1, 90)});
        }
        const int own = *rc::gen::inRange(1, 20);
        std::vector<Taken> taken;
        for (const One& one : all) {
            taken.push_back(
                {one.minutes / 60.0, dose("N02BE01", std::to_string(one.tenths * 100), "mg")});
        }
        std::vector<LimitedDose> others;
        for (std::size_t i = 0; i < all.size(); ++i) {
            const Instant when = k_noon + Duration::minutes(all[i].minutes);
            const Duration width = Duration::minutes(all[i].doubt);
            others.push_back({when - width, when + width, &taken[i].said});
        }
        const auto doubt = limit_doubt(
            paracetamol, dose("N02BE01", std::to_string(own * 100), "mg"), k_noon, others);
        // Each minute at which such a span may end.
        bool over = false;
        for (int end = 0; end < 22 * 60; ++end) {
            int sum = own;
            for (const One& one : all)
                sum += one.minutes - one.doubt <= end && one.minutes + one.doubt > end - 22 * 60
                           ? one.tenths
                           : 0;
            over = over || sum > 40;
        }
        RC_CLASSIFY(over);
        RC_ASSERT((doubt == LimitDoubt::over_day) == over);
    }));
}

}  // namespace
}  // namespace kari::clinical
