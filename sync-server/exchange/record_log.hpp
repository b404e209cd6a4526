// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include <kari/error.hpp>

#include "sdk/merge/change.hpp"
#include "sdk/merge/fold.hpp"
#include "sync-server/storage/storage.hpp"

namespace kari::server::exchange {

// A record's log, decoded, as it stood at `head`. Immutable.
struct RecordLog {
    RecordId record;
    storage::LogPoint head;
    std::vector<std::shared_ptr<const merge::Change>> changes;  // by position, from 1
    std::size_t bytes = 0;

    // The changes of one resource, for merge::fold.
    std::vector<const merge::Change*> of(const ResourceId& resource) const;
};

// Decoded logs that were used lately, so that a push decodes only what is new. Threads: any.
class RecordLogs {
public:
    explicit RecordLogs(std::size_t bytes_max = 32 * 1024 * 1024) : bytes_max_(bytes_max) {}

    // The log as it stands now. Inside a transaction of this thread: with what that has written.
    // Errors: not_found, storage_corrupt (a stored change cannot be decoded), storage_*.
    Result<std::shared_ptr<const RecordLog>> read(storage::Storage& storage,
                                                  const RecordId& record);

private:
    using Entry = std::pair<RecordId, std::shared_ptr<const RecordLog>>;
    std::shared_ptr<const RecordLog> find(const RecordId& record);
    void keep(const std::shared_ptr<const RecordLog>& log);

    std::mutex mutex_;
    std::list<Entry> used_;  // the latest in front
    std::unordered_map<RecordId, std::list<Entry>::iterator> index_;
    std::size_t bytes_ = 0;
    std::size_t bytes_max_;
};

}  // namespace kari::server::exchange
