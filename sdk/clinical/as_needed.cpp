// SPDX-License-Identifier: Apache-2.0
#include "sdk/clinical/as_needed.hpp"

#include <algorithm>
#include <charconv>
#include <string>

#include "sdk/base/quantity.hpp"
#include "sdk/clinical/pieces.hpp"

namespace kari::clinical {
namespace {

constexpr Duration k_lately = Duration::hours(24);

}  // namespace

std::optional<Duration> lasting(std::string_view value, std::string_view unit) {
    const auto number = Decimal::parse(value);
    if (!number || number->negative() || number->zero()) return std::nullopt;
    const auto in_ms = base::convert(kari::Quantity{*number, std::string(unit), {}}, "ms");
    if (!in_ms) return std::nullopt;
    const std::string& text = in_ms->value.text();
    std::int64_t whole = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), whole);
    constexpr std::int64_t k_most = std::int64_t{366} * 24 * 3'600'000;
    const std::string_view rest(read.ptr, text.data() + text.size());
    if (read.ec != std::errc() || whole > k_most || rest.find_first_of("eE") != rest.npos) {
        return std::nullopt;
    }
    return Duration{rest.find_first_of("123456789") == rest.npos ? whole : whole + 1};
}

namespace {

struct TimesIn {
    std::size_t times = 0;
    Duration period;
};

struct AmountIn {
    v1::Quantity amount;
    std::optional<Duration> period;  // nothing: it cannot be read
};

// What an order says of how often and how much.
struct Bounds {
    std::optional<Duration> interval;
    std::vector<TimesIn> times;
    std::vector<AmountIn> amounts;
};

bool is_as_needed(const v1::Dosage& line) {
    return line.as_needed() || line.has_as_needed_for();
}

void add_frequency(const v1::Dosage& line, bool& all_spaced, Bounds& out) {
    const v1::TimingRepeat& repeat = line.timing().repeat();
    const auto period = lasting(repeat.period(), repeat.period_unit());
    const std::size_t times =
        std::max<std::size_t>({1, repeat.frequency(), repeat.frequency_max()});
    if (period && times == 1) {
        out.interval = std::max(out.interval.value_or(Duration{}), *period);
        return;
    }
    all_spaced = false;
    if (period) out.times.push_back({times, *period});
}

Bounds bounds_of(const v1::Prescription& prescription) {
    Bounds out;
    bool any = false;
    bool all_spaced = true;
    for (const v1::Dosage& line : prescription.dosage()) {
        if (line.has_max_dose_per_period()) {
            const v1::Ratio& most = line.max_dose_per_period();
            const std::string& unit = most.denominator().code();
            out.amounts.push_back(
                {most.numerator(), lasting(most.denominator().value(),
                                           unit.empty() ? most.denominator().unit() : unit)});
        }
        if (!is_as_needed(line)) continue;
        any = true;
        add_frequency(line, all_spaced, out);
    }
    // One line that says nothing of it is given at any interval.
    if (!any || !all_spaced) out.interval.reset();
    return out;
}

// Between a moment and a dose, at the ends that lie nearest.
Duration gap(Instant at, const EarlierDose& dose) {
    if (dose.latest <= at) return at - dose.latest;
    return dose.earliest >= at ? dose.earliest - at : Duration{};
}

bool any_nearer(const std::vector<EarlierDose>& taken, Instant at, Duration than) {
    return std::any_of(taken.begin(), taken.end(),
                       [&](const EarlierDose& dose) { return gap(at, dose) < than; });
}

// The doses of each span of the period in which the moment lies and that ends with it or a dose.
std::vector<std::vector<const EarlierDose*>> spans_of(const std::vector<EarlierDose>& taken,
                                                      Instant at, Duration period) {
    std::vector<Instant> ends{at};
    for (const EarlierDose& dose : taken) {
        for (const Instant end : {dose.earliest, dose.latest}) {
            if (end > at && end - period < at) ends.push_back(end);
        }
    }
    std::vector<std::vector<const EarlierDose*>> out;
    for (const Instant end : ends) {
        auto& within = out.emplace_back();
        for (const EarlierDose& dose : taken) {
            if (dose.latest > end - period && dose.earliest <= end) within.push_back(&dose);
        }
    }
    return out;
}

// In the unit of the maximum; nothing when it is not stated, or no such unit can be made of it.
std::optional<Decimal> as_unit(const v1::Quantity& amount, const std::string& unit) {
    const auto value = Decimal::parse(amount.value());
    const std::string own = meant_unit(amount);
    if (!value || value->negative() || own.empty()) return std::nullopt;
    if (own == unit) return *value;
    const auto converted = base::convert(kari::Quantity{*value, own, {}}, unit);
    if (!converted) return std::nullopt;
    return converted->value;
}

enum class Sum { within, over, unknown };

Sum sum_of(const AmountIn& most, Instant at, const v1::Quantity* amount,
           const std::vector<EarlierDose>& taken) {
    const std::string unit = meant_unit(most.amount);
    const auto limit = Decimal::parse(most.amount.value());
    if (!most.period || !limit || unit.empty()) return Sum::unknown;
    bool unknown = false;
    const auto add = [&](const v1::Quantity* one, Decimal& total) {
        const auto value = one == nullptr ? std::nullopt : as_unit(*one, unit);
        unknown = unknown || !value;
        if (value) total = total + *value;
    };
    for (const auto& span : spans_of(taken, at, *most.period)) {
        Decimal total;
        add(amount, total);
        for (const EarlierDose* dose : span)
            add(dose->amount ? &*dose->amount : nullptr, total);
        if (total.compare(*limit) == std::strong_ordering::greater) return Sum::over;
    }
    return unknown ? Sum::unknown : Sum::within;
}

bool too_often(const TimesIn& bound, Instant at, const std::vector<EarlierDose>& taken) {
    const auto spans = spans_of(taken, at, bound.period);
    return std::any_of(spans.begin(), spans.end(),
                       [&](const auto& span) { return span.size() + 1 > bound.times; });
}

// What the bound leaves at that moment, in its own unit. Nothing: it cannot be reckoned.
std::optional<Decimal> left_of(const AmountIn& most, Instant now,
                               const std::vector<Claimed>& claimed) {
    const std::string unit = meant_unit(most.amount);
    auto left = Decimal::parse(most.amount.value());
    if (!most.period || !left || unit.empty()) return std::nullopt;
    for (const Claimed& one : claimed) {
        if (one.latest + k_clock_doubt <= now - *most.period) continue;
        const auto value = one.amount ? as_unit(*one.amount, unit) : std::nullopt;
        if (!value) return std::nullopt;
        *left = *left - *value;
    }
    return *left;
}

std::size_t fit_in(const Decimal& left, const Decimal& dose, std::size_t wanted) {
    Decimal total;
    for (std::size_t doses = 0; doses < wanted; ++doses) {
        total = total + dose;
        if (total.compare(left) == std::strong_ordering::greater) return doses;
    }
    return wanted;
}

std::size_t times_left(const TimesIn& bound, Instant now, const std::vector<Claimed>& claimed) {
    std::size_t counted = 0;
    for (const Claimed& one : claimed) {
        if (one.latest + k_clock_doubt > now - bound.period) counted += one.times;
    }
    return bound.times - std::min(bound.times, counted);
}

}  // namespace

std::optional<v1::Quantity> largest_dose(const v1::Prescription& prescription) {
    std::optional<v1::Quantity> out;
    for (const v1::Dosage& line : prescription.dosage()) {
        if (!is_as_needed(line)) continue;
        if (line.dose_and_rate_size() != 1) return std::nullopt;
        const v1::DoseAndRate& said = line.dose_and_rate(0);
        const v1::Quantity& dose =
            said.has_dose_quantity() ? said.dose_quantity() : said.dose_range().high();
        const auto value = as_unit(dose, meant_unit(dose));
        if (!value || value->zero()) return std::nullopt;
        const auto largest = out ? as_unit(*out, meant_unit(dose)) : std::nullopt;
        if (out && !largest) return std::nullopt;
        if (!out || largest->compare(*value) == std::strong_ordering::less) out = dose;
    }
    return out;
}

v1::Quantity times(const v1::Quantity& amount, std::size_t count) {
    v1::Quantity out = amount;
    const Decimal value = Decimal::parse(amount.value()).value_or(Decimal{});
    out.set_value((value * Decimal::of(static_cast<long long>(count))).text());
    return out;
}

std::optional<std::size_t> doses_left(const v1::Prescription& prescription, Instant now,
                                      const v1::Quantity& dose, std::size_t wanted,
                                      const std::vector<Claimed>& claimed) {
    const Bounds bounds = bounds_of(prescription);
    if (bounds.amounts.empty() && bounds.times.empty()) return std::nullopt;
    std::size_t out = wanted;
    for (const AmountIn& most : bounds.amounts) {
        const auto one = as_unit(dose, meant_unit(most.amount));
        const auto left = left_of(most, now, claimed);
        if (!one || one->zero() || !left) return std::nullopt;
        out = std::min(out, fit_in(*left, *one, wanted));
    }
    for (const TimesIn& bound : bounds.times)
        out = std::min(out, times_left(bound, now, claimed));
    return out;
}

std::string_view rule_of(AsNeededDoubt doubt) {
    switch (doubt) {
        case AsNeededDoubt::too_soon:
            return "entry/too-soon";
        case AsNeededDoubt::over_maximum:
            return "entry/over-maximum";
        case AsNeededDoubt::total_unknown:
            return "entry/total-unknown";
        case AsNeededDoubt::given_lately:
            return "entry/given-lately";
    }
    return {};
}

std::optional<Duration> as_needed_reach(const v1::Prescription& prescription) {
    const bool needed =
        std::any_of(prescription.dosage().begin(), prescription.dosage().end(), is_as_needed);
    if (!needed) return std::nullopt;
    const Bounds bounds = bounds_of(prescription);
    std::optional<Duration> out = bounds.interval;
    const auto take = [&](Duration period) {
        out = std::max(out.value_or(Duration{}), period);
    };
    for (const TimesIn& one : bounds.times)
        take(one.period);
    for (const AmountIn& one : bounds.amounts) {
        if (one.period) take(*one.period);
    }
    return out;
}

std::vector<AsNeededDoubt> as_needed_doubts(const v1::Prescription& prescription, Instant at,
                                            const v1::Quantity* amount,
                                            const std::vector<EarlierDose>& taken) {
    const Bounds bounds = bounds_of(prescription);
    std::vector<AsNeededDoubt> out;
    if (bounds.interval && any_nearer(taken, at, *bounds.interval)) {
        out.push_back(AsNeededDoubt::too_soon);
    }
    bool over = std::any_of(bounds.times.begin(), bounds.times.end(),
                            [&](const TimesIn& one) { return too_often(one, at, taken); });
    bool unknown = false;
    for (const AmountIn& most : bounds.amounts) {
        const Sum sum = sum_of(most, at, amount, taken);
        over = over || sum == Sum::over;
        unknown = unknown || sum == Sum::unknown;
    }
    if (over) out.push_back(AsNeededDoubt::over_maximum);
    if (unknown) out.push_back(AsNeededDoubt::total_unknown);
    if (!bounds.interval && !over && any_nearer(taken, at, k_lately)) {
        out.push_back(AsNeededDoubt::given_lately);
    }
    return out;
}

}  // namespace kari::clinical
