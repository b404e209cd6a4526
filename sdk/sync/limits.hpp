// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

// The one table of limits of the exchange. The device keeps within them, the server refuses what
// is beyond them; docs/formats/exchange.md names the same figures.
namespace kari::sync {

inline constexpr std::uint32_t k_protocol = 1;

// Of one push: whichever is reached first. One change alone may be larger than k_push_bytes.
inline constexpr std::size_t k_push_changes = 200;  // changes and access entries together
inline constexpr std::size_t k_push_bytes = 64 * 1024;
inline constexpr std::size_t k_push_seals = 200;
inline constexpr std::size_t k_return_changes = 200;  // with their bytes
inline constexpr std::size_t k_return_ids = 8'000;    // named by id, in all
inline constexpr std::size_t k_return_bytes = 256 * 1024;
inline constexpr std::size_t k_return_receipts = 200;

inline constexpr std::size_t k_header_bytes = 16 * 1024;
inline constexpr std::size_t k_body_bytes = 1024 * 1024;
inline constexpr std::size_t k_access_entry_bytes = 64 * 1024;
inline constexpr std::size_t k_seal_bytes = 8 * 1024;

// Of a request and of a reply, after decompression. A request holds the largest change, alone.
inline constexpr std::size_t k_request_bytes = 1024 * 1024 + 128 * 1024;
inline constexpr std::size_t k_reply_bytes = 4 * 1024 * 1024;
inline constexpr std::size_t k_error_reply_bytes = 4 * 1024;

// Of any message from outside, all levels together.
inline constexpr std::size_t k_message_fields = 400'000;
inline constexpr std::size_t k_message_depth = 32;

// Counts in a request.
inline constexpr std::size_t k_holdings = 4'000;
inline constexpr std::size_t k_pushed_records = 200;
inline constexpr std::size_t k_returned_records = 200;

// Counts in a reply.
inline constexpr std::size_t k_reply_records = 10'000;  // deltas, caseload entries, epoch starts
inline constexpr std::size_t k_reply_changes = 50'000;  // of all deltas together
inline constexpr std::size_t k_reply_people = 5'000;
inline constexpr std::size_t k_text_bytes = 512;  // of a name, role or zone

// Of one transaction that applies a reply.
inline constexpr std::size_t k_apply_changes = 64;
inline constexpr std::size_t k_apply_bytes = 256 * 1024;

// Messages that are not exchanges.
inline constexpr std::size_t k_enrol_bytes = 64 * 1024;
inline constexpr std::size_t k_csr_bytes = 4 * 1024;
inline constexpr std::size_t k_code_bytes = 256;

// Of one session of the device.
inline constexpr std::size_t k_attempts = 5;  // failures in a row before it gives up
inline constexpr std::size_t k_requests =
    2'000;  // before it gives up: the server leads it in a ring
inline constexpr std::uint64_t k_backoff_first_ms = 500;
inline constexpr std::uint64_t k_backoff_most_ms = 30'000;
inline constexpr std::uint64_t k_retry_after_most_ms = 120'000;
inline constexpr std::uint64_t k_complete_every_ms = 3'600'000;

}  // namespace kari::sync
