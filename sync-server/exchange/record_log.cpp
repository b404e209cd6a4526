// SPDX-License-Identifier: Apache-2.0
#include "sync-server/exchange/record_log.hpp"

#include "sync-server/storage/attempt.hpp"

namespace kari::server::exchange {

std::vector<const merge::Change*> RecordLog::of(const ResourceId& resource) const {
    std::vector<const merge::Change*> found;
    for (const auto& change : changes) {
        if (change->resource == resource) found.push_back(change.get());
    }
    return found;
}

std::shared_ptr<const RecordLog> RecordLogs::find(const RecordId& record) {
    const std::lock_guard lock(mutex_);
    const auto found = index_.find(record);
    if (found == index_.end()) return nullptr;
    used_.splice(used_.begin(), used_, found->second);
    return found->second->second;
}

void RecordLogs::keep(const std::shared_ptr<const RecordLog>& log) {
    const std::lock_guard lock(mutex_);
    if (const auto old = index_.find(log->record); old != index_.end()) {
        bytes_ -= old->second->second->bytes;
        used_.erase(old->second);
        index_.erase(old);
    }
    used_.emplace_front(log->record, log);
    index_[log->record] = used_.begin();
    bytes_ += log->bytes;
    while (bytes_ > bytes_max_ && used_.size() > 1) {
        bytes_ -= used_.back().second->bytes;
        index_.erase(used_.back().first);
        used_.pop_back();
    }
}

Result<std::shared_ptr<const RecordLog>> RecordLogs::read(storage::Storage& storage,
                                                          const RecordId& record) {
    auto base = find(record);
    if (base) {
        // A rolled back transaction may have left a log that never came to be.
        KARI_LET(const auto chain, storage.chain_at(record, base->head.position));
        if (!chain || *chain != base->head.chain) base = nullptr;
    }
    auto log = base ? std::make_shared<RecordLog>(*base) : std::make_shared<RecordLog>();
    const std::size_t before = log->changes.size();
    log->record = record;
    std::optional<Error> broken;
    KARI_TRY(storage.changes(record, log->head.position, [&](const storage::StoredChange& stored) {
        auto decoded = merge::decode_change(stored.header_bytes, stored.body_bytes);
        if (!decoded) {
            broken = Error{ErrorCode::storage_corrupt, "a stored change: " + decoded.error().what};
            return false;
        }
        log->bytes += 4 * stored.header_bytes.size() + 2 * decoded->body_bytes.value_or("").size();
        log->head = {stored.position, stored.chain};
        log->changes.push_back(std::make_shared<merge::Change>(std::move(*decoded)));
        return true;
    }));
    if (broken) return tl::unexpected(*broken);
    if (base && log->changes.size() == before) return base;
    if (log->changes.empty()) {
        KARI_LET(const auto state, storage.state(record));
        if (!state) return fail(ErrorCode::not_found, "record");
        return std::shared_ptr<const RecordLog>(std::move(log));
    }
    keep(log);
    return std::shared_ptr<const RecordLog>(std::move(log));
}

}  // namespace kari::server::exchange
