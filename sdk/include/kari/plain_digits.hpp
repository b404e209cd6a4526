// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

// What: a number as people read it: "1e2" is 100 and "0.750" is 0.75. A Decimal keeps how it was
//   written, and so do the log and FHIR; a screen shows this.
// Requires: nothing; what is no number (see kari/decimal.hpp) comes back as it is.
// Returns and errors: never fails. The same value, with a point, in the fewest digits, and with no
//   exponent unless it would take more than 64 zeros.
// Durability: none.
// Threads: any.
// Ownership: the caller's.
// Units and limits: as kari/decimal.hpp.
// Source of clinical rules: a dose is written without an exponent and without zeros that end it,
//   for both have been read as ten times as much.
namespace kari {

std::string plain_digits(std::string_view number);  // 1e3 as 1000

}  // namespace kari
