// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kari/decimal.hpp>
#include <kari/time.hpp>

#include "kari/v1/resources.pb.h"
#include "sdk/clinical/knowledge_pack.hpp"

// How much of a drug is taken, beside the most that the pack says of it.
namespace kari::clinical {

// A day's doses lie within so much of each other, a week's within so much: a dose that is given two
// hours before its time meets none of the day before, and one of a weekday none of its own.
inline constexpr Duration k_limit_day = Duration::hours(22);
inline constexpr Duration k_limit_week = Duration::hours(7 * 24 - 12);

// What was taken in all, exactly. A part that cannot be told leaves the rest as it is.
class LimitSum {
public:
    // The dose in the unit of the limit: as it is stated, or in pieces of the strength. Less than
    // zero times takes away what was added.
    void add(const v1::Quantity* dose, const v1::Ratio& strength, const DoseLimit& limit,
             int times = 1);
    void add(const LimitSum& other);
    void add_unknown(int times = 1) { unknown_ += times; }
    bool unknown() const { return unknown_ != 0; }
    bool over(const Decimal& most, long long times = 1) const;

private:
    std::map<std::string, Decimal> of_;  // by what each is divided by
    long long unknown_ = 0;
};

// Those that speak of what was given by that way, whatever the age. `unclear`: of one that holds
// the drug beside others, so that nobody can tell how much of it there is; or nothing says by a
// code which way it goes, and the limit is of some ways alone.
struct LimitFor {
    const DoseLimit* limit = nullptr;
    bool unclear = false;
};
std::vector<LimitFor> limits_for(const v1::CodeableConcept& drug, const v1::CodeableConcept& route,
                                 const KnowledgePack& pack);
// The same of one limit, by whatever way.
bool concerns(const DoseLimit& limit, const v1::CodeableConcept& drug);
// Of an age that is not known every one counts.
bool counts_at(const DoseLimit& limit, std::optional<int> years);

// How far apart doses may lie that the limit speaks of together; nothing: of each by itself.
std::optional<Duration> reach_of(const DoseLimit& limit);

// A dose that was taken between two moments.
struct LimitedDose {
    Instant earliest;
    Instant latest;
    const v1::Administration* said = nullptr;
};

enum class LimitDoubt {
    none,
    cannot_tell,  // it, or what was taken beside it, is stated in no unit of the limit's kind
    over_week,
    over_day,
    over_dose,
};

// Beside those that were taken before and after: every rolling day and week in which it lies. Those
// that are not of the limit's drug count for nothing. Over is over, whatever else cannot be told.
LimitDoubt limit_doubt(const DoseLimit& limit, const v1::Administration& dose, Instant at,
                       const std::vector<LimitedDose>& others);

// About a thousand times as much as `ordered`, or as a limit takes, so that a unit may be mistaken
// for another: milligrams for micrograms.
bool is_thousandfold(const v1::Administration& dose, const v1::Quantity* ordered,
                     const std::vector<LimitFor>& limits);

// What an order orders: the worst of its lines, and of what they make together in a day and in a
// week. Lines that end (a course, a taper) are not added up.
struct OrderLimit {
    LimitDoubt doubt = LimitDoubt::none;
    const DoseLimit* limit = nullptr;  // of the doubt
    bool thousandfold = false;
};
OrderLimit order_limit(const v1::Prescription& order, const std::vector<LimitFor>& limits);
// All that speak of the order's drug and a way that a line of it states.
std::vector<LimitFor> limits_for(const v1::Prescription& order, const KnowledgePack& pack);

}  // namespace kari::clinical
