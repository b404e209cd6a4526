// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "sdk/sync/limits.hpp"

// Limits of the routes; the counts inside an exchange stand in sdk/sync/limits.hpp.
namespace kari::server::http {

inline constexpr std::size_t k_head_bytes = 16 * 1024;  // request line and header fields
inline constexpr std::size_t k_exchange_bytes = sync::k_request_bytes;  // also once unpacked
inline constexpr std::size_t k_enrol_bytes = sync::k_enrol_bytes;
inline constexpr int k_message_depth = 16;  // of nested protobuf messages
inline constexpr std::size_t k_requests_per_connection = 10'000;
inline constexpr unsigned k_idle_seconds = 60;  // between two requests of a connection
inline constexpr unsigned k_handshake_seconds = 10;
inline constexpr unsigned k_write_seconds = 60;     // for a reply to be read by the device
inline constexpr std::size_t k_code_failures = 20;  // wrong one-time codes in a minute, then wait

}  // namespace kari::server::http
