// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string_view>
#include <vector>

#include "kari/v1/care.pb.h"
#include "sdk/chart/exposure.hpp"
#include "sdk/chart/group.hpp"
#include "sdk/chart/history.hpp"

// What came of a dose: acts of their own, so that no statement about the dose can replace them.
namespace kari::chart {

// Acts (k_act_system) of these codes about an administration.
inline constexpr std::string_view k_vomited = "dose-vomited";
inline constexpr std::string_view k_effect = "dose-effect";

struct AfterDose {
    bool vomited = false;  // else whether it helped
    Version act;
    v1::Performance said;
    Authorship by;
    Span when;
};

// Of a group, by the dose that each is about; what was taken back is left out.
class AfterDoses {
public:
    AfterDoses(const Group& group, const ClockNotes& clocks);
    // By time.
    const std::vector<AfterDose>& of(const ResourceId& administration) const;
    // The last that says so; null: nobody does.
    const AfterDose* vomited(const ResourceId& administration) const;
    bool effect_known(const ResourceId& administration) const;

private:
    std::map<ResourceId, std::vector<AfterDose>> all_;
};

// A dose that counts as taken, of which somebody is to see whether it helped and nobody has yet.
struct FollowUp {
    Version administration;
    v1::Administration said;
    Authorship by;
    Instant due;
};

// How long after it was due it is asked for.
inline constexpr Duration k_follow_up_asked = Duration::hours(24);

// The one that is due first stands first; without those that were due longer ago than that.
std::vector<FollowUp> follow_ups(const Group& group, const ClockNotes& clocks,
                                 std::string_view zone, Instant now);

}  // namespace kari::chart
