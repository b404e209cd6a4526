// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <kari/error.hpp>

#include "kari/v1/types.pb.h"
#include "sdk/clinical/catalogue.hpp"

// A dose beside the order it is given from.
namespace kari::clinical {

enum class DoseFit {
    as_ordered,
    not_stated,    // neither the giver nor the order says one amount
    differs,       // another amount
    far_off,       // ten times as much, or a tenth, or beyond
    unit_differs,  // another unit, which cannot be computed into the ordered one
};

// The rule under which the catalogue speaks of it; empty for as_ordered.
std::string_view rule_of(DoseFit fit);

// `given` null: as ordered. An order that gives a range ("1 to 2 tablets") is fit by every amount
// within it, but the giver must say which. An order that states no amount at all is fit by any
// that is not above the most at a time that it states.
// A number without a unit in the order is compared as a number.
DoseFit fit_of(const v1::Dosage& ordered, const v1::Quantity* given);

// Whether anybody gives such a dose: more than nothing, at most 12 digits, and not beyond 200
// pieces, 500 g, 10 L, 10 mol or 10,000,000 of another unit. These are bounds of what can be a
// dose at all, not of a safe one. Errors: malformed, unit_unknown, value_out_of_range; `what`
// names the rule and the bound, never the value.
Result<void> check_dose(const v1::Quantity& dose);

// What the parts of a dosage say, for people: "2 tablet 08:00 20:00, by mouth, as needed for pain".
// Empty when they say nothing that this build can put into words.
std::string dosage_words(const v1::Dosage& dosage, Language language);
// The prescriber's text, else dosage_words.
std::string shown_dosage(const v1::Dosage& dosage, Language language);

}  // namespace kari::clinical
