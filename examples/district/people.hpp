// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "examples/district/calendar.hpp"
#include "examples/district/random.hpp"

namespace kari::district {

// So many citizens can be told apart by the identifiers that we make.
inline constexpr unsigned k_citizens_max = 50'000;
// The citizens of one unit.
inline constexpr unsigned k_unit_size = 100;

// Somebody who does not exist, and whose name says so.
struct Person {
    std::string id;  // logical id of the Patient
    std::string national_id;
    std::string family;
    std::string given;
    bool woman = false;
    Day born = 0;
    unsigned number = 0;  // among the citizens, from 0
};

// The same person whatever the number of others. Requires: number < k_citizens_max.
Person person(std::uint64_t seed, unsigned number);

// "Testdal", "Liksomvik": begins with a word that means "made up".
std::string made_up_family(Dice& dice);
std::string_view given_name(Dice& dice, bool woman);

// An eleven-digit identifier of somebody who does not exist: 80 is added to the month. `serial`
// counts the valid ones of that day and sex, from 0. Empty for a date that is none.
std::string synthetic_national_id(const Date& born, bool woman, unsigned serial);

}  // namespace kari::district
