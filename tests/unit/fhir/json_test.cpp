// SPDX-License-Identifier: Apache-2.0
#include <rapidcheck.h>
#include <catch2/catch_test_macros.hpp>

#include "sdk/fhir/json.hpp"

using namespace kari;
using namespace kari::fhir;

namespace {

Json made_up(int depth) {
    const int kind = *rc::gen::inRange(0, depth > 0 ? 7 : 5);
    switch (kind) {
        case 0:
            return Json();
        case 1:
            return Json(*rc::gen::arbitrary<bool>());
        case 2:
            return Json::number(*rc::gen::arbitrary<int>());
        case 3:
            return Json::number(std::to_string(*rc::gen::inRange(0, 999)) + ".500e-7");
        case 4:
            return Json(*rc::gen::container<std::string>(rc::gen::inRange<char>(1, 127)));
        case 5: {
            Json items = Json::array();
            const int size = *rc::gen::inRange(0, 4);
            for (int i = 0; i < size; ++i)
                items.push(made_up(depth - 1));
            return items;
        }
        default: {
            Json members = Json::object();
            const int size = *rc::gen::inRange(0, 4);
            for (int i = 0; i < size; ++i)
                members.set("m" + std::to_string(i), made_up(depth - 1));
            return members;
        }
    }
}

std::string nested(std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
}

}  // namespace

TEST_CASE("a number comes back in the text in which it was written") {
    for (const char* text : {"1.10", "0.500", "1e2", "1E+2", "-0", "0.0", "1e400", "-1.5e-300",
                             "123456789012345678901234567890", "0.123456789012345678901234567891",
                             "18446744073709551616", "9007199254740993"}) {
        const auto value = parse_json(text);
        REQUIRE(value);
        REQUIRE(value->number_text() != nullptr);
        CHECK(value->number_text()->text == text);
        CHECK(to_text(*value) == text);
    }
}

TEST_CASE("1.10 and 1.1 are different texts and so different values") {
    CHECK_FALSE(*parse_json("1.10") == *parse_json("1.1"));
    CHECK(*parse_json(R"({"a":1.10,"b":[true,null]})") ==
          *parse_json(R"( { "b" : [ true , null ] , "a" : 1.10 } )"));
    CHECK_FALSE(*parse_json("[1,2]") == *parse_json("[2,1]"));
}

TEST_CASE("a value fed byte by byte is the same value") {
    const std::string text =
        R"({"name":"S\u00f8lvi \"x\" \ud83d\ude00","n":[0.500,-12e-3,true,false,null],)"
        R"("o":{"k":""}})";
    JsonReader reader;
    for (const char c : text)
        reader.feed(std::string_view(&c, 1));
    const auto slow = reader.finish();
    REQUIRE(slow);
    CHECK(*slow == *parse_json(text));
    CHECK(to_text(*slow) == to_text(*parse_json(text)));
    CHECK(slow->find("n")->all_items().front().number_text()->text == "0.500");
}

TEST_CASE("whatever is written is read back as it was") {
    CHECK(rc::check([] {
        const Json value = made_up(4);
        const auto again = parse_json(to_text(value));
        RC_ASSERT(again.has_value());
        RC_ASSERT(*again == value);
        RC_ASSERT(canonical_text(*again) == canonical_text(value));
    }));
}

TEST_CASE("the character zero, which no reader takes, is written as what cannot be read") {
    CHECK(to_text(Json(std::string("a\0b", 3))) == R"("a\ufffdb")");
    CHECK(parse_json(to_text(Json(std::string("a\0b", 3)))));
}

TEST_CASE("canonical text has its names in the order of their bytes") {
    CHECK(canonical_text(*parse_json(R"({"b":1,"a":{"z":0.0,"Z":[]},"aa":"\u000b/"})")) ==
          R"({"a":{"Z":[],"z":0.0},"aa":"\u000b/","b":1})");
}

TEST_CASE("a name that stands twice is an error that says where") {
    const auto value = parse_json(R"({"resource":{"code":1,"x":2,"code":3}})");
    REQUIRE_FALSE(value);
    CHECK(value.error().code == ErrorCode::malformed);
    CHECK(value.error().what.starts_with("resource"));
}

TEST_CASE("invalid UTF-8 and half surrogates are rejected") {
    for (const std::string text : {"\"\xff\"", "\"\xc0\xaf\"", "\"\xed\xa0\x80\"", "\"\xe2\x82\"",
                                   "\"\\ud800\"", "\"\\udc00x\""}) {
        CAPTURE(text);
        CHECK_FALSE(parse_json(text));
    }
}

TEST_CASE("what is not JSON is rejected") {
    for (const std::string text :
         {"",      " ",     "{",   "[1,]",       "{\"a\":}", "{a:1}", "01",
          "1.",    ".5",    "+1",  "NaN",        "nul",      "'x'",   "\"\n\"",
          "[1] x", "{} {}", "1 2", "{\"a\":1,}", "[1 2]",    "/*x*/1"}) {
        CAPTURE(text);
        const auto value = parse_json(text);
        REQUIRE_FALSE(value);
        CHECK(value.error().code == ErrorCode::malformed);
    }
}

TEST_CASE("nesting is accepted to the limit and refused beyond, however deep") {
    CHECK(parse_json(nested(k_json_depth_max)));
    for (const std::size_t depth :
         {k_json_depth_max + 1, std::size_t{10'000}, std::size_t{1'000'000}}) {
        const auto value = parse_json(nested(depth));
        REQUIRE_FALSE(value);
        CHECK(value.error().code == ErrorCode::too_deep);
    }
    std::string deep;
    for (int i = 0; i < 10'000; ++i)
        deep += R"({"extension":[)";
    const auto value = parse_json(deep);
    REQUIRE_FALSE(value);
    CHECK(value.error().code == ErrorCode::too_deep);
    CHECK(value.error().what.starts_with("extension[0].extension[0]"));
    CHECK(value.error().what.size() < 400);
}

TEST_CASE("text and memory have limits of their own") {
    JsonLimits small;
    small.text = 100;
    CHECK(parse_json('"' + std::string(98, 'x') + '"', small));
    CHECK_FALSE(parse_json('"' + std::string(99, 'x') + '"', small));
    std::string many = "[0";
    for (int i = 0; i < 1'000'000; ++i)
        many += ",0";
    const auto value = parse_json(many + ']');
    REQUIRE_FALSE(value);
    CHECK(value.error().code == ErrorCode::too_large);
}

TEST_CASE("an error repeats nothing of the input but names of elements") {
    const auto value = parse_json(R"({"name":[{"Kari Nordmann 01810112345":{"secret":tru}}]})");
    REQUIRE_FALSE(value);
    CHECK(value.error().what.find("Nordmann") == std::string::npos);
    CHECK(value.error().what.find("name[0].?") == 0);
}

TEST_CASE("a reader can be used again after an error") {
    JsonReader reader;
    reader.feed("[1");
    CHECK_FALSE(reader.finish());
    reader.feed("[1]");
    const auto value = reader.finish();
    REQUIRE(value);
    CHECK(value->all_items().size() == 1);
}

TEST_CASE("number texts are told from other texts") {
    for (const char* text : {"0", "-0", "10", "1.0", "1e2", "-1.5E-7", "1e400"}) {
        CHECK(is_number_text(text));
    }
    for (const char* text : {"", "-", "01", "1.", ".1", "1e", "+1", " 1", "1 ", "0x1", "1,5"}) {
        CHECK_FALSE(is_number_text(text));
    }
}
