// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <kari/time.hpp>

#include "sdk/chart/chart.hpp"
#include "sdk/chart/death.hpp"
#include "sdk/chart/taken.hpp"
#include "sdk/clinical/schedule.hpp"

namespace kari::chart {

// What the facts say of a dose, the strongest last. Nothing closes a slot without an event.
enum class SlotState {
    none,       // no event names it
    not_done,   // refused, withheld, absent ...
    contested,  // a withdrawal that is not confirmed, or statements that did not see each other
    given,      // at least one statement that it was taken, not withdrawn
};

// By the clock alone; never part of a finding. Nothing when no `now` was given or an event exists.
enum class DueState { upcoming, due, overdue };

struct SlotView {
    clinical::DoseSlot slot;
    Version order;          // of the order, to be named by who gives
    ChangeId prescription;  // of which side of it, likewise
    std::string medication;
    v1::Dosage dosage;
    SlotState state = SlotState::none;
    std::vector<Version> administrations;  // those that name the slot
    std::vector<TakenDose> elsewhere;      // near it, and naming no slot: they close none
    bool possible_double = false;          // more than one counts as taken
    bool given_and_not_given = false;
    // Nothing here names it, and the doses of that time are not all here: it may have been given.
    bool cannot_tell = false;
    std::optional<DueState> due;
    Duration window;  // how far from its time it counts as on time, either way
    // Plain giving may be offered: an active order that nobody contests, whole and readable here,
    // no event that says taken, and none elsewhere near its time.
    bool may_give = false;
    bool order_contested = false;  // each side's doses are listed: ring before giving
    bool critical = false;
    bool suspended = false;  // nobody named it, and the citizen is said to be dead
    v1::MedicationRequestStatus order_status = v1::MEDICATION_REQUEST_STATUS_UNSPECIFIED;
};

// An order of which the day's doses cannot be computed, or that is given when needed.
struct UnscheduledOrder {
    Version order;
    ChangeId prescription;  // of which side of it
    std::string medication;
    std::size_t dosage = 0;
    std::optional<clinical::CannotTell> reason;  // nothing: as needed
    v1::Dosage said;                             // empty when the order has none
};

struct Slots {
    LocalDate date;
    std::vector<SlotView> slots;            // by (due, nominal, ordinal, id)
    std::vector<UnscheduledOrder> look_at;  // "cannot tell: look at the order's text"
    std::vector<UnscheduledOrder> as_needed;
    // False: a linked record, part of an order or the doses of that time are not all here.
    bool whole = true;
    Death death = Death::not_told;  // told: what nobody named is suspended
};

// All slots that the date has by any order, active or not: what to look for before slots_for.
std::vector<SlotId> slots_on(const Group& group, const LocalDate& date, std::string_view zone,
                             const clinical::DayParts& day_parts = clinical::default_day_parts());

// The doses of a date. Slots of an order that is not active are listed only when an event names
// them. `now` adds due, overdue and upcoming.
Slots slots_for(const Group& group, const clinical::KnowledgePack& pack, const LocalDate& date,
                std::string_view zone, const std::optional<Instant>& now,
                const clinical::DayParts& day_parts = clinical::default_day_parts());

}  // namespace kari::chart
