// SPDX-License-Identifier: Apache-2.0
//
// `kari follow`: what a nurse at a terminal is told, until Ctrl-C.
#include <csignal>

#include <boost/json.hpp>
#include <catch2/catch_test_macros.hpp>

#include "examples/demo/process.hpp"
#include "tests/integration/ward/ward.hpp"

using namespace kari;
using namespace kari::test;
using demo::text_at;

namespace {

namespace json = boost::json;

constexpr const char* k_pin = "1357";

demo::Command terminal(const Ward& ward, const std::vector<std::string>& words) {
    demo::Command command;
    command.words = {ward.programs().kari.string(),
                     "--dir",
                     (ward.folder() / "terminal").string(),
                     "--person",
                     ward.nurse(),
                     "--json",
                     "--language",
                     "en"};
    command.words.insert(command.words.end(), words.begin(), words.end());
    return command;
}

// The next line that has `key`.
json::object line_with(demo::Process& process, std::string_view key) {
    while (const auto line = process.read_line(std::chrono::seconds(60))) {
        const auto said = json::parse(*line).as_object();
        if (said.contains(key)) return said;
    }
    throw demo::Trouble("it does not come");
}

}  // namespace

TEST_CASE("kari follow says what another tablet changed, and ends in good order at Ctrl-C") {
    Ward ward(one_citizen("c"));
    const auto code = text_at(ward.server().command({"invite", "--unit", ward.unit()}), "code");
    const json::object enrol{{"server", "https://127.0.0.1:" + std::to_string(ward.relay().port())},
                             {"code", code},
                             {"pin", k_pin}};
    REQUIRE(demo::run(terminal(ward, {"enrol", "--stdin"}), json::serialize(enrol),
                      std::chrono::minutes(2))
                .status == 0);
    demo::Process follows(terminal(ward, {"follow"}));
    REQUIRE(follows.write(std::string(k_pin) + "\n"));
    follows.close_input();
    while (text_at(line_with(follows, "state"), "state") != "waiting") {
    }
    demo::Tablet& other = ward.enrol("a");
    ward.settle(other);
    other.must({{"do", "chart"}, {"record", ward.record()}});
    other.must(pulse(ward.record(), 77));
    other.must({{"do", "sync"}});
    const auto told = line_with(follows, "changed");
    CHECK(text_at(told, "changed") == ward.record());
    CHECK(text_at(told, "name").find("cfamily") != std::string::npos);
    follows.signal(SIGINT);
    CHECK(line_with(follows, "ok").at("ok").as_bool());
    CHECK(follows.wait(std::chrono::seconds(60)) == 0);
}
