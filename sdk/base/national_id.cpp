// SPDX-License-Identifier: Apache-2.0
#include "sdk/base/national_id.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace kari::base {
namespace {

constexpr std::size_t k_digits = 11;
constexpr std::size_t k_duf_digits = 12;

int at(std::string_view digits, std::size_t i) {
    return digits[i] - '0';
}

template <std::size_t N>
int remainder_of(std::string_view digits, const std::array<int, N>& weights) {
    int sum = 0;
    for (std::size_t i = 0; i < N; ++i)
        sum += weights[i] * at(digits, i);
    return sum % 11;
}

// Nothing but the century is open, so 29 February stands for every fourth year.
bool possible_date(int day, int month, int year_of_century) {
    static constexpr std::array k_days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (month < 1 || month > 12 || day < 1) return false;
    const bool leap = month == 2 && year_of_century % 4 == 0;
    return day <= k_days[static_cast<std::size_t>(month - 1)] + (leap ? 1 : 0);
}

// Which kind the first six digits say; false when they say none.
bool read_date(std::string_view digits, NationalId& out) {
    int day = at(digits, 0) * 10 + at(digits, 1);
    int month = at(digits, 2) * 10 + at(digits, 3);
    const int year = at(digits, 4) * 10 + at(digits, 5);
    if (day >= 80) {
        out.kind = NationalIdKind::fh_number;
        return true;
    }
    if (day > 40) {
        out.kind = NationalIdKind::d_number;
        day -= 40;
    }
    if (month > 80) {
        out.synthetic = true;
        month -= 80;
    } else if (month > 40) {
        out.kind = NationalIdKind::h_number;
        month -= 40;
    }
    return possible_date(day, month, year);
}

bool permitted(const NationalId& id, const NationalIdPolicy& policy) {
    if (id.rule == ControlRule::rule_2032 && !policy.accept_2032) return false;
    if (policy.population == Population::real) return !id.synthetic;
    return policy.population == Population::any || id.synthetic;
}

}  // namespace

Result<NationalId> parse_national_id(std::string_view text, const NationalIdPolicy& policy) {
    const bool digits =
        std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!digits || (text.size() != k_digits && text.size() != k_duf_digits)) {
        return fail(ErrorCode::malformed, "national id: not 11 or 12 digits");
    }
    NationalId id;
    id.digits = std::string(text);
    if (text.size() == k_duf_digits) {
        id.kind = NationalIdKind::duf;
        id.rule = ControlRule::none;
    } else {
        if (!read_date(text, id)) return fail(ErrorCode::malformed, "national id: no such date");
        const int first = remainder_of(text, std::array{3, 7, 6, 1, 8, 9, 4, 5, 2, 1});
        const int second = remainder_of(text, std::array{5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1});
        if (first > 3 || second != 0) {
            return fail(ErrorCode::malformed, "national id: control digits");
        }
        id.rule = first == 0 ? ControlRule::rule_1964 : ControlRule::rule_2032;
    }
    if (!permitted(id, policy)) {
        return fail(ErrorCode::not_permitted, "national id: not of a kind this installation takes");
    }
    return id;
}

std::string_view naming_system(NationalIdKind kind) {
    switch (kind) {
        case NationalIdKind::fnr:
            return "urn:oid:2.16.578.1.12.4.1.4.1";
        case NationalIdKind::d_number:
            return "urn:oid:2.16.578.1.12.4.1.4.2";
        case NationalIdKind::fh_number:
            return "urn:oid:2.16.578.1.12.4.1.4.3";
        case NationalIdKind::duf:
            return "urn:oid:2.16.578.1.12.4.1.4.5";
        case NationalIdKind::h_number:
            return "";
    }
    return "";
}

}  // namespace kari::base
