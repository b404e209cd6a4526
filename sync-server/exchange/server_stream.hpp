// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include <google/protobuf/message.h>
#include <kari/error.hpp>
#include <kari/platform.hpp>

#include "kari/v1/change.pb.h"
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
// that processes side by side and clones never share a stream; and new when the storage has lost
// commits, because what was sealed in them, and maybe the incarnation's certificate, never came to
// be. Threads: any; the record's lock keeps writers of one stream apart.
class ServerStream {
public:
    // Gives the incarnation a certificate; called before its first seal, in that transaction.
    using Introduce = std::function<Result<void>(const IncarnationId&)>;

    using Losses = std::function<std::uint64_t()>;

    ServerStream(Clock& clock, Entropy& entropy, const crypto::Secret& signing_key,
                 Introduce introduce, Losses losses);

    // It may change between two records' locks, not under one.
    IncarnationId incarnation();

    // Appends to the record under its lock. Errors: invalid_argument, too_large, storage_*.
    Result<merge::Change> write(storage::RecordTransaction& record,
                                const ServerStatement& statement);
    // Seals what this process' streams have grown by in the record, changes and access entries,
    // and commits.
    Result<void> commit(storage::RecordTransaction& record);

    v1::RecordedTime now();

private:
    struct Grown {
        v1::LogKind log = v1::LOG_KIND_UNSPECIFIED;
        storage::StreamEnd end;
    };
    Result<std::vector<Grown>> grown(storage::RecordTransaction& record) const;
    Result<void> seal(storage::RecordTransaction& record, const std::vector<Grown>& streams);
    void begin_anew_after_loss();  // with the mutex

    Clock& clock_;
    Entropy& entropy_;
    const crypto::Secret& signing_key_;
    Introduce introduce_;
    Losses losses_;

    std::mutex mutex_;  // of all below
    IncarnationId incarnation_;
    std::uint64_t losses_seen_ = 0;
    bool introduced_ = false;
    std::uint64_t seals_ = 0;
    std::optional<Digest> last_seal_;
    // The seq up to which a stream is sealed.
    std::map<std::pair<v1::LogKind, RecordId>, std::uint64_t> sealed_;
};

}  // namespace kari::server::exchange
