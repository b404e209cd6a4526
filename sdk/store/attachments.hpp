// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sdk/crypto/secret.hpp"
#include "sdk/store/device_store.hpp"

namespace kari::store {

// One attachment as this device knows it: named by a change, or still being written here.
struct StoredAttachment {
    std::uint64_t number = 0;  // within this database
    RecordId record;
    Digest id;  // zero while it is being written
    bool thumbnail = false;
    std::string key;
    std::uint64_t size = 0;  // of the content
    std::uint32_t chunks = 0;
    std::uint32_t here = 0;  // chunks that are held
    bool own = false;        // made on this device
    Fate fate = Fate::unsent;
    std::optional<ErrorCode> trouble;  // why the last attempt to move it came to nothing
    bool wanted = false;               // a person waits for it

    bool whole() const { return chunks > 0 && here == chunks; }
};

struct AttachmentUsage {
    std::uint64_t bytes = 0;    // held, sealed
    std::uint64_t kept = 0;     // of these, what may not go: not secured, or waited for
    std::uint64_t waiting = 0;  // attachments that the server lacks
    std::uint64_t quota = 0;
};

inline constexpr std::uint64_t k_attachment_quota_usual = 512ULL * 1024 * 1024;
// Free disk that no attachment may take: a photo must never be why a dose cannot be charted.
inline constexpr std::uint64_t k_disk_kept_for_charting = 64ULL * 1024 * 1024;

// The sealed chunks of attachments, in the database of a DeviceStore and under its guard. No more
// than one chunk is in memory. What was made here stays until it is secured; what was fetched goes,
// the longest unused first, when the quota needs the room.
//
// Ownership: the store outlives it. Durability, threads and errors: as DeviceStore.
class AttachmentStore {
public:
    explicit AttachmentStore(DeviceStore& store);

    // --- writing ----------------------------------------------------------------------------
    // Begins one; it is nothing yet. Errors: not_found (the record).
    Result<std::uint64_t> begin(const RecordId& record, bool thumbnail, const crypto::Secret& key);
    // The next sealed chunk. Errors: quota_exceeded; storage_full (also while the disk still has
    // what charting needs); too_large; not_found (it was swept).
    Result<void> append(std::uint64_t number, std::string_view sealed);
    // All is here. Until a change names it, it goes with the next open of the store.
    Result<void> finish(std::uint64_t number, const Digest& id, std::uint64_t size);
    Result<void> abandon(std::uint64_t number);

    // --- reading ----------------------------------------------------------------------------
    Result<std::optional<StoredAttachment>> find(const RecordId& record, const Digest& id);
    // Errors: not_found.
    Result<std::string> chunk(std::uint64_t number, std::uint32_t chunk);
    // It was looked at: it goes later than others.
    Result<void> note_use(std::uint64_t number);
    // A person waits for it: it is fetched before anything else, and not thrown out.
    Result<void> want(std::uint64_t number);

    // --- moving -----------------------------------------------------------------------------
    // What is to be moved next, whichever way: what a person waits for, thumbnails that the server
    // lacks, thumbnails that are not here, whole photos that the server lacks. `skip` is asked of
    // each. Of hidden records nothing is fetched.
    using Skip = std::function<bool(const StoredAttachment&)>;
    Result<std::optional<StoredAttachment>> next_to_move(const Skip& skip);
    Result<std::string> digests(std::uint64_t number);  // of its chunks, 32 bytes each
    Result<std::optional<std::uint32_t>> first_missing(std::uint64_t number);
    // Opens it first. Errors: malformed, signature_invalid (not what was named: not kept),
    // quota_exceeded, storage_full.
    Result<void> put_chunk(std::uint64_t number, std::uint32_t chunk, std::string_view sealed);
    Result<void> set_fate(std::uint64_t number, Fate fate);
    Result<void> set_trouble(std::uint64_t number, ErrorCode why);
    // Whole here and not known to be secured at the server.
    Result<std::vector<StoredAttachment>> unsecured(std::size_t limit);
    // For a new epoch: whatever is whole here is offered again.
    Result<void> offer_again();

    // --- quota ------------------------------------------------------------------------------
    Result<AttachmentUsage> usage();
    Result<void> set_quota(std::uint64_t bytes);

private:
    Result<void> make_room(std::uint64_t bytes, std::uint64_t but_not);
    Result<bool> evict_one(std::uint64_t but_not);
    Result<void> insert_chunk(std::uint64_t number, std::uint32_t chunk, std::string_view sealed);
    Result<std::optional<StoredAttachment>> at(std::uint64_t number);

    DeviceStore::State& state_;
};

}  // namespace kari::store
