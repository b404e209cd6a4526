// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch_test_macros.hpp>

#include "sdk/clinical/knowledge_pack.hpp"

namespace kari::clinical {
namespace {

constexpr const char* k_pack = R"({"format":"kari-pack-1","id":"p","version":"1","label":"TEST",
  "cross_allergies":[{"id":"x","allergy":["J01C"],"same":[],"possible":["J01D"],"apart":[]}],
  "critical":["A10A"]})";

std::string with(std::string_view from, std::string_view to) {
    std::string text = k_pack;
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

TEST_CASE("a pack is read whole") {
    const auto pack = read_pack(k_pack);
    REQUIRE(pack);
    CHECK(pack->name() == "p@1");
    CHECK(pack->cross_allergies.size() == 1);
    CHECK(pack->cross_allergies[0].possible == std::vector<std::string>{"J01D"});
    CHECK(pack->is_critical("A10AB01"));
    CHECK_FALSE(pack->is_critical("A10B"));
    CHECK(pack->vaccine_interval_days == 0);
    const auto more = read_pack(with("\"A10A\"]", "\"A10A\"],\"vaccine_interval_days\":28"));
    REQUIRE(more);
    CHECK(more->vaccine_interval_days == 28);
}

TEST_CASE("a pack that this build does not understand whole is refused") {
    for (const auto& text :
         {std::string("{"), std::string("[]"), with("kari-pack-1", "kari-pack-2"),
          with("\"critical\":[\"A10A\"]", "\"critical\":[\"insulin\"]"),
          with("\"critical\":[\"A10A\"]", "\"critical\":\"A10A\""),
          with("\"critical\":[\"A10A\"]", "\"critical\":[],\"dose_limits\":[]"),
          with(",\n  \"critical\":[\"A10A\"]", ""), with("\"id\":\"x\",", ""),
          with("\"label\":\"TEST\"", "\"label\":\"\""),
          with("\"A10A\"]", "\"A10A\"],\"vaccine_interval_days\":-1"),
          with("\"A10A\"]", "\"A10A\"],\"vaccine_interval_days\":\"28\""),
          with("\"apart\":[]", "\"apart\":[],\"more\":1")}) {
        INFO(text);
        const auto pack = read_pack(text);
        REQUIRE_FALSE(pack);
        CHECK(pack.error().code == ErrorCode::malformed);
    }
    CHECK(read_pack(std::string(5 * 1024 * 1024, ' ')).error().code == ErrorCode::too_large);
    CHECK(read_pack(std::string(100'000, '[')).error().code == ErrorCode::malformed);
}

TEST_CASE("the pack that is compiled in says that it is a demo") {
    CHECK(demo_pack().label == "DEMO - not for clinical use");
    CHECK(demo_pack().cross_allergies.size() > 10);
    CHECK(demo_pack().is_critical("A10AB05"));
}

TEST_CASE("an ATC code has the form of one of the five levels") {
    for (const auto* code : {"N", "N02", "N02B", "N02BE", "N02BE01"})
        CHECK(is_atc(code));
    for (const auto* code : {"", "N0", "n02", "N02BE0", "N02BE011", "102", "N2B", "N02B1"}) {
        CHECK_FALSE(is_atc(code));
    }
}

}  // namespace
}  // namespace kari::clinical
