// SPDX-License-Identifier: Apache-2.0
#include "sdk/clinical/dose_limit.hpp"

#include <algorithm>

#include "sdk/base/quantity.hpp"
#include "sdk/clinical/coding.hpp"
#include "sdk/clinical/pieces.hpp"

namespace kari::clinical {
namespace {

constexpr std::size_t k_digits_max = 40;
constexpr std::size_t k_divisors_max = 6;
constexpr long long k_hundred = 100;
constexpr long long k_two_thousand = 2000;
constexpr long long k_half_thousand = 500;

bool greater(const Decimal& a, const Decimal& b) {
    return a.compare(b) == std::strong_ordering::greater;
}

// A number that somebody can have meant: sums of others cost without an end.
std::optional<Decimal> sane(const std::string& text) {
    const auto value = Decimal::parse(text);
    if (!value || value->negative() || value->text().size() > k_digits_max ||
        greater(*value, Decimal::of(1'000'000'000))) {
        return std::nullopt;
    }
    const bool tiny = !value->zero() && greater(*Decimal::parse("0.000000001"), *value);
    return tiny ? std::nullopt : std::optional(*value);
}

std::optional<Decimal> in_unit(const v1::Quantity& said, const std::string& unit) {
    const auto value = sane(said.value());
    const std::string own = meant_unit(said);
    if (!value || own.empty()) return std::nullopt;
    if (own == unit) return value;
    const auto converted = base::convert(kari::Quantity{*value, own, {}}, unit);
    return converted ? std::optional(converted->value) : std::nullopt;
}

struct Part {
    Decimal value;
    Decimal per = Decimal::of(1);
};

std::optional<Part> part_of(const v1::Quantity& dose, const v1::Ratio& strength,
                            const std::string& unit) {
    if (const auto stated = in_unit(dose, unit)) return Part{*stated};
    if (!strength.has_numerator()) return std::nullopt;
    const auto holds = in_unit(strength.numerator(), unit);
    if (!holds) return std::nullopt;
    const std::string counted = meant_unit(dose);
    std::string per = meant_unit(strength.denominator());
    Part out;
    if (!strength.denominator().value().empty()) {
        const auto each = sane(strength.denominator().value());
        if (!each || each->zero()) return std::nullopt;
        out.per = *each;
    }
    // A strength without a unit below it is that of a piece.
    if ((per.empty() || per == "1") && counted_in_pieces(counted)) per = counted;
    if (per.empty()) return std::nullopt;
    const auto pieces = in_unit(dose, per);
    if (!pieces) return std::nullopt;
    out.value = *pieces * *holds;
    return out;
}

bool any_begins(const std::vector<std::string>& codes, const std::vector<std::string>& prefixes) {
    return std::any_of(codes.begin(), codes.end(), [&](const std::string& code) {
        return std::any_of(prefixes.begin(), prefixes.end(),
                           [&](const std::string& prefix) { return code.starts_with(prefix); });
    });
}

enum class Way { of_the_limit, another, cannot_tell };

Way way_of(const v1::CodeableConcept& route, const DoseLimit& limit) {
    if (limit.routes.empty()) return Way::of_the_limit;
    Way out = Way::cannot_tell;
    for (const v1::Coding& one : route.coding()) {
        if (one.system() != k_snomed) continue;
        const auto found = std::find(limit.routes.begin(), limit.routes.end(), one.code());
        if (found != limit.routes.end()) return Way::of_the_limit;
        out = Way::another;
    }
    return out;
}

std::optional<LimitFor> limit_for(const v1::CodeableConcept& drug, const v1::CodeableConcept& route,
                                  const DoseLimit& limit) {
    const Way way = way_of(route, limit);
    if (way == Way::another) return std::nullopt;
    const auto codes = atc_codes(drug);
    // First what is named as a combination: "N02B" among the drugs would take it in.
    if (any_begins(codes, limit.combined)) return LimitFor{&limit, true};
    if (any_begins(codes, limit.drugs)) return LimitFor{&limit, way == Way::cannot_tell};
    return std::nullopt;
}

void add_dose(LimitSum& sum, const v1::Administration& said, const DoseLimit& limit,
              int times = 1) {
    const auto found = limit_for(said.medication(), said.route(), limit);
    if (!found) return;
    if (found->unclear || !said.has_dose()) return sum.add_unknown(times);
    sum.add(&said.dose(), said.strength(), limit, times);
}

// The worst of every span of that length that the moment lies in and that ends with it or a dose.
LimitDoubt spans_doubt(const DoseLimit& limit, const v1::Administration& dose, Instant at,
                       const std::vector<LimitedDose>& others, Duration period, const Decimal& most,
                       LimitDoubt over) {
    std::vector<Instant> ends{at};
    std::vector<const LimitedDose*> coming;
    for (const LimitedDose& other : others) {
        coming.push_back(&other);
        for (const Instant end : {other.earliest, other.latest}) {
            if (end > at && end - period < at) ends.push_back(end);
        }
    }
    std::vector<const LimitedDose*> going = coming;
    std::sort(ends.begin(), ends.end());
    std::sort(coming.begin(), coming.end(),
              [](const auto* a, const auto* b) { return a->earliest < b->earliest; });
    std::sort(going.begin(), going.end(),
              [](const auto* a, const auto* b) { return a->latest < b->latest; });
    // One sum, moved along: each dose comes into it once and goes once, however many there are.
    LimitSum sum;
    add_dose(sum, dose, limit);
    bool unknown = false;
    auto next = coming.begin();
    auto last = going.begin();
    for (const Instant end : ends) {
        for (; next != coming.end() && (*next)->earliest <= end; ++next)
            add_dose(sum, *(*next)->said, limit);
        for (; last != going.end() && (*last)->latest <= end - period; ++last)
            add_dose(sum, *(*last)->said, limit, -1);
        if (sum.over(most)) return over;
        unknown = unknown || sum.unknown();
    }
    return unknown ? LimitDoubt::cannot_tell : LimitDoubt::none;
}

}  // namespace

void LimitSum::add(const v1::Quantity* dose, const v1::Ratio& strength, const DoseLimit& limit,
                   int times) {
    const auto part = dose == nullptr ? std::nullopt : part_of(*dose, strength, limit.unit);
    const std::string by = part ? part->per.text() : std::string();
    if (!part || (of_.count(by) == 0 && of_.size() >= k_divisors_max)) {
        unknown_ += times;
        return;
    }
    Decimal& sum = of_[by];
    sum = sum + part->value * Decimal::of(times);
}

void LimitSum::add(const LimitSum& other) {
    unknown_ += other.unknown_;
    for (const auto& [by, value] : other.of_) {
        Decimal& sum = of_[by];
        sum = sum + value;
    }
}

bool LimitSum::over(const Decimal& most, long long times) const {
    Decimal divisor = Decimal::of(1);
    Decimal sum;
    for (const auto& [by, value] : of_) {
        const auto per = *Decimal::parse(by);
        sum = sum * per + value * divisor;
        divisor = divisor * per;
    }
    return greater(sum, most * divisor * Decimal::of(times));
}

std::vector<LimitFor> limits_for(const v1::CodeableConcept& drug, const v1::CodeableConcept& route,
                                 const KnowledgePack& pack) {
    std::vector<LimitFor> out;
    if (drug.coding().empty()) return out;
    for (const DoseLimit& limit : pack.dose_limits) {
        if (const auto found = limit_for(drug, route, limit)) out.push_back(*found);
    }
    return out;
}

bool concerns(const DoseLimit& limit, const v1::CodeableConcept& drug) {
    const auto codes = atc_codes(drug);
    return any_begins(codes, limit.drugs) || any_begins(codes, limit.combined);
}

bool counts_at(const DoseLimit& limit, std::optional<int> years) {
    if (!years) return true;
    return (!limit.age_from || *years >= *limit.age_from) &&
           (!limit.age_below || *years < *limit.age_below);
}

std::optional<Duration> reach_of(const DoseLimit& limit) {
    if (limit.week_most) return k_limit_week;
    if (limit.day_most) return k_limit_day;
    return std::nullopt;
}

LimitDoubt limit_doubt(const DoseLimit& limit, const v1::Administration& dose, Instant at,
                       const std::vector<LimitedDose>& others) {
    LimitDoubt worst = LimitDoubt::none;
    if (limit.dose_most) {
        LimitSum alone;
        add_dose(alone, dose, limit);
        if (alone.over(*limit.dose_most)) return LimitDoubt::over_dose;
        if (alone.unknown()) worst = LimitDoubt::cannot_tell;
    }
    if (limit.day_most) {
        worst = std::max(worst, spans_doubt(limit, dose, at, others, k_limit_day, *limit.day_most,
                                            LimitDoubt::over_day));
    }
    if (limit.week_most) {
        worst = std::max(worst, spans_doubt(limit, dose, at, others, k_limit_week, *limit.week_most,
                                            LimitDoubt::over_week));
    }
    return worst;
}

namespace {

// The usual dose lies below the limit, so that a thousand of them may be some hundred limits.
bool is_slip(const LimitSum& amount, const DoseLimit& limit) {
    const auto& most = limit.dose_most  ? limit.dose_most
                       : limit.day_most ? limit.day_most
                                        : limit.week_most;
    return amount.over(*most, k_hundred) && !amount.over(*most, k_two_thousand);
}

bool is_slip(const v1::Quantity& dose, const v1::Quantity& ordered) {
    const auto usual = sane(ordered.value());
    const std::string unit = meant_unit(ordered);
    const auto given = usual && !usual->zero() ? in_unit(dose, unit) : std::nullopt;
    return given && !greater(*usual * Decimal::of(k_half_thousand), *given) &&
           !greater(*given, *usual * Decimal::of(k_two_thousand));
}

}  // namespace

bool is_thousandfold(const v1::Administration& dose, const v1::Quantity* ordered,
                     const std::vector<LimitFor>& limits) {
    if (!dose.has_dose()) return false;
    if (ordered != nullptr && is_slip(dose.dose(), *ordered)) return true;
    return std::any_of(limits.begin(), limits.end(), [&](const LimitFor& each) {
        if (each.unclear) return false;
        LimitSum amount;
        amount.add(&dose.dose(), dose.strength(), *each.limit);
        return is_slip(amount, *each.limit);
    });
}

}  // namespace kari::clinical
