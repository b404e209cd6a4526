// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "examples/district/life.hpp"

namespace kari::district {

// What a nurse would measure at one visit. Tenths where the name says so.
struct Vitals {
    int systolic = 0;
    int diastolic = 0;
    int pulse = 0;
    int breaths = 0;
    int saturation = 0;
    int temperature_tenths = 0;
    int weight_hectograms = 0;
    int glucose_tenths = 0;
    bool confused = false;
};

Vitals vitals(const Life& life, Day day, unsigned visit);

// NEWS2 as the Royal College of Physicians published it in 2017, on air and on scale 1.
int news2(const Vitals& vitals);

// 365 -> "36.5"
std::string tenths(int number);

}  // namespace kari::district
