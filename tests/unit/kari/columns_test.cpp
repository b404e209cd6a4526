// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <sstream>
#include <string>

#include <rapidcheck.h>
#include <catch2/catch_test_macros.hpp>

#include "examples/kari/columns.hpp"
#include "tests/unit/kari/any_text.hpp"

namespace kari::app {
namespace {

using test::any_text;
using test::without_blanks;

bool within(const std::string& screen, std::size_t columns = k_columns) {
    std::istringstream lines(screen);
    for (std::string line; std::getline(lines, line);) {
        if (width_of(line) > columns) return false;
    }
    return true;
}

TEST_CASE("Norwegian letters take one column, marks none and wide characters two") {
    CHECK(width_of("æøåÆØÅ") == 6);
    CHECK(width_of("a\xCC\x8A") == 1);                 // a and a combining ring
    CHECK(width_of("\xE6\xBC\xA2\xE5\xAD\x97") == 4);  // two ideographs
    CHECK(width_of("\xF0\x9F\x98\x80") == 2);          // a face
    CHECK(width_of("") == 0);
}

TEST_CASE("what steers a terminal or turns the order of text shows as a sign") {
    const std::string sign = "\xEF\xBF\xBD";
    CHECK(safe("a\x1b[2Jb") == "a" + sign + "[2Jb");
    CHECK(safe("a\xC2\x9B"
               "31mb") == "a" + sign + "31mb");  // C1: CSI in one character
    CHECK(safe("a\xE2\x80\xAE"
               "b") == "a" + sign + "b");  // right to left from here on
    CHECK(safe("a\xE2\x81\xA6"
               "b") == "a" + sign + "b");
    CHECK(safe("a\xE2\x80\x8B"
               "b") == "a" + sign + "b");  // no width
    CHECK(safe("a\xEE\x80\x81"
               "b") == "a" + sign + "b");  // our own sign for a colour
    CHECK(safe("a\rb\nc\td") == "a b c d");
    CHECK(safe("a\r\nb\nc", true) == "a\nb\nc");
    CHECK(safe("\xC0\x80\xFF") == sign + sign + sign);
    CHECK(safe("Bjørn Åse 漢字") == "Bjørn Åse 漢字");
}

TEST_CASE("whatever the text, no line is wider than the screen and nothing is left out") {
    CHECK(rc::check([] {
        const std::string text = *any_text();
        const auto indent = *rc::gen::inRange<std::size_t>(0, 30);
        const std::string out = wrapped(safe(text), indent);
        RC_ASSERT(within(out));
        RC_ASSERT(without_blanks(out) == without_blanks(safe(text)));
    }));
}

TEST_CASE("cells beside each other keep to their columns, and nothing is left out") {
    CHECK(rc::check([] {
        const std::string a = safe(*any_text());
        const std::string b = safe(*any_text());
        const std::string c = safe(*any_text());
        const std::string out = beside({{2, a}, {20, b}, {40, c}});
        RC_ASSERT(within(out));
        RC_ASSERT(without_blanks(out).size() ==
                  without_blanks(a).size() + without_blanks(b).size() + without_blanks(c).size());
    }));
}

TEST_CASE("a terminal of another width is kept to, from 40 to 100 columns") {
    CHECK(rc::check([] {
        const auto wide = *rc::gen::inRange<std::size_t>(1, 300);
        const std::size_t kept = std::clamp<std::size_t>(wide, 40, 100);
        const std::string a = safe(*any_text());
        const std::string b = safe(*any_text());
        const std::string c = safe(*any_text());
        set_columns(wide);
        const std::string screens[] = {
            wrapped(a + b + c, 7),         beside({{2, a}, {8, b}, {38, c}}),
            beside({{2, a}, {26, b + c}}), beside({{2, a}, {8, b + c}}),
            rows({{a, ""}, {b, c}}),
        };
        set_columns(80);
        for (const std::string& screen : screens) {
            RC_ASSERT(within(screen, kept));
            RC_ASSERT(without_blanks(screen).size() == without_blanks(a).size() +
                                                           without_blanks(b).size() +
                                                           without_blanks(c).size());
        }
    }));
}

TEST_CASE("an amount is not parted from its unit at the end of a line") {
    for (std::size_t before = 60; before < 90; ++before) {
        const std::string out = wrapped(std::string(before, 'x') + " 37,2\xC2\xA0°C", 2);
        INFO(out);
        CHECK(out.find("37,2 °C") != std::string::npos);
    }
}

}  // namespace
}  // namespace kari::app
