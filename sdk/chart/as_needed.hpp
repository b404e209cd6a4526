// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <kari/ids.hpp>
#include <kari/time.hpp>

#include "sdk/chart/group.hpp"
#include "sdk/chart/history.hpp"

namespace kari::chart {

// How far any prescription of an order, in effect or not, lets its doses as needed speak of each
// other; nothing when none states an interval or a maximum.
std::optional<Duration> as_needed_reach(const GroupResource& order);

// Where a dose may lie, whatever its statements say and whatever was ever known of its clocks.
class RoughTimes {
public:
    explicit RoughTimes(const Group& group);
    Span of(const GroupResource& dose) const;

private:
    std::map<std::pair<std::string, std::string>, std::int64_t> clocks_;  // off by so much at most
};
bool are_near(const Span& a, const Span& b, Duration reach);

// The orders with such a reach, and what bears on them.
class NeededOrders {
public:
    explicit NeededOrders(const Group& group);
    Duration reach() const { return reach_; }  // the longest; zero: there is no such order
    // True for such an order, for one of the same medicine, and for a dose of either.
    bool concern(const GroupResource& resource) const;

private:
    bool concern_drug(const v1::CodeableConcept& drug) const;
    bool concern_order(const GroupResource& order) const;

    const Group& group_;
    Duration reach_;
    std::vector<ResourceId> orders_;
    std::vector<v1::CodeableConcept> drugs_;
};

// The doses of such medicine that lie within the reach of a touched dose, or of a dose of a touched
// order; then of those, so many times. Once: those of which rules may find something else once what
// is touched is known. Twice more: what those are judged by. A clock that was off makes the time of
// a dose a long span, so that no multiple of the reach would do. Ascending; `touched` too.
std::vector<ResourceId> doses_near(const Group& group, const std::vector<ResourceId>& touched,
                                   int times);
// From when on doses are to be here for one time more; nothing: none need be. Requires in the
// group: the orders as needed, what is touched with the orders that it names, the doses of touched
// orders, and what this answered for fewer times.
std::optional<Instant> doses_near_since(const Group& group, const std::vector<ResourceId>& touched,
                                        int times);

}  // namespace kari::chart
