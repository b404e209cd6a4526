// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <kari/ids.hpp>

// What: a score as a chart shows it.
// Requires: Device::open_chart.
// Returns and errors: no function here fails.
// Durability: none; it is computed when it is shown and stored nowhere.
// Threads: a view is a value; any thread may read its own copy.
// Ownership: the caller's.
// Units and limits: points; a score is of what was measured within an hour.
// Source of clinical rules: NEWS2, Royal College of Physicians 2017; sdk/clinical/news2.hpp.
namespace kari {

// An early warning score, NEWS2, of what was measured within an hour. `level` is "low",
// "single-three" (three points in one part), "medium" or "high": by the points that are known, of
// several totals by the highest; "low" without a total says nothing yet.
struct ScoreItem {
    std::string effective;          // of the newest measurement in it: FHIR dateTime, unit's zone
    std::optional<int> total;       // nothing: a part is missing
    std::optional<int> at_least;    // another than the total while two values of a part stand
    int parts = 0;                  // of seven
    int scale = 1;                  // of oxygen saturation
    ResourceId decision;            // the decision that scale 2 is used by; zero with scale 1
    std::optional<int> by_scale_2;  // beside it, while it is not settled which scale applies
    std::string level;
    std::string title;
    std::string action;                     // what to do next
    std::vector<std::string> reservations;  // why to look twice: in words
    std::vector<ResourceId> measurements;
};

}  // namespace kari
