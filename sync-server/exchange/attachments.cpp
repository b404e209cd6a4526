// SPDX-License-Identifier: Apache-2.0
#include "sync-server/exchange/attachments.hpp"

#include "sdk/base/attachment.hpp"
#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sdk/base/running_digest.hpp"
#include "sdk/sync/limits.hpp"
#include "sync-server/exchange/entitlement.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::exchange {
namespace {

constexpr std::size_t k_digest_bytes = 32;

struct Name {
    RecordId record;
    Digest id;
};

Result<Name> name_of(const v1::AttachmentName& wire) {
    const auto record = base::from_bytes<RecordId>(wire.record());
    const auto id = base::from_bytes<Digest>(wire.id());
    if (!record || !id) return fail(ErrorCode::malformed, "attachment: name");
    return Name{*record, *id};
}

class Handler {
public:
    Handler(Parts& parts, const identity::DeviceIdentity& who, Tally& tally)
        : parts_(parts), who_(who), tally_(tally) {}

    Result<void> answer(const v1::AttachmentRequest& request, v1::AttachmentReply& reply) {
        switch (request.asks_case()) {
            case v1::AttachmentRequest::kOffer:
                return offer(request.offer(), reply);
            case v1::AttachmentRequest::kChunk:
                return chunk(request.chunk(), reply);
            case v1::AttachmentRequest::kWant:
                return want(request.want(), reply);
            case v1::AttachmentRequest::kQuery:
                return query(request.query(), reply);
            default:
                return fail(ErrorCode::malformed, "attachment: nothing is asked");
        }
    }

private:
    Result<void> require_writable(const Name& name) {
        KARI_LET(const auto record, parts_.storage.state(name.record));
        if (!record) return fail(ErrorCode::not_found, "record");
        KARI_LET(const bool may, may_write(parts_, who_, name.record));
        if (!may) return fail(ErrorCode::not_permitted, "a record of another unit");
        return {};
    }

    v1::AttachmentFate fate_of(const std::optional<storage::Attachment>& known) const {
        if (!known) return v1::ATTACHMENT_FATE_UNSPECIFIED;
        if (!known->whole()) return v1::ATTACHMENT_FATE_PARTLY;
        return known->secured || parts_.config.stored_is_secured ? v1::ATTACHMENT_FATE_SECURED
                                                                 : v1::ATTACHMENT_FATE_STORED;
    }

    void tell(const storage::Attachment& known, v1::AttachmentReply& reply) const {
        reply.add_fate(fate_of(known));
        if (!known.whole()) reply.set_held(known.held);
    }

    Result<void> offer(const v1::AttachmentOffer& wire, v1::AttachmentReply& reply) {
        KARI_LET(const auto name, name_of(wire.name()));
        const std::uint32_t chunks = base::sealed_chunks(wire.sealed_size());
        if (wire.sealed_size() > base::k_chunks_max * base::k_chunk_bytes) {
            return fail(ErrorCode::too_large, "attachment");
        }
        if (chunks == 0 || wire.digest().size() != chunks * k_digest_bytes) {
            return fail(ErrorCode::malformed, "attachment: size and digests");
        }
        KARI_TRY(require_writable(name));
        KARI_LET(const auto before, parts_.storage.attachment(name.record, name.id));
        KARI_LET(const bool room, room_for(before, reply));
        if (!room) return {};
        storage::Attachment offered;
        offered.record = name.record;
        offered.id = name.id;
        offered.sealed_size = wire.sealed_size();
        offered.digests = wire.digest();
        offered.device = who_.device;
        offered.offered = parts_.clock.wall();
        KARI_LET(auto known, parts_.storage.offer_attachment(offered));
        // All its chunks may be here already, when a restart came between the last and the whole.
        KARI_TRY(complete(known));
        tell(known, reply);
        return {};
    }

    Result<void> chunk(const v1::AttachmentChunk& wire, v1::AttachmentReply& reply) {
        KARI_LET(const auto name, name_of(wire.name()));
        KARI_TRY(require_writable(name));
        KARI_LET(auto known, parts_.storage.attachment(name.record, name.id));
        if (!known) return fail(ErrorCode::not_found, "attachment: it was not offered");
        const std::uint32_t number = wire.number();
        if (number >= base::sealed_chunks(known->sealed_size) ||
            wire.sealed().size() != base::chunk_length(known->sealed_size, number) ||
            base::to_bytes(base::sha256(wire.sealed())) !=
                known->digests.substr(number * k_digest_bytes, k_digest_bytes)) {
            return fail(ErrorCode::malformed, "attachment: not the chunk that was offered");
        }
        KARI_LET(const bool room, room_for(known, reply));
        if (!room) return {};
        KARI_LET(*known,
                 parts_.storage.put_attachment_chunk(name.record, name.id, number, wire.sealed()));
        ++tally_.chunks_in;
        KARI_TRY(complete(*known));
        tell(*known, reply);
        return {};
    }

    // Whether there is room for it; else that is the answer.
    Result<bool> room_for(const std::optional<storage::Attachment>& known,
                          v1::AttachmentReply& reply) {
        if (known && known->whole()) return true;
        KARI_LET(const bool room, parts_.room.here(parts_.storage, parts_.clock.wall()));
        if (room) return true;
        reply.add_fate(v1::ATTACHMENT_FATE_UNSPECIFIED);
        reply.set_error(static_cast<std::uint32_t>(ErrorCode::storage_full));
        ++tally_.not_now;
        return false;
    }

    // When every chunk is here: the whole is what its name says, or nothing of it stays.
    Result<void> complete(storage::Attachment& known) {
        if (known.whole()) return {};
        const std::uint32_t chunks = base::sealed_chunks(known.sealed_size);
        for (std::uint32_t number = 0; number < chunks; ++number) {
            const auto byte = static_cast<std::uint8_t>(known.held[number / 8]);
            if ((byte >> (number % 8) & 1) == 0) return {};
        }
        KARI_LET(const auto digest, digest_of_chunks(parts_.storage, known));
        if (digest != known.id) {
            KARI_TRY(parts_.storage.discard_attachment(known.record, known.id));
            return fail(ErrorCode::malformed, "attachment: its digest is not its name");
        }
        KARI_LET(known, parts_.storage.complete_attachment(known.record, known.id));
        return {};
    }

    Result<void> want(const v1::AttachmentWant& wire, v1::AttachmentReply& reply) {
        KARI_LET(const auto name, name_of(wire.name()));
        KARI_LET(const bool may, may_read(parts_, who_, name.record));
        if (!may) return fail(ErrorCode::not_permitted, "a record that this unit has not");
        KARI_LET(const auto known, parts_.storage.attachment(name.record, name.id));
        reply.add_fate(fate_of(known));
        if (!known || !known->whole()) return {};
        KARI_LET(auto sealed, parts_.storage.attachment_chunk(name.record, name.id, wire.number()));
        if (!sealed) return fail(ErrorCode::invalid_argument, "attachment: no such chunk");
        reply.set_sealed(std::move(*sealed));
        ++tally_.chunks_out;
        return {};
    }

    Result<void> query(const v1::AttachmentQuery& wire, v1::AttachmentReply& reply) {
        if (static_cast<std::size_t>(wire.name_size()) > sync::k_attachment_names) {
            return fail(ErrorCode::too_many, "attachment: names");
        }
        for (const auto& each : wire.name()) {
            KARI_LET(const auto name, name_of(each));
            KARI_LET(const bool may, may_write(parts_, who_, name.record));
            std::optional<storage::Attachment> known;
            if (may) {
                KARI_LET(known, parts_.storage.attachment(name.record, name.id));
            }
            reply.add_fate(fate_of(known));
        }
        return {};
    }

    Parts& parts_;
    const identity::DeviceIdentity& who_;
    Tally& tally_;
};

}  // namespace

Result<Digest> digest_of_chunks(storage::Storage& storage, const storage::Attachment& attachment) {
    auto digest = base::RunningDigest::sha256();
    const std::uint32_t chunks = base::sealed_chunks(attachment.sealed_size);
    for (std::uint32_t number = 0; number < chunks; ++number) {
        KARI_LET(const auto sealed,
                 storage.attachment_chunk(attachment.record, attachment.id, number));
        if (!sealed) return fail(ErrorCode::storage_corrupt, "attachment: a chunk is gone");
        digest.add(*sealed);
    }
    return *base::from_bytes<Digest>(digest.finish());
}

Result<v1::AttachmentReply> handle(Parts& parts, const identity::DeviceIdentity& who,
                                   const v1::AttachmentRequest& request, Tally& tally) {
    if (request.protocol() != sync::k_protocol) {
        return fail(ErrorCode::protocol_unsupported, "protocol");
    }
    if (who.revoked) return fail(ErrorCode::device_revoked, "device");
    if (who.expired) return fail(ErrorCode::device_expired, "device");
    const auto incarnation = base::from_bytes<IncarnationId>(request.incarnation());
    if (!incarnation || !who.owns(*incarnation)) {
        return fail(ErrorCode::not_permitted, "incarnation is not this device's: renew first");
    }
    v1::AttachmentReply reply;
    // Read before what it speaks of: what comes meanwhile is told twice rather than never.
    KARI_LET(const auto epoch, parts.storage.epoch());
    KARI_LET(const auto feed, parts.storage.feed_position(who.unit));
    reply.set_epoch(base::to_bytes(epoch.id));
    reply.set_feed_position(feed);
    KARI_TRY(Handler(parts, who, tally).answer(request, reply));
    return reply;
}

}  // namespace kari::server::exchange
