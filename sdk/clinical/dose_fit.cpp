// SPDX-License-Identifier: Apache-2.0
#include "sdk/clinical/dose_fit.hpp"

#include <algorithm>
#include <optional>

#include "sdk/base/quantity.hpp"
#include "sdk/clinical/pieces.hpp"

namespace kari::clinical {
namespace {

constexpr std::size_t k_digits_max = 12;
constexpr const char* k_pieces_max = "200";
constexpr const char* k_least = "0.000001";
constexpr const char* k_most = "10000000";
struct Bound {
    const char* unit;
    const char* most;
};
constexpr Bound k_bounds[] = {{"g", "500"}, {"mL", "10000"}, {"mol", "10"}};

std::optional<kari::Quantity> with_unit(const v1::Quantity& quantity, const std::string& unit) {
    const auto value = Decimal::parse(quantity.value());
    if (!value) return std::nullopt;
    return kari::Quantity{*value, unit, {}};
}

std::optional<std::strong_ordering> ordering(const kari::Quantity& a, const kari::Quantity& b) {
    if (a.code == b.code) return a.value.compare(b.value);
    const auto compared = base::compare(a, b);
    if (!compared) return std::nullopt;
    return *compared;
}

// Of amounts that can be compared.
DoseFit how_far(const kari::Quantity& given, const kari::Quantity& low,
                const kari::Quantity& high) {
    const auto ten = Decimal::of(10);
    const auto is = [&](const kari::Quantity& a, const kari::Quantity& b, auto wanted) {
        const auto found = ordering(a, b);
        return found && *found == wanted;
    };
    const bool below = is(given, low, std::strong_ordering::less);
    const bool above = is(given, high, std::strong_ordering::greater);
    if (!below && !above) return DoseFit::as_ordered;
    const kari::Quantity tenfold{given.value * ten, given.code, {}};
    const kari::Quantity ten_highs{high.value * ten, high.code, {}};
    if (above && !is(given, ten_highs, std::strong_ordering::less)) return DoseFit::far_off;
    if (below && !is(tenfold, low, std::strong_ordering::greater)) return DoseFit::far_off;
    return DoseFit::differs;
}

DoseFit against(const v1::Quantity& given, const v1::Quantity& low, const v1::Quantity& high) {
    std::string unit = meant_unit(given);
    std::string low_unit = meant_unit(low);
    std::string high_unit = meant_unit(high);
    // The order says a number and no unit: the number is all that can be compared.
    if (low_unit.empty() && high_unit.empty()) unit = low_unit = high_unit = "1";
    const auto amount = with_unit(given, unit);
    const auto least = with_unit(low, low_unit);
    const auto most = with_unit(high, high_unit);
    if (!amount || !least || !most) return DoseFit::unit_differs;
    if (!ordering(*amount, *least) || !ordering(*amount, *most)) return DoseFit::unit_differs;
    return how_far(*amount, *least, *most);
}

std::size_t significant_digits(std::string_view text) {
    const auto digits = text.substr(0, text.find_first_of("eE"));
    std::size_t count = 0;
    bool leading = true;
    for (const char c : digits) {
        if (c < '0' || c > '9' || (leading && c == '0')) continue;
        leading = false;
        ++count;
    }
    return count;
}

tl::unexpected<Error> impossible(const std::string& bound) {
    return fail(ErrorCode::value_out_of_range, "entry/dose-impossible: dose is taken " + bound);
}

}  // namespace

std::string_view rule_of(DoseFit fit) {
    switch (fit) {
        case DoseFit::as_ordered:
            return {};
        case DoseFit::not_stated:
            return "entry/dose-missing";
        case DoseFit::differs:
            return "entry/dose-differs";
        case DoseFit::far_off:
            return "entry/dose-far-off";
        case DoseFit::unit_differs:
            return "entry/dose-unit-differs";
    }
    return {};
}

DoseFit fit_of(const v1::Dosage& ordered, const v1::Quantity* given) {
    bool one_amount = false;
    bool range = false;
    DoseFit best = DoseFit::unit_differs;
    const auto consider = [&](DoseFit fit) {
        best = std::min(best, fit);  // the enum ascends by how ill it fits
    };
    for (const v1::DoseAndRate& dose : ordered.dose_and_rate()) {
        if (dose.has_dose_quantity()) {
            one_amount = true;
            if (given) consider(against(*given, dose.dose_quantity(), dose.dose_quantity()));
        } else if (dose.dose_range().has_low() || dose.dose_range().has_high()) {
            range = true;
            // The end that an order does not state bounds nothing.
            const auto& ends = dose.dose_range();
            if (given) {
                consider(against(*given, ends.has_low() ? ends.low() : *given,
                                 ends.has_high() ? ends.high() : *given));
            }
        }
    }
    if (given == nullptr) return one_amount ? DoseFit::as_ordered : DoseFit::not_stated;
    const bool stated = one_amount || range;
    const DoseFit fit = stated ? best : DoseFit::as_ordered;
    if (!ordered.has_max_dose_per_administration()) return fit;
    const DoseFit most = against(*given, *given, ordered.max_dose_per_administration());
    // In another unit than the dose that is ordered with it: that one is what can be compared.
    return stated && most == DoseFit::unit_differs ? fit : std::max(fit, most);
}

Result<void> check_dose(const v1::Quantity& dose) {
    const auto value = Decimal::parse(dose.value());
    if (!value) return fail(ErrorCode::malformed, "dose is not a number: write digits, as in 0.5");
    if (value->negative() || value->zero()) {
        return fail(ErrorCode::value_out_of_range,
                    "dose must be above zero; record a dose that was not given as not given");
    }
    if (significant_digits(value->text()) > k_digits_max) {
        return impossible("with at most 12 digits");
    }
    const auto beyond = [](const Decimal& amount, const char* most) {
        return amount.compare(*Decimal::parse(most)) == std::strong_ordering::greater;
    };
    if (beyond(*Decimal::parse(k_least), value->text().c_str()) || beyond(*value, k_most)) {
        return impossible("from 0.000001 to 10000000");
    }
    if (!base::known_unit(dose.code())) {
        return fail(ErrorCode::unit_unknown, "entry/dose-unit-unknown");
    }
    if (counted_in_pieces(dose.code())) {
        if (beyond(*value, k_pieces_max)) return impossible("up to 200 pieces at a time");
        return {};
    }
    for (const Bound& bound : k_bounds) {
        const auto compared =
            base::compare({*value, dose.code(), {}}, {*Decimal::parse(bound.most), bound.unit, {}});
        if (compared && *compared == std::strong_ordering::greater) {
            return impossible(std::string("up to ") + bound.most + " " + bound.unit);
        }
    }
    return {};
}

}  // namespace kari::clinical
