// SPDX-License-Identifier: Apache-2.0
#include <rapidcheck.h>
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "sdk/clinical/as_needed.hpp"
#include "sdk/clinical/coding.hpp"
#include "sdk/clinical/given_words.hpp"
#include "sdk/clinical/same_drug.hpp"

namespace kari::clinical {
namespace {

using Doubts = std::vector<AsNeededDoubt>;
using enum AsNeededDoubt;

constexpr Instant k_now{1'767'600'000'000};

v1::Quantity amount(const char* value, const char* code) {
    v1::Quantity out;
    out.set_value(value);
    out.set_code(code);
    return out;
}

EarlierDose ago(std::int64_t minutes, std::optional<v1::Quantity> much = amount("1", "{tablet}")) {
    const Instant at = k_now - Duration::minutes(minutes);
    return {at, at, std::move(much)};
}

// As needed, every so many hours; 0: no interval is stated.
v1::Prescription order(const char* hours = "") {
    v1::Prescription out;
    v1::Dosage& line = *out.add_dosage();
    line.set_as_needed(true);
    if (*hours != '\0') {
        line.mutable_timing()->mutable_repeat()->set_period(hours);
        line.mutable_timing()->mutable_repeat()->set_period_unit("h");
    }
    return out;
}

v1::Prescription at_most(v1::Prescription out, const v1::Quantity& most, const char* in,
                         const char* unit) {
    v1::Ratio& ratio = *out.mutable_dosage(0)->mutable_max_dose_per_period();
    *ratio.mutable_numerator() = most;
    *ratio.mutable_denominator() = amount(in, unit);
    return out;
}

Doubts doubts(const v1::Prescription& from, const std::vector<EarlierDose>& taken,
              const v1::Quantity& much = amount("1", "{tablet}")) {
    return as_needed_doubts(from, k_now, &much, taken);
}

TEST_CASE("without a stated interval any dose of the last 24 hours is asked about") {
    CHECK(doubts(order(), {}).empty());
    CHECK(doubts(order(), {ago(1)}) == Doubts{given_lately});
    CHECK(doubts(order(), {ago(24 * 60 - 1)}) == Doubts{given_lately});
    CHECK(doubts(order(), {ago(24 * 60)}).empty());
    // What is written down late lies before another dose, and as near to it.
    CHECK(doubts(order(), {ago(-30)}) == Doubts{given_lately});
}

TEST_CASE("a stated interval is met when it is met exactly, at the end that does harm") {
    CHECK(doubts(order("4"), {ago(240)}).empty());
    CHECK(doubts(order("4"), {ago(239)}) == Doubts{too_soon});
    CHECK(doubts(order("0.5"), {ago(29)}) == Doubts{too_soon});
    EarlierDose span = ago(300);
    span.latest = k_now - Duration::minutes(200);
    CHECK(doubts(order("4"), {span}) == Doubts{too_soon});
    // One line that states none: nobody knows which was meant.
    v1::Prescription two = order("4");
    two.add_dosage()->set_as_needed(true);
    CHECK(doubts(two, {ago(300)}) == Doubts{given_lately});
    // A month is no number of days, and a timing that cannot be read states nothing.
    v1::Prescription monthly = order("1");
    monthly.mutable_dosage(0)->mutable_timing()->mutable_repeat()->set_period_unit("mo");
    CHECK(doubts(monthly, {ago(60)}) == Doubts{given_lately});
}

TEST_CASE("a number of times in a period is not passed") {
    v1::Prescription daily = order("24");
    daily.mutable_dosage(0)->mutable_timing()->mutable_repeat()->set_frequency(2);
    daily.mutable_dosage(0)->mutable_timing()->mutable_repeat()->set_frequency_max(3);
    CHECK(doubts(daily, {ago(600), ago(900)}) == Doubts{given_lately});
    CHECK(doubts(daily, {ago(600), ago(900), ago(1000)}) == Doubts{over_maximum});
}

TEST_CASE("a maximum in a rolling period counts every span that the dose lies in") {
    const auto four = at_most(order("4"), amount("4", "{tablet}"), "24", "h");
    const auto two = amount("2", "{tablet}");
    CHECK(doubts(four, {ago(300, two)}, two).empty());
    CHECK(doubts(four, {ago(300, two), ago(1439)}, two) == Doubts{over_maximum});
    CHECK(doubts(four, {ago(300, two), ago(1440)}, two).empty());
    // Written late: what was given after it stands in a span with it.
    CHECK(doubts(four, {ago(-300, two), ago(-600)}, two) == Doubts{over_maximum});
    const auto grams = at_most(order("4"), amount("4", "g"), "1", "d");
    CHECK(doubts(grams, {ago(300, amount("3000", "mg"))}, amount("1000", "mg")).empty());
    CHECK(doubts(grams, {ago(300, amount("3001", "mg"))}, amount("1000", "mg")) ==
          Doubts{over_maximum});
}

// Some hours before or after, at a moment or in a span, of an amount or of none that is stated.
EarlierDose any_dose() {
    const auto hours = [](int from, int to) {
        return Duration::minutes(*rc::gen::inRange(from * 60, to * 60));
    };
    const Instant at = k_now + hours(-30, 6);
    const Instant end = *rc::gen::arbitrary<bool>() ? at : at + hours(0, 3);
    EarlierDose out{at, end, std::nullopt};
    switch (*rc::gen::inRange(0, 6)) {
        case 0:
            break;
        case 1:
            out.amount = amount("500", "mg");
            break;
        default:
            out.amount = amount(*rc::gen::element("0.5", "1", "2"), "{tablet}");
    }
    return out;
}

TEST_CASE("what more doses make of a dose as needed is never that it may be given unasked") {
    CHECK(rc::check([] {
        auto from = order(*rc::gen::element("", "4", "8"));
        if (*rc::gen::arbitrary<bool>())
            from.mutable_dosage(0)->mutable_timing()->mutable_repeat()->set_frequency(3);
        if (*rc::gen::arbitrary<bool>()) from = at_most(from, amount("4", "{tablet}"), "24", "h");
        std::vector<EarlierDose> taken;
        auto before = doubts(from, taken);
        const int count = *rc::gen::inRange(1, 8);
        for (int i = 0; i < count; ++i) {
            taken.push_back(any_dose());
            const auto after = doubts(from, taken);
            RC_ASSERT(before.empty() || !after.empty());
            for (const auto stays : {too_soon, over_maximum}) {
                const auto among = [&](const Doubts& all) {
                    return std::find(all.begin(), all.end(), stays) != all.end();
                };
                RC_ASSERT(!among(before) || among(after));
            }
            before = after;
        }
        RC_CLASSIFY(!before.empty());
    }));
}

TEST_CASE("what cannot be computed is never well") {
    const auto grams = at_most(order("4"), amount("4", "g"), "24", "h");
    CHECK(doubts(grams, {}) == Doubts{total_unknown});
    CHECK(doubts(grams, {ago(300, std::nullopt)}, amount("1", "g")) == Doubts{total_unknown});
    CHECK(as_needed_doubts(grams, k_now, nullptr, {}) == Doubts{total_unknown});
    CHECK(doubts(at_most(order("4"), amount("4", "g"), "1", "mo"), {}, amount("1", "g")) ==
          Doubts{total_unknown});
    // What can be added is too much already.
    CHECK(doubts(grams, {ago(300, std::nullopt), ago(400, amount("4", "g"))}, amount("1", "g")) ==
          Doubts{over_maximum});
}

TEST_CASE("an interval or a maximum that cannot be read is none, and says so") {
    // No number, nothing, less than nothing, and longer than a year.
    for (const char* hours : {"four", "0", "-4", "1e9", "99999999999999999999"}) {
        INFO(hours);
        CHECK(doubts(order(hours), {ago(60)}) == Doubts{given_lately});
    }
    const auto tablets = amount("4", "{tablet}");
    for (const auto& most : {at_most(order("4"), amount("many", "{tablet}"), "24", "h"),
                             at_most(order("4"), amount("4", ""), "24", "h"),
                             at_most(order("4"), tablets, "0", "h")}) {
        CHECK(doubts(most, {}) == Doubts{total_unknown});
    }
    // The period's unit in words alone, as some systems write it.
    auto worded = at_most(order("4"), tablets, "24", "");
    worded.mutable_dosage(0)->mutable_max_dose_per_period()->mutable_denominator()->set_unit("h");
    CHECK(doubts(worded, {}).empty());
    for (const char* given : {"some", "-1"}) {
        CHECK(doubts(at_most(order("4"), tablets, "24", "h"),
                     {ago(300, amount(given, "{tablet}"))}) == Doubts{total_unknown});
    }
    CHECK(doubts(at_most(order("4"), tablets, "24", "h"), {ago(300, amount("1", ""))}) ==
          Doubts{total_unknown});
}

TEST_CASE("a maximum of a fixed line counts, and its interval is nobody's") {
    v1::Prescription fixed = at_most(order("4"), amount("1", "{tablet}"), "24", "h");
    fixed.mutable_dosage(0)->set_as_needed(false);
    CHECK(doubts(fixed, {ago(60)}) == Doubts{over_maximum});
    v1::Prescription pain = order("4");
    pain.mutable_dosage(0)->clear_as_needed();
    pain.mutable_dosage(0)->mutable_as_needed_for()->set_text("pain");
    CHECK(doubts(pain, {ago(239)}) == Doubts{too_soon});
}

TEST_CASE("a dose that may have been given now is as near as can be") {
    EarlierDose span = ago(60);
    span.latest = k_now + Duration::minutes(60);
    CHECK(doubts(order("4"), {span}) == Doubts{too_soon});
}

TEST_CASE("each doubt has a rule of its own") {
    CHECK(rule_of(too_soon) == "entry/too-soon");
    CHECK(rule_of(over_maximum) == "entry/over-maximum");
    CHECK(rule_of(total_unknown) == "entry/total-unknown");
    CHECK(rule_of(given_lately) == "entry/given-lately");
}

TEST_CASE("one medicine is told by code, by substance, else by name") {
    const auto coded = [](const char* system, const char* code, const char* text) {
        v1::CodeableConcept out;
        out.set_text(text);
        if (*code != '\0') {
            out.add_coding()->set_system(system);
            out.mutable_coding(0)->set_code(code);
        }
        return out;
    };
    const std::string atc(k_atc);
    const auto a = coded(atc.c_str(), "N02BE01", "Paracetamol 500 mg");
    CHECK(same_drug(a, coded(std::string(k_atc_volven).c_str(), "N02BE01", "Paracet")));
    CHECK_FALSE(same_drug(a, coded(atc.c_str(), "N02BE", "Paracetamol 500 mg")));
    CHECK_FALSE(same_drug(a, coded(atc.c_str(), "M01AE01", "Paracetamol 500 mg")));
    CHECK(same_drug(a, coded("", "", "PARACETAMOL")));
    CHECK(same_drug(a, coded("http://other", "17", "paracetamol 500 mg tablett")));
    CHECK_FALSE(same_drug(a, coded("", "", "Para")));
    CHECK_FALSE(same_drug(a, coded("", "", "")));
}

TEST_CASE("what was given in all is told by unit") {
    CHECK(total_words({}, Language::english).empty());
    CHECK(total_words(
              {amount("1", "{tablet}"), amount("1.5", "{tablet}"), amount("5", "mL"), std::nullopt},
              Language::english) == "2.5 tablets + 5 mL + an unknown amount");
}

TEST_CASE("names that are the same, codes of a group and words begun alike") {
    const auto named = [](const char* text) {
        v1::CodeableConcept out;
        out.set_text(text);
        return out;
    };
    CHECK(same_drug(named("Paracet"), named("paracet")));
    CHECK(same_drug(named("insulin glargin"), named("Insulin")));
    CHECK_FALSE(same_drug(named("insulin"), named("ins")));
    // A group holds many drugs: two that are known by it alone may be two.
    const auto group = [](const char* text) {
        v1::CodeableConcept out;
        out.set_text(text);
        out.add_coding()->set_system(std::string(k_atc_volven));
        out.mutable_coding(0)->set_code("N02BE");
        return out;
    };
    auto other = group("Paracet");
    other.mutable_coding(0)->set_system(std::string(k_atc));
    CHECK_FALSE(same_drug(group("Paracet"), other));
}

TEST_CASE("what was given in all is not known when no amount of it is") {
    CHECK(total_words({std::nullopt}, Language::english) == "an unknown amount");
    CHECK(total_words({amount("some", "mL")}, Language::bokmaal) == "ukjent mengde");
}

TEST_CASE(
    "how far back an order looks is the longest that it bounds, a part of a moment rounded up") {
    CHECK(as_needed_reach(order("4")) == Duration::hours(4));
    CHECK(as_needed_reach(order("0.0000001")) == Duration{1});
    CHECK_FALSE(as_needed_reach(order("1e-200")));
    // For what it is given, without a word that it is as needed.
    v1::Prescription pain = order("4");
    pain.mutable_dosage(0)->clear_as_needed();
    CHECK_FALSE(as_needed_reach(pain));
    pain.mutable_dosage(0)->mutable_as_needed_for()->set_text("pain");
    CHECK(as_needed_reach(pain) == Duration::hours(4));
    // Three times in twelve hours, and no interval between them.
    v1::Prescription times = order("12");
    times.mutable_dosage(0)->mutable_timing()->mutable_repeat()->set_frequency(3);
    CHECK(as_needed_reach(times) == Duration::hours(12));
    // A maximum of a period that nobody can read reaches nowhere.
    v1::Prescription most = order();
    auto& bound = *most.mutable_dosage(0)->mutable_max_dose_per_period();
    bound.mutable_numerator()->set_value("4");
    bound.mutable_numerator()->set_code("{tablet}");
    bound.mutable_denominator()->set_value("1");
    bound.mutable_denominator()->set_code("shift");
    CHECK_FALSE(as_needed_reach(most));
}

TEST_CASE("two maxima that cannot be computed are one doubt") {
    v1::Prescription two = order();
    for (int i = 0; i < 2; ++i) {
        auto& line = i == 0 ? *two.mutable_dosage(0) : *two.add_dosage();
        auto& bound = *line.mutable_max_dose_per_period();
        bound.mutable_numerator()->set_value("4");
        bound.mutable_numerator()->set_code("{tablet}");
        bound.mutable_denominator()->set_value("24");
        bound.mutable_denominator()->set_code("h");
    }
    const auto one = amount("1", "{tablet}");
    const auto doubts = as_needed_doubts(two, k_now, &one, {ago(600, std::nullopt)});
    CHECK(std::count(doubts.begin(), doubts.end(), total_unknown) == 1);
}

Claimed claim(std::int64_t minutes_ago, const char* much, std::size_t times_ = 1) {
    return {k_now - Duration::minutes(minutes_ago), amount(much, "{tablet}"), times_};
}

TEST_CASE("what may be promised is what the maximum leaves of a period, and a minute") {
    const auto one = amount("1", "{tablet}");
    const auto four = at_most(order("6"), amount("4", "{tablet}"), "24", "h");
    CHECK(doses_left(four, k_now, one, 20, {}) == 4U);
    CHECK(doses_left(four, k_now, one, 2, {}) == 2U);
    CHECK(doses_left(four, k_now, amount("1.5", "{tablet}"), 20, {}) == 2U);
    CHECK(doses_left(four, k_now, one, 20, {claim(60, "1"), claim(-600, "2", 2)}) == 1U);
    CHECK(doses_left(four, k_now, one, 20, {claim(60, "5")}) == 0U);
    // A day ago to the minute it may not be past yet.
    CHECK(doses_left(four, k_now, one, 20, {claim(24 * 60, "1")}) == 3U);
    CHECK(doses_left(four, k_now, one, 20, {claim(24 * 60 + 1, "1")}) == 4U);
    // The strictest of several bounds, whatever they count.
    const auto less = at_most(four, amount("2", "{tablet}"), "12", "h");
    CHECK(doses_left(less, k_now, one, 20, {}) == 2U);
    auto thrice = order();
    auto& repeat = *thrice.mutable_dosage(0)->mutable_timing()->mutable_repeat();
    repeat.set_frequency(3);
    repeat.set_period("1");
    repeat.set_period_unit("d");
    CHECK(doses_left(thrice, k_now, one, 20, {claim(60, "1"), claim(-60, "2", 1)}) == 1U);
    CHECK(doses_left(thrice, k_now, one, 20, {claim(60, "1", 7)}) == 0U);
}

TEST_CASE("nothing is promised of what cannot be reckoned") {
    const auto one = amount("1", "{tablet}");
    const auto four = at_most(order(), amount("4", "{tablet}"), "24", "h");
    CHECK_FALSE(doses_left(order(), k_now, one, 1, {}));
    CHECK_FALSE(doses_left(order("6"), k_now, one, 1, {}));  // an interval is no maximum
    CHECK_FALSE(doses_left(four, k_now, amount("5", "mg"), 1, {}));
    CHECK_FALSE(doses_left(four, k_now, amount("0", "{tablet}"), 1, {}));
    CHECK_FALSE(doses_left(four, k_now, one, 1, {{k_now, std::nullopt, 1}}));
    CHECK_FALSE(doses_left(four, k_now, one, 1, {{k_now, amount("5", "mg"), 1}}));
    CHECK_FALSE(
        doses_left(at_most(order(), amount("4", "{tablet}"), "1", "mo"), k_now, one, 1, {}));
}

TEST_CASE("the largest dose of the lines as needed is what is promised") {
    auto two = order();
    CHECK_FALSE(largest_dose(two));
    *two.mutable_dosage(0)->add_dose_and_rate()->mutable_dose_quantity() = amount("1", "{tablet}");
    CHECK(largest_dose(two)->value() == "1");
    v1::Dosage& other = *two.add_dosage();
    other.set_as_needed(true);
    auto& range = *other.add_dose_and_rate()->mutable_dose_range();
    *range.mutable_low() = amount("1", "{tablet}");
    *range.mutable_high() = amount("2", "{tablet}");
    CHECK(largest_dose(two)->value() == "2");
    CHECK(times(*largest_dose(two), 3).value() == "6");
    *range.mutable_high() = amount("10", "mg");
    CHECK_FALSE(largest_dose(two));
}

}  // namespace
}  // namespace kari::clinical
