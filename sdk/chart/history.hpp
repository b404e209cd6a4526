// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "kari/v1/resources.pb.h"
#include "sdk/chart/group.hpp"
#include "sdk/chart/view.hpp"

namespace kari::chart {

// Who had seen what among the changes of one resource.
class Causality {
public:
    explicit Causality(const GroupResource& resource);

    // The change; null when it is not here.
    const merge::Change* find(const ChangeId& id) const;
    // True when `change` is `ancestor` or had seen it.
    bool saw(const ChangeId& change, const ChangeId& ancestor) const;
    // True when a version (change ids that somebody saw) covers the change.
    bool covers(const std::vector<ChangeId>& version, const ChangeId& change) const;

private:
    const GroupResource& resource_;
};

// All writes of an atom by changes whose bodies are here, ascending by change id.
struct Write {
    const merge::Change* change = nullptr;
    bool effective = true;
    std::string value;  // exact bytes of the field; empty when cleared
};
std::vector<Write> writes_of(const GroupResource& resource, std::uint32_t atom);

// What a change says, as the kind's message; empty when its body is not here.
template <typename T>
T said_by(const merge::Change& change) {
    T said;
    if (!said.ParseFromString(change.body.resource())) said.Clear();
    return said;
}

// What another machine wrote may be any number: some of these are added up.
std::int64_t in_reach(std::int64_t ms);

// The known differences between machines' clocks and server time. All that was ever noted of a boot
// counts: a clock that was set since was as wrong before.
class ClockNotes {
public:
    explicit ClockNotes(const Group& group);

    // When a change was recorded: as written, as corrected by what is known, and all between. The
    // server's own clock is taken at its word; where nothing is known of a clock, so is it.
    Span recorded(const merge::Change& change) const;
    // The moment that the author states: of "now" only what was learnt later is doubted, of any
    // other time as much as of the clock. The recorded span when none is stated.
    Span effective(const merge::Change& change) const;
    // Time from one change to a later one, the longest that it may have been.
    Duration longest_between(const merge::Change& from, const merge::Change& to) const;
    // How long the moments that two changes state may lie apart, the longest. What one boot of one
    // machine wrote of "now" is told by its boot clock, which nobody sets.
    Duration apart(const merge::Change& a, const merge::Change& b) const;
    // True when the change states a time of its own.
    static bool states_time(const merge::Change& change);

private:
    struct Doubt {
        Duration least;
        Duration most;
    };
    Doubt doubt(const merge::Change& change, Duration known) const;
    std::map<std::pair<std::string, std::string>, std::vector<v1::BootTime>> notes_;
};

}  // namespace kari::chart
