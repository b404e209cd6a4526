// SPDX-License-Identifier: Apache-2.0
#include "sdk/device/attachment_run.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "sdk/device/attachment_replica.hpp"
#include "sdk/store/attachments.hpp"

namespace kari::device {

namespace {

constexpr int k_idle_rounds_max = 3;

void add(const sync::Transfer& transfer, SyncReport& report) {
    report.progress.chunks_up += transfer.progress().chunks_up;
    report.progress.chunks_down += transfer.progress().chunks_down;
    report.attachments_sent += transfer.progress().uploaded;
    report.attachments_fetched += transfer.progress().fetched;
    for (const sync::Problem& problem : transfer.problems()) {
        report.problems.push_back(fmt::format(
            "{} {}", problem.record ? problem.record->text() : "-", name(problem.error.code)));
    }
}

}  // namespace

Result<bool> AttachmentRun::move(SyncReport& report,
                                 const std::function<void(const SyncProgress&)>& tell) {
    IncarnationId incarnation;
    std::uint64_t unsent = 0;
    {
        const std::lock_guard guard(core_.mutex);
        if (!core_.nurse) return false;
        const auto outbox = core_.open->store.outbox_state();
        if (!outbox) return tl::unexpected(outbox.error());
        unsent = outbox->unsent;
        incarnation = core_.open->store.identity().incarnation;
        const Settings& settings = core_.open->settings;
        feed_ = settings.epoch == epoch_ ? std::max(feed_, settings.feed_position)
                                         : settings.feed_position;
        epoch_ = settings.epoch;
    }
    StoreAttachments replica(core_, unsent);
    sync::Transfer transfer(replica, incarnation, epoch_, feed_);
    const SyncProgress before = report.progress;
    const auto between = [&] {
        if (!tell) return;
        SyncProgress now = before;
        now.chunks_up += transfer.progress().chunks_up;
        now.chunks_down += transfer.progress().chunks_down;
        tell(now);
    };
    const auto moved = transport::drive(transfer, client_, token_, between);
    add(transfer, report);
    feed_ = transfer.feed();
    const bool idle = transfer.progress().chunks_up + transfer.progress().chunks_down == 0;
    idle_rounds_ = idle ? idle_rounds_ + 1 : 0;
    {
        const std::lock_guard guard(core_.mutex);
        const auto usage = store::AttachmentStore(core_.open->store).usage();
        if (!usage) return tl::unexpected(usage.error());
        report.attachments_waiting = usage->waiting;
    }
    if (!moved) {
        if (moved.error().code == ErrorCode::cancelled) return tl::unexpected(moved.error());
        report.problems.push_back(fmt::format("- {}", name(moved.error().code)));
        report.complete = false;
        return false;
    }
    return transfer.interrupted() && idle_rounds_ < k_idle_rounds_max;
}

}  // namespace kari::device
