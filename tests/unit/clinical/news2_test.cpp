// SPDX-License-Identifier: Apache-2.0
#include <rapidcheck.h>
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "sdk/clinical/coding.hpp"
#include "sdk/clinical/news2.hpp"

namespace kari::clinical {
namespace {

using enum SaturationScale;

// Respiration, saturation, scale, oxygen, systolic, pulse, consciousness, temperature in tenths.
struct Vector {
    int respiration, saturation;
    SaturationScale scale;
    int oxygen, systolic, pulse, consciousness, temperature;
    int total;
};

News2Values values_of(const Vector& of) {
    return {of.respiration, of.saturation,    of.oxygen,     of.systolic,
            of.pulse,       of.consciousness, of.temperature};
}

TEST_CASE("known measurements have the total that the table gives") {
    constexpr Vector k_known[] = {
        {16, 97, one, 0, 128, 72, 0, 368, 0},  {22, 94, one, 0, 105, 112, 0, 384, 7},
        {25, 91, one, 1, 90, 131, 1, 350, 20}, {18, 90, two, 0, 130, 80, 0, 370, 0},
        {18, 90, one, 0, 130, 80, 0, 370, 3},  {20, 94, two, 1, 120, 88, 0, 372, 3},
        {20, 97, two, 1, 120, 88, 0, 372, 5},  {20, 97, two, 0, 120, 88, 0, 372, 0},
        {8, 96, one, 0, 219, 50, 0, 361, 4},   {9, 95, one, 0, 220, 41, 1, 391, 11},
        {12, 93, one, 1, 111, 91, 0, 390, 6},  {24, 83, two, 1, 100, 40, 1, 360, 16},
        {21, 88, two, 1, 101, 111, 0, 381, 8}, {30, 80, one, 1, 70, 140, 1, 340, 20},
    };
    for (const Vector& one_of : k_known) {
        const auto score = news2(values_of(one_of), one_of.scale);
        CHECK(score.total == one_of.total);
        CHECK(score.parts == 7);
    }
}

// The table once more, written from the other end: how far a value lies beyond what is normal.
int reference(News2Part part, int v, SaturationScale scale, bool oxygen) {
    switch (part) {
        case News2Part::respiration:
            return v >= 25 ? 3 : v >= 21 ? 2 : v >= 12 ? 0 : v >= 9 ? 1 : 3;
        case News2Part::saturation:
            if (scale == one) return v >= 96 ? 0 : v >= 94 ? 1 : v >= 92 ? 2 : 3;
            if (oxygen && v >= 93) return v >= 97 ? 3 : v >= 95 ? 2 : 1;
            return v >= 88 ? 0 : v >= 86 ? 1 : v >= 84 ? 2 : 3;
        case News2Part::oxygen:
            return v > 0 ? 2 : 0;
        case News2Part::systolic:
            return v >= 220 ? 3 : v >= 111 ? 0 : v >= 101 ? 1 : v >= 91 ? 2 : 3;
        case News2Part::pulse:
            return v >= 131 ? 3 : v >= 111 ? 2 : v >= 91 ? 1 : v >= 51 ? 0 : v >= 41 ? 1 : 3;
        case News2Part::consciousness:
            return v > 0 ? 3 : 0;
        case News2Part::temperature:
            return v >= 391 ? 2 : v >= 381 ? 1 : v >= 361 ? 0 : v >= 351 ? 1 : 3;
    }
    return -1;
}

TEST_CASE("a score is its table on every value, and none when a part is missing") {
    for (const auto scale : {one, two}) {
        for (const int oxygen : {0, 1}) {
            for (std::size_t part = 0; part < k_news2_parts; ++part) {
                // With all others normal: on scale two with oxygen 90 percent is.
                News2Values values{16, scale == two ? 90 : 98, oxygen, 120, 70, 0, 370};
                const int others = part == 2 ? 0 : oxygen * 2;
                for (int value = 0; value <= 450; ++value) {
                    values[part] = value;
                    const bool given = values[2].value_or(0) > 0;
                    const auto score = news2(values, scale);
                    const int expected =
                        reference(static_cast<News2Part>(part), value, scale, given) + others;
                    REQUIRE(score.total == expected);
                    REQUIRE(score.three_in_one == (expected - others == 3));
                }
            }
        }
    }
    CHECK(rc::check([] {
        News2Values values;
        int there = 0;
        for (auto& value : values) {
            if (*rc::gen::inRange(0, 8) == 0) continue;
            value = *rc::gen::inRange(0, 400);
            ++there;
        }
        const auto scale = *rc::gen::element(one, two);
        const auto score = news2(values, scale);
        RC_ASSERT(score.total.has_value() == (there == 7));
        RC_ASSERT(score.known >= 0 && score.known <= 20);
        RC_ASSERT(!score.total || score.total == score.known);
        // A part that is taken away takes the total with it, and adds no points.
        const auto gone = *rc::gen::inRange<std::size_t>(0, k_news2_parts);
        values[gone].reset();
        const auto less = news2(values, scale);
        RC_ASSERT(!less.total);
        RC_ASSERT(less.known <= score.known || gone == 2);
        RC_CLASSIFY(score.total.has_value());
    }));
}

v1::Measurement measured(const char* system, const char* code, const char* value,
                         const char* unit) {
    v1::Measurement out;
    out.set_status(v1::OBSERVATION_STATUS_FINAL);
    out.mutable_code()->add_coding()->set_system(system);
    out.mutable_code()->mutable_coding(0)->set_code(code);
    if (*unit == '\0') {
        out.mutable_value()->set_text(value);
    } else {
        out.mutable_value()->mutable_quantity()->set_value(value);
        out.mutable_value()->mutable_quantity()->set_code(unit);
    }
    return out;
}

std::optional<int> read(const v1::Measurement& said, News2Part part) {
    const auto readings = news2_readings(said);
    if (readings.size() != 1 || readings.front().part != part) return std::nullopt;
    return readings.front().value;
}

TEST_CASE(
    "what is measured is read by its code and unit, and not when it lies between two numbers") {
    const auto loinc = [](const char* code, const char* value, const char* unit) {
        return measured("http://loinc.org", code, value, unit);
    };
    CHECK(read(loinc("9279-1", "16", "/min"), News2Part::respiration) == 16);
    CHECK(read(loinc("2708-6", "97", "%"), News2Part::saturation) == 97);
    CHECK(read(loinc("8867-4", "72.0", "/min"), News2Part::pulse) == 72);
    CHECK(read(loinc("8310-5", "36.8", "Cel"), News2Part::temperature) == 368);
    CHECK(read(loinc("8310-5", "37", "Cel"), News2Part::temperature) == 370);
    CHECK(read(loinc("3151-8", "0", "L/min"), News2Part::oxygen) == 0);
    CHECK(read(loinc("3151-8", "1.5", "L/min"), News2Part::oxygen) == 1);
    CHECK(read(loinc("3150-6", "21", "%"), News2Part::oxygen) == 0);
    CHECK(read(loinc("3150-6", "28", "%"), News2Part::oxygen) == 1);
    CHECK(news2_readings(loinc("8310-5", "36.85", "Cel")).empty());
    CHECK(news2_readings(loinc("8867-4", "72.5", "/min")).empty());
    CHECK(news2_readings(loinc("8867-4", "72", "mm[Hg]")).empty());
    CHECK(news2_readings(loinc("29463-7", "72", "kg")).empty());
    auto below = loinc("2708-6", "70", "%");
    below.mutable_value()->mutable_quantity()->set_comparator("<");
    CHECK(news2_readings(below).empty());
    auto wrong = loinc("8867-4", "72", "/min");
    wrong.set_status(v1::OBSERVATION_STATUS_ENTERED_IN_ERROR);
    CHECK(news2_readings(wrong).empty());
    // A pair, and a letter.
    v1::Measurement pressure;
    *pressure.add_component() = [&] {
        v1::ObservationComponent out;
        *out.mutable_code() = loinc("8480-6", "120", "mm[Hg]").code();
        *out.mutable_value() = loinc("8480-6", "120", "mm[Hg]").value();
        return out;
    }();
    CHECK(read(pressure, News2Part::systolic) == 120);
    constexpr auto k_sct = "http://snomed.info/sct";
    constexpr auto k_observed = "1104441000000107";
    CHECK(read(measured(k_sct, k_observed, "A", ""), News2Part::consciousness) == 0);
    for (const char* letter : {"C", "v", "P", "U"}) {
        CHECK(read(measured(k_sct, k_observed, letter, ""), News2Part::consciousness) == 1);
    }
    CHECK(news2_readings(measured(k_sct, k_observed, "sleepy", "")).empty());
    auto coded = measured(k_sct, k_observed, "", "");
    coded.mutable_value()->mutable_codeable_concept()->add_coding()->set_system(k_sct);
    coded.mutable_value()->mutable_codeable_concept()->mutable_coding(0)->set_code("130987000");
    CHECK(read(coded, News2Part::consciousness) == 1);
}

TEST_CASE("consciousness is told by its code, and a code that is none of it tells nothing") {
    const auto points_of_code = [](const char* code) -> std::optional<int> {
        v1::Measurement said;
        const auto set = [](v1::CodeableConcept& concept_, const char* what) {
            auto* coding = concept_.add_coding();
            coding->set_system(std::string(k_snomed));
            coding->set_code(what);
        };
        set(*said.mutable_code(), "1104441000000107");
        set(*said.mutable_value()->mutable_codeable_concept(), code);
        const auto readings = news2_readings(said);
        return readings.empty() ? std::nullopt : std::optional(readings.at(0).value);
    };
    CHECK(points_of_code("248234008") == 0);
    for (const char* less : {"130987000", "300202002", "450847001", "422768004"})
        CHECK(points_of_code(less) == 1);
    CHECK_FALSE(points_of_code("365929000"));
}

TEST_CASE("what is no number, no bound or in a unit of something else is no part of a score") {
    const auto read = [](const char* loinc, const char* value, const char* unit,
                         const char* comparator = "",
                         v1::ObservationStatus status = v1::OBSERVATION_STATUS_FINAL) {
        v1::Measurement said;
        said.set_status(status);
        auto* coding = said.mutable_code()->add_coding();
        coding->set_system(std::string(k_loinc));
        coding->set_code(loinc);
        auto& quantity = *said.mutable_value()->mutable_quantity();
        quantity.set_value(value);
        quantity.set_code(unit);
        quantity.set_comparator(comparator);
        return !news2_readings(said).empty();
    };
    const char* pulse = "8867-4";
    const char* oxygen = "3151-8";
    CHECK(read(pulse, "72", "/min"));
    CHECK_FALSE(read(pulse, "fast", "/min"));
    CHECK_FALSE(read(pulse, "120", "/min", ">"));
    CHECK_FALSE(read(pulse, "72", "/min", "", v1::OBSERVATION_STATUS_CANCELLED));
    CHECK(read(oxygen, "2", "L/min"));
    CHECK_FALSE(read(oxygen, "some", "L/min"));
    CHECK_FALSE(read(oxygen, "2", "L/min", "<"));
    CHECK_FALSE(read(oxygen, "2", "mg"));
}

}  // namespace
}  // namespace kari::clinical
