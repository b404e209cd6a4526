// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include <google/protobuf/message.h>
#include <kari/error.hpp>
#include <kari/platform.hpp>

#include "sdk/crypto/secret.hpp"
#include "sdk/merge/change.hpp"
#include "sync-server/storage/storage.hpp"

namespace kari::server::exchange {

// What the server says about one resource.
struct ServerStatement {
    ResourceId resource;
    std::uint32_t kind = 0;
    const google::protobuf::Message* message = nullptr;
    std::vector<std::uint32_t> cleared;
    std::vector<ChangeId> parents;
    std::vector<ChangeId> accepts;
    std::optional<v1::EffectiveTime> effective;
    std::vector<std::uint32_t> must_understand;
};

// The streams of this process: it writes under an incarnation of its own, new at each start, so
// that processes side by side and clones never share a stream. Threads: any; the record's lock
// keeps writers of one stream apart.
class ServerStream {
public:
    ServerStream(Clock& clock, Entropy& entropy, const crypto::Secret& signing_key);

    const IncarnationId& incarnation() const { return incarnation_; }

    // Appends to the record under its lock. Errors: invalid_argument, too_large, storage_*.
    Result<merge::Change> write(storage::RecordTransaction& record,
                                const ServerStatement& statement);
    // Seals what this stream has grown by in the record, and commits.
    Result<void> commit(storage::RecordTransaction& record);

    v1::RecordedTime now();

private:
    Result<void> seal(storage::RecordTransaction& record, const storage::StreamEnd& end);

    Clock& clock_;
    Entropy& entropy_;
    const crypto::Secret& signing_key_;
    IncarnationId incarnation_;

    std::mutex mutex_;  // of the seals' numbers
    std::uint64_t seals_ = 0;
    std::optional<Digest> last_seal_;
    std::map<RecordId, std::uint64_t> sealed_;  // seq up to which a record's stream is sealed
};

}  // namespace kari::server::exchange
