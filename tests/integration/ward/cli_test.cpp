// SPDX-License-Identifier: Apache-2.0
//
// `kari` as single commands: what a script or a person at a terminal sees of it.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <boost/json.hpp>
#include <catch2/catch_test_macros.hpp>

#include "examples/demo/process.hpp"
#include "examples/demo/whole_file.hpp"
#include "tests/integration/ward/ward.hpp"

using namespace kari;
using namespace kari::test;
using demo::list_at;
using demo::text_at;

namespace {

namespace json = boost::json;

constexpr const char* k_pin = "1357";
// At some hours of the day that the test runs at, the first dose is nearer to another than to now.
constexpr const char* k_any_hour = "entry/off-time=phoned the doctor";

// The command as one process each time.
struct Terminal {
    explicit Terminal(Ward& of) : ward(of), directory(of.folder() / "terminal") {}

    demo::Completed run(std::vector<std::string> words, const std::string& input) const {
        demo::Command command;
        command.words = {ward.programs().kari.string(),
                         "--dir",
                         directory.string(),
                         "--person",
                         ward.nurse(),
                         "--language",
                         "en"};
        command.words.insert(command.words.end(), words.begin(), words.end());
        return demo::run(command, input, std::chrono::minutes(2));
    }
    // Answers of --json; the PIN is the first line of standard input.
    json::object ask(std::vector<std::string> words, int status = 0) const {
        words.push_back("--json");
        const demo::Completed done = run(words, std::string(k_pin) + "\n");
        INFO(done.output << done.errors);
        REQUIRE(done.status == status);
        return json::parse(done.output).as_object();
    }
    json::object ask_by_stdin(std::vector<std::string> words, json::object values,
                              int status = 0) const {
        values["pin"] = k_pin;
        words.insert(words.end(), {"--json", "--stdin"});
        const demo::Completed done = run(words, json::serialize(values));
        INFO(done.output << done.errors);
        REQUIRE(done.status == status);
        return json::parse(done.output).as_object();
    }
    void enrol() const {
        const auto code = text_at(ward.server().command({"invite", "--unit", ward.unit()}), "code");
        ask_by_stdin({"enrol"},
                     {{"server", "https://127.0.0.1:" + std::to_string(ward.relay().port())},
                      {"code", code}});
        ask({"sync"});
    }

    Ward& ward;
    std::filesystem::path directory;
};

}  // namespace

TEST_CASE("single commands chart and give, and every change made is witnessed") {
    Ward ward(one_citizen("c"));
    const Terminal terminal(ward);
    terminal.enrol();
    const auto patients = terminal.ask({"patients"});
    REQUIRE(list_at(patients, "patients").size() == 1);
    const auto record = text_at(list_at(patients, "patients")[0].as_object(), "record");

    const auto witness = (ward.folder() / "terminal.witness").string();
    const auto written = terminal.ask_by_stdin(
        {"observe", "--witness", witness},
        {{"record", record},
         {"code", json::object{{"system", "http://loinc.org"}, {"code", "29463-7"}}},
         {"value", json::object{{"value", "70.10"}, {"code", "kg"}}}});
    const auto typed = terminal.ask({"correct", "--witness", witness, "--token",
                                     text_at(written, "token"), "--value", "71.0 kg"});
    std::string lines = demo::read_whole(witness);
    CHECK(lines == text_at(written, "change") + " " + record + "\n" + text_at(typed, "change") +
                       " " + record + "\n");

    const auto due = terminal.ask({"due", "--record", record});
    REQUIRE_FALSE(list_at(due, "slots").empty());
    const auto token = text_at(list_at(due, "slots")[0].as_object(), "token");
    terminal.ask({"give", "--token", token, "--overrides", k_any_hour});
    const auto again = terminal.ask({"give", "--token", token, "--overrides", k_any_hour}, 3);
    CHECK(text_at(again, "error") == "reason_required");
    CHECK_FALSE(text_at(again, "what_to_do").empty());
    terminal.ask({"give", "--token", token, "--overrides", k_any_hour, "--overrides",
                  "entry/given-already=it was spat out"});
    const auto findings = terminal.ask({"findings", "--record", record});
    REQUIRE(list_at(findings, "findings").size() == 1);
    terminal.ask({"sync"});
    CHECK(terminal.ask({"verify"}).at("sound").as_bool());
    CHECK(terminal.ask({"status"}).at("unsent").to_number<int>() == 0);
    // Each command was a sign-in of its own, and each that showed the chart is in its log.
    CHECK(list_at(terminal.ask({"access", "--record", record}), "entries").size() == 2);
}

TEST_CASE("the exit code tells what kind of trouble it is, and the words what to do") {
    Ward ward(one_citizen("c"));
    const Terminal terminal(ward);
    CHECK(terminal.run({"patients"}, "1357\n").status == 6);
    terminal.enrol();
    CHECK(terminal.run({"patients"}, "0000\n").status == 6);
    CHECK(terminal.run({"chart"}, "1357\n").status == 2);
    CHECK(terminal.run({"nonsense"}, "").status == 2);
    ward.relay().cut();
    const auto offline = terminal.run({"sync"}, "1357\n");
    CHECK(offline.status == 4);
    CHECK(offline.errors.find("->") != std::string::npos);
    const auto help = terminal.run({"--help"}, "");
    CHECK(help.status == 0);
    CHECK(help.output.find("Exit codes") != std::string::npos);
    // A folder of keys that is gone is not made anew, and back in its place all is well.
    const auto keys = ward.folder() / "terminal.keys";
    std::filesystem::rename(keys, ward.folder() / "kept.keys");
    const auto no_keys = terminal.run({"patients"}, "1357\n");
    CHECK(no_keys.status == 6);
    CHECK(no_keys.errors.find("Put the folder of keys back") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(keys));
    std::filesystem::rename(ward.folder() / "kept.keys", keys);
    CHECK(terminal.run({"patients"}, "1357\n").status == 0);
    CHECK(terminal.run({"salvage"}, "1357\n").status == 3);

    std::filesystem::resize_file(terminal.directory / "kari.db", 3000);
    CHECK(terminal.run({"patients"}, "1357\n").status == 5);
    const auto salvaged = terminal.run({"salvage"}, "1357\n");
    CHECK(salvaged.status == 0);
    CHECK(salvaged.output.find("kari.db.aside-1") != std::string::npos);
    CHECK(terminal.run({"patients"}, "1357\n").status == 6);
    ward.relay().open();
    terminal.enrol();
    CHECK(terminal.run({"patients"}, "1357\n").status == 0);
}

TEST_CASE(
    "a dose that is not as ordered takes a reason on the command line, tenfold one of its own") {
    Ward ward(one_citizen("c"));
    const Terminal terminal(ward);
    terminal.enrol();
    const auto due = terminal.ask({"due", "--record", ward.record()});
    const auto token = text_at(list_at(due, "slots")[0].as_object(), "token");
    const auto give = [&](std::vector<std::string> words, int status) {
        words.insert(words.begin(), {"give", "--token", token, "--overrides", k_any_hour});
        return terminal.ask(std::move(words), status);
    };
    CHECK(text_at(give({"--dose", "500000 {tablet}", "--dose-reason", "so it was"}, 3), "error") ==
          "value_out_of_range");
    CHECK(text_at(give({"--dose", "2 {tablet}"}, 3), "what") ==
          "entry/dose-differs, entry/limit-unknown");
    CHECK(text_at(give({"--dose", "20 {tablet}", "--dose-reason", "so it was"}, 3), "what") ==
          "entry/dose-far-off");
    give({"--dose", "2 {tablet}", "--dose-reason", "two, by phone from the doctor"}, 0);
    const auto chart = terminal.run({"chart", ward.record()}, "1357\n");
    CHECK(chart.output.find("two, by phone") != std::string::npos);
}

TEST_CASE("what a person reads is at most 80 columns wide, ids and tokens aside") {
    Ward ward(one_citizen("c"));
    const Terminal terminal(ward);
    terminal.enrol();
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"patients"},
          {"chart", ward.record()},
          {"due", ward.record()},
          {"findings", ward.record()},
          {"sync"},
          {"status"},
          {"access"},
          {"people"},
          {"nurses"},
          {"verify"},
          {"held"},
          {"observe", ward.record(), "--code", "http://loinc.org|8867-4|Pulse", "--value",
           "150 /min", "--confirm"}}) {
        const auto shown = terminal.run(words, "1357\n");
        INFO(words.front() << "\n" << shown.output << shown.errors);
        CHECK(shown.status == 0);
        CHECK_FALSE(shown.output.empty());
        std::istringstream lines(shown.output);
        for (std::string line; std::getline(lines, line);) {
            if (line.find("token:") != std::string::npos) continue;
            const auto characters = std::count_if(line.begin(), line.end(), [](char c) {
                return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
            });
            CHECK(characters <= 80);
            CHECK(line.find('{') == std::string::npos);
        }
    }
}
