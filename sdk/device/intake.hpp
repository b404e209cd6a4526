// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kari/actions.hpp>
#include <kari/administration_view.hpp>

#include "sdk/chart/after_dose.hpp"
#include "sdk/device/session.hpp"

namespace kari::device {

// How a dose came to be taken and what came of it, as nurses say and read it.

// Says it, and names who took, saw or gave it. Errors: invalid_argument (by another, and not by
// whom).
Result<void> set_intake(const Session& session, const chart::Group& group, DoseIntake intake,
                        const std::string& given_by, v1::Administration& dose);

// By when somebody is to see whether a dose of the order helped. Errors: value_out_of_range.
Result<void> set_effect_due(const Session& session, const v1::Prescription& order, bool in_a_slot,
                            const std::optional<Duration>& after, Instant given,
                            v1::Administration& dose);

// "handed over, nobody saw it taken"; empty for what was given.
std::string intake_words(const Session& session, const v1::Administration& said);
// "came up 2026-03-04 08:40: ask ...".
std::string vomited_words(const Session& session, const chart::AfterDose& act);
// When it says that something was.
std::string after_time(const Session& session, const chart::AfterDose& act);

std::vector<AfterDoseItem> after_dose_items(const Session& session,
                                            const std::vector<chart::AfterDose>& acts);
std::vector<FollowUpItem> follow_up_items(const Session& session, const chart::Group& group,
                                          const DataAge& age, Instant now);
// So long from now the first of them that is not due yet is.
std::optional<Duration> next_follow_up_in(const Session& session, const std::vector<FollowUpItem>&,
                                          Instant now);

// Statements that a dose of the slot was not given, of doses of which nothing counts as taken.
struct NotTaken {
    ChangeId change;
    v1::Administration said;
    chart::Authorship by;
};
std::vector<NotTaken> not_taken_in(const chart::Group& doses, const SlotId& slot);
// What was left out of the slot before, and why: read, or answered where somebody decided it.
void add_not_taken_warnings(const Session& session, const std::vector<NotTaken>& before,
                            std::vector<DoseWarning>& out);
// That the dose that this one may be meant to replace came up: of its slot, or of the medicine
// within a day.
void add_vomited_warning(const Session& session, const chart::Group& group,
                         const std::vector<ResourceId>& doses, std::vector<DoseWarning>& out);

// By whoever is signed in; an empty text is no note.
void add_note(const Session& session, v1::Administration& administration, std::string_view text);

}  // namespace kari::device
