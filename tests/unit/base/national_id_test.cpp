// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include <rapidcheck.h>
#include <catch2/catch_test_macros.hpp>

#include "sdk/base/national_id.hpp"

using namespace kari;
using namespace kari::base;

namespace {

struct Sample {
    const char* digits;
    NationalIdKind kind;
    bool synthetic;
};

// Synthetic or generated numbers only.
const std::vector<Sample> k_samples{
    {"01814012324", NationalIdKind::fnr, true},
    {"15855134559", NationalIdKind::fnr, true},
    {"29909630116", NationalIdKind::fnr, true},
    {"41814012318", NationalIdKind::d_number, true},
    {"57815545623", NationalIdKind::d_number, true},
    {"13097248022", NationalIdKind::fnr, false},
    {"29029648784", NationalIdKind::fnr, false},
    {"29020075838", NationalIdKind::fnr, false},
    {"15021951940", NationalIdKind::fnr, false},
    {"53097248016", NationalIdKind::d_number, false},
    {"13527248013", NationalIdKind::h_number, false},
    {"10915596784", NationalIdKind::fnr, true},
    {"68467038838", NationalIdKind::h_number, false},
    {"50846202355", NationalIdKind::d_number, true},
    {"81234567802", NationalIdKind::fh_number, false},
    {"91234567883", NationalIdKind::fh_number, false},
    {"89999999957", NationalIdKind::fh_number, false},
};

const std::vector<std::string> k_2032{"30108299939", "01814012332", "01814012340", "01814012359"};

// A number with control digits of the wanted rule, from nine free digits; empty when the rule
// has none for them.
std::string with_control_digits(std::string digits, int first_remainder) {
    static constexpr int k_first[] = {3, 7, 6, 1, 8, 9, 4, 5, 2};
    static constexpr int k_second[] = {5, 4, 3, 2, 7, 6, 5, 4, 3, 2};
    int sum = 0;
    for (std::size_t i = 0; i < 9; ++i)
        sum += k_first[i] * (digits[i] - '0');
    const int tenth = ((first_remainder - sum) % 11 + 11) % 11;
    if (tenth == 10) return "";
    digits.push_back(static_cast<char>('0' + tenth));
    sum = 0;
    for (std::size_t i = 0; i < 10; ++i)
        sum += k_second[i] * (digits[i] - '0');
    const int eleventh = (11 - sum % 11) % 11;
    if (eleventh == 10) return "";
    digits.push_back(static_cast<char>('0' + eleventh));
    return digits;
}

}  // namespace

TEST_CASE("numbers of every kind are told apart") {
    for (const Sample& sample : k_samples) {
        INFO(sample.digits);
        const auto id = parse_national_id(sample.digits);
        REQUIRE(id.has_value());
        CHECK(id->kind == sample.kind);
        CHECK(id->synthetic == sample.synthetic);
        CHECK(id->rule == ControlRule::rule_1964);
        CHECK(id->digits == sample.digits);
    }
}

TEST_CASE("numbers of the 2032 rule are taken only where the policy says so") {
    for (const std::string& digits : k_2032) {
        const auto taken = parse_national_id(digits);
        REQUIRE(taken.has_value());
        CHECK(taken->rule == ControlRule::rule_2032);
        const auto refused = parse_national_id(digits, {.accept_2032 = false});
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().code == ErrorCode::not_permitted);
    }
}

TEST_CASE("wrong control digits, impossible dates and other texts are refused") {
    for (const char* digits :
         {"13097248032", "13097248023", "02013299987", "02013299996", "29020112345", "",
          "1309724802", "130972480222", "13097248O22", "13097248 22", "1309724802a", "00000000000",
          "72014012324", "01134012324", "32814012324"}) {
        INFO(digits);
        const auto id = parse_national_id(digits);
        if (std::string(digits).size() == 12) {
            CHECK(id->kind == NationalIdKind::duf);
            continue;
        }
        REQUIRE_FALSE(id.has_value());
        CHECK(id.error().code == ErrorCode::malformed);
    }
}

TEST_CASE("an installation takes either real or synthetic people") {
    CHECK_FALSE(parse_national_id("01814012324", {.population = Population::real}).has_value());
    CHECK(parse_national_id("13097248022", {.population = Population::real}).has_value());
    CHECK(parse_national_id("01814012324", {.population = Population::synthetic}).has_value());
    CHECK_FALSE(
        parse_national_id("13097248022", {.population = Population::synthetic}).has_value());
}

TEST_CASE("an error never repeats the number") {
    const std::string digits = "13097248032";
    CHECK(parse_national_id(digits).error().what.find("1309") == std::string::npos);
}

TEST_CASE("the naming system of a local help number is nobody's") {
    CHECK(naming_system(NationalIdKind::fnr) == "urn:oid:2.16.578.1.12.4.1.4.1");
    CHECK(naming_system(NationalIdKind::fh_number) == "urn:oid:2.16.578.1.12.4.1.4.3");
    CHECK(naming_system(NationalIdKind::h_number).empty());
}

TEST_CASE("any single wrong digit and any adjacent transposition is refused under both rules") {
    CHECK(rc::check([] {
        const int day = *rc::gen::inRange(1, 29);
        const int month = *rc::gen::inRange(81, 93);
        std::string digits = std::to_string(100 + day).substr(1) + std::to_string(month);
        for (int i = 0; i < 5; ++i)
            digits += std::to_string(*rc::gen::inRange(0, 10));
        const std::string number = with_control_digits(digits, *rc::gen::inRange(0, 4));
        RC_PRE(!number.empty());
        RC_ASSERT(parse_national_id(number).has_value());
        for (std::size_t i = 0; i < number.size(); ++i) {
            for (char digit = '0'; digit <= '9'; ++digit) {
                std::string wrong = number;
                wrong[i] = digit;
                RC_ASSERT(parse_national_id(wrong).has_value() == (wrong == number));
            }
            if (i + 1 == number.size()) continue;
            std::string swapped = number;
            std::swap(swapped[i], swapped[i + 1]);
            RC_ASSERT(parse_national_id(swapped).has_value() == (swapped == number));
        }
    }));
}
