// SPDX-License-Identifier: Apache-2.0
#include "sync-server/exchange/server_stream.hpp"

#include <algorithm>

#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sdk/base/mutant.hpp"
#include "sdk/base/time.hpp"
#include "sdk/crypto/merkle.hpp"
#include "sync-server/identity/certificates.hpp"
#include "sync-server/identity/machine.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::exchange {
namespace {

constexpr std::size_t k_salt_bytes = 16;

}  // namespace

ServerStream::ServerStream(Clock& clock, Entropy& entropy, const crypto::Secret& signing_key,
                           Introduce introduce, Losses losses)
    : clock_(clock),
      entropy_(entropy),
      signing_key_(signing_key),
      introduce_(std::move(introduce)),
      losses_(std::move(losses)),
      incarnation_(identity::random_id<IncarnationId>(entropy)) {}

void ServerStream::begin_anew_after_loss() {
    const std::uint64_t losses = losses_();
    if (losses == losses_seen_ || KARI_MUTATED(stream_goes_on_after_loss)) return;
    losses_seen_ = losses;
    incarnation_ = identity::random_id<IncarnationId>(entropy_);
    introduced_ = false;
    seals_ = 0;
    last_seal_.reset();
    sealed_.clear();
}

IncarnationId ServerStream::incarnation() {
    const std::lock_guard lock(mutex_);
    begin_anew_after_loss();
    return incarnation_;
}

v1::RecordedTime ServerStream::now() {
    v1::RecordedTime time;
    const Instant wall = clock_.wall();
    time.set_wall_ms(wall.ms);
    time.set_zone(clock_.zone());
    if (const auto local = base::in_zone(wall, clock_.zone()); local) {
        time.set_offset_s(local->offset_s);
    }
    time.set_boot(base::to_bytes(clock_.boot()));
    time.set_boot_clock_ms(clock_.boot_clock_ms());
    time.set_server_minus_wall_ms(0);  // it is the server
    return time;
}

Result<merge::Change> ServerStream::write(storage::RecordTransaction& record,
                                          const ServerStatement& statement) {
    const IncarnationId own = incarnation();
    KARI_LET(const auto end, record.stream_end(own));
    merge::Draft draft;
    v1::ChangeHeader& header = draft.header;
    header.set_incarnation(base::to_bytes(own));
    header.set_record(base::to_bytes(record.state().id));
    header.set_seq(end.seq + 1);
    header.set_resource(base::to_bytes(statement.resource));
    header.set_kind(statement.kind);
    auto parents = statement.parents;
    std::sort(parents.begin(), parents.end());
    for (const ChangeId& parent : parents)
        header.add_parent(base::to_bytes(parent));
    header.set_tick(record.state().tick + 1);
    *header.mutable_recorded() = now();
    if (statement.effective) *header.mutable_effective() = *statement.effective;
    header.mutable_author()->set_assurance(v1::ASSURANCE_SYSTEM);
    for (const std::uint32_t atom : statement.must_understand)
        header.add_must_understand(atom);
    header.set_origin(v1::ORIGIN_SERVER);
    if (end.seq > 0) header.set_prev(base::to_bytes(end.id));
    draft.resource = statement.message;
    draft.cleared = statement.cleared;
    draft.accepts = statement.accepts;
    draft.salt = identity::random_bytes(entropy_, k_salt_bytes);
    KARI_LET(auto change, merge::author_change(draft));
    KARI_TRY(record.append(change));
    return change;
}

Result<std::vector<ServerStream::Grown>> ServerStream::grown(
    storage::RecordTransaction& record) const {
    std::vector<Grown> found;
    for (const auto log : {v1::LOG_KIND_CHANGE, v1::LOG_KIND_ACCESS}) {
        KARI_LET(const auto end, log == v1::LOG_KIND_CHANGE ? record.stream_end(incarnation_)
                                                            : record.access_end(incarnation_));
        const auto sealed = sealed_.find({log, record.state().id});
        if (end.seq > (sealed == sealed_.end() ? 0 : sealed->second)) found.push_back({log, end});
    }
    return found;
}

Result<void> ServerStream::seal(storage::RecordTransaction& record,
                                const std::vector<Grown>& streams) {
    const RecordId id = record.state().id;
    std::vector<std::string> leaves;
    for (const Grown& stream : streams) {
        v1::StreamHead leaf;
        leaf.set_log(stream.log);
        leaf.set_incarnation(base::to_bytes(incarnation_));
        leaf.set_record(base::to_bytes(id));
        leaf.set_seq(stream.end.seq);
        leaf.set_head(base::to_bytes(stream.end.id));
        leaves.push_back(leaf.SerializeAsString());
    }
    v1::SealStatement statement;
    statement.set_incarnation(base::to_bytes(incarnation_));
    statement.set_number(seals_ + 1);
    if (last_seal_) statement.set_prev(base::to_bytes(*last_seal_));
    statement.set_root(base::to_bytes(crypto::merkle_root(leaves)));
    statement.set_leaves(static_cast<std::uint32_t>(leaves.size()));
    *statement.mutable_made() = now();
    v1::RecordSeal sealed;
    sealed.set_statement(statement.SerializeAsString());
    const Digest digest = base::sha256(sealed.statement());
    KARI_LET(*sealed.mutable_signature(), identity::sign(signing_key_.view(), digest));
    for (std::uint32_t index = 0; index < leaves.size(); ++index) {
        sealed.set_leaf(leaves[index]);
        sealed.set_index(index);
        sealed.clear_path();
        for (const Digest& sibling : crypto::merkle_path(leaves, index)) {
            sealed.add_path(base::to_bytes(sibling));
        }
        storage::StoredSeal row;
        row.incarnation = incarnation_;
        row.number = statement.number();
        row.statement = digest;
        row.previous = last_seal_.value_or(Digest{});
        row.covers = streams[index].end.position;
        row.access = streams[index].log == v1::LOG_KIND_ACCESS;
        row.bytes = sealed.SerializeAsString();
        KARI_TRY(record.add_seal(row));
    }
    KARI_TRY(record.commit());
    ++seals_;
    last_seal_ = digest;
    for (const Grown& stream : streams)
        sealed_[{stream.log, id}] = stream.end.seq;
    return {};
}

Result<void> ServerStream::commit(storage::RecordTransaction& record) {
    const std::lock_guard lock(mutex_);
    begin_anew_after_loss();
    KARI_LET(const auto streams, grown(record));
    if (streams.empty()) return record.commit();
    if (!introduced_) KARI_TRY(introduce_(incarnation_));
    KARI_TRY(seal(record, streams));
    introduced_ = true;
    return {};
}

}  // namespace kari::server::exchange
