// SPDX-License-Identifier: Apache-2.0
//
// `kari` as single commands: what a script or a person at a terminal sees of it.
#include <chrono>
#include <filesystem>
#include <fstream>

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
                         "--lang",
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
    terminal.ask({"give", "--token", token});
    const auto again = terminal.ask({"give", "--token", token}, 3);
    CHECK(text_at(again, "error") == "reason_required");
    CHECK_FALSE(text_at(again, "what_to_do").empty());
    terminal.ask({"give", "--token", token, "--overrides", "dose/possible-double=it was spat out"});
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
    std::filesystem::resize_file(terminal.directory / "kari.db", 3000);
    CHECK(terminal.run({"patients"}, "1357\n").status == 5);
}
