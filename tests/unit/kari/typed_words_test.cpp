// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <time.h>

#include <catch2/catch_test_macros.hpp>

#include "examples/kari/answers.hpp"
#include "examples/kari/typed_words.hpp"

namespace kari::app {
namespace {

namespace json = boost::json;

json::object read(std::vector<std::string> words) {
    return read_words(std::move(words), GlobalOptions{}, false, Language::en).given;
}

void in_oslo() {
    ::setenv("TZ", "Europe/Oslo", 1);
    ::tzset();
}

TEST_CASE("what a nurse types in a few words is what the API wants") {
    CHECK(read({"observe", "12p", "pulse", "72"}) ==
          json::object{
              {"record", "12p"},
              {"code",
               json::object{{"system", "http://loinc.org"}, {"code", "8867-4"}, {"text", "Pulse"}}},
              {"value", json::object{{"value", "72"}, {"code", "/min"}, {"unit", "/min"}}}});
    const auto pressure = read({"observe", "12p", "BT", "120/80"});
    CHECK(pressure.at("components").as_array().size() == 2);
    CHECK(pressure.if_contains("value") == nullptr);
    const auto temperature = read({"observe", "12p", "temp", "37,2"});
    CHECK(temperature.at("value").as_object().at("value") == "37.2");
    const auto awake = read({"observe", "12p", "acvpu", "a"});
    CHECK(awake.at("text") == "A");
    CHECK(awake.at("code").as_object().at("system") == "http://snomed.info/sct");
    CHECK(read({"observe", "12p", "oxygen", "2"}).at("value").as_object().at("code") == "L/min");
    CHECK(read({"observe", "12p", "Hud", "--text", "rød"}).at("code").as_object().at("text") ==
          "Hud");
    CHECK(read({"correct", "21p", "--value", "71.0 kg"}).if_contains("code") == nullptr);
    CHECK(read({"withhold", "18v", "--why", "missed-visit", "--reason", "x"}).at("why") ==
          "missed_visit");
    CHECK(read({"give", "18v", "--overrides", "entry/given-already=it was spat out"})
              .at("overrides") == json::array{json::object{{"rule", "entry/given-already"},
                                                           {"reason", "it was spat out"}}});
    // A word that is called like a command is a word all the same.
    CHECK(read({"help", "give"}).at("command") == "give");
    CHECK(read({"problem", "12p", "plan"}).at("code").as_object().at("text") == "plan");
}

TEST_CASE("what cannot be understood is refused, and never guessed") {
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"observe", "12p", "pulse", "seventy"},
          {"observe", "12p", "bp", "120"},
          {"observe", "12p", "acvpu", "awake"},
          {"withhold", "18v", "--why", "tired"},
          {"give", "18v", "--overrides", "no reason"},
          {"give", "18v", "--dose", "lots"},
          {"give", "18v", "19w", "extra"},
          {"give", "--no-such-option"},
          {"observe", "12p", "pusl", "310 /min"},
          {"gvie", "18v"}}) {
        INFO(words.front());
        CHECK_THROWS_AS(read(words), BadArgument);
    }
    CHECK_THROWS_AS(require_all(*find_command("give"), {}), BadArgument);
}

TEST_CASE("an hour is the last one, or the next one for what lies ahead, in the place's own time") {
    in_oslo();
    const auto winter = time_from_words("2026-01-15 08:05", false);
    CHECK(winter.offset_s == 3600);
    CHECK(time_text(winter) == "2026-01-15T08:05:00+01:00");
    CHECK(time_text(time_from_words("2026-07-15 08:05", false)) == "2026-07-15T08:05:00+02:00");
    const std::time_t now = std::time(nullptr);
    const auto hour = [&](std::time_t at) {
        char text[6] = {};
        std::strftime(text, sizeof text, "%H:%M", std::localtime(&at));
        return std::string(text);
    };
    for (const int hours : {1, 6, 11, 13, 18, 23}) {
        // So long ago, which is the same hour as so long until it comes again.
        const std::string clock = hour(now - hours * 3600);
        INFO(clock);
        const auto next = time_from_words(clock, true).instant.ms / 1000;
        CHECK(next >= now);
        CHECK(next < now + 26 * 3600);
        const bool of_today = hour(now) > clock;
        if (hours > 12 && !of_today) {
            CHECK_THROWS_AS(time_from_words(clock, false), BadArgument);
            continue;
        }
        const auto last = time_from_words(clock, false).instant.ms / 1000;
        CHECK(last <= now + 1);
        CHECK(last > now - 26 * 3600);
    }
    CHECK(time_text(time_from_words("2026-01-15T08:05:00+05:00", false)) ==
          "2026-01-15T08:05:00+05:00");
}

TEST_CASE("an hour that comes twice in a night, or never, is asked for with its offset") {
    in_oslo();
    CHECK_THROWS_AS(time_from_words("2026-10-25 02:30", false), BadArgument);
    CHECK_THROWS_AS(time_from_words("2026-03-29 02:30", false), BadArgument);
    CHECK(time_text(time_from_words("2026-10-25T02:30+01:00", false)) ==
          "2026-10-25T02:30:00+01:00");
    CHECK(time_from_words("2026-10-25 03:30", false).offset_s == 3600);
    for (const char* words : {"8", "25:00", "08:61", "2026-13-01 08:00", "yesterday", ""})
        CHECK_THROWS_AS(time_from_words(words, false), BadArgument);
}

TEST_CASE("a line of a session is split as a shell would") {
    CHECK(split_words("give 18v  --note \"a b\" 'c \"d'") ==
          std::vector<std::string>{"give", "18v", "--note", "a b", "c \"d"});
    CHECK(split_words(R"(a\ b "c\"d" '')") == std::vector<std::string>{"a b", "c\"d", ""});
    CHECK(split_words("   ").empty());
    CHECK_THROWS_AS(split_words("note 'open"), BadArgument);
}

TEST_CASE("moments of any precision are put in order") {
    CHECK(moment_ms("2026-03-01T08:05:00+01:00") == moment_ms("2026-03-01T07:05:00Z"));
    CHECK(moment_ms("2026-03-01T08:05:00.250+01:00") == moment_ms("2026-03-01T07:05:00Z"));
    CHECK(moment_ms("2026") < moment_ms("2026-02"));
    CHECK(moment_ms("2026-02") < moment_ms("2026-02-02"));
    CHECK(moment_ms("no time") == 0);
}

TEST_CASE("each error has its exit code, and what is unknown counts as refused") {
    CHECK(exit_code({{"ok", true}}) == 0);
    CHECK(exit_code({{"ok", false}, {"error", "internal"}}) == 1);
    CHECK(exit_code({{"ok", false}, {"error", "invalid_argument"}}) == 2);
    CHECK(exit_code({{"ok", false}, {"error", "reason_required"}}) == 3);
    CHECK(exit_code({{"ok", false}, {"error", "offline"}}) == 4);
    CHECK(exit_code({{"ok", false}, {"error", "storage_full"}}) == 5);
    CHECK(exit_code({{"ok", false}, {"error", "wrong_pin"}}) == 6);
    CHECK(exit_code({{"ok", false}, {"error", "server_untrusted"}}) == 7);
    CHECK(exit_code(json::object{}) == 1);
}

}  // namespace
}  // namespace kari::app
