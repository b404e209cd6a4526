// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <utility>

#include <kari/error.hpp>

// What: a decimal number that keeps the text in which it was written ("1.10", "1e2") and computes
//   exactly, and a quantity: such a number with its unit. Never binary floating point.
// Requires: text as JSON writes numbers, with a point.
// Returns and errors: parse(): malformed, too_large. Nothing else fails.
// Durability: none; plain values.
// Threads: immutable; any thread may read.
// Ownership: the caller's.
// Units and limits: at most 64 digits and an exponent from -999 to 999 in what is parsed. Sums and
//   products are exact, so they may be longer than what parse takes. Units are UCUM codes.
// Source of clinical rules: none here; limits of doses and observations stand in sdk/clinical.
namespace kari {

class Decimal {  // a decimal number, with the digits that were written
public:
    Decimal() : text_("0") {}

    // Errors: malformed (not a JSON number), too_large (limits).
    static Result<Decimal> parse(std::string_view text);
    static Decimal of(long long value);  // a whole number

    // The text as written, or as computed.
    const std::string& text() const { return text_; }

    // By value: 1.10 equals 1.1 here although their texts differ.
    std::strong_ordering compare(const Decimal& other) const;
    bool same_value(const Decimal& other) const { return compare(other) == 0; }  // by compare
    bool negative() const;                                                       // below nought
    bool zero() const;  // with whatever digits

    Decimal operator+(const Decimal& other) const;  // exact
    Decimal operator-(const Decimal& other) const;  // exact
    Decimal operator*(const Decimal& other) const;  // exact

private:
    explicit Decimal(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

// A decimal with its UCUM unit code and the unit as shown to people.
struct Quantity {
    Decimal value;
    std::string code;  // UCUM: "mg", "mm[Hg]", "Cel", "/min", "{tablet}"
    std::string unit;  // as shown; the code when empty
    bool operator==(const Quantity& other) const {
        return value.text() == other.value.text() && code == other.code && unit == other.unit;
    }
};

}  // namespace kari
