// SPDX-License-Identifier: Apache-2.0
#include "sdk/clinical/weekly.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include <kari/decimal.hpp>

#include "sdk/base/quantity.hpp"
#include "sdk/clinical/coding.hpp"
#include "sdk/clinical/recurrence.hpp"

namespace kari::clinical {
namespace {

constexpr int k_week = 7;
constexpr Duration k_half_a_day = Duration::hours(12);

Duration nearest(const WeeklyDrug& drug) {
    return Duration{Duration::hours(24 * drug.days_apart).ms - k_half_a_day.ms};
}

bool is_for_every_day(const v1::Quantity& dose, const WeeklyDrug& drug) {
    const auto value = Decimal::parse(dose.value());
    if (!drug.daily_most || !value) return false;
    const auto order = base::compare(Quantity{*value, dose.code(), {}}, *drug.daily_most);
    return order && *order != std::strong_ordering::greater;
}

bool is_for_every_day(const v1::Prescription& order, const WeeklyDrug& drug) {
    const auto& lines = order.dosage();
    return !lines.empty() && std::all_of(lines.begin(), lines.end(), [&](const v1::Dosage& line) {
        const auto& doses = line.dose_and_rate();
        return !doses.empty() && std::all_of(doses.begin(), doses.end(), [&](const auto& dose) {
            return dose.has_dose_quantity() && is_for_every_day(dose.dose_quantity(), drug);
        });
    });
}

// The least days between two of some weekdays, round the week.
int days_between(const std::set<int>& weekdays) {
    int least = k_week;
    for (auto at = weekdays.begin(); at != weekdays.end(); ++at) {
        const auto next = std::next(at);
        const int days = next == weekdays.end() ? *weekdays.begin() + k_week - *at : *next - *at;
        least = std::min(least, days);
    }
    return least;
}

// Days from one to the next of a line that comes round by a period, rounded down.
std::optional<int> days_of_period(const v1::TimingRepeat& repeat) {
    constexpr int k_most = 10'000;
    const auto period = Decimal::parse(repeat.period().empty() ? "1" : repeat.period());
    if (!period || repeat.has_frequency_max() || !repeat.period_max().empty()) return std::nullopt;
    const std::string& unit = repeat.period_unit();
    const int hours = unit == "h"    ? 1
                      : unit == "d"  ? 24
                      : unit == "wk" ? 24 * k_week
                      : unit == "mo" ? 24 * 28
                      : unit == "a"  ? 24 * 365
                                     : 0;
    if (hours == 0 || period->compare(Decimal::of(k_most)) > 0) return std::nullopt;
    const int times = repeat.has_frequency() ? static_cast<int>(repeat.frequency()) : 1;
    if (times < 1 || times > k_most) return std::nullopt;
    int days = 0;
    // As whole days as the period has, among so many times.
    while (days < k_most &&
           (*period * Decimal::of(hours)).compare(Decimal::of(24LL * times * (days + 1))) >= 0) {
        ++days;
    }
    return days;
}

// FHIR's own codes of timings that come round on every day.
bool is_daily_code(const v1::CodeableConcept& code) {
    constexpr std::array<std::string_view, 6> k_daily{"QD", "BID", "TID", "QID", "AM", "PM"};
    return std::any_of(code.coding().begin(), code.coding().end(), [&](const v1::Coding& one) {
        return std::find(k_daily.begin(), k_daily.end(), one.code()) != k_daily.end();
    });
}

// Days between the days of one line; weekdays are collected, for lines may name different ones.
std::optional<int> days_of(const v1::Dosage& line, std::set<int>& weekdays) {
    const v1::TimingRepeat& repeat = line.timing().repeat();
    if (line.as_needed() || line.has_as_needed_for()) return std::nullopt;
    if (is_daily_code(line.timing().code())) return 1;
    if (!line.timing().event().empty() || line.timing().has_code()) return std::nullopt;
    if (const int named = repeat.day_of_week_size(); named > 0) {
        const int a_day = std::max({1, repeat.time_of_day_size(), repeat.when_size()});
        if (static_cast<int>(repeat.frequency()) > named * a_day) return std::nullopt;
        for (const std::string& code : repeat.day_of_week()) {
            const auto day = weekday_of(code);
            if (!day) return std::nullopt;
            weekdays.insert(*day);
        }
        return k_week;
    }
    if (!repeat.period_unit().empty()) return days_of_period(repeat);
    const bool daily = repeat.time_of_day_size() > 0 || repeat.when_size() > 0;
    return daily ? std::optional(1) : std::nullopt;
}

}  // namespace

const WeeklyDrug* weekly_drug(const v1::CodeableConcept& drug, const KnowledgePack& pack) {
    const auto codes = atc_codes(drug);
    for (const WeeklyDrug& row : pack.weekly) {
        for (const std::string& prefix : row.drugs) {
            const bool any = std::any_of(codes.begin(), codes.end(), [&](const std::string& code) {
                return code.starts_with(prefix);
            });
            if (any) return &row;
        }
    }
    return nullptr;
}

const WeeklyDrug* weekly_dose(const v1::Administration& said, const KnowledgePack& pack) {
    const WeeklyDrug* drug = weekly_drug(said.medication(), pack);
    return drug == nullptr || is_for_every_day(said.dose(), *drug) ? nullptr : drug;
}

bool too_near(Duration apart, const WeeklyDrug& drug) {
    return apart < nearest(drug);
}

Duration weekly_reach(const KnowledgePack& pack) {
    Duration out;
    for (const WeeklyDrug& drug : pack.weekly)
        out = std::max(out, nearest(drug));
    return out;
}

WeeklyDoubt weekly_doubt(const v1::Prescription& order, const KnowledgePack& pack) {
    const WeeklyDrug* drug = weekly_drug(order.medication(), pack);
    if (drug == nullptr || order.do_not_perform() || is_for_every_day(order, *drug)) {
        return WeeklyDoubt::none;
    }
    std::set<int> weekdays;
    int others = 0;  // lines that come round by something else than weekdays
    bool unclear = order.dosage().empty();
    for (const v1::Dosage& line : order.dosage()) {
        const auto days = days_of(line, weekdays);
        if (days && *days < drug->days_apart) return WeeklyDoubt::too_often;
        unclear = unclear || !days;
        const bool by_weekday = line.timing().repeat().day_of_week_size() > 0;
        if (days && !by_weekday) ++others;
    }
    if (!weekdays.empty() && days_between(weekdays) < drug->days_apart) {
        return WeeklyDoubt::too_often;
    }
    const int groups = others + (weekdays.empty() ? 0 : 1);
    return unclear || groups > 1 ? WeeklyDoubt::cannot_tell : WeeklyDoubt::none;
}

}  // namespace kari::clinical
