// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <kari/error.hpp>
#include <kari/ids.hpp>
#include <kari/time.hpp>

#include "kari/v1/resources.pb.h"

namespace kari::clinical {

// Nominal of a dose that is due so and so often a day at no stated time. Which wall-clock times
// that means is the unit's choice and may change; the slot stays the same.
inline constexpr std::string_view k_any_time = "DAY";

// SHA-256 over ("kari slot", lineage, "YYYY-MM-DD", nominal, ordinal as u32): the same on every
// device, in every zone and for every version of the order.
// `nominal` is "HH:MM", a FHIR `when` code such as "MORN", k_any_time, or of a dose every so many
// hours "HH:MMZ", its time in UTC, and the date then is UTC's; `ordinal` counts from 0 among the
// doses of that lineage, date and nominal.
SlotId slot_id(const ResourceId& lineage, const LocalDate& date, std::string_view nominal,
               std::uint32_t ordinal);

// When a unit gives what an order names by part of day. Never part of a slot's identity.
struct DayParts {
    std::map<std::string, LocalTime, std::less<>> when;           // FHIR `when` code to time
    std::map<std::uint32_t, std::vector<LocalTime>> times_a_day;  // for n a day without times
};
const DayParts& default_day_parts();

struct DoseSlot {
    SlotId id;
    LocalDate date;
    std::string nominal;  // of a dose every so many hours its local time
    std::uint32_t ordinal = 0;
    ZonedInstant due;        // after the rules for the hour that is skipped or comes twice
    std::size_t dosage = 0;  // index in the prescription
};

enum class CannotTell {
    no_dosage,           // the order has no dosage at all
    no_timing,           // a dosage without timing
    no_start,            // a timing that counts from a start which the order does not state
    unsupported_timing,  // a timing that this build cannot expand (ranges, offsets ...)
    unclear_timing,      // a timing that contradicts itself or cannot be read
    unknown_day_part,    // a part of the day that the unit has given no time
    unknown_zone,
};
std::string_view name(CannotTell reason);

// A dosage of which this build cannot say what is due: look at the order's text. Never silence.
struct UnclearDosage {
    std::size_t dosage = 0;
    CannotTell reason = CannotTell::unsupported_timing;
    std::string text;  // the order's own words, maybe empty
};

struct Expansion {
    std::vector<DoseSlot> slots;         // by (due, nominal, ordinal)
    std::vector<UnclearDosage> unclear;  // by dosage
    std::vector<std::size_t> as_needed;  // dosages that open no slot: given when needed
    bool do_not_give = false;            // the order says not to
};

// What is due by a prescription on a local date. Understands: timeOfDay, `when` through the
// unit's map, n times a day, dayOfWeek, every n hours, days, weeks, months or years from the start
// that the bounds state (recurrence.hpp), so many times in all from there, dated events, the timing
// codes QD BID TID QID AM PM, and bounds by period. All else is listed as unclear.
// Limits: 64 dosages; a count of 400 within 4,000 days, each of which is looked at. Without a count
// what a date costs does not depend on how old the order is.
// A time in the hour that spring skips moves to the end of the gap; a time in the hour that
// autumn repeats is its first occurrence only.
Expansion expand(const ResourceId& lineage, const v1::Prescription& prescription,
                 const LocalDate& date, std::string_view zone,
                 const DayParts& day_parts = default_day_parts());

}  // namespace kari::clinical
