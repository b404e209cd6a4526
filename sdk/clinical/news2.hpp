// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "kari/v1/resources.pb.h"

// NEWS2, the National Early Warning Score of the Royal College of Physicians (2017): a table of
// seven parts. Not for those under 16 years, nor in pregnancy.
namespace kari::clinical {

enum class News2Part : std::size_t {
    respiration,    // per minute
    saturation,     // percent
    oxygen,         // 0: breathes air, 1: is given oxygen
    systolic,       // mm[Hg]
    pulse,          // per minute
    consciousness,  // 0: alert, 1: newly confused, or responds to voice, to pain or not at all
    temperature,    // tenths of a degree Celsius
};
inline constexpr std::size_t k_news2_parts = 7;

// Which of its two scales oxygen saturation is judged by. The second is for people with a long-
// standing failure of breathing, by a doctor's decision alone.
enum class SaturationScale { one, two };

// A measurement as the table takes it: a whole number, of temperature tenths.
struct News2Reading {
    News2Part part = News2Part::respiration;
    int value = 0;
};
// What a measurement says of the parts, by its codes and units (LOINC; SNOMED CT for ACVPU, or one
// of these letters). A value that is withdrawn, compared ("<"), in another unit or between two of
// the table's numbers is none.
std::vector<News2Reading> news2_readings(const v1::Measurement& said);

using News2Values = std::array<std::optional<int>, k_news2_parts>;

struct News2 {
    std::optional<int> total;  // nothing when a part is missing
    int parts = 0;             // that are there
    int known = 0;             // the points of those
    bool three_in_one = false;
    bool operator==(const News2&) const = default;
};
// A function of its inputs alone. On scale two a saturation without a word on oxygen is missing
// when it depends on that.
News2 news2(const News2Values& values, SaturationScale scale);

// Which care plan measure is the decision to use the second scale: its code.
inline constexpr std::string_view k_news2_system = "urn:kari:news2";
inline constexpr std::string_view k_scale_two = "saturation-scale-2";
bool decides_scale_two(const v1::CodeableConcept& code);

}  // namespace kari::clinical
