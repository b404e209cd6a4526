// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>

#include "sdk/device/core.hpp"
#include "sdk/sync/transfer.hpp"

namespace kari::device {

// The transfer's view of this device's attachments; as StoreReplica, each call takes the device's
// lock for itself. Requires: `core.syncing`. Lives for one transfer.
class StoreAttachments : public sync::AttachmentReplica {
public:
    // `unsent`: own changes that the exchange has left: more than these are news.
    StoreAttachments(Core& core, std::uint64_t unsent) : core_(core), unsent_(unsent) {}

    bool has_news() override;
    Result<std::optional<sync::AttachmentTask>> next_task(
        const std::set<sync::AttachmentName>& skip) override;
    Result<std::string> digests(const sync::AttachmentName& name) override;
    Result<std::string> chunk(const sync::AttachmentName& name, std::uint32_t number) override;
    Result<std::optional<std::uint32_t>> first_missing(const sync::AttachmentName& name) override;
    Result<void> keep_chunk(const sync::AttachmentName& name, std::uint32_t number,
                            std::string_view sealed) override;
    Result<void> note_fate(const sync::AttachmentName& name, sync::AttachmentFate fate) override;
    Result<void> note_trouble(const sync::AttachmentName& name, ErrorCode why) override;
    Result<std::vector<sync::AttachmentName>> unsecured(std::size_t limit) override;

private:
    // With the lock held. Errors: not_found (purged meanwhile).
    Result<std::uint64_t> number_of(const sync::AttachmentName& name);

    Core& core_;
    std::uint64_t unsent_;
};

}  // namespace kari::device
