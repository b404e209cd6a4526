// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <algorithm>

#include <catch2/catch_test_macros.hpp>

#include "examples/demo/process.hpp"
#include "examples/demo/whole_file.hpp"
#include "tests/integration/ward/leak_scan.hpp"
#include "tests/integration/ward/ward.hpp"

using namespace kari;
using namespace kari::test;
using demo::text_at;
namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

// Stands in every text about a citizen. Nothing else in the world holds it.
const std::string k_mark = "Zq7KariMark9x";

json::object coded(const std::string& text) {
    return {{"system", "urn:kari:test"}, {"code", k_mark + "code"}, {"text", k_mark + text}};
}

// Does everything a session can do with marked texts, right and wrong. Errors are collected: an
// error must hold no patient data; an answer may.
class MarkedDay {
public:
    MarkedDay(demo::Tablet& tablet, std::string record)
        : tablet_(tablet), record_(std::move(record)) {}

    std::string errors;
    int refused = 0;

    void work() {
        json::object chart = must({{"do", "chart"}, {"record", record_}});
        REQUIRE(json::serialize(chart).find(k_mark + "family") != std::string::npos);
        must({{"do", "patients"}});
        observations();
        notes();
        allergies();
        doses(chart);
        must({{"do", "new_patient"},
              {"family", k_mark + "unknown"},
              {"given", k_mark},
              {"note", k_mark + " at the bus stop"}});
    }

    void go_wrong() {
        const std::string mark = k_mark;
        for (const json::object& wrong : std::vector<json::object>{
                 {{"do", mark}},
                 {{"do", "chart"}, {"record", mark}},
                 {{"do", "observe"}, {"record", record_}, {"code", coded("x")}},
                 {{"do", "observe"},
                  {"record", record_},
                  {"code",
                   json::object{
                       {"system", "http://loinc.org"}, {"code", "8867-4"}, {"text", mark}}},
                  {"value", json::object{{"value", "70000"}, {"code", mark}, {"unit", mark}}}},
                 {{"do", "observe"},
                  {"record", record_},
                  {"code", coded("x")},
                  {"value", json::object{{"value", mark}, {"code", "kg"}, {"unit", "kg"}}}},
                 {{"do", "correct"}, {"token", mark}, {"code", coded("x")}, {"text", mark}},
                 {{"do", "note"}, {"record", record_}, {"title", mark}, {"text", ""}},
                 {{"do", "note"},
                  {"record", record_},
                  {"title", mark},
                  {"text", mark + std::string(300'000, 'x')}},
                 {{"do", "give"}, {"token", mark}, {"note", mark}},
                 {{"do", "stop"}, {"token", mark}, {"reason", mark}},
                 {{"do", "refute"}, {"token", mark}, {"reason", mark}},
                 {{"do", "due"}, {"record", record_}, {"date", mark}},
                 {{"do", "enrol"}, {"server", mark}, {"code", mark}, {"person", mark}},
                 {{"do", "unlock"}, {"person", mark}, {"pin", mark}}}) {
            const auto answer = tablet_.ask(wrong);
            INFO("number " << refused << ": " << json::serialize(wrong).substr(0, 200));
            CHECK_FALSE(answer.ok);
            ++refused;
            errors += json::serialize(answer.body) + "\n";
        }
        // No JSON at all.
        REQUIRE(tablet_.send_text("{\"do\": \"" + mark + "\n"));
        const auto answer = tablet_.answer(std::chrono::seconds(30));
        REQUIRE(answer);
        CHECK_FALSE(answer->ok);
        errors += json::serialize(answer->body) + "\n";
    }

private:
    json::object must(const json::object& command) { return tablet_.must(command); }

    void observations() {
        const auto first = must({{"do", "observe"},
                                 {"record", record_},
                                 {"code", coded("observation")},
                                 {"text", k_mark + " text value"}});
        must({{"do", "correct"},
              {"token", text_at(first, "token")},
              {"code", coded("observation")},
              {"text", k_mark + " corrected"}});
    }

    void notes() {
        const auto note = must({{"do", "note"},
                                {"record", record_},
                                {"title", k_mark + " title"},
                                {"text", k_mark + " wrote a note"}});
        must({{"do", "sign"}, {"token", text_at(note, "token")}});
    }

    void allergies() {
        const auto added = must({{"do", "allergy"},
                                 {"record", record_},
                                 {"code", coded("allergy")},
                                 {"criticality", "high"},
                                 {"verification", "unconfirmed"}});
        must(
            {{"do", "refute"}, {"token", text_at(added, "token")}, {"reason", k_mark + " reason"}});
    }

    void doses(const json::object& chart) {
        const auto day = must({{"do", "due"}, {"record", record_}, {"date", "2026-03-02"}});
        const auto& slots = demo::list_at(day, "slots");
        REQUIRE(slots.size() == 2);
        must({{"do", "not_given"},
              {"token", text_at(slots[0].as_object(), "token")},
              {"why", "refused"},
              {"reason", k_mark + " refused"}});
        const auto& orders = demo::list_at(chart, "orders");
        must({{"do", "stop"},
              {"token", text_at(orders[0].as_object(), "token")},
              {"reason", k_mark + " stop"}});
    }

    demo::Tablet& tablet_;
    std::string record_;
};

// A bundle that the importer must refuse parts of, marked everywhere.
std::string bad_bundle() {
    return R"({"resourceType":"Bundle","type":"collection","entry":[
        {"resource":{"resourceType":"Patient","id":"MARKid1","name":"MARKname","birthDate":"MARK"}},
        {"resource":{"resourceType":"Observation","id":"o","status":"MARK","code":{"text":"MARK"},
          "subject":{"reference":"Patient/MARKnobody"},"valueQuantity":{"value":"MARK"}}},
        {"resource":{"resourceType":"MARKtype","id":"MARK"}},
        {"resource":["MARK"]},{"MARK":1}]})";
}

std::string marked(std::string text) {
    for (std::size_t at = 0; (at = text.find("MARK", at)) != std::string::npos;) {
        text.replace(at, 4, k_mark);
        at += k_mark.size();
    }
    return text;
}

}  // namespace

TEST_CASE("no marked patient data stands in logs, errors, names, arguments or any file") {
    Ward ward(one_citizen(k_mark));
    demo::Tablet& first = ward.enrol("a");
    demo::Tablet& second = ward.enrol("b");
    ward.settle(first);
    MarkedDay day(first, ward.record());
    day.work();
    day.go_wrong();
    ward.settle(first);
    ward.settle(second);
    second.must({{"do", "chart"}, {"record", ward.record()}});
    demo::write_whole(ward.folder() / "input" / "bad.json", marked(bad_bundle()));
    std::string import_report;
    try {
        import_report = json::serialize(ward.server().command(
            {"import", (ward.folder() / "input" / "bad.json").string(), "--system", "urn:bad"}));
    } catch (const demo::Trouble& trouble) {
        import_report = trouble.what();
    }
    ward.server().command({"backup", (ward.folder() / "backup").string()});
    ward.relay().cut();
    day.errors += json::serialize(first.ask({{"do", "sync"}}).body);
    fs::remove_all(ward.folder() / "input");

    LeakScan scan(k_mark);
    scan.text("an error", day.errors);
    scan.text("the import report", import_report);
    scan.files(ward.folder());
    for (const pid_t pid : {ward.server().pid(), first.pid(), second.pid()})
        scan.process(pid);
    for (const auto& leak : scan.found())
        UNSCOPED_INFO(leak);
    CHECK(scan.found().empty());
    CHECK(scan.files_read() > 8);
    CHECK(fs::file_size(ward.server().log_file()) > 0);

    // And once more when all have ended and their files are as they will be left.
    first.kill();
    second.leave();
    ward.server().stop();
    LeakScan after(k_mark);
    after.files(ward.folder());
    for (const auto& leak : after.found())
        UNSCOPED_INFO(leak);
    CHECK(after.found().empty());
}

TEST_CASE("the scan for marks finds a leak that is planted in each place") {
    std::string pattern = (fs::temp_directory_path() / "kari-leak-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    const fs::path folder = pattern;
    const auto finds = [&] {
        LeakScan scan(k_mark);
        scan.files(folder);
        return scan.found().size();
    };
    const auto holding = [&](const std::string& name, const std::string& text) {
        demo::write_whole(folder / name, text);
        const auto found = finds();
        fs::remove(folder / name);
        return found;
    };
    CHECK(holding("log", "nothing to see") == 0);
    CHECK(holding("log", "level=info name=" + k_mark + "family") == 1);
    CHECK(holding("log", "ZQ7KARIMARK9X") == 1);
    CHECK(holding("log", "5a71374b6172694d61726b3978") == 1);
    CHECK(holding("a-" + k_mark, "") == 1);
    CHECK(holding("base64", "WnE3S2FyaU1hcms5eA==") == 1);
    CHECK(holding("base64", "eFpxN0thcmlNYXJrOXg=") == 1);
    CHECK(holding("base64", "eHhacTdLYXJpTWFyazl4") == 1);
    CHECK(holding("wide", std::string("Z\0q\0007\0K\0a\0r\0i\0M\0a\0r\0k\0009\0x\0", 26)) == 1);
    // A process has its arguments and environment a moment after it has been started.
    demo::Process leaking({{"/bin/sh", "-c", "echo; sleep 60"}, {"KARI_TEST=" + k_mark}, {}});
    REQUIRE(leaking.read_line(std::chrono::seconds(10)));
    LeakScan by_environment(k_mark);
    by_environment.process(leaking.pid());
    CHECK(by_environment.found().size() == 1);
    demo::Process talking({{"/bin/sh", "-c", "echo; sleep 60; : " + k_mark}, {}, {}});
    REQUIRE(talking.read_line(std::chrono::seconds(10)));
    LeakScan by_arguments(k_mark);
    by_arguments.process(talking.pid());
    CHECK(by_arguments.found().size() == 1);
    fs::remove_all(folder);
}
