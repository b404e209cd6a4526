// SPDX-License-Identifier: Apache-2.0
#include "sdk/base/quantity.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "sdk/base/decimal_parts.hpp"

namespace kari::base {
namespace {

using boost::multiprecision::cpp_int;

// One unit = multiple * 10^exponent of its dimension's base unit.
struct Unit {
    std::string_view code;
    std::string_view dimension;
    std::int64_t multiple;
    std::int64_t exponent;
};

// UCUM codes that care records use. A calendar month is no number of days: its own dimension.
// Percent and the plain number are kept apart on purpose, as are the units of assays.
constexpr std::array k_units{
    Unit{"kg", "mass", 1, 3},
    Unit{"g", "mass", 1, 0},
    Unit{"mg", "mass", 1, -3},
    Unit{"ug", "mass", 1, -6},
    Unit{"ng", "mass", 1, -9},
    Unit{"pg", "mass", 1, -12},
    Unit{"L", "volume", 1, 0},
    Unit{"l", "volume", 1, 0},
    Unit{"dL", "volume", 1, -1},
    Unit{"dl", "volume", 1, -1},
    Unit{"cL", "volume", 1, -2},
    Unit{"mL", "volume", 1, -3},
    Unit{"ml", "volume", 1, -3},
    Unit{"uL", "volume", 1, -6},
    Unit{"fL", "volume", 1, -15},
    Unit{"[drp]", "drops", 1, 0},
    Unit{"s", "time", 1, 0},
    Unit{"ms", "time", 1, -3},
    Unit{"min", "time", 60, 0},
    Unit{"h", "time", 3600, 0},
    Unit{"d", "time", 86400, 0},
    Unit{"wk", "time", 604800, 0},
    Unit{"mo", "calendar", 1, 0},
    Unit{"a", "calendar", 12, 0},
    Unit{"m", "length", 1, 0},
    Unit{"dm", "length", 1, -1},
    Unit{"cm", "length", 1, -2},
    Unit{"mm", "length", 1, -3},
    Unit{"um", "length", 1, -6},
    Unit{"m2", "area", 1, 0},
    Unit{"cm2", "area", 1, -4},
    Unit{"mm2", "area", 1, -6},
    Unit{"mol", "amount", 1, 0},
    Unit{"mmol", "amount", 1, -3},
    Unit{"umol", "amount", 1, -6},
    Unit{"nmol", "amount", 1, -9},
    Unit{"pmol", "amount", 1, -12},
    Unit{"eq", "equivalents", 1, 0},
    Unit{"meq", "equivalents", 1, -3},
    Unit{"[iU]", "international units", 1, 0},
    Unit{"[IU]", "international units", 1, 0},
    Unit{"k[iU]", "international units", 1, 3},
    Unit{"k[IU]", "international units", 1, 3},
    Unit{"m[iU]", "international units", 1, -3},
    Unit{"m[IU]", "international units", 1, -3},
    Unit{"u[iU]", "international units", 1, -6},
    Unit{"u[IU]", "international units", 1, -6},
    Unit{"U", "enzyme units", 1, 0},
    Unit{"mU", "enzyme units", 1, -3},
    Unit{"kU", "enzyme units", 1, 3},
    Unit{"mm[Hg]", "pressure by mercury", 1, -3},
    Unit{"Pa", "pressure", 1, 0},
    Unit{"kPa", "pressure", 1, 3},
    Unit{"Cel", "temperature", 1, 0},
    Unit{"kcal", "energy in calories", 1, 3},
    Unit{"cal", "energy in calories", 1, 0},
    Unit{"kJ", "energy", 1, 3},
    Unit{"J", "energy", 1, 0},
    Unit{"W", "power", 1, 0},
    Unit{"%", "percent", 1, 0},
    Unit{"1", "number", 1, 0},
    Unit{"10*3", "number", 1, 3},
    Unit{"10*6", "number", 1, 6},
    Unit{"10*9", "number", 1, 9},
    Unit{"10*12", "number", 1, 12},
};

constexpr std::size_t k_code_max = 64;

// A code resolved: what it measures and how much of it one is, as a fraction.
struct Resolved {
    std::string dimension;
    cpp_int numerator = 1;
    cpp_int denominator = 1;
    std::int64_t exponent = 0;
};

bool annotation(std::string_view code) {
    if (code.size() < 3 || code.front() != '{' || code.back() != '}') return false;
    const std::string_view inner = code.substr(1, code.size() - 2);
    return std::all_of(inner.begin(), inner.end(),
                       [](char c) { return c > ' ' && c < 127 && c != '{' && c != '}'; });
}

// Ends of the factors between '/', where a '/' inside an annotation divides nothing.
std::size_t factor_end(std::string_view code) {
    bool inside = false;
    for (std::size_t i = 0; i < code.size(); ++i) {
        if (code[i] == '{') inside = true;
        if (code[i] == '}') inside = false;
        if (code[i] == '/' && !inside) return i;
    }
    return code.size();
}

bool apply(std::string_view factor, bool divides, Resolved& out) {
    if (annotation(factor)) {
        out.dimension += factor;
        return true;
    }
    const auto* unit = std::find_if(k_units.begin(), k_units.end(),
                                    [&](const Unit& known) { return known.code == factor; });
    if (unit == k_units.end()) return false;
    out.dimension += unit->dimension;
    (divides ? out.denominator : out.numerator) *= unit->multiple;
    out.exponent += divides ? -unit->exponent : unit->exponent;
    return true;
}

std::optional<Resolved> resolve(std::string_view code) {
    if (code.empty() || code.size() > k_code_max) return std::nullopt;
    Resolved out;
    bool divides = false;
    for (;;) {
        const std::size_t end = factor_end(code);
        const std::string_view factor = code.substr(0, end);
        const bool leading_slash = factor.empty() && !divides;
        if (leading_slash) out.dimension += "number";  // "/min" is "1/min"
        if (!leading_slash && !apply(factor, divides, out)) return std::nullopt;
        if (end == code.size()) return leading_slash ? std::nullopt : std::optional(out);
        code.remove_prefix(end + 1);
        out.dimension += '/';
        divides = true;
    }
}

// coefficient / divisor as coefficient * 10^exponent; nothing when it never ends.
std::optional<DecimalParts> divide(DecimalParts value, cpp_int divisor) {
    const cpp_int common = gcd(value.coefficient, divisor);
    if (common != 0) {
        value.coefficient /= common;
        divisor /= common;
    }
    // What is left must be made of twos and fives; each such factor costs one decimal at most.
    for (const int factor : {2, 5}) {
        while (divisor % factor == 0) {
            divisor /= factor;
            value.coefficient *= 10 / factor;
            value.exponent -= 1;
        }
    }
    if (divisor != 1) return std::nullopt;
    return value;
}

tl::unexpected<Error> unknown() {
    return fail(ErrorCode::unit_unknown, "unit: unknown, or not of the same dimension");
}

}  // namespace

bool known_unit(std::string_view code) {
    return resolve(code).has_value();
}

Result<Quantity> convert(const Quantity& quantity, std::string_view to_code) {
    const auto from = resolve(quantity.code);
    const auto to = resolve(to_code);
    if (!from || !to || from->dimension != to->dimension) return unknown();
    if (quantity.code == to_code) return quantity;
    DecimalParts parts = parts_of(quantity.value);
    parts.coefficient *= from->numerator * to->denominator;
    parts.exponent += from->exponent - to->exponent;
    const auto quotient = divide(parts, from->denominator * to->numerator);
    if (!quotient) return fail(ErrorCode::value_out_of_range, "unit: no exact decimal");
    auto value = Decimal::parse(text_of(*quotient));
    if (!value) return tl::unexpected<Error>(value.error());
    return Quantity{*std::move(value), std::string(to_code), std::string(to_code)};
}

Result<std::strong_ordering> compare(const Quantity& a, const Quantity& b) {
    const auto unit_a = resolve(a.code);
    const auto unit_b = resolve(b.code);
    if (!unit_a || !unit_b || unit_a->dimension != unit_b->dimension) return unknown();
    // Cross-multiplied, so that nothing is divided.
    const auto scaled = [](const Quantity& quantity, const Resolved& own, const Resolved& other) {
        DecimalParts parts = parts_of(quantity.value);
        parts.coefficient *= own.numerator * other.denominator;
        parts.exponent += own.exponent;
        return parts;
    };
    DecimalParts left = scaled(a, *unit_a, *unit_b);
    DecimalParts right = scaled(b, *unit_b, *unit_a);
    const std::int64_t exponent = std::min(left.exponent, right.exponent);
    left.coefficient *= power_of_ten(left.exponent - exponent);
    right.coefficient *= power_of_ten(right.exponent - exponent);
    return left.coefficient.compare(right.coefficient) <=> 0;
}

}  // namespace kari::base
