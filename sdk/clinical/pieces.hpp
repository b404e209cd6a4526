// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "kari/v1/types.pb.h"
#include "sdk/clinical/catalogue.hpp"

// Units that are counted and not measured: tablets, drops, puffs.
namespace kari::clinical {

// The UCUM code that a quantity means: its code where that is a unit, else what its unit says in
// words ("tabletter" is "{tablet}", "mikrogram" is "ug"). Empty when it has no unit; "?" and the
// words when it has one that nobody here knows.
std::string meant_unit(const v1::Quantity& quantity);

// True for pieces, false for what is measured, and for international units written as "{IU}".
bool counted_in_pieces(std::string_view code);

// Whether a word ("E", "enheter", "IU") is one for the units of an order that counts in units.
bool names_the_units(std::string_view word, std::string_view ordered_code);

// "2 tablets", "0.5 mL", "1 tablett". The number as it was written.
std::string amount_words(const v1::Quantity& quantity, Language language);

}  // namespace kari::clinical
