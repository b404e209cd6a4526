// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <string_view>

#include <kari/decimal.hpp>

namespace kari::base {

// UCUM codes are case-sensitive: mg is not Mg. A code is a unit of the table ("mg", "mm[Hg]",
// "10*9"), an annotation ("{tablet}"), "1", or these joined by '/' ("mmol/L", "/min", "ug/kg/h").
// The unit as shown to people is not a code: "mmHg" and "tablets" are unknown.

// Converts between units of one dimension. The result is exact; its text keeps the precision
// (500 mg is 0.500 g, and back 500 mg).
// Errors: unit_unknown when either code is not in the table or the dimensions differ (mg and
// mmol, tablets and mg): a dose is never guessed. value_out_of_range when the result is no finite
// decimal (10 min in hours). too_large beyond Decimal's limits.
Result<Quantity> convert(const Quantity& quantity, std::string_view to_code);

bool known_unit(std::string_view code);

// Compares values after conversion; exact even where convert is not.
// Errors: unit_unknown, as convert.
Result<std::strong_ordering> compare(const Quantity& a, const Quantity& b);

}  // namespace kari::base
