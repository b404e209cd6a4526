// SPDX-License-Identifier: Apache-2.0
#include "sync-server/exchange/server_stream.hpp"

#include <algorithm>

#include "kari/v1/change.pb.h"
#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sdk/base/time.hpp"
#include "sdk/crypto/merkle.hpp"
#include "sync-server/identity/certificates.hpp"
#include "sync-server/identity/machine.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::exchange {
namespace {

constexpr std::size_t k_salt_bytes = 16;

}  // namespace

ServerStream::ServerStream(Clock& clock, Entropy& entropy, const crypto::Secret& signing_key)
    : clock_(clock),
      entropy_(entropy),
      signing_key_(signing_key),
      incarnation_(identity::random_id<IncarnationId>(entropy)) {}

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
    KARI_LET(const auto end, record.stream_end(incarnation_));
    merge::Draft draft;
    v1::ChangeHeader& header = draft.header;
    header.set_incarnation(base::to_bytes(incarnation_));
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

Result<void> ServerStream::seal(storage::RecordTransaction& record, const storage::StreamEnd& end) {
    v1::StreamHead leaf;
    leaf.set_log(v1::LOG_KIND_CHANGE);
    leaf.set_incarnation(base::to_bytes(incarnation_));
    leaf.set_record(base::to_bytes(record.state().id));
    leaf.set_seq(end.seq);
    leaf.set_head(base::to_bytes(end.id));
    v1::SealStatement statement;
    statement.set_incarnation(base::to_bytes(incarnation_));
    statement.set_number(seals_ + 1);
    if (last_seal_) statement.set_prev(base::to_bytes(*last_seal_));
    v1::RecordSeal sealed;
    sealed.set_leaf(leaf.SerializeAsString());
    statement.set_root(base::to_bytes(crypto::merkle_root({sealed.leaf()})));
    statement.set_leaves(1);
    *statement.mutable_made() = now();
    sealed.set_statement(statement.SerializeAsString());
    const Digest digest = base::sha256(sealed.statement());
    KARI_LET(*sealed.mutable_signature(), identity::sign(signing_key_.view(), digest));
    storage::StoredSeal row;
    row.incarnation = incarnation_;
    row.number = statement.number();
    row.statement = digest;
    row.previous = last_seal_.value_or(Digest{});
    row.covers = end.position;
    row.bytes = sealed.SerializeAsString();
    KARI_TRY(record.add_seal(row));
    KARI_TRY(record.commit());
    ++seals_;
    last_seal_ = digest;
    sealed_[record.state().id] = end.seq;
    return {};
}

Result<void> ServerStream::commit(storage::RecordTransaction& record) {
    KARI_LET(const auto end, record.stream_end(incarnation_));
    const std::lock_guard lock(mutex_);
    const auto sealed = sealed_.find(record.state().id);
    if (end.seq == 0 || (sealed != sealed_.end() && sealed->second == end.seq)) {
        return record.commit();
    }
    return seal(record, end);
}

}  // namespace kari::server::exchange
