// SPDX-License-Identifier: Apache-2.0
#include "examples/district/vitals.hpp"

#include <algorithm>

namespace kari::district {

namespace {

// Goes slowly up and down between -height and height, a new turn every `days`.
int wave(const Life& life, unsigned which, Day day, int days, int height) {
    const int turn = day / days;
    const int into = day - turn * days;
    const int before = life.dice(Throw::wave, turn, which).between(-height, height);
    const int after = life.dice(Throw::wave, turn + 1, which).between(-height, height);
    return (before * (days - into) + after * into) / days;
}

// A failing heart gathers water in the week before it needs the hospital, in hectograms.
int water(const Life& life, Day day) {
    if (!life.has(Illness::heart_failure)) return 0;
    for (const Stay& stay : life.stays) {
        if (stay.reason == "Forverret hjertesvikt" && day < stay.from && stay.from - day <= 7) {
            return (8 - (stay.from - day)) * 4;
        }
    }
    return 0;
}

// The points of the first row whose limit the value does not exceed.
struct Row {
    int limit;
    int points;
};

template <std::size_t n>
int points(int value, const Row (&rows)[n], int above) {
    for (const Row& row : rows) {
        if (value <= row.limit) return row.points;
    }
    return above;
}

}  // namespace

Vitals vitals(const Life& life, Day day, unsigned visit) {
    Dice base = life.dice(Throw::baseline);
    Dice now = life.dice(Throw::vital, day, visit);
    const bool ill = life.infection(day) != nullptr;
    Vitals out;
    out.systolic = base.between(116, 148) + (life.has(Illness::hypertension) ? 10 : 0) +
                   wave(life, 0, day, 60, 10) + now.between(-8, 8) - (ill ? 8 : 0);
    out.diastolic = std::min(base.between(64, 84) + now.between(-6, 6), out.systolic - 25);
    out.pulse = base.between(60, 80) + (life.has(Illness::atrial_fibrillation) ? 8 : 0) +
                now.between(-6, 8) + (ill ? 16 : 0);
    out.breaths = base.between(13, 17) + (life.has(Illness::copd) ? 3 : 0) + now.between(-1, 2) +
                  (ill ? 4 : 0);
    out.saturation = std::min(99, base.between(95, 98) - (life.has(Illness::copd) ? 4 : 0) +
                                      now.between(-1, 1) - (ill ? 2 : 0));
    out.temperature_tenths = ill ? now.between(376, 391) : now.between(361, 370);
    out.weight_hectograms =
        base.between(470, 940) + wave(life, 1, day, 90, 15) + now.between(-3, 3) + water(life, day);
    out.glucose_tenths = base.between(58, 82) + now.between(-14, 48) +
                         (life.has(Illness::diabetes) ? 18 : 0) + (ill ? 25 : 0);
    out.confused = ill && now.percent(12);
    return out;
}

int news2(const Vitals& v) {
    constexpr Row breaths[] = {{8, 3}, {11, 1}, {20, 0}, {24, 2}};
    constexpr Row saturation[] = {{91, 3}, {93, 2}, {95, 1}};
    constexpr Row systolic[] = {{90, 3}, {100, 2}, {110, 1}, {219, 0}};
    constexpr Row pulse[] = {{40, 3}, {50, 1}, {90, 0}, {110, 1}, {130, 2}};
    constexpr Row temperature[] = {{350, 3}, {360, 1}, {380, 0}, {390, 1}};
    return points(v.breaths, breaths, 3) + points(v.saturation, saturation, 0) +
           points(v.systolic, systolic, 3) + points(v.pulse, pulse, 3) +
           points(v.temperature_tenths, temperature, 2) + (v.confused ? 3 : 0);
}

std::string tenths(int number) {
    return std::to_string(number / 10) + '.' + std::to_string(number % 10);
}

}  // namespace kari::district
