// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "kari/v1/care.pb.h"
#include "sdk/base/time.hpp"
#include "sdk/chart/group.hpp"

namespace kari::chart {

inline constexpr std::uint32_t k_relative_next_of_kin = 9;

// What counts of what is said about a relative being the nearest: the only word; of several the
// patient's newest, when all are the patient's own and of different times; else none does.
struct NearestWord {
    std::optional<v1::NextOfKin> counts;
    std::vector<ChangeId> inputs;  // all that stand, ascending
};
NearestWord nearest_word_of(const GroupResource& relative);

// The patient's own words, each of a time of its own: whichever is newer counts.
bool is_newer(const v1::NextOfKin& a, const v1::NextOfKin& b);

}  // namespace kari::chart
