// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch_test_macros.hpp>

#include "sdk/clinical/gs1.hpp"
#include "tests/unit/clinical/pack_text.hpp"
#include "tests/unit/clinical/whole_pack.hpp"

namespace kari::clinical {
namespace {

constexpr const char* k_pack = R"({"format":"kari-pack-1","id":"p","version":"1","label":"TEST",
  "date":"2026-02-01",
  "cross_allergies":[{"id":"x","allergy":["J01C"],"same":[],"possible":["J01D"],"apart":[]}],
  "critical":["A10A"]})";

std::string with(std::string_view from, std::string_view to) {
    std::string text = k_pack;
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    return whole_text(text.replace(at, from.size(), to));
}

TEST_CASE("a pack is read whole") {
    const auto pack = read_text(whole_text(k_pack));
    REQUIRE(pack);
    CHECK(pack->name() == "p@1");
    CHECK(pack->date == LocalDate{2026, 2, 1});
    CHECK(pack->cross_allergies.size() == 1);
    CHECK(pack->cross_allergies[0].possible == std::vector<std::string>{"J01D"});
    CHECK(pack->is_critical("A10AB01"));
    CHECK_FALSE(pack->is_critical("A10B"));
    CHECK(pack->vaccine_interval_days == 0);
    const auto more = read_text(with("\"A10A\"]", "\"A10A\"],\"vaccine_interval_days\":28"));
    REQUIRE(more);
    CHECK(more->vaccine_interval_days == 28);
}

TEST_CASE("a pack that this build does not understand whole is refused") {
    for (const auto& text :
         {std::string("{"),
          std::string("[]"),
          with("kari-pack-1", "another-format-1"),
          with("\"date\":\"2026-02-01\",", ""),
          with("2026-02-01", "2026-02-30"),
          with("\"critical\":[\"A10A\"]", "\"critical\":[\"insulin\"]"),
          with("\"critical\":[\"A10A\"]", "\"critical\":\"A10A\""),
          with("\"critical\":[\"A10A\"]", "\"critical\":[],\"moods\":[]"),
          with("\"id\":\"x\",", ""),
          with("\"label\":\"TEST\"", "\"label\":\"\""),
          with("\"A10A\"]", "\"A10A\"],\"vaccine_interval_days\":-1"),
          with("\"A10A\"]", "\"A10A\"],\"vaccine_interval_days\":\"28\""),
          with("\"A10A\"]", "\"A10A\"],\"vaccine_interval_days\":3651"),
          with("\"critical\":[\"A10A\"]", "\"critical\":[7]"),
          with("\"id\":\"x\"", "\"id\":7"),
          with("[\"J01D\"]", "{}"),
          with("\"format\":\"kari-pack-1\"", "\"format\":1"),
          with("\"version\":\"1\"", "\"version\":1"),
          with("\"cross_allergies\":[", "\"cross_allergies\":[7,"),
          with("[{\"id\":\"x\",\"allergy\":[\"J01C\"],\"same\":[],\"possible\":[\"J01D\"],"
               "\"apart\":[]}]",
               "{}"),
          with("\"apart\":[]", "\"apart\":[],\"more\":1")}) {
        INFO(text);
        const auto pack = read_text(text);
        REQUIRE_FALSE(pack);
        CHECK(pack.error().code == ErrorCode::malformed);
    }
    CHECK(read_pack(std::string(5 * 1024 * 1024, ' ')).error().code == ErrorCode::too_large);
    CHECK(read_text(with("\"x\"", "\"" + std::string(1'000, 'x') + "\"")));
    CHECK(read_text(with("\"x\"", "\"" + std::string(1'001, 'x') + "\"")).error().code ==
          ErrorCode::too_large);
    CHECK(read_pack(std::string("no pack")).error().code == ErrorCode::malformed);
    CHECK(read_text(std::string(100'000, '[')).error().code == ErrorCode::malformed);
}

TEST_CASE("a source says each part of a pack, be it empty: what is left out would check nothing") {
    const auto* parts = v1::Pack::descriptor();
    std::size_t left_out = 0;
    for (int i = 0; i < parts->field_count(); ++i) {
        const std::string& part = parts->field(i)->name();
        if (std::string(k_pack).find('"' + part + '"') != std::string::npos) continue;
        const auto refused = read_text(whole_text(k_pack, part));
        REQUIRE_FALSE(refused);
        CHECK(refused.error().what == "pack.json:1: \"" + part + "\" is not said");
        ++left_out;
    }
    CHECK(left_out > 3);
}

TEST_CASE("a pack that came without its rules of patches or vaccines is refused") {
    v1::Pack said = whole_pack();
    said.set_format("kari-pack-1");
    said.set_id("p");
    said.set_version("1");
    said.set_label("TEST");
    said.set_date("2026-02-01");
    REQUIRE(read_pack(said));
    v1::Pack without = said;
    without.clear_patches();
    CHECK(read_pack(without).error().what == "pack/malformed: patches: not said");
    without = said;
    without.clear_vaccine_interval_days();
    CHECK(read_pack(without).error().what == "pack/malformed: vaccine_interval_days: not said");
}

TEST_CASE("a pack that a newer program made is refused as such") {
    CHECK(read_text(with("kari-pack-1", "kari-pack-2")).error().code == ErrorCode::schema_too_new);
    v1::Pack said;
    pack::Places places;
    said = pack::read_json_source(whole_text(k_pack), {}, places).value();
    REQUIRE(read_pack(said));
    auto& rule = *said.mutable_cross_allergies(0);
    rule.GetReflection()->MutableUnknownFields(&rule)->AddVarint(77, 1);
    const auto refused = read_pack(said.SerializeAsString());
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::schema_too_new);
    CHECK(refused.error().what == "pack/newer: cross_allergies[0]");
}

constexpr const char* k_hold = R"({"id":"pulse","drugs":["C07A"],"codes":["8867-4"],"unit":"/min",
  "below":"50","above":"120","within_minutes":60})";

std::string with_hold(std::string_view from, std::string_view to) {
    std::string hold = k_hold;
    const auto at = hold.find(from);
    REQUIRE(at != std::string::npos);
    hold.replace(at, from.size(), to);
    return with("\"A10A\"]", "\"A10A\"],\"holds\":[" + hold + "]");
}

// A list of more entries than a pack may have.
std::string too_many(const std::string& entry) {
    std::string out = "[" + entry;
    for (int i = 0; i < 10'000; ++i)
        out += "," + entry;
    return out + "]";
}

TEST_CASE("a hold is read whole, with one limit or with both") {
    const auto both = read_text(with_hold("60", "60"));
    REQUIRE(both);
    REQUIRE(both->holds.size() == 1);
    const DoseHold& hold = both->holds[0];
    CHECK(hold.id == "pulse");
    CHECK(hold.drugs == std::vector<std::string>{"C07A"});
    CHECK(hold.codes == std::vector<std::string>{"8867-4"});
    CHECK(hold.below->value.text() == "50");
    CHECK(hold.above->code == "/min");
    CHECK(hold.within == Duration::minutes(60));
    const auto one = read_text(with_hold("\"above\":\"120\",", ""));
    REQUIRE(one);
    CHECK_FALSE(one->holds[0].above);
}

TEST_CASE("a hold that is not understood whole refuses the pack, for it would hold no dose") {
    for (const auto& text : {
             with("\"A10A\"]", "\"A10A\"],\"holds\":{}"),
             with("\"A10A\"]", "\"A10A\"],\"holds\":[7]"),
             with_hold("\"unit\"", "\"odd\""),
             with_hold("\"id\":\"pulse\"", "\"id\":7"),
             with_hold("[\"C07A\"]", "\"C07A\""),
             with_hold("\"C07A\"", "\"beta blocker\""),
             with_hold("\"C07A\"", ""),
             with("\"allergy\":[\"J01C\"]", "\"allergy\":[]"),
             with_hold("[\"8867-4\"]", "\"8867-4\""),
             with_hold("[\"8867-4\"]", "[]"),
             with_hold("[\"8867-4\"]", "[8867]"),
             with_hold("[\"8867-4\"]", "[\"\"]"),
             with_hold("\"/min\"", "\"beats\""),
             with_hold("\"/min\"", "7"),
             with_hold("\"50\"", "50"),
             with_hold("\"50\"", "\"fifty\""),
             with_hold("\"120\"", "\"many\""),
             with_hold("\"below\":\"50\",\"above\":\"120\",", ""),
             with_hold(":60", ":0"),
             with_hold(":60", ":10081"),
             with_hold(":60", ":\"60\""),
         }) {
        INFO(text);
        const auto pack = read_text(text);
        REQUIRE_FALSE(pack);
        CHECK(pack.error().code == ErrorCode::malformed);
    }
    CHECK(read_text(with_hold(":60", ":10080")));
}

TEST_CASE("weekly drugs and those that two check are read whole, or the pack is refused") {
    const auto said = [](const std::string& list, const std::string& row) {
        return with("\"A10A\"]", "\"A10A\"],\"" + list + "\":[" + row + "]");
    };
    const auto weekly =
        read_text(said("weekly", R"({"id":"m","drugs":["L01BA01"],"days_apart":7})"));
    REQUIRE(weekly);
    REQUIRE(weekly->weekly.size() == 1);
    CHECK(weekly->weekly[0].days_apart == 7);
    CHECK_FALSE(weekly->weekly[0].daily_most);
    const auto form = read_text(
        said("weekly",
             R"({"id":"a","drugs":["M05BA04"],"days_apart":7,"daily_most":"10","unit":"mg"})"));
    REQUIRE(form);
    CHECK(form->weekly[0].daily_most->code == "mg");
    const auto checked =
        read_text(said("checked", R"({"id":"o","drugs":["N02A"],"routes":["47625008"]})"));
    REQUIRE(checked);
    CHECK(checked->checked[0].routes == std::vector<std::string>{"47625008"});
    const auto allowed = read_text(said("allowed", R"({"id":"o","drugs":["N02A","N05BA"]})"));
    REQUIRE(allowed);
    CHECK(allowed->allowed[0].drugs == std::vector<std::string>{"N02A", "N05BA"});
    const auto controlled = read_text(
        said("controlled", R"({"id":"b","drugs":["N05BA"],"group":"B","count_days":92})"));
    REQUIRE(controlled);
    CHECK(controlled->controlled[0].group == "B");
    CHECK(controlled->controlled[0].count_days == 92);
    for (const auto& text : {
             said("weekly", R"({"id":"m","drugs":["L01BA01"]})"),
             said("weekly", R"({"id":"m","drugs":["methotrexate"],"days_apart":7})"),
             said("weekly", R"({"id":"m","drugs":["L01BA01"],"days_apart":1})"),
             said("weekly", R"({"id":"m","drugs":["L01BA01"],"days_apart":8})"),
             said("weekly", R"({"id":"m","drugs":[],"days_apart":7,"daily_most":"10"})"),
             said("weekly",
                  R"({"id":"m","drugs":[],"days_apart":7,"daily_most":"ten","unit":"mg"})"),
             said("checked", R"({"id":"","drugs":["N02A"],"routes":[]})"),
             said("checked", R"({"id":"o","drugs":["N02A"],"routes":[""]})"),
             said("allowed", R"({"id":"","drugs":["N02A"]})"),
             said("controlled", R"({"id":"a","drugs":[],"group":"A","count_days":31})"),
             said("controlled", R"({"id":"a","drugs":["N02A"],"group":"C","count_days":31})"),
             said("controlled", R"({"id":"a","drugs":["N02A"],"group":"A","count_days":0})"),
             said("allowed", R"({"id":"o","drugs":[]})"),
             said("allowed", R"({"id":"o","drugs":["opioids"]})"),
         }) {
        INFO(text);
        const auto pack = read_text(text);
        REQUIRE_FALSE(pack);
        CHECK(pack.error().code == ErrorCode::malformed);
    }
}

TEST_CASE("the most of a drug is read whole, or the pack is refused") {
    const auto said = [](const std::string& row) {
        return with("\"A10A\"]", "\"A10A\"],\"dose_limits\":[" + row + "]");
    };
    const auto read = read_text(said(
        R"({"id":"t","drugs":["N02AX02"],"combined":["N02AJ13"],"routes":["26643006"],"unit":"mg",
            "day_most":"300","age_from":76,"age_below":120})"));
    REQUIRE(read);
    REQUIRE(read->dose_limits.size() == 1);
    const DoseLimit& limit = read->dose_limits[0];
    CHECK(limit.combined == std::vector<std::string>{"N02AJ13"});
    CHECK(limit.routes == std::vector<std::string>{"26643006"});
    CHECK(limit.unit == "mg");
    CHECK(limit.day_most->text() == "300");
    CHECK_FALSE(limit.dose_most);
    CHECK_FALSE(limit.week_most);
    CHECK(limit.age_from == 76);
    CHECK(limit.age_below == 120);
    const std::string whole =
        R"({"id":"t","drugs":["N02AX02"],"combined":[],"routes":[],"unit":"mg","day_most":"300"})";
    CHECK(read_text(said(whole)));
    const std::pair<const char*, const char*> all[] = {
        {"\"t\"", "\"\""},
        {"[\"N02AX02\"]", "[]"},
        {"N02AX02", "tramadol"},
        {"\"combined\":[]", "\"combined\":[\"x\"]"},
        {"\"routes\":[]", "\"routes\":[\"\"]"},
        {"\"mg\"", "\"tabl\""},
        {"\"300\"", "\"0\""},
        {"\"300\"", "\"-1\""},
        {"\"300\"", "\"many\""},
        {",\"day_most\":\"300\"", ""},
        {"\"300\"", "\"300\",\"age_from\":0"},
        {"\"300\"", "\"300\",\"age_below\":131"},
    };
    for (const auto& [from, to] : all) {
        std::string row = whole;
        row.replace(row.find(from), std::string_view(from).size(), to);
        INFO(row);
        const auto refused = read_text(said(row));
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == ErrorCode::malformed);
    }
}

std::string products(int count) {
    std::string out = "[";
    for (int i = 0; i < count; ++i) {
        const std::string number = std::to_string(1'000'000 + i).substr(1);
        std::string code = "70383" + number;
        code += "0";
        for (char digit = '0'; !whole_gtin("0" + code) && digit <= '9'; ++digit)
            code.back() = digit;
        out += (i > 0 ? "," : "") + (R"({"code":"0)" + code + R"(","atc":"N02BE01","name":"P"})");
    }
    return out + "]";
}

TEST_CASE("a pack knows twenty thousand packages by what is scanned of them") {
    const auto said = [](const std::string& list) {
        return read_text(with("\"A10A\"]", "\"A10A\"],\"products\":" + list));
    };
    const auto many = said(products(20'000));
    REQUIRE(many);
    CHECK(many->products.size() == 20'000);
    const auto& last = many->products.back();
    CHECK(many->product(last.code) == &last);
    CHECK(many->product("00000000000000") == nullptr);
    CHECK(said(products(40'001)).error().code == ErrorCode::too_large);
    const std::string whole =
        R"({"code":"7038381000015","atc":"N02BE01","name":"P","strength":"1 g"})";
    const auto one = said("[" + whole + "]");
    REQUIRE(one);
    CHECK(one->product("07038381000015")->strength == "1 g");
    CHECK(one->product("07038381000015")->form.empty());
    CHECK(said(R"([{"code":"000017","atc":"N02BE01","name":"P"}])")->product("000017") != nullptr);
    CHECK(said("[" + whole + "," + whole + "]").error().what ==
          "pack/malformed: products[1].code: here twice");
    for (const auto& [from, to] :
         {std::pair("7038381000015", "7038381000016"), std::pair("7038381000015", "17"),
          std::pair("N02BE01", "N02BE"), std::pair("\"P\"", "\"\"")}) {
        std::string row = whole;
        row.replace(row.find(from), std::string_view(from).size(), to);
        INFO(row);
        CHECK(said("[" + row + "]").error().code == ErrorCode::malformed);
    }
}

TEST_CASE("what drugs do to each other is read whole, or the pack is refused") {
    const auto said = [](const std::string& list, const std::string& row) {
        return with("\"A10A\"]", "\"A10A\"],\"" + list + "\":[" + row + "]");
    };
    const auto pack = read_text(
        said("interactions", R"({"id":"i","one":["B01AA03"],"other":["M01A"],"advice":"avoid"}],
        "not_assessed":["V03AX"],
        "together":[{"id":"t","one":["N02AA"],"other":["N02AA"],"given":"one-as-needed"}],
        "separations":[{"id":"s","one":["H03AA01"],"other":["B03A"],"minutes":240,
                        "first":"one"})"));
    REQUIRE(pack);
    REQUIRE(pack->interactions.all().size() == 1);
    CHECK(pack->interactions.all()[0] == Interaction{"i", {"B01AA03"}, {"M01A"}, Advice::avoid});
    CHECK(pack->not_assessed == std::vector<std::string>{"V03AX"});
    CHECK(pack->together.at(0).only_one_as_needed);
    CHECK(pack->separations.all().at(0) ==
          Separation{"s", {"H03AA01"}, {"B03A"}, Duration::hours(4), GivenFirst::one});
    for (const auto& text : {
             said("interactions", R"({"id":"i","one":[],"other":["M01A"],"advice":"avoid"})"),
             said("interactions", R"({"id":"i","one":["B01"],"other":["nsaid"],"advice":"avoid"})"),
             said("interactions", R"({"id":"i","one":["B01"],"other":["M01A"],"advice":"never"})"),
             said("interactions", R"({"id":"i","one":["B01"],"other":["M01A"]})"),
             said("interactions", R"({"id":"","one":["B01"],"other":["M01A"],"advice":"none"})"),
             with("\"A10A\"]", "\"A10A\"],\"not_assessed\":[\"herbs\"]"),
             said("together", R"({"id":"t","one":["D"],"other":["D"],"given":"always"})"),
             said("together", R"({"id":"t","one":["D"],"other":[],"given":"any"})"),
             said("separations",
                  R"({"id":"s","one":["H03"],"other":["B03A"],"minutes":0,"first":"one"})"),
             said("separations",
                  R"({"id":"s","one":["H03"],"other":["B03A"],"minutes":1441,"first":"one"})"),
             said("separations",
                  R"({"id":"s","one":["H03"],"other":["B03A"],"minutes":60,"first":"both"})"),
         }) {
        INFO(text);
        const auto refused = read_text(text);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == ErrorCode::malformed);
    }
    // Few entries may name more pairs than a tablet can keep.
    std::string codes = "\"A01\"";
    for (int i = 1; i < 501; ++i)
        codes += ",\"A01\"";
    const auto many =
        read_text(said("interactions", R"({"id":"i","one":[)" + codes + R"(],"other":[)" + codes +
                                           R"(],"advice":"none"})"));
    REQUIRE_FALSE(many);
    CHECK(many.error().code == ErrorCode::too_large);
    CHECK(many.error().what.starts_with("pack/too-large: interactions: "));
}

TEST_CASE("each list of a pack has ten thousand entries at most") {
    const std::string rule = R"({"id":"x","allergy":["J01C"],"same":[],"possible":[],"apart":[]})";
    CHECK(read_text(with("[\"A10A\"]", too_many("\"A10A\""))).error().code == ErrorCode::too_large);
    CHECK(read_text(with("[\"J01C\"]", too_many("\"J01C\""))).error().code == ErrorCode::too_large);
    CHECK(read_text(with_hold("[\"8867-4\"]", too_many("\"8867-4\""))).error().code ==
          ErrorCode::too_large);
    CHECK(read_text(with("\"A10A\"]", "\"A10A\"],\"holds\":" + too_many(k_hold))).error().code ==
          ErrorCode::too_large);
    std::string rules = R"({"format":"kari-pack-1","id":"p","version":"1","label":"TEST",
      "date":"2026-02-01",
      "critical":[],"cross_allergies":)";
    CHECK(read_text(whole_text(rules + "[" + rule + "]}")));
    CHECK(read_text(whole_text(rules + too_many(rule) + "}")).error().code == ErrorCode::too_large);
}

TEST_CASE("the pack that is compiled in says that it is a demo") {
    CHECK(demo_pack().label == "DEMO - not for clinical use");
    CHECK(demo_pack().cross_allergies.size() > 10);
    CHECK(demo_pack().is_critical("A10AB05"));
}

TEST_CASE("an ATC code has the form of one of the five levels") {
    for (const auto* code : {"N", "N02", "N02B", "N02BE", "N02BE01"})
        CHECK(is_atc(code));
    for (const auto* code : {"", "N0", "n02", "N02BE0", "N02BE011", "102", "N2B", "N02B1", "N021",
                             "N02B[", "N02BEA1", "N02BE0A", "N0A", "NA2", "["}) {
        CHECK_FALSE(is_atc(code));
    }
}

TEST_CASE("a part of a pack that is missing refuses it, and a digit of a code is one") {
    for (const auto& text : {
             with("\"id\":\"x\"", "\"ix\":\"x\""),
             with("\"allergy\":[\"J01C\"]", "\"allergies\":[\"J01C\"]"),
             with("\"critical\"", "\"criticals\""),
             with("\"cross_allergies\"", "\"cross\""),
         }) {
        INFO(text);
        CHECK_FALSE(read_text(text));
    }
    const auto above = read_text(with_hold("\"below\":\"50\",", ""));
    REQUIRE(above);
    CHECK_FALSE(above->holds[0].below);
    CHECK(above->holds[0].above);
    CHECK_FALSE(is_atc("N02BE!1"));
    CHECK_FALSE(is_atc("N02BE0/"));
}

}  // namespace
}  // namespace kari::clinical
