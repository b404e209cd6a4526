// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "kari/v1/care.pb.h"
#include "sdk/chart/exposure.hpp"
#include "sdk/chart/group.hpp"
#include "sdk/chart/history.hpp"
#include "sdk/chart/view.hpp"

namespace kari::chart {

// An act of this code about an administration says that a second person checked the dose.
inline constexpr std::string_view k_act_system = "urn:kari:act";
inline constexpr std::string_view k_second_check = "second-check-of-dose";
bool is_second_check(const v1::Performance& act);
// The doses that any statement of an act says were checked; empty for any other resource.
// Ascending.
std::vector<ResourceId> checked_by(const GroupResource& act);

// How far from the dose a check may lie.
inline constexpr Duration k_check_within = Duration::minutes(30);

// What a check is worth. It counts for the statement that its author saw.
enum class CheckStanding {
    holds,
    same_person,  // whoever gave the dose, or said anew what was given, checked it
    out_of_time,
    stale,  // what stands of the dose says otherwise than what was seen
};

struct SecondCheck {
    const GroupResource* act = nullptr;
    const GroupResource* administration = nullptr;
    const merge::Change* change = nullptr;  // of the act
    CheckStanding standing = CheckStanding::holds;
    std::vector<ChangeId> unseen;  // statements that stand and say otherwise; of `stale` only
};

// Nothing when the act is no check, was taken back, is about nothing that is here, or about a dose
// that nobody says was given.
std::optional<SecondCheck> second_check_of(const Group& group, const GroupResource& act,
                                           const ClockNotes& clocks);

}  // namespace kari::chart
