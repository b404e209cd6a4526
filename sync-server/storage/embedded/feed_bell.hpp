// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "sdk/store/sqlcipher/database.hpp"
#include "sync-server/storage/storage.hpp"

namespace kari::server::storage {

class EmbeddedStorage;

// What Storage::watch_feeds stands on. Commits of this process tell what they moved; those of
// another (an operator's command) are seen by SQLite's data_version, which a thread looks at
// while somebody watches: one look in k_elsewhere_ms, at shared memory, for the whole server.
// Threads: begin, undo, note, tell and forget under the storage's lock, by who holds the
// transaction.
class FeedBell {
public:
    explicit FeedBell(EmbeddedStorage& storage) : storage_(storage) {}
    FeedBell(const FeedBell&) = delete;
    FeedBell& operator=(const FeedBell&) = delete;
    ~FeedBell() { watch({}); }

    // A part of the shared transaction begins; or is undone, with what it noted.
    void begin() { mark_ = noted_.size(); }
    void undo() { noted_.resize(std::min(mark_, noted_.size())); }
    // The shared transaction came to nothing.
    void forget() { noted_.clear(); }
    // Runs an UPDATE that returns (unit, feed).
    Result<void> note(store::sqlcipher::Statement& moved);
    // The shared transaction is durable.
    void tell();

    void watch(FeedWatch moved);

private:
    void look_elsewhere();
    Result<void> look();

    EmbeddedStorage& storage_;
    std::vector<FeedMove> noted_;
    std::size_t mark_ = 0;
    std::int64_t version_ = 0;  // the last data_version seen

    std::mutex mutex_;  // of what follows; taken after the storage's
    FeedWatch watch_;
    bool ended_ = false;
    std::condition_variable end_;
    std::thread elsewhere_;
};

}  // namespace kari::server::storage
