// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include <kari/time.hpp>

#include "kari/v1/resources.pb.h"

// A dose outside the schedule, beside what was taken of the medicine before.
namespace kari::clinical {

// A time of so many units, rounded up to milliseconds; nothing when it is no such time. A month is
// no number of days.
std::optional<Duration> lasting(std::string_view value, std::string_view unit);

// A dose that was taken: the moments between which it can have been, and how much where that is
// stated.
struct EarlierDose {
    Instant earliest;
    Instant latest;
    std::optional<v1::Quantity> amount;
};

// Worst first.
enum class AsNeededDoubt {
    too_soon,       // nearer to another dose than the order lets it be
    over_maximum,   // with it, more in a period, or more often, than the order allows
    total_unknown,  // the order has a maximum, and what was taken cannot be added up
    given_lately,   // none is stated, there is another within 24 hours, and no maximum is passed
};
// The rule under which the catalogue speaks of it.
std::string_view rule_of(AsNeededDoubt doubt);

// What must be answered before the amount is given at that moment from an order. Understood: an
// interval or a number of times ("every 4 h", "3 times in 1 d") of lines that are given as needed,
// and a maximum in a period of any line; of several lines the strictest. An interval that is met
// exactly is met, and a period is a rolling one: every span of that length in which the dose lies
// counts, for what is written down late lies before other doses. Doses whose time is a span count
// at the end that does harm. What cannot be computed is never well: it is asked about.
std::vector<AsNeededDoubt> as_needed_doubts(const v1::Prescription& prescription, Instant at,
                                            const v1::Quantity* amount,
                                            const std::vector<EarlierDose>& taken);

// What was taken of a medicine, or may be without anybody knowing: how much in all and in how many
// doses, and when at the latest.
struct Claimed {
    Instant latest;
    std::optional<v1::Quantity> amount;  // nothing: not stated
    std::size_t times = 1;
};

// The largest single dose of the lines that are given as needed. Nothing: a line does not state
// one, or two are in units that cannot be compared.
std::optional<v1::Quantity> largest_dose(const v1::Prescription& prescription);

// So many times as much. Requires an amount that is a number.
v1::Quantity times(const v1::Quantity& amount, std::size_t count);

// How many doses more of that amount, at most `wanted`, may be promised at a moment for whenever
// later: each keeps within the maxima of every rolling period together with what was claimed later
// than so long before the moment, and a minute, for clocks are not known better (k_clock_doubt).
// Nothing: the order states no maximum in a period, or what was claimed cannot be added up.
std::optional<std::size_t> doses_left(const v1::Prescription& prescription, Instant now,
                                      const v1::Quantity& dose, std::size_t wanted,
                                      const std::vector<Claimed>& claimed);
inline constexpr Duration k_clock_doubt = Duration::minutes(1);

// How far apart doses may lie that such an order speaks of together: the longest of its interval
// and its periods. Nothing: no line is given as needed, or none can be read.
std::optional<Duration> as_needed_reach(const v1::Prescription& prescription);

}  // namespace kari::clinical
