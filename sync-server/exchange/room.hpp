// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

#include "kari/v1/exchange.pb.h"
#include "sync-server/storage/storage.hpp"

namespace kari::server::exchange {

// Keeps the last of the disk for what must always go through: reading, revoking, leaving a
// caseload, an operator's commands. What tablets push waits on the tablets while less than the
// reserve is free, and is taken again by itself when there is room. Threads: any.
class Room {
public:
    explicit Room(std::uint64_t reserve_bytes) : reserve_(reserve_bytes) {}

    // Whether what is pushed may be stored now. Logs when that changes, and notes once a day what
    // the data takes. Errors: storage_*.
    Result<bool> here(storage::Storage& storage, Instant now);

private:
    const std::uint64_t reserve_;
    std::atomic<bool> scarce_{false};
    std::atomic<std::int64_t> noted_day_{0};
};

// The answers to what is not taken for want of room: nothing was kept, and it may be sent again.
v1::PushReply not_now(const v1::RecordPush& push);
v1::PushReply not_now(const v1::RecordReturn& returned);

}  // namespace kari::server::exchange
