// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "sdk/sync/moment.hpp"

namespace kari::sync {

// What one request and its reply taught of the wall clock. The reply's server time lies somewhere
// within the round trip; taken to be at its middle, it is off by half the round trip at most.
struct ClockSample {
    Moment at;                   // when the reply was there
    Duration server_minus_wall;  // at the middle of the round trip
    Duration doubt;              // half the round trip by the boot clock, rounded up
    bool operator==(const ClockSample&) const = default;
};

// Nothing when another boot lies between, or the reply says no time.
std::optional<ClockSample> sample_of(const Moment& sent, const Moment& received, Instant server);

// Whether a sample still speaks of the clock as it is now: the same boot, and nobody has set the
// wall clock since (it and the boot clock have moved alike, to a second).
bool holds(const ClockSample& sample, const Moment& now);

// Which of the two to go by: the older one while it holds and is still the narrower, its doubt
// grown by what a crystal drifts. So a slow upload does not replace what a quick reply taught.
ClockSample better(const std::optional<ClockSample>& old, const ClockSample& fresh);

// The sample's doubt as of `now`.
Duration doubt_at(const ClockSample& sample, const Moment& now);

}  // namespace kari::sync
