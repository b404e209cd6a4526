// SPDX-License-Identifier: Apache-2.0
#include "pack/source.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <catch2/catch_test_macros.hpp>

#include "pack/cells.hpp"
#include "sdk/clinical/signed_pack.hpp"
#include "tests/unit/clinical/whole_pack.hpp"
#include "tests/unit/pack/folder.hpp"

namespace kari::pack {
namespace {

// All but `cross_allergies`, which is a table.
const std::string k_pack = clinical::whole_text(R"({
  "format": "kari-pack-1", "id": "p", "version": "1", "label": "TEST",
  "date": "2026-02-01",
  "critical": ["A10A"],
  "patches": {
    "drugs": [{"atc": "N02AE01", "hours": 168}],
    "else_hours": 168, "change_minutes": 60, "counts_times": 3
  }
})",
                                                "cross_allergies");
constexpr const char* k_table =
    "id,allergy,same,possible,apart\n"
    "penicillins,J01C,J01C,J01D,J01F J01M\n"
    "\n"
    "\"statins\",C10AA,,C10AA,\n";

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

// What is said of a folder that makes no pack.
std::string refusal(const std::string& json, const std::string& table) {
    const Folder folder;
    folder.write("pack.json", json);
    folder.write("cross_allergies.csv", table);
    const auto compiled = compile(folder.path());
    REQUIRE_FALSE(compiled);
    return compiled.error().what;
}

TEST_CASE("a folder of readable files makes a pack, the same each time") {
    const Folder folder;
    folder.write("pack.json", k_pack);
    folder.write("cross_allergies.csv", k_table);
    folder.write("README.md", "what this is");
    const auto bytes = compile(folder.path());
    REQUIRE(bytes);
    CHECK(*bytes == compile(folder.path()).value());
    const auto envelope = clinical::read_envelope(*bytes).value();
    CHECK(envelope.signature().empty());
    const auto pack = clinical::read_pack(envelope.pack());
    REQUIRE(pack);
    REQUIRE(pack->cross_allergies.size() == 2);
    CHECK(pack->cross_allergies[0].apart == std::vector<std::string>{"J01F", "J01M"});
    CHECK(pack->cross_allergies[1].id == "statins");
    CHECK(pack->cross_allergies[1].same.empty());
    CHECK(pack->patches.worn("N02AE01") == Duration::hours(168));
}

TEST_CASE("what is wrong in a source is named by file and line") {
    const auto starts = [](const std::string& what, std::string_view with) {
        INFO(what);
        CHECK(what.starts_with(with));
    };
    starts(refusal(replaced(k_pack, "\"A10A\"]", "\"A10A\"]]"), k_table), "pack.json:4: no JSON");
    starts(refusal(replaced(k_pack, "A10A", "insulin"), k_table),
           "pack.json:4: critical[0]: no ATC code");
    starts(refusal(replaced(k_pack, "\"hours\": 168", "\"hours\": 0"), k_table),
           "pack.json:6: patches.drugs[0].hours: no number");
    starts(refusal(replaced(k_pack, "\"hours\": 168", "\"hours\": \"168\""), k_table),
           "pack.json:6: \"patches.drugs[0].hours\" is not a whole number");
    starts(refusal(replaced(k_pack, "\"hours\"", "\"horus\""), k_table),
           "pack.json:6: \"patches.drugs[0].horus\" is no member");
    starts(refusal(replaced(k_pack, "\"change_minutes\": 60, ", ""), k_table),
           "pack.json:5: \"patches.change_minutes\" is not said");
    starts(refusal(replaced(k_pack, "2026-02-01", "soon"), k_table), "pack.json:3: date: no day");
    starts(refusal(replaced(k_pack, "\"critical\"", "\"date\": \"2026-02-02\", \"critical\""),
                   k_table),
           "pack.json:4: \"date\" is here twice");
    starts(
        refusal(replaced(k_pack, "\"critical\"", "\"cross_allergies\": [], \"critical\""), k_table),
        "pack.json:4: \"cross_allergies\" is here twice");
    starts(refusal(k_pack, replaced(k_table, "\"statins\",C10AA", "statins,ci0aa")),
           "cross_allergies.csv:4: cross_allergies[1].allergy[0]: no ATC code");
    starts(refusal(k_pack, replaced(k_table, "\"statins\",", "\"statins,")),
           "cross_allergies.csv:4: a quote that nothing shuts");
    starts(refusal(k_pack, replaced(k_table, "J01C,J01C,", "J01C,")),
           "cross_allergies.csv:2: 4 cells where there are 5 columns");
    starts(refusal(k_pack, replaced(k_table, ",apart", "")),
           "cross_allergies.csv:1: the column \"apart\" is missing");
    starts(refusal(k_pack, replaced(k_table, "apart", "a part")),
           "cross_allergies.csv:1: \"a part\" is no column");
    starts(refusal(k_pack, replaced(k_table, "apart", "same")),
           "cross_allergies.csv:1: \"same\" is here twice");
    starts(refusal(k_pack, ""), "cross_allergies.csv:1: the names of the columns");
}

TEST_CASE("a table that no pack has is not passed over, and a folder without pack.json is none") {
    const Folder folder;
    folder.write("pack.json", k_pack);
    CHECK(compile(folder.path()).error().what == "pack.json:1: \"cross_allergies\" is not said");
    folder.write("cross_allergies.csv", k_table);
    folder.write("interactoins.csv", "a,b\n");
    CHECK(compile(folder.path()).error().what ==
          "interactoins.csv:1: a pack has no table \"interactoins\"");
    const Folder empty;
    CHECK(compile(empty.path()).error().code == ErrorCode::not_found);
    CHECK(compile(empty.path() / "nowhere").error().code == ErrorCode::not_found);
}

TEST_CASE(
    "a number in a table is a whole one, and an empty cell leaves out what need not be said") {
    const auto hold = [](const std::string& row) {
        Places places;
        v1::Pack pack;
        const auto wrong =
            fill_from_table(pack, "holds", "id,drugs,codes,unit,below,above,within_minutes\n" + row,
                            "holds.csv", places);
        if (wrong) return wrong->what;
        return std::string(pack.holds(0).has_below() ? "below" : "") +
               (pack.holds(0).has_above() ? "above" : "");
    };
    CHECK(hold("x,C07,8867-4,/min,50,,240\r\n") == "below");
    CHECK(hold("x,C07,8867-4,/min,,120,240") == "above");
    CHECK(hold("x,C07,8867-4,/min,50,,") == "\"within_minutes\" is no whole number");
    CHECK(hold("x,C07,8867-4,/min,50,,2.5") == "\"within_minutes\" is no whole number");
}

TEST_CASE("cells hold commas and quotes where they are quoted") {
    CHECK(cells_of("a,\"b, \"\"c\"\"\",").value() == std::vector<std::string>{"a", "b, \"c\"", ""});
    CHECK(cells_of("").value() == std::vector<std::string>{""});
    CHECK_FALSE(cells_of("\"a\"b"));
    CHECK_FALSE(cells_of("a\"b"));
    CHECK(lines_of("\xEF\xBB\xBF"
                   "a\r\nb")
              .at(0) == "a");
    CHECK(lines_of("a\r\nb").size() == 2);
    CHECK(words_of("  a  b ") == std::vector<std::string>{"a", "b"});
}

}  // namespace
}  // namespace kari::pack
