// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>

#include <rapidcheck.h>
#include <boost/multiprecision/cpp_int.hpp>
#include <catch2/catch_test_macros.hpp>
#include <kari/decimal.hpp>
#include <kari/plain_digits.hpp>

#include "sdk/base/decimal_parts.hpp"

using boost::multiprecision::cpp_int;
using boost::multiprecision::cpp_rational;
using kari::Decimal;
using kari::ErrorCode;

namespace {

Decimal decimal(std::string_view text) {
    auto parsed = Decimal::parse(text);
    REQUIRE(parsed.has_value());
    return *parsed;
}

// An independent reading of the text, as a fraction.
cpp_rational model(const std::string& text) {
    const std::size_t e = text.find_first_of("eE");
    const std::string mantissa = text.substr(0, e);
    long exponent = e == std::string::npos ? 0 : std::stol(text.substr(e + 1));
    std::string digits;
    bool behind_point = false;
    for (const char c : mantissa) {
        if (c == '.') behind_point = true;
        if (c < '0' || c > '9') continue;
        digits.push_back(c);
        if (behind_point) --exponent;
    }
    const std::size_t first = digits.find_first_not_of('0');
    const cpp_int coefficient(first == std::string::npos ? "0" : digits.substr(first));
    const cpp_int scale =
        pow(cpp_int(10), static_cast<unsigned>(exponent < 0 ? -exponent : exponent));
    const cpp_rational value =
        exponent < 0 ? cpp_rational(coefficient, scale) : cpp_rational(coefficient * scale);
    return mantissa[0] == '-' ? cpp_rational(-value) : value;
}

rc::Gen<std::string> decimal_text() {
    return rc::gen::exec([] {
        const auto digit = rc::gen::inRange('0', static_cast<char>('9' + 1));
        std::string text = *rc::gen::element<std::string>("", "-");
        text += *rc::gen::oneOf(rc::gen::just(std::string("0")),
                                rc::gen::map(rc::gen::inRange(1, 100'000'000),
                                             [](int n) { return std::to_string(n); }));
        const std::string fraction = *rc::gen::container<std::string>(digit);
        if (!fraction.empty()) text += "." + fraction.substr(0, 40);
        if (*rc::gen::inRange(0, 3) == 0) {
            text += *rc::gen::element<std::string>("e", "E", "e+", "e-");
            text += std::to_string(*rc::gen::inRange(0, 40));
        }
        return text;
    });
}

}  // namespace

TEST_CASE("a decimal keeps the text in which it was written") {
    for (const char* text : {"0", "1.10", "0.500", "1e2", "1E+2", "-0", "-0.0",
                             "123456789012345678901234567890", "0.000000000000000000000000000001",
                             "3.14159265358979323846264338327950288419716939937510582097494459"}) {
        CHECK(decimal(text).text() == text);
    }
}

TEST_CASE("values are compared, not texts") {
    CHECK(decimal("1.10").same_value(decimal("1.1")));
    CHECK(decimal("1e2").same_value(decimal("100")));
    CHECK(decimal("-0").same_value(decimal("0.000")));
    CHECK(decimal("123456789012345678901234567890")
              .compare(decimal("123456789012345678901234567891")) < 0);
    CHECK(decimal("-2").compare(decimal("-10")) > 0);
    CHECK(decimal("1e999").compare(decimal("1e-999")) > 0);
    CHECK(decimal("-1e999").compare(decimal("1e-999")) < 0);
    CHECK_FALSE(decimal("-0.0").negative());
    CHECK(decimal("-0.0").zero());
}

TEST_CASE("a number is shown without an exponent and without zeros that end it") {
    const std::pair<const char*, const char*> shown[] = {
        {"1e2", "100"},       {"0.750", "0.75"}, {"100", "100"}, {"1.0", "1"}, {"2.5E-1", "0.25"},
        {"-0.0", "0"},        {"-1.50", "-1.5"}, {"10", "10"},   {"0e5", "0"}, {"37.0", "37"},
        {"tretti", "tretti"}, {"", ""},          {"01", "01"}};
    for (const auto& [written, read] : shown) {
        INFO(written);
        CHECK(kari::plain_digits(written) == read);
    }
    CHECK(rc::check([] {
        const std::string written = *decimal_text();
        const auto value = Decimal::parse(written);
        RC_PRE(value.has_value());
        const std::string read = kari::plain_digits(written);
        RC_ASSERT(model(read) == model(written));
        RC_ASSERT(kari::plain_digits(read) == read);
        RC_ASSERT(read.find('.') == std::string::npos || read.back() != '0');
        const std::string digits = read.substr(read.front() == '-' ? 1 : 0);
        RC_ASSERT(digits.size() == 1 || digits[0] != '0' || digits[1] == '.');
        // Up to 64 zeros on either side, which is far beyond what anybody is given.
        RC_ASSERT(read.find_first_of("eE") == std::string::npos);
    }));
}

TEST_CASE("sums that binary floating point gets wrong are exact") {
    CHECK((decimal("0.1") + decimal("0.2")).text() == "0.3");
    CHECK((decimal("1.10") + decimal("0.5")).text() == "1.60");
    CHECK((decimal("1e2") - decimal("0.01")).text() == "99.99");
    CHECK((decimal("0.25") * decimal("4")).text() == "1.00");
    CHECK((decimal("1e2") * decimal("3")).text() == "300");
    CHECK((decimal("5") - decimal("7.5")).text() == "-2.5");
}

TEST_CASE("what is no JSON number is refused") {
    for (const char* text :
         {"",   "-",  "+1",   ".5",  "5.",       "01",  "1.",    "1e",    "1e+",   "1,5",
          " 1", "1 ", "0x10", "NaN", "Infinity", "--1", "1.2.3", "1e1.5", "1_000", "١"}) {
        const auto parsed = Decimal::parse(text);
        REQUIRE_FALSE(parsed.has_value());
        CHECK(parsed.error().code == ErrorCode::malformed);
    }
}

TEST_CASE("a decimal beyond its limits is refused just over them and taken just under") {
    CHECK(Decimal::parse(std::string(64, '9')).has_value());
    CHECK(Decimal::parse("1e999").has_value());
    CHECK(Decimal::parse("1e-999").has_value());
    for (const std::string& text :
         {std::string(65, '9'), "0." + std::string(64, '1'), std::string("1e1000"),
          std::string("1e-1000"), "1e" + std::string(60, '9'), std::string(1'000'000, '1')}) {
        const auto parsed = Decimal::parse(text);
        REQUIRE_FALSE(parsed.has_value());
        CHECK(parsed.error().code == ErrorCode::too_large);
    }
}

TEST_CASE("comparison, sum, difference and product agree with fractions") {
    CHECK(rc::check([] {
        const std::string left = *decimal_text();
        const std::string right = *decimal_text();
        const auto a = Decimal::parse(left);
        const auto b = Decimal::parse(right);
        RC_PRE(a.has_value() && b.has_value());
        const cpp_rational x = model(left);
        const cpp_rational y = model(right);
        RC_ASSERT((a->compare(*b) < 0) == (x < y));
        RC_ASSERT((a->compare(*b) > 0) == (x > y));
        RC_ASSERT(model((*a + *b).text()) == x + y);
        RC_ASSERT(model((*a - *b).text()) == x - y);
        RC_ASSERT(model((*a * *b).text()) == x * y);
        RC_ASSERT(a->negative() == (x < 0));
        RC_ASSERT(a->zero() == (x == 0));
    }));
}
