// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sdk/device/core.hpp"
#include "sdk/transport/transfer.hpp"

namespace kari::device {

// The part of a sync that comes when its exchange has no more: it moves attachments until there are
// none left to move, or the exchange has something to do again. Requires: `core.syncing`.
class AttachmentRun {
public:
    AttachmentRun(Core& core, transport::HttpClient& client, transport::CancelToken& token)
        : core_(core), client_(client), token_(token) {}

    // True: exchange, then call again. What came of it is added to the report; what the network
    // or the server refuse is a problem of the report, and what was moved stays moved.
    // `tell` is called after each chunk, outside the lock.
    // Errors: cancelled; of the storage.
    Result<bool> move(SyncReport& report, const std::function<void(const SyncProgress&)>& tell);

private:
    Core& core_;
    transport::HttpClient& client_;
    transport::CancelToken& token_;
    EpochId epoch_;
    std::uint64_t feed_ = 0;  // the last that was acted on, in that epoch
    int idle_rounds_ = 0;     // in a row, interrupted before a chunk was moved
};

}  // namespace kari::device
