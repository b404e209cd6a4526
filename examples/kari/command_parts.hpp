// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>
#include <vector>

#include "examples/kari/answers.hpp"
#include "examples/kari/commands.hpp"

// What the tables of commands are made of.
namespace kari::app {

using Answer = Result<boost::json::object>;

// A change that stands: witnessed before anybody is told of it.
inline Answer changed(Tablet& tablet, const Result<Written>& written) {
    if (!written) return tl::unexpected(written.error());
    if (auto noted = tablet.note(*written); !noted) return tl::unexpected(noted.error());
    return answer(*written);
}

template <typename T>
Answer told(const Result<T>& result) {
    if (!result) return tl::unexpected(result.error());
    return answer(*result);
}

template <typename T>
Answer listed(const char* key, const Result<std::vector<T>>& result) {
    if (!result) return tl::unexpected(result.error());
    return boost::json::object{{key, answers(*result)}};
}

inline Answer done(const Result<void>& result) {
    if (!result) return tl::unexpected(result.error());
    return boost::json::object{};
}

// Calls with the open device.
template <typename Call>
Answer with(Tablet& tablet, Call call) {
    auto device = tablet.device();
    if (!device) return tl::unexpected(device.error());
    return call(**device);
}

inline constexpr Parameter k_record{"record", "the record's id, as `patients` shows it", true};
inline constexpr Parameter k_token{"token", "of the item, as the chart showed it", true};
inline constexpr Parameter k_reason{"reason", "why, in words", true};
inline constexpr Parameter k_effective{"effective",
                                       "when it happened, 2026-03-01T08:05:00+01:00; now"};
inline constexpr Parameter k_note{"note", "a remark"};
inline constexpr Parameter k_purpose{"purpose", "treatment (default), emergency or administration"};
inline constexpr Parameter k_why_read{"reason", "why you read this; needed in an emergency"};

// Doses, observations and notes.
std::vector<Command> charting_commands();

}  // namespace kari::app
