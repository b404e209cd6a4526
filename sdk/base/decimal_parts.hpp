// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include <boost/multiprecision/cpp_int.hpp>

#include <kari/decimal.hpp>

namespace kari::base {

// A decimal taken apart: coefficient * 10^exponent. 1.10 is 110 * 10^-2.
struct DecimalParts {
    boost::multiprecision::cpp_int coefficient;
    std::int64_t exponent = 0;
};

DecimalParts parts_of(const Decimal& value);

// The number with as many decimals as the exponent says; an exponent only where writing it out
// would take more than 64 zeros.
std::string text_of(const DecimalParts& parts);

// 10^n. Requires: n >= 0.
boost::multiprecision::cpp_int power_of_ten(std::int64_t n);

}  // namespace kari::base
