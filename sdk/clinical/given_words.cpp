// SPDX-License-Identifier: Apache-2.0
#include "sdk/clinical/given_words.hpp"

#include <algorithm>
#include <utility>

#include <kari/decimal.hpp>

#include "sdk/clinical/dose_fit.hpp"
#include "sdk/clinical/pieces.hpp"

namespace kari::clinical {
namespace {

// The amount that an order states, and the unit it is in; of a range its upper end.
const v1::Quantity* ordered_amount(const v1::Dosage& ordered) {
    if (ordered.dose_and_rate_size() == 0) return nullptr;
    const v1::DoseAndRate& dose = ordered.dose_and_rate(0);
    if (dose.has_dose_quantity()) return &dose.dose_quantity();
    return dose.has_dose_range() ? &dose.dose_range().high() : nullptr;
}

bool is_range(const v1::Dosage& ordered) {
    return ordered.dose_and_rate_size() > 0 && ordered.dose_and_rate(0).has_dose_range();
}

std::string ordered_words(const v1::Dosage& ordered, Language language) {
    v1::Dosage amount;
    *amount.mutable_dose_and_rate() = ordered.dose_and_rate();
    const std::string words = dosage_words(amount, language);
    return words.empty() ? shown_dosage(ordered, language) : words;
}

// Without its unit where that is the order's.
std::string one_given(const v1::Quantity& given, const v1::Quantity* ordered, Language language) {
    v1::Quantity amount = given;
    if (ordered != nullptr && meant_unit(given) == meant_unit(*ordered)) {
        amount.clear_code();
        amount.clear_unit();
    }
    return amount_words(amount, language);
}

std::string_view unknown_amount(Language language) {
    return language == Language::bokmaal ? "ukjent mengde" : "an unknown amount";
}

}  // namespace

std::string given_words(const v1::Dosage& ordered,
                        const std::vector<std::optional<v1::Quantity>>& given, Language language) {
    const v1::Quantity* amount = ordered_amount(ordered);
    if (given.size() == 1) {
        const auto& only = given.front();
        const bool as_ordered = only && !is_range(ordered) && amount != nullptr &&
                                fit_of(ordered, &*only) == DoseFit::as_ordered;
        if (as_ordered || (!only && amount == nullptr)) return {};
    }
    const bool nb = language == Language::bokmaal;
    std::string out;
    for (const auto& one : given) {
        if (!out.empty()) out += " + ";
        out += one ? one_given(*one, amount, language) : std::string(unknown_amount(language));
    }
    const std::string due = ordered_words(ordered, language);
    return out.empty() || due.empty() ? out : out + (nb ? " av " : " of ") + due;
}

std::string total_words(const std::vector<std::optional<v1::Quantity>>& given, Language language) {
    std::vector<std::pair<std::string, v1::Quantity>> sums;  // by unit, as first met
    bool unknown = false;
    for (const auto& one : given) {
        const Result<Decimal> value =
            one ? Decimal::parse(one->value()) : fail(ErrorCode::not_found, "no amount");
        if (!value) {
            unknown = true;
            continue;
        }
        const std::string unit = meant_unit(*one);
        auto sum = std::find_if(sums.begin(), sums.end(),
                                [&](const auto& each) { return each.first == unit; });
        if (sum == sums.end()) {
            sums.emplace_back(unit, *one);
        } else {
            const Decimal so_far = *Decimal::parse(sum->second.value());
            sum->second.set_value((so_far + *value).text());
        }
    }
    std::string out;
    for (const auto& [unit, sum] : sums)
        out += (out.empty() ? "" : " + ") + amount_words(sum, language);
    if (unknown) out += (out.empty() ? "" : " + ") + std::string(unknown_amount(language));
    return out;
}

}  // namespace kari::clinical
