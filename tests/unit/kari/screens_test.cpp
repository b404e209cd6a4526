// SPDX-License-Identifier: Apache-2.0
//
// What every screen keeps, whatever people have written: 80 columns, nothing that steers the
// terminal, and no dose, unit or severity left out.
#include <sstream>
#include <string>

#include <rapidcheck.h>
#include <boost/json.hpp>
#include <catch2/catch_test_macros.hpp>

#include "examples/kari/command.hpp"
#include "tests/unit/kari/any_text.hpp"

namespace kari::app {
namespace {

namespace json = boost::json;
using test::any_text;
using test::without_blanks;

json::object said(const std::string& text) {
    return {{"person_name", text}, {"recorded", "2026-03-01T08:05:00+01:00"}, {"by_server", false}};
}

json::object field(json::value value, const std::string& text, bool contested = true) {
    json::object live = said(text);
    live["value"] = value;
    json::array sides{live, live};
    return {{"value", std::move(value)},
            {"live", sides},
            {"proposed", json::array{live}},
            {"contested", contested}};
}

json::object item(json::object rest, const std::string& text) {
    rest["token"] = "00ff";
    rest["resource"] = "00ff";
    rest["incomplete"] = true;
    rest["unreadable"] = true;
    rest["notes"] = json::array{json::string(text)};
    return rest;
}

json::object amount() {
    return {{"value", "0.125"}, {"code", "mg"}, {"unit", "mg"}};
}

json::object coded(const std::string& text) {
    return {{"system", ""}, {"code", ""}, {"text", text}};
}

json::object prescription(const std::string& text) {
    return {{"medication", coded(text)},    {"strength", amount()}, {"dose", amount()},
            {"dosage_shown", text},         {"dosage_text", text},  {"route", text},
            {"times_of_day", json::array{}}};
}

json::object dose(const std::string& text) {
    return {{"status", "completed"},
            {"status_reason", json::array{coded(text)}},
            {"medication", coded(text)},
            {"dose", amount()},
            {"effective", "2026-03-01T08:05:00+01:00"},
            {"notes", json::array{json::string(text)}},
            {"overrides", json::array{json::object{{"rule", text}, {"reason", text}}}}};
}

json::object finding(const std::string& text) {
    return {{"token", "00ff"},
            {"severity", 1},
            {"title", text},
            {"meaning", text},
            {"action", text},
            {"state", "open"},
            {"rule", "dose/possible-double"},
            {"provisional", true},
            {"about", json::array{json::object{{"kind", "MedicationRequest"},
                                               {"what", text},
                                               {"amount", text},
                                               {"effective", text}}}},
            {"deferred_until", ""}};
}

json::object measurement(const std::string& text) {
    return {{"status", "final"},
            {"code", coded(text)},
            {"value", amount()},
            {"text", text},
            {"components", json::array{json::object{{"code", coded(text)}, {"value", amount()}}}},
            {"effective", "2026-03-01T08:05:00+01:00"},
            {"notes", json::array{}}};
}

// The lists of a chart, each text the same one.
json::object chart_of(const std::string& text) {
    json::object note{{"status", "current"},
                      {"is_signed", false},
                      {"title", text},
                      {"text", text},
                      {"date", "2026-03-01"}};
    json::object allergy = item({{"code", field(coded(text), text)},
                                 {"clinical_status", field("active", text)},
                                 {"verification_status", field("confirmed", text)},
                                 {"criticality", field("high", text)},
                                 {"reactions", json::array{json::string(text)}},
                                 {"active", true}},
                                text);
    json::object order = item({{"prescription", field(prescription(text), text)},
                               {"status", field("active", text)},
                               {"status_reason", text}},
                              text);
    json::object given = item({{"statement", field(dose(text), text)}}, text);
    json::object measured = item({{"statement", field(measurement(text), text)}}, text);
    json::object written = item({{"document", field(note, text)}}, text);
    return {
        {"allergy_statement", "listed"},
        {"allergies", json::array{allergy}},
        {"orders", json::array{order}},
        {"administrations", json::array{given}},
        {"observations", json::array{measured}},
        {"notes", json::array{written}},
        {"items",
         json::array{json::object{
                         {"kind", "order"}, {"time", "2026-03-01T08:05:00+01:00"}, {"item", order}},
                     json::object{{"kind", "note"}, {"time", "2026-03-01"}, {"item", written}}}}};
}

// A day's doses.
json::object round_of(const std::string& text) {
    json::object slot{
        {"token", "00ff"},
        {"medication", coded(text)},
        {"dose", amount()},
        {"dosage_shown", text},
        {"route", text},
        {"reason", text},
        {"nominal", "08:00"},
        {"state", "overdue"},
        {"may_give", false},
        {"possible_double", true},
        {"given_and_not_given", true},
        {"order_contested", true},
        {"critical", true},
        {"elsewhere",
         json::array{json::object{
             {"medication", text}, {"effective", text}, {"amount", text}, {"person_name", text}}}}};
    json::object loose{{"token", "00ff"}, {"medication", text}, {"text", text},
                       {"reason", text},  {"last_given", text}, {"given_last_day", text}};
    return {{"date", "2026-03-01"},
            {"slots", json::array{slot}},
            {"as_needed", json::array{loose}},
            {"look_at", json::array{loose}},
            {"whole", false}};
}

// A fact of care, or a plan: whatever its screen looks for.
json::object care_of(const std::string& text) {
    const json::object fact{{"status", "completed"},
                            {"code", coded(text)},
                            {"type", coded(text)},
                            {"vaccine", coded(text)},
                            {"topic", coded(text)},
                            {"text", text},
                            {"reason", text},
                            {"hindrance", "away"},
                            {"lot", text},
                            {"told", true},
                            {"dose", amount()},
                            {"ends", "2026-03-01T09:05:00+01:00"},
                            {"notes", json::array{json::string(text)}},
                            {"recipients", json::array{json::string(text)}}};
    const json::object done = item({{"statement", field(fact, text)}}, text);
    const json::object plan = item({{"code", field(coded(text), text)},
                                    {"what", field(coded(text), text)},
                                    {"severity", field(coded(text), text)},
                                    {"timing", field(json::string(text), text)},
                                    {"instruction", field(json::string(text), text)},
                                    {"people", field(2, text)},
                                    {"name", field(json::string(text), text)},
                                    {"contact", field("do-not-contact", text)},
                                    {"kind", "restraint"},
                                    {"state", "planned"},
                                    {"title", text},
                                    {"onset", text},
                                    {"due", text},
                                    {"past_its_end", true},
                                    {"end_proposed", true},
                                    {"unclear", true},
                                    {"performers", json::array{}},
                                    {"telecom", json::array{json::string(text)}},
                                    {"decision", field(fact, text)},
                                    {"time", field(json::object{{"starts", text}}, text)}},
                                   text);
    json::object task = plan;
    task["code"] = coded(text);
    task["description"] = text;
    json::object out;
    for (const char* key : {"acts", "visits", "immunizations", "communications"})
        out[key] = json::array{done};
    for (const char* key : {"problems", "measures", "planned_visits", "appointments",
                            "related_persons", "consents", "treatment_limits"}) {
        out[key] = json::array{plan};
    }
    out["tasks"] = json::array{task};
    return out;
}

// All that any screen looks for.
json::object everything(const std::string& text) {
    json::object out{
        {"ok", true},
        {"age",
         json::object{{"tier", "stale"}, {"age_ms", 20'000'000}, {"as_of_ms", 1'772'000'000'000}}},
        {"citizen",
         json::object{
             {"name", text},
             {"birth_date", "1931-05-04"},
             {"suspended", json::object{{"title", text}, {"meaning", text}, {"action", text}}}}},
        {"patient", json::object{{"name", text}}},
        {"findings", json::array{finding(text)}},
        {"raised", json::array{finding(text)}},
        {"warnings", json::array{json::object{{"rule", "entry/given-already"},
                                              {"severity", 1},
                                              {"needs_reason", true},
                                              {"sentence", text},
                                              {"action", text}}}},
        {"missing", json::array{json::object{{"what", text}, {"advice", text}}}},
        {"patients", json::array{json::object{{"record", "00ff"},
                                              {"name", text},
                                              {"birth_date", "1931-05-04"},
                                              {"open_findings", 2},
                                              {"worst_severity", 1},
                                              {"contested_name", true},
                                              {"made_here", true}}}},
        {"entries", json::array{json::object{{"recorded", "2026-03-01T08:05:00+01:00"},
                                             {"person_name", text},
                                             {"purpose", "treatment"},
                                             {"reason", text}}}},
        {"people", json::array{json::object{{"person", "00ff"}, {"name", text}, {"role", "SP"}}}},
        {"nurses", json::array{json::object{{"person", "00ff"}, {"name", text}, {"role", "SP"}}}},
        {"problems", json::array{json::string(text)}},
        {"draft", json::object{{"title", text}, {"text", text}}},
        {"care", care_of(text)},
        {"token", "00ff"},
        {"findings_new", json::array{finding(text), finding(text)}},
        {"said", dose(text)},
    };
    for (const json::object& more : {chart_of(text), round_of(text)})
        out.insert(more.begin(), more.end());
    return out;
}

bool clean(const std::string& screen) {
    std::istringstream lines(screen);
    for (std::string line; std::getline(lines, line);) {
        if (width_of(line) > k_columns || safe(line) != line) return false;
    }
    return true;
}

// Exact bytes or ids, which are there to be copied.
bool is_for_copying(std::string_view command) {
    return command == "log" || command == "digest" || command == "held" || command == "export";
}

TEST_CASE("no screen is wider than 80 columns or lets a text steer the terminal") {
    CHECK(rc::check([] {
        const json::object answer = everything(*any_text());
        const auto language = *rc::gen::element(Language::nb, Language::en);
        References references("/nonexistent/shown");
        const Screen s(Reading{language, false, false, &references, PersonId{}});
        for (const Command& command : all_commands()) {
            if (command.show == nullptr || is_for_copying(command.name)) continue;
            const std::string screen = finished(command.show(answer, s), false);
            RC_LOG() << command.name << "\n" << screen;
            RC_ASSERT(clean(screen));
        }
    }));
}

TEST_CASE("dose, unit and severity stand on the screen whole, however long the rest is") {
    CHECK(rc::check([] {
        const json::object answer = everything(*any_text());
        const Screen s(Reading{Language::nb, false, false, nullptr, PersonId{}});
        for (const char* name : {"chart", "due", "timeline"}) {
            const std::string screen = finished(find_command(name)->show(answer, s), false);
            RC_ASSERT(screen.find("0,125 mg") != std::string::npos);
        }
        for (const char* name : {"chart", "findings", "patients"}) {
            const std::string screen = finished(find_command(name)->show(answer, s), false);
            RC_ASSERT(without_blanks(screen).find("!!!S1STANSOGRING") != std::string::npos);
        }
        // Both sides of what is contested.
        const std::string chart = finished(find_command("chart")->show(answer, s), false);
        std::size_t sides = 0;
        for (auto at = chart.find("uenighet:"); at != std::string::npos;
             at = chart.find("uenighet:", at + 1)) {
            ++sides;
        }
        RC_ASSERT(sides >= 10U);
    }));
}

TEST_CASE("colour is added only where it is wanted, and says nothing that words do not") {
    const json::object answer = everything("x");
    const Screen s(Reading{Language::en, false, false, nullptr, PersonId{}});
    const std::string drawn = find_command("findings")->show(answer, s);
    const std::string plain = finished(drawn, false);
    const std::string coloured = finished(drawn, true);
    CHECK(plain.find('\x1b') == std::string::npos);
    CHECK(plain.find("S1 STOP AND PHONE") != std::string::npos);
    REQUIRE(coloured.find("\x1b[1;31m") != std::string::npos);
    std::string stripped = coloured;
    for (auto at = stripped.find('\x1b'); at != std::string::npos; at = stripped.find('\x1b'))
        stripped.erase(at, stripped.find('m', at) + 1 - at);
    CHECK(stripped == plain);
}

TEST_CASE("how old the data is stands on every clinical screen") {
    const json::object answer = everything("x");
    const Screen s(Reading{Language::en, false, false, nullptr, PersonId{}});
    for (const char* name : {"patients", "chart", "due", "findings", "timeline"}) {
        INFO(name);
        const std::string screen = finished(find_command(name)->show(answer, s), false);
        CHECK(screen.find("5 h 33 min ago): stale") != std::string::npos);
    }
}

}  // namespace
}  // namespace kari::app
