// SPDX-License-Identifier: Apache-2.0
#include <compare>
#include <string>
#include <vector>

#include <rapidcheck.h>
#include <catch2/catch_test_macros.hpp>

#include "sdk/base/quantity.hpp"

using kari::Decimal;
using kari::ErrorCode;
using kari::Quantity;
using namespace kari::base;

namespace {

Quantity quantity(std::string_view value, std::string_view code) {
    return {Decimal::parse(value).value(), std::string(code), std::string(code)};
}

std::string converted(std::string_view value, std::string_view from, std::string_view to) {
    const auto result = convert(quantity(value, from), to);
    if (!result) return std::string(name(result.error().code));
    CHECK(result->code == to);
    return result->value.text();
}

}  // namespace

TEST_CASE("a dose converts exactly between units of mass") {
    CHECK(converted("500", "mg", "g") == "0.500");
    CHECK(converted("0.5", "g", "mg") == "500");
    CHECK(converted("62.5", "ug", "mg") == "0.0625");
    CHECK(converted("1.10", "mg", "ug") == "1100");
    CHECK(converted("1", "kg", "ng") == "1000000000000");
    CHECK(converted("1.10", "mg", "mg") == "1.10");
}

TEST_CASE("volumes, times, lengths and amounts convert within their dimension") {
    CHECK(converted("2.5", "mL", "uL") == "2500");
    CHECK(converted("1", "dL", "mL") == "100");
    CHECK(converted("2", "h", "min") == "120");
    CHECK(converted("90", "min", "h") == "1.5");
    CHECK(converted("1", "wk", "d") == "7");
    CHECK(converted("172", "cm", "m") == "1.72");
    CHECK(converted("5.5", "mmol", "umol") == "5500");
}

TEST_CASE("rates and concentrations convert part by part") {
    CHECK(converted("5.5", "mmol/L", "umol/mL") == "5.5");
    CHECK(converted("60", "mL/h", "mL/min") == "1");
    CHECK(converted("72", "/min", "1/min") == "72");
    CHECK(converted("0.1", "ug/kg/min", "ng/kg/min") == "100");
    CHECK(converted("24.5", "kg/m2", "kg/m2") == "24.5");
}

TEST_CASE("a conversion without an exact decimal is refused, and still compares") {
    CHECK(converted("10", "min", "h") == "value_out_of_range");
    CHECK(compare(quantity("10", "min"), quantity("0.1666", "h")).value() > 0);
    CHECK(compare(quantity("20", "min"), quantity("0.3334", "h")).value() < 0);
    CHECK(compare(quantity("30", "min"), quantity("0.5", "h")).value() == 0);
}

TEST_CASE("a dose is never guessed across dimensions") {
    for (const auto& [from, to] : {std::pair{"mg", "mmol"},
                                   {"{tablet}", "mg"},
                                   {"mg", "mL"},
                                   {"mg/mL", "mg"},
                                   {"%", "1"},
                                   {"{tablet}", "{capsule}"},
                                   {"mo", "d"},
                                   {"[iU]", "U"},
                                   {"mm[Hg]", "kPa"}}) {
        CHECK(converted("1", from, to) == "unit_unknown");
        CHECK_FALSE(compare(quantity("1", from), quantity("1", to)).has_value());
    }
}

TEST_CASE("units are known by their UCUM code and by nothing else") {
    for (const char* code : {"mg", "g",      "kg",    "ug",   "ng",     "mL",        "L",      "dL",
                             "uL", "mm[Hg]", "Cel",   "/min", "kg/m2",  "{tablet}",  "{INR}",  "%",
                             "1",  "mmol/L", "L/min", "[iU]", "10*9/L", "mg/{dose}", "{ko/mp}"}) {
        INFO(code);
        CHECK(known_unit(code));
    }
    for (const char* code : {"",        "tablet",  "mmHg",     "Mg",     "MG",     "mcg", "µg",
                             "mg ",     " mg",     "mg/",      "/",      "//min",  "{}",  "{a b}",
                             "{tablet", "tablet}", "mg{base}", "{a}{b}", "mg//mL", "°C"}) {
        INFO(code);
        CHECK_FALSE(known_unit(code));
    }
    CHECK_FALSE(known_unit("{" + std::string(63, 'x') + "}"));
    CHECK(known_unit("{" + std::string(62, 'x') + "}"));
}

TEST_CASE("an unknown unit does not even convert to itself") {
    CHECK(converted("1", "drops", "drops") == "unit_unknown");
}

TEST_CASE("converting there and back gives the text back") {
    CHECK(rc::check([] {
        const std::vector<std::string> mass{"kg", "g", "mg", "ug", "ng"};
        const std::string from = *rc::gen::elementOf(mass);
        const std::string to = *rc::gen::elementOf(mass);
        const std::string text = std::to_string(*rc::gen::inRange(1, 1'000'000)) + "." +
                                 std::to_string(*rc::gen::inRange(1, 1000));
        const auto there = convert(quantity(text, from), to);
        RC_ASSERT(there.has_value());
        const auto back = convert(*there, from);
        RC_ASSERT(back.has_value());
        RC_ASSERT(back->value.same_value(Decimal::parse(text).value()));
        RC_ASSERT(std::is_eq(compare(quantity(text, from), *there).value()));
    }));
}
