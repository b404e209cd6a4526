// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <kari/actions.hpp>

#include "sdk/base/time.hpp"
#include "sdk/chart/taken.hpp"
#include "sdk/device/session.hpp"

namespace kari::device {

// What of a medicine was given before, for whoever is about to give.

// A stated time in the unit's zone; a date as it was written; else when it was recorded.
std::string effective_shown(const Session& session, const v1::Administration& said,
                            const chart::Authorship& by);
// "Ingrid Berg, 2026-03-04 08:10, 2 tablets": as far as it is known.
std::string dose_told(const Session& session, const v1::Administration& said,
                      const chart::Authorship& by);

DoseElsewhere dose_elsewhere(const Session& session, const chart::TakenDose& dose);
// What was taken in the 24 hours before, in words; empty: nothing.
std::string last_day_words(const Session& session, const std::vector<chart::TakenDose>& taken,
                           Instant before);

// That the moment is not the slot's own time, and doses near the slot that nobody said which slot
// they were for.
void add_slot_warnings(const Session& session, const chart::Group& group, const ResourceId& lineage,
                       const v1::Prescription& prescription, const SlotId& slot, Instant at,
                       std::vector<DoseWarning>& out);
// Of a dose outside the schedule: when the last one was, how much, and what the order lets be.
// `amount` null: not known.
void add_as_needed_warnings(const Session& session, const chart::Group& group,
                            const ResourceId& lineage, const v1::Prescription& prescription,
                            const v1::Quantity* amount, Instant at, std::vector<DoseWarning>& out);

// What was given within so many days of a drug that is taken on one day in them, from any order.
void add_weekly_warnings(const Session& session, const chart::Group& group,
                         const v1::Administration& dose, Instant at, std::vector<DoseWarning>& out);

}  // namespace kari::device
