// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "kari/v1/care.pb.h"
#include "sdk/chart/care_state.hpp"
#include "sdk/chart/view.hpp"

namespace kari::chart {

// An act of this code about a message says that its author read it.
inline constexpr std::string_view k_message_read = "message-read";
bool is_message_read(const v1::Performance& act);

// That somebody read a message. Readings add up: no reader takes another's away.
struct MessageReading {
    Authorship by;
    const GroupResource* act = nullptr;
    bool as_it_stands = true;  // false: the message has been said otherwise since
};

// One of each person, the earliest of what stands now, else of what stood: earliest first.
// Acts that are none, or were taken back, are passed over.
std::vector<MessageReading> readings_of(const GroupResource& message, const std::vector<Act>& acts);

}  // namespace kari::chart
