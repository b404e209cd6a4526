// SPDX-License-Identifier: Apache-2.0
#include "sync-server/storage/embedded/feed_bell.hpp"

#include <chrono>
#include <utility>

#include <spdlog/spdlog.h>

#include "sync-server/storage/embedded/embedded_storage.hpp"

namespace kari::server::storage {

Result<void> FeedBell::note(store::sqlcipher::Statement& moved) {
    for (;;) {
        KARI_LET(const bool more, moved.step());
        if (!more) return {};
        noted_.push_back({moved.column_id<UnitId>(0), moved.column_u64(1)});
    }
}

void FeedBell::tell() {
    if (noted_.empty()) return;
    const std::vector<FeedMove> moved = std::exchange(noted_, {});
    const std::lock_guard guard(mutex_);
    if (watch_) watch_(moved);
}

void FeedBell::watch(FeedWatch moved) {
    std::thread former;
    {
        const std::lock_guard guard(mutex_);
        former = std::exchange(elsewhere_, {});
        watch_ = nullptr;
        ended_ = true;
    }
    end_.notify_all();
    if (former.joinable()) former.join();
    if (!moved) return;
    version_ = 0;  // where everything stands is told first
    const std::lock_guard guard(mutex_);
    watch_ = std::move(moved);
    ended_ = false;
    elsewhere_ = std::thread([this] { look_elsewhere(); });
}

void FeedBell::look_elsewhere() {
    std::unique_lock guard(mutex_);
    while (!ended_) {
        guard.unlock();
        // Whoever holds the storage's lock commits, and tells for itself; the next look comes.
        if (auto looked = look(); !looked) {
            spdlog::warn(R"({{"event":"feed.look_failed","error":"{}"}})",
                         name(looked.error().code));
        }
        guard.lock();
        end_.wait_for(guard, std::chrono::milliseconds(k_elsewhere_ms), [this] { return ended_; });
    }
}

Result<void> FeedBell::look() {
    const EmbeddedStorage::Lock storage(storage_.mutex_, std::try_to_lock);
    // What is shared and not yet durable is nobody's to read; it tells for itself.
    if (!storage.owns_lock() || storage_.shared_) return {};
    KARI_LET(const auto version, storage_.db_.query_int("PRAGMA data_version"));
    if (std::exchange(version_, version) == version) return {};
    std::vector<FeedMove> standing;
    {
        KARI_LET(auto row, storage_.db_.prepare("SELECT id, feed FROM unit"));
        for (;;) {
            KARI_LET(const bool more, row.step());
            if (!more) break;
            standing.push_back({row.column_id<UnitId>(0), row.column_u64(1)});
        }
    }
    const std::lock_guard guard(mutex_);
    if (watch_) watch_(standing);
    return {};
}

}  // namespace kari::server::storage
