// SPDX-License-Identifier: Apache-2.0
//
// What an order makes in a dose, a day and a week, beside the most that the pack says of it.
#include <algorithm>
#include <array>
#include <utility>

#include "sdk/clinical/as_needed.hpp"
#include "sdk/clinical/dose_limit.hpp"
#include "sdk/clinical/recurrence.hpp"

namespace kari::clinical {
namespace {

constexpr int k_week = 7;
constexpr std::int64_t k_day_ms = Duration::hours(24).ms;
constexpr std::int64_t k_times_max = 1'000;

// How often a line is given on a day that is its, on which weekdays (from Monday), and in a week.
struct Often {
    int a_day = 0;
    std::array<bool, k_week> on{};
    int a_week = 0;
};

int times_in(std::int64_t span, std::int64_t period, std::int64_t times) {
    if (times > k_times_max) return static_cast<int>(k_times_max);
    return static_cast<int>(std::min(k_times_max, (span * times + period - 1) / period));
}

std::optional<int> times_of_code(const v1::CodeableConcept& code) {
    constexpr std::array<std::pair<std::string_view, int>, 6> k_codes{
        {{"QD", 1}, {"AM", 1}, {"PM", 1}, {"BID", 2}, {"TID", 3}, {"QID", 4}}};
    for (const auto& coding : code.coding()) {
        for (const auto& [name, times] : k_codes) {
            if (coding.code() == name) return times;
        }
    }
    return std::nullopt;
}

// Nothing: in words, at dates, or whenever it is needed.
std::optional<Often> often(const v1::Dosage& line) {
    const v1::TimingRepeat& repeat = line.timing().repeat();
    Often out;
    out.on.fill(true);
    if (const auto coded = times_of_code(line.timing().code())) {
        out.a_day = *coded;
        out.a_week = *coded * k_week;
        return out;
    }
    if (!line.timing().event().empty()) return std::nullopt;
    const int stated = repeat.time_of_day_size() + repeat.when_size();
    if (repeat.day_of_week_size() > 0) {
        out.on.fill(false);
        for (const std::string& code : repeat.day_of_week()) {
            const auto day = weekday_of(code);
            if (!day) return std::nullopt;
            out.on[static_cast<std::size_t>(*day) - 1] = true;
        }
        out.a_day = std::max(1, stated);
        out.a_week = out.a_day * static_cast<int>(std::count(out.on.begin(), out.on.end(), true));
        return out;
    }
    const std::int64_t times =
        std::max<std::int64_t>({1, repeat.frequency(), repeat.frequency_max()});
    if (const std::string& unit = repeat.period_unit(); unit == "mo" || unit == "a") {
        out.a_day = out.a_week = std::max(1, stated);
        return times > 1 ? std::nullopt : std::optional(out);
    }
    const auto period = lasting(repeat.period(), repeat.period_unit());
    if (!period) {
        if (stated == 0) return std::nullopt;
        out.a_day = stated;
        out.a_week = stated * k_week;
        return out;
    }
    out.a_day = std::max(stated, times_in(k_day_ms, period->ms, times));
    out.a_week = std::max(stated, times_in(k_day_ms * k_week, period->ms, times));
    return out;
}

bool ends(const v1::Dosage& line) {
    const v1::TimingRepeat& repeat = line.timing().repeat();
    return repeat.has_bounds_duration() || repeat.has_bounds_range() || repeat.has_count() ||
           !repeat.bounds_period().end().empty() || line.has_sequence();
}

// Each amount of a line; null where it says none.
std::vector<const v1::Quantity*> amounts_of(const v1::Dosage& line) {
    std::vector<const v1::Quantity*> out;
    for (const v1::DoseAndRate& dose : line.dose_and_rate()) {
        if (dose.has_dose_quantity()) {
            out.push_back(&dose.dose_quantity());
        } else {
            out.push_back(dose.dose_range().has_high() ? &dose.dose_range().high() : nullptr);
        }
    }
    if (out.empty()) out.push_back(nullptr);
    return out;
}

struct Totals {
    std::array<LimitSum, k_week> day;
    LimitSum week;

    LimitDoubt beside(const DoseLimit& limit) const {
        const auto& most = limit.day_most;
        const auto over_day = [&](const LimitSum& sum) {
            return most && sum.over(*most);
        };
        if (std::any_of(day.begin(), day.end(), over_day)) return LimitDoubt::over_day;
        if (limit.week_most && week.over(*limit.week_most)) return LimitDoubt::over_week;
        const bool summed = limit.day_most || limit.week_most;
        return summed && week.unknown() ? LimitDoubt::cannot_tell : LimitDoubt::none;
    }
    void add(const Totals& other) {
        for (std::size_t i = 0; i < day.size(); ++i)
            day[i].add(other.day[i]);
        week.add(other.week);
    }
};

Totals totals_of(const v1::Dosage& line, const v1::Ratio& strength, const DoseLimit& limit) {
    Totals out;
    const bool needed = line.as_needed() || line.has_as_needed_for();
    // What is given as needed is at most what it may be in a day, where that is said.
    const v1::Ratio& most = line.max_dose_per_period();
    const auto period = lasting(most.denominator().value(), most.denominator().code());
    if (needed && most.has_numerator() && period && period->ms == k_day_ms) {
        for (LimitSum& sum : out.day)
            sum.add(&most.numerator(), strength, limit);
        out.week.add(&most.numerator(), strength, limit, k_week);
        return out;
    }
    const auto times = often(line);
    const auto amounts = amounts_of(line);
    if (!times || amounts.size() > 1) {
        // Nobody has ordered more of it than is needed.
        if (!needed) out.week.add_unknown();
        return out;
    }
    for (std::size_t i = 0; i < out.day.size(); ++i) {
        if (times->on[i]) out.day[i].add(amounts.front(), strength, limit, times->a_day);
    }
    out.week.add(amounts.front(), strength, limit, times->a_week);
    return out;
}

LimitDoubt doubt_of(const v1::Prescription& order, const DoseLimit& limit) {
    LimitDoubt worst = LimitDoubt::none;
    Totals lasting_lines;
    Totals all;
    bool any_ends = false;
    for (const v1::Dosage& line : order.dosage()) {
        for (const v1::Quantity* amount : amounts_of(line)) {
            LimitSum alone;
            alone.add(amount, order.strength(), limit);
            const bool over = limit.dose_most && alone.over(*limit.dose_most);
            if (over) return LimitDoubt::over_dose;
            if (alone.unknown()) worst = LimitDoubt::cannot_tell;
        }
        const Totals own = totals_of(line, order.strength(), limit);
        if (ends(line)) {
            any_ends = true;
            worst = std::max(worst, own.beside(limit));
        } else {
            lasting_lines.add(own);
        }
        all.add(own);
    }
    worst = std::max(worst, lasting_lines.beside(limit));
    const bool together = all.beside(limit) > LimitDoubt::cannot_tell;
    if (any_ends && together) worst = std::max(worst, LimitDoubt::cannot_tell);
    return order.dosage().empty() ? LimitDoubt::cannot_tell : worst;
}

bool any_thousandfold(const v1::Prescription& order, const LimitFor& each) {
    const auto& lines = order.dosage();
    return std::any_of(lines.begin(), lines.end(), [&](const v1::Dosage& line) {
        const auto amounts = amounts_of(line);
        return std::any_of(amounts.begin(), amounts.end(), [&](const v1::Quantity* amount) {
            if (amount == nullptr) return false;
            v1::Administration dose;
            *dose.mutable_dose() = *amount;
            *dose.mutable_strength() = order.strength();
            return is_thousandfold(dose, nullptr, {each});
        });
    });
}

}  // namespace

std::vector<LimitFor> limits_for(const v1::Prescription& order, const KnowledgePack& pack) {
    std::vector<LimitFor> out;
    const auto take = [&](const v1::CodeableConcept& route) {
        for (const LimitFor& one : limits_for(order.medication(), route, pack)) {
            const auto there = std::find_if(out.begin(), out.end(), [&](const LimitFor& each) {
                return each.limit == one.limit;
            });
            if (there == out.end())
                out.push_back(one);
            else
                there->unclear = there->unclear && one.unclear;
        }
    };
    for (const v1::Dosage& line : order.dosage())
        take(line.route());
    if (order.dosage().empty()) take({});
    return out;
}

OrderLimit order_limit(const v1::Prescription& order, const std::vector<LimitFor>& limits) {
    OrderLimit out;
    if (order.do_not_perform()) return out;
    for (const LimitFor& each : limits) {
        const auto doubt = each.unclear ? LimitDoubt::cannot_tell : doubt_of(order, *each.limit);
        if (doubt > out.doubt) {
            out.doubt = doubt;
            out.limit = each.limit;
        }
        out.thousandfold = out.thousandfold || (!each.unclear && any_thousandfold(order, each));
    }
    return out;
}

}  // namespace kari::clinical
