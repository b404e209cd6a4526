// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "kari/v1/resources.pb.h"
#include "sdk/chart/history.hpp"

namespace kari::chart {

// True for a statement after which some of the drug may be in the body. A status that this build
// does not know counts.
bool says_taken(v1::AdministrationStatus status);

// One statement about an administration.
struct Claim {
    const merge::Change* change = nullptr;
    v1::Administration said;
    bool live = false;             // nothing has seen it and said otherwise
    bool confirmed_wrong = false;  // see below
};

// All that was ever said of one administration, ascending by (tick, change id).
//
// A claim is confirmed wrong when its author said otherwise within an hour of making it; or when
// its author and, later than that, a second person did; or when both it and what replaced it come
// from the server's streams. Otherwise is another status, slot, amount or time. Until then exposure
// counts it. A person's word whose status this build does not know confirms nothing: it may be no
// correction at all.
struct Claims {
    std::vector<Claim> all;
    // The worst claim that is not confirmed wrong and says taken: none than which another is the
    // larger dose; of these one that names a slot, then one whose dose can be compared with what
    // was said first, then the newest.
    const Claim* exposure() const;
    // When it can have been taken, by all of these that are not confirmed wrong: nobody moves a
    // dose out of an interval by a word of his own. Requires exposure().
    Span taken(const ClockNotes& clocks) const;
    // What replaced it, or another time that it had, is not confirmed: somebody should.
    bool correction_unconfirmed() const;
    bool any_live_taken() const;
};
Claims claims_of(const GroupResource& administration, const ClockNotes& clocks);

}  // namespace kari::chart
