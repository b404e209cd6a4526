// SPDX-License-Identifier: Apache-2.0
#include "sdk/chart/window.hpp"

#include <algorithm>

#include "sdk/chart/finding.hpp"
#include "sdk/merge/schema.hpp"

namespace kari::chart {
namespace {

// Nobody wrote with Kari before: 2020-01-01. A clock that says so was not set.
constexpr Instant k_first_writing{1'577'836'800'000};
// Far enough from the end of numbers that no window can pass it.
constexpr Instant k_latest{INT64_MAX / 2};

bool is_fact(std::uint32_t kind) {
    const auto* schema = merge::schema_of(kind);
    return schema != nullptr && schema->fact;
}

// A visit that was planned for a day is history after it; its schedule is its time.
bool is_planned(std::uint32_t kind) {
    return kind == v1::KIND_PLANNED_ENCOUNTER || kind == v1::KIND_APPOINTMENT;
}

}  // namespace

bool is_dated(std::uint32_t kind) {
    return is_fact(kind) || is_planned(kind) || kind == v1::KIND_DOCUMENT_REFERENCE ||
           kind == v1::KIND_DETECTED_ISSUE || kind == v1::KIND_OTHER_RESOURCE ||
           kind == v1::KIND_MEDICATION_ALLOWANCE;
}

Instant moment_of(const GroupResource& resource, const ClockNotes& clocks) {
    if (resource.lifted || !is_dated(resource.kind) || resource.incomplete() ||
        resource.unreadable || resource.contested()) {
        return k_stands;
    }
    if (resource.kind == v1::KIND_DETECTED_ISSUE && !is_settled(resource)) return k_stands;
    Instant moment{INT64_MIN};
    for (const auto& change : resource.history) {
        const bool stated = ClockNotes::states_time(*change);
        if (change->from_server()) {
            // What is imported was written elsewhere: only when it happened counts.
            if (!stated && (is_fact(resource.kind) || is_planned(resource.kind))) return k_stands;
            moment = std::max(moment, clocks.effective(*change).latest);
            continue;
        }
        const Span recorded = clocks.recorded(*change);
        if (Instant{change->header.recorded().wall_ms()} < k_first_writing &&
            recorded.latest < k_first_writing) {
            return k_stands;
        }
        moment = std::max({moment, recorded.latest, clocks.effective(*change).latest});
    }
    return std::min(moment, k_latest);
}

}  // namespace kari::chart
