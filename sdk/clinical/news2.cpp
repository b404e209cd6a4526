// SPDX-License-Identifier: Apache-2.0
#include "sdk/clinical/news2.hpp"

#include <algorithm>
#include <initializer_list>
#include <limits>
#include <span>
#include <string>

#include "sdk/base/quantity.hpp"
#include "sdk/clinical/coding.hpp"

namespace kari::clinical {
namespace {

constexpr int k_any = std::numeric_limits<int>::max();

// The points of values up to one, ascending.
struct Band {
    int at_most;
    int points;
};
constexpr Band k_respiration[] = {{8, 3}, {11, 1}, {20, 0}, {24, 2}, {k_any, 3}};
constexpr Band k_saturation_one[] = {{91, 3}, {93, 2}, {95, 1}, {k_any, 0}};
constexpr Band k_saturation_two_air[] = {{83, 3}, {85, 2}, {87, 1}, {k_any, 0}};
constexpr Band k_saturation_two_oxygen[] = {{83, 3}, {85, 2}, {87, 1},   {92, 0},
                                            {94, 1}, {96, 2}, {k_any, 3}};
constexpr int k_depends_on_oxygen = 93;  // and above, on scale two
constexpr Band k_oxygen[] = {{0, 0}, {k_any, 2}};
constexpr Band k_systolic[] = {{90, 3}, {100, 2}, {110, 1}, {219, 0}, {k_any, 3}};
constexpr Band k_pulse[] = {{40, 3}, {50, 1}, {90, 0}, {110, 1}, {130, 2}, {k_any, 3}};
constexpr Band k_consciousness[] = {{0, 0}, {k_any, 3}};
constexpr Band k_temperature[] = {{350, 3}, {360, 1}, {380, 0}, {390, 1}, {k_any, 2}};

int points(std::span<const Band> bands, int value) {
    return std::find_if(bands.begin(), bands.end(),
                        [&](const Band& band) { return value <= band.at_most; })
        ->points;
}

std::span<const Band> bands_of(News2Part part) {
    switch (part) {
        case News2Part::respiration:
            return k_respiration;
        case News2Part::saturation:
            return k_saturation_one;
        case News2Part::oxygen:
            return k_oxygen;
        case News2Part::systolic:
            return k_systolic;
        case News2Part::pulse:
            return k_pulse;
        case News2Part::consciousness:
            return k_consciousness;
        case News2Part::temperature:
            return k_temperature;
    }
    return k_consciousness;
}

std::optional<int> points_of(News2Part part, const News2Values& values, SaturationScale scale) {
    const auto value = values[static_cast<std::size_t>(part)];
    if (!value) return std::nullopt;
    if (part != News2Part::saturation || scale == SaturationScale::one) {
        return points(bands_of(part), *value);
    }
    const auto oxygen = values[static_cast<std::size_t>(News2Part::oxygen)];
    if (!oxygen && *value >= k_depends_on_oxygen) return std::nullopt;
    return points(oxygen.value_or(0) > 0 ? std::span<const Band>(k_saturation_two_oxygen)
                                         : std::span<const Band>(k_saturation_two_air),
                  *value);
}

// A number that is whole, after so many tenths of its unit; from 0 to a thousand.
std::optional<int> whole(const v1::Quantity& said, std::string_view unit, const char* times) {
    const auto number = Decimal::parse(said.value());
    if (!number || !said.comparator().empty()) return std::nullopt;
    const auto in_unit = base::convert(Quantity{*number, said.code(), {}}, unit);
    if (!in_unit) return std::nullopt;
    const Decimal scaled = in_unit->value * *Decimal::parse(times);
    int low = 0;
    int high = 1000;
    while (low < high) {
        const int middle = (low + high) / 2;
        if (scaled.compare(Decimal::of(middle)) == std::strong_ordering::greater) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (!scaled.same_value(Decimal::of(low))) return std::nullopt;
    return low;
}

// More than nothing, or than what air holds.
std::optional<int> more_than(const v1::Quantity& said, const char* value, const char* unit) {
    const auto number = Decimal::parse(said.value());
    if (!number || !said.comparator().empty()) return std::nullopt;
    const auto compared = base::compare(Quantity{*number, said.code(), {}},
                                        Quantity{*Decimal::parse(value), unit, {}});
    if (!compared) return std::nullopt;
    return *compared == std::strong_ordering::greater ? 1 : 0;
}

constexpr std::string_view k_acvpu = "1104441000000107";

std::optional<int> consciousness(const v1::ObservationValue& value) {
    if (value.has_codeable_concept()) {
        const auto code = code_in(value.codeable_concept(), k_snomed);
        if (code == "248234008") return 0;  // mentally alert
        for (const char* less : {"130987000", "300202002", "450847001", "422768004"}) {
            if (code == less) return 1;  // acutely confused; responds to voice, to pain, not at all
        }
        return std::nullopt;
    }
    const std::string letter = folded(value.text());
    if (letter == "a") return 0;
    const bool less = letter == "c" || letter == "v" || letter == "p" || letter == "u";
    return less ? std::optional(1) : std::nullopt;
}

struct Number {
    std::string_view loinc;
    News2Part part;
    const char* unit;
    const char* times;
};
constexpr Number k_numbers[] = {{"9279-1", News2Part::respiration, "/min", "1"},
                                {"2708-6", News2Part::saturation, "%", "1"},
                                {"59408-5", News2Part::saturation, "%", "1"},
                                {"8480-6", News2Part::systolic, "mm[Hg]", "1"},
                                {"8867-4", News2Part::pulse, "/min", "1"},
                                {"8310-5", News2Part::temperature, "Cel", "10"}};

void add_reading(const v1::CodeableConcept& code, const v1::ObservationValue& value,
                 std::vector<News2Reading>& out) {
    const auto add = [&](News2Part part, std::optional<int> read) {
        if (read) out.push_back({part, *read});
    };
    if (code_in(code, k_snomed) == k_acvpu) add(News2Part::consciousness, consciousness(value));
    const auto loinc = code_in(code, k_loinc);
    if (!value.has_quantity()) return;
    const v1::Quantity& quantity = value.quantity();
    if (loinc == "3151-8") add(News2Part::oxygen, more_than(quantity, "0", "L/min"));
    if (loinc == "3150-6") add(News2Part::oxygen, more_than(quantity, "21", "%"));
    for (const Number& one : k_numbers) {
        if (one.loinc == loinc) add(one.part, whole(quantity, one.unit, one.times));
    }
}

}  // namespace

std::vector<News2Reading> news2_readings(const v1::Measurement& said) {
    std::vector<News2Reading> out;
    if (said.status() == v1::OBSERVATION_STATUS_ENTERED_IN_ERROR ||
        said.status() == v1::OBSERVATION_STATUS_CANCELLED) {
        return out;
    }
    add_reading(said.code(), said.value(), out);
    for (const auto& component : said.component())
        add_reading(component.code(), component.value(), out);
    return out;
}

News2 news2(const News2Values& values, SaturationScale scale) {
    News2 out;
    for (std::size_t i = 0; i < k_news2_parts; ++i) {
        const auto one = points_of(static_cast<News2Part>(i), values, scale);
        if (!one) continue;
        ++out.parts;
        out.known += *one;
        out.three_in_one = out.three_in_one || *one == 3;
    }
    if (out.parts == static_cast<int>(k_news2_parts)) out.total = out.known;
    return out;
}

bool decides_scale_two(const v1::CodeableConcept& code) {
    return code_in(code, k_news2_system) == k_scale_two;
}

}  // namespace kari::clinical
