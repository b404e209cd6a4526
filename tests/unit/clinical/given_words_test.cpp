// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch_test_macros.hpp>

#include "sdk/clinical/given_words.hpp"

namespace kari::clinical {
namespace {

v1::Quantity amount(const char* value, const char* code = "{tablet}") {
    v1::Quantity out;
    out.set_value(value);
    out.set_code(code);
    return out;
}

v1::Dosage ordered(const char* value) {
    v1::Dosage out;
    out.set_text("the prescriber's text");
    *out.add_dose_and_rate()->mutable_dose_quantity() = amount(value);
    return out;
}

v1::Dosage from_one_to(const char* most) {
    v1::Dosage out;
    auto* range = out.add_dose_and_rate()->mutable_dose_range();
    *range->mutable_low() = amount("1");
    *range->mutable_high() = amount(most);
    return out;
}

TEST_CASE("a dose given as ordered, or not at all, has nothing to be said beside its order") {
    CHECK(given_words(ordered("2"), {}, Language::english).empty());
    CHECK(given_words(ordered("2"), {amount("2")}, Language::english).empty());
    CHECK(given_words(ordered("2"), {amount("2.0")}, Language::english).empty());
    v1::Dosage text;
    text.set_text("as told");
    CHECK(given_words(text, {std::nullopt}, Language::english).empty());
}

TEST_CASE("what was given otherwise than ordered stands before the order, its unit once") {
    CHECK(given_words(ordered("2"), {amount("1")}, Language::english) == "1 of 2 tablets");
    CHECK(given_words(ordered("2"), {amount("0.5")}, Language::bokmaal) == "0,5 av 2 tabletter");
    CHECK(given_words(ordered("2"), {amount("50", "mg")}, Language::bokmaal) ==
          "50 mg av 2 tabletter");
    CHECK(given_words(from_one_to("2"), {amount("1")}, Language::english) == "1 of 1-2 tablets");
}

TEST_CASE("each of two doses is told, and of one without an amount that it is not known") {
    CHECK(given_words(ordered("2"), {amount("2"), amount("2")}, Language::english) ==
          "2 + 2 of 2 tablets");
    CHECK(given_words(ordered("2"), {std::nullopt}, Language::english) ==
          "an unknown amount of 2 tablets");
    CHECK(given_words(ordered("2"), {std::nullopt}, Language::bokmaal) ==
          "ukjent mengde av 2 tabletter");
}

TEST_CASE("of an order without an amount its text stands beside what was given") {
    v1::Dosage text;
    text.set_text("as told");
    CHECK(given_words(text, {amount("1")}, Language::english) == "1 tablet of as told");
}

TEST_CASE("an order that states a rate, or nothing at all, leaves what was given as it was said") {
    v1::Dosage rate;
    *rate.add_dose_and_rate()->mutable_rate_quantity() = amount("2", "mL");
    CHECK(given_words(rate, {amount("1")}, Language::english).starts_with("1 tablet"));
    CHECK(given_words(v1::Dosage(), {amount("1")}, Language::english) == "1 tablet");
}

}  // namespace
}  // namespace kari::clinical
