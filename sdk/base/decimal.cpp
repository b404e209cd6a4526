// SPDX-License-Identifier: Apache-2.0
#include <kari/decimal.hpp>
#include <kari/plain_digits.hpp>

#include <algorithm>

#include "sdk/base/decimal_parts.hpp"

namespace kari {
namespace {

using base::DecimalParts;
using boost::multiprecision::cpp_int;

constexpr std::size_t k_digits_max = 64;
constexpr std::int64_t k_exponent_max = 999;
constexpr std::size_t k_text_max = 128;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// Reads a JSON number from left to right; `at` stands behind what was read.
struct Scanner {
    std::string_view text;
    std::size_t at = 0;

    bool take(char c) {
        if (at >= text.size() || text[at] != c) return false;
        ++at;
        return true;
    }
    std::string_view digits() {
        const std::size_t start = at;
        while (at < text.size() && is_digit(text[at]))
            ++at;
        return text.substr(start, at - start);
    }
};

struct Scanned {
    bool negative = false;
    std::string_view whole;
    std::string_view fraction;
    bool exponent_negative = false;
    std::string_view exponent;
};

// Returns false unless the whole text is one JSON number.
bool scan(std::string_view text, Scanned& out) {
    Scanner scanner{text};
    out.negative = scanner.take('-');
    out.whole = scanner.digits();
    if (out.whole.empty() || (out.whole.size() > 1 && out.whole[0] == '0')) return false;
    if (scanner.take('.')) {
        out.fraction = scanner.digits();
        if (out.fraction.empty()) return false;
    }
    if (scanner.take('e') || scanner.take('E')) {
        out.exponent_negative = scanner.take('-');
        if (!out.exponent_negative) scanner.take('+');
        out.exponent = scanner.digits();
        if (out.exponent.empty()) return false;
    }
    return scanner.at == text.size();
}

std::int64_t exponent_value(const Scanned& scanned) {
    std::int64_t value = 0;
    for (const char c : scanned.exponent)
        value = value * 10 + (c - '0');
    return scanned.exponent_negative ? -value : value;
}

cpp_int coefficient_of(std::string_view digits, std::string_view more) {
    cpp_int value = 0;
    for (const std::string_view part : {digits, more}) {
        for (const char c : part)
            value = value * 10 + (c - '0');
    }
    return value;
}

// Both with the smaller of the two exponents.
void align(DecimalParts& a, DecimalParts& b) {
    const std::int64_t exponent = std::min(a.exponent, b.exponent);
    for (DecimalParts* parts : {&a, &b}) {
        parts->coefficient *= base::power_of_ten(parts->exponent - exponent);
        parts->exponent = exponent;
    }
}

// Position of the first digit before the point; only meaningful when not zero.
std::int64_t magnitude(const DecimalParts& parts) {
    const cpp_int absolute = abs(parts.coefficient);
    return static_cast<std::int64_t>(absolute.str().size()) + parts.exponent;
}

}  // namespace

namespace base {

cpp_int power_of_ten(std::int64_t n) {
    return boost::multiprecision::pow(cpp_int(10), static_cast<unsigned>(n));
}

DecimalParts parts_of(const Decimal& value) {
    Scanned scanned;
    scan(value.text(), scanned);  // a Decimal holds only what once scanned
    DecimalParts parts;
    parts.coefficient = coefficient_of(scanned.whole, scanned.fraction);
    if (scanned.negative) parts.coefficient = -parts.coefficient;
    parts.exponent = exponent_value(scanned) - static_cast<std::int64_t>(scanned.fraction.size());
    return parts;
}

std::string text_of(const DecimalParts& parts) {
    constexpr std::int64_t k_zeros_max = 64;
    const bool negative = parts.coefficient < 0;
    std::string digits = cpp_int(abs(parts.coefficient)).str();
    const std::string sign = negative ? "-" : "";
    const auto count = static_cast<std::int64_t>(digits.size());
    if (parts.exponent >= 0) {
        if (parts.coefficient == 0) return "0";
        if (parts.exponent > k_zeros_max)
            return sign + digits + "e" + std::to_string(parts.exponent);
        return sign + digits + std::string(static_cast<std::size_t>(parts.exponent), '0');
    }
    const std::int64_t decimals = -parts.exponent;
    if (decimals >= count + k_zeros_max) {
        return sign + digits + "e" + std::to_string(parts.exponent);
    }
    if (decimals >= count) digits.insert(0, static_cast<std::size_t>(decimals - count + 1), '0');
    digits.insert(digits.size() - static_cast<std::size_t>(decimals), 1, '.');
    return sign + digits;
}

}  // namespace base

Result<Decimal> Decimal::parse(std::string_view text) {
    // The longest number within the limits is far shorter; this bounds the work.
    if (text.size() > k_text_max) return fail(ErrorCode::too_large, "decimal: text too long");
    Scanned scanned;
    if (!scan(text, scanned)) return fail(ErrorCode::malformed, "decimal: not a JSON number");
    if (scanned.whole.size() + scanned.fraction.size() > k_digits_max) {
        return fail(ErrorCode::too_large, "decimal: more than 64 digits");
    }
    if (scanned.exponent.size() > 4 || exponent_value(scanned) > k_exponent_max ||
        exponent_value(scanned) < -k_exponent_max) {
        return fail(ErrorCode::too_large, "decimal: exponent beyond 999");
    }
    return Decimal(std::string(text));
}

Decimal Decimal::of(long long value) {
    return Decimal(std::to_string(value));
}

std::strong_ordering Decimal::compare(const Decimal& other) const {
    DecimalParts a = base::parts_of(*this);
    DecimalParts b = base::parts_of(other);
    const int sign_a = a.coefficient.sign();
    const int sign_b = b.coefficient.sign();
    if (sign_a != sign_b) return sign_a <=> sign_b;
    if (sign_a == 0) return std::strong_ordering::equal;
    // Far apart: no need to write out the zeros between them.
    const std::int64_t magnitude_a = magnitude(a);
    const std::int64_t magnitude_b = magnitude(b);
    if (magnitude_a != magnitude_b) {
        return sign_a > 0 ? magnitude_a <=> magnitude_b : magnitude_b <=> magnitude_a;
    }
    align(a, b);
    return a.coefficient.compare(b.coefficient) <=> 0;
}

bool Decimal::negative() const {
    return base::parts_of(*this).coefficient < 0;
}
bool Decimal::zero() const {
    return base::parts_of(*this).coefficient == 0;
}

Decimal Decimal::operator+(const Decimal& other) const {
    DecimalParts a = base::parts_of(*this);
    DecimalParts b = base::parts_of(other);
    align(a, b);
    a.coefficient += b.coefficient;
    return Decimal(base::text_of(a));
}

Decimal Decimal::operator-(const Decimal& other) const {
    DecimalParts a = base::parts_of(*this);
    DecimalParts b = base::parts_of(other);
    align(a, b);
    a.coefficient -= b.coefficient;
    return Decimal(base::text_of(a));
}

Decimal Decimal::operator*(const Decimal& other) const {
    DecimalParts a = base::parts_of(*this);
    const DecimalParts b = base::parts_of(other);
    a.coefficient *= b.coefficient;
    a.exponent += b.exponent;
    return Decimal(base::text_of(a));
}

std::string plain_digits(std::string_view number) {
    const auto value = Decimal::parse(number);
    if (!value) return std::string(number);
    base::DecimalParts parts = base::parts_of(*value);
    while (parts.coefficient != 0 && parts.coefficient % 10 == 0) {
        parts.coefficient /= 10;
        ++parts.exponent;
    }
    return parts.coefficient == 0 ? "0" : base::text_of(parts);
}

}  // namespace kari
