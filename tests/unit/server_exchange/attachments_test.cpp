// SPDX-License-Identifier: Apache-2.0
#include "sync-server/exchange/attachments.hpp"

#include "sdk/base/attachment.hpp"
#include "tests/unit/server_exchange/ward_fixture.hpp"

using namespace kari;
using namespace kari::test;

namespace {

// Two chunks of ciphertext, as good as any other bytes to who has no key.
struct Sealed {
    explicit Sealed(char fill = 's')
        : chunks{std::string(base::k_chunk_bytes, fill), std::string(500, fill)},
          id(base::sha256(chunks[0] + chunks[1])) {}
    std::vector<std::string> chunks;
    Digest id;
    std::uint64_t size() const { return chunks[0].size() + chunks[1].size(); }
};

struct Scene : Ward {
    Scene() {
        auto open = storage->begin_or_create(record, false);
        REQUIRE(open);
        REQUIRE((*open)->commit());
        open->reset();
        REQUIRE(storage->grant(unit, record));
        who = device(writer, 1);
    }
    v1::AttachmentRequest request() const {
        v1::AttachmentRequest out;
        out.set_protocol(1);
        out.set_incarnation(base::to_bytes(writer.incarnation));
        return out;
    }
    template <typename Ask>
    void name(Ask* ask, const Digest& id) const {
        ask->mutable_name()->set_record(base::to_bytes(record));
        ask->mutable_name()->set_id(base::to_bytes(id));
    }
    v1::AttachmentRequest offer_of(const Sealed& sealed) const {
        auto out = request();
        name(out.mutable_offer(), sealed.id);
        out.mutable_offer()->set_sealed_size(sealed.size());
        for (const auto& chunk : sealed.chunks)
            out.mutable_offer()->mutable_digest()->append(base::to_bytes(base::sha256(chunk)));
        return out;
    }
    v1::AttachmentRequest chunk_of(const Sealed& sealed, std::uint32_t number) const {
        auto out = request();
        name(out.mutable_chunk(), sealed.id);
        out.mutable_chunk()->set_number(number);
        out.mutable_chunk()->set_sealed(sealed.chunks[number]);
        return out;
    }
    v1::AttachmentRequest want_of(const Sealed& sealed, std::uint32_t number) const {
        auto out = request();
        name(out.mutable_want(), sealed.id);
        out.mutable_want()->set_number(number);
        return out;
    }
    Result<v1::AttachmentReply> ask(const v1::AttachmentRequest& asked) {
        return server::exchange::handle(*parts, who, asked, tally);
    }
    ErrorCode refusal(const v1::AttachmentRequest& asked) {
        const auto reply = ask(asked);
        REQUIRE_FALSE(reply);
        return reply.error().code;
    }
    void send(const Sealed& sealed) {
        REQUIRE(ask(offer_of(sealed)));
        for (std::uint32_t i = 0; i < 2; ++i)
            REQUIRE(ask(chunk_of(sealed, i)));
    }

    Writer writer = Writer::tablet(1);
    DeviceIdentity who;
};

}  // namespace

TEST_CASE("an attachment is given out when all of it has come and its digest is its name") {
    Scene scene;
    const Sealed sealed;
    auto reply = scene.ask(scene.offer_of(sealed));
    REQUIRE(reply);
    CHECK(reply->fate(0) == v1::ATTACHMENT_FATE_PARTLY);
    CHECK(reply->held() == std::string(1, '\0'));
    reply = scene.ask(scene.chunk_of(sealed, 1));
    CHECK(reply->held() == std::string(1, '\2'));
    CHECK(scene.ask(scene.want_of(sealed, 1))->sealed().empty());  // not before it is whole
    reply = scene.ask(scene.chunk_of(sealed, 0));
    CHECK(reply->fate(0) == v1::ATTACHMENT_FATE_STORED);
    CHECK(scene.ask(scene.want_of(sealed, 0))->sealed() == sealed.chunks[0]);
    CHECK(scene.ask(scene.want_of(sealed, 1))->sealed() == sealed.chunks[1]);
    CHECK(scene.refusal(scene.want_of(sealed, 1000)) == ErrorCode::invalid_argument);
    CHECK(scene.tally.chunks_in == 2);
    // The same again is the same.
    CHECK(scene.ask(scene.offer_of(sealed))->fate(0) == v1::ATTACHMENT_FATE_STORED);
    CHECK(scene.ask(scene.chunk_of(sealed, 0))->fate(0) == v1::ATTACHMENT_FATE_STORED);
}

TEST_CASE("a chunk that is not the one that was offered is refused, and the upload goes on") {
    Scene scene;
    const Sealed sealed;
    CHECK(scene.refusal(scene.chunk_of(sealed, 0)) == ErrorCode::not_found);  // never offered
    REQUIRE(scene.ask(scene.offer_of(sealed)));
    auto garbage = scene.chunk_of(sealed, 0);
    (*garbage.mutable_chunk()->mutable_sealed())[77] ^= 1;
    CHECK(scene.refusal(garbage) == ErrorCode::malformed);
    garbage.mutable_chunk()->set_sealed("short");
    CHECK(scene.refusal(garbage) == ErrorCode::malformed);
    garbage = scene.chunk_of(sealed, 1);
    garbage.mutable_chunk()->set_number(2);
    CHECK(scene.refusal(garbage) == ErrorCode::malformed);
    scene.send(sealed);
    CHECK(scene.ask(scene.want_of(sealed, 0))->sealed() == sealed.chunks[0]);
}

TEST_CASE("chunks that are as offered and not what the name says are thrown away whole") {
    Scene scene;
    Sealed lying;
    lying.id = Sealed('o').id;
    REQUIRE(scene.ask(scene.offer_of(lying)));
    REQUIRE(scene.ask(scene.chunk_of(lying, 0)));
    CHECK(scene.refusal(scene.chunk_of(lying, 1)) == ErrorCode::malformed);
    CHECK_FALSE(scene.storage->attachment(scene.record, lying.id).value());
    // Who has the right bytes is not kept from sending them.
    scene.send(Sealed('o'));
    CHECK(scene.ask(scene.want_of(Sealed('o'), 1))->sealed() == Sealed('o').chunks[1]);
}

TEST_CASE("an offer that no attachment can be is refused") {
    Scene scene;
    const Sealed sealed;
    auto offer = scene.offer_of(sealed);
    offer.mutable_offer()->set_sealed_size(base::k_chunks_max * base::k_chunk_bytes + 17);
    CHECK(scene.refusal(offer) == ErrorCode::too_large);
    offer.mutable_offer()->set_sealed_size(0);
    CHECK(scene.refusal(offer) == ErrorCode::malformed);
    offer = scene.offer_of(sealed);
    offer.mutable_offer()->mutable_digest()->pop_back();
    CHECK(scene.refusal(offer) == ErrorCode::malformed);
    offer = scene.offer_of(sealed);
    offer.mutable_offer()->mutable_name()->set_id("short");
    CHECK(scene.refusal(offer) == ErrorCode::malformed);
    CHECK(scene.refusal(scene.request()) == ErrorCode::malformed);
    // The largest that may be is taken.
    offer = scene.offer_of(sealed);
    offer.mutable_offer()->set_sealed_size(base::k_chunks_max * base::k_chunk_bytes);
    offer.mutable_offer()->set_digest(std::string(base::k_chunks_max * 32, 'd'));
    CHECK(scene.ask(offer)->held().size() == base::k_chunks_max / 8);
}

TEST_CASE("a query names at most so many, and knows nothing of what the unit may not see") {
    Scene scene;
    const Sealed sealed;
    scene.send(sealed);
    auto query = scene.request();
    for (std::size_t i = 0; i < sync::k_attachment_names; ++i) {
        auto& name = *query.mutable_query()->add_name();
        name.set_record(base::to_bytes(i == 1 ? id_of<RecordId>(50) : scene.record));
        name.set_id(base::to_bytes(i < 2 ? sealed.id : Sealed('o').id));
    }
    const auto reply = scene.ask(query);
    REQUIRE(reply);
    CHECK(reply->fate_size() == static_cast<int>(sync::k_attachment_names));
    CHECK(reply->fate(0) == v1::ATTACHMENT_FATE_STORED);
    CHECK(reply->fate(1) == v1::ATTACHMENT_FATE_UNSPECIFIED);
    CHECK(reply->fate(2) == v1::ATTACHMENT_FATE_UNSPECIFIED);
    *query.mutable_query()->add_name() = query.query().name(0);
    CHECK(scene.refusal(query) == ErrorCode::too_many);
}

TEST_CASE("only a device of the record's unit brings or gets its attachments") {
    Scene scene;
    const Sealed sealed;
    scene.send(sealed);
    const UnitId other = id_of<UnitId>(2);
    REQUIRE(scene.storage->add_unit({other, id_of<RecordId>(98), "Other", "Europe/Oslo"}));
    const Writer stranger = Writer::tablet(2);
    scene.who = {id_of<DeviceId>(2), other, {stranger.incarnation}, false, false};
    const auto as_stranger = [&](v1::AttachmentRequest asked) {
        asked.set_incarnation(base::to_bytes(stranger.incarnation));
        return scene.refusal(asked);
    };
    CHECK(as_stranger(scene.want_of(sealed, 0)) == ErrorCode::not_permitted);
    CHECK(as_stranger(scene.offer_of(Sealed('o'))) == ErrorCode::not_permitted);
    CHECK(as_stranger(scene.chunk_of(sealed, 0)) == ErrorCode::not_permitted);
    // Nor under another's incarnation.
    CHECK(scene.refusal(scene.want_of(sealed, 0)) == ErrorCode::not_permitted);
    scene.who = scene.device(scene.writer, 1);
    // A unit that had the record still brings what it has, and gets nothing more.
    REQUIRE(scene.storage->remove(scene.unit, scene.record));
    CHECK(scene.ask(scene.offer_of(Sealed('o'))));
    CHECK(scene.refusal(scene.want_of(sealed, 0)) == ErrorCode::not_permitted);
    scene.who.revoked = true;
    CHECK(scene.refusal(scene.offer_of(sealed)) == ErrorCode::device_revoked);
    scene.who.revoked = false;
    scene.who.expired = true;
    CHECK(scene.refusal(scene.want_of(sealed, 0)) == ErrorCode::device_expired);
}

TEST_CASE("an attachment may come before the change that names it, but not before its record") {
    Scene scene;
    scene.send(Sealed());
    auto offer = scene.offer_of(Sealed('o'));
    offer.mutable_offer()->mutable_name()->set_record(base::to_bytes(id_of<RecordId>(51)));
    CHECK(scene.refusal(offer) == ErrorCode::not_found);
}

TEST_CASE("an upload whose last chunk came before a crash is whole at the next offer") {
    Scene scene;
    const Sealed sealed;
    REQUIRE(scene.ask(scene.offer_of(sealed)));
    // As storage stands when the process dies between the chunk and the check.
    for (std::uint32_t i = 0; i < 2; ++i) {
        REQUIRE(scene.storage->put_attachment_chunk(scene.record, sealed.id, i, sealed.chunks[i]));
    }
    CHECK(scene.ask(scene.offer_of(sealed))->fate(0) == v1::ATTACHMENT_FATE_STORED);
}

TEST_CASE("where stored counts as secured, so does an attachment") {
    Scene scene;
    scene.send(Sealed());
    CHECK(scene.ask(scene.offer_of(Sealed()))->fate(0) == v1::ATTACHMENT_FATE_STORED);
    scene.config.stored_is_secured = true;
    CHECK(scene.ask(scene.offer_of(Sealed()))->fate(0) == v1::ATTACHMENT_FATE_SECURED);
}

TEST_CASE(
    "while the reserve of the disk is touched nothing of an attachment is kept, and it reads") {
    Scene scene;
    const Sealed whole('w');
    const Sealed begun('b');
    scene.send(whole);
    REQUIRE(scene.ask(scene.offer_of(begun)));
    scene.config.disk_reserve_mib = 1'048'576;
    scene.start();
    const auto full = static_cast<std::uint32_t>(ErrorCode::storage_full);
    for (const auto& asked : {scene.chunk_of(begun, 0), scene.offer_of(Sealed('n'))}) {
        const auto reply = scene.ask(asked);
        REQUIRE(reply);
        CHECK(reply->error() == full);
        CHECK(reply->fate(0) == v1::ATTACHMENT_FATE_UNSPECIFIED);
    }
    CHECK(scene.storage->attachment(scene.record, Sealed('n').id).value() == std::nullopt);
    CHECK(scene.ask(scene.want_of(whole, 0))->sealed() == whole.chunks[0]);
    // What is here whole is told so: nothing would be written.
    CHECK(scene.ask(scene.offer_of(whole))->fate(0) == v1::ATTACHMENT_FATE_STORED);
    scene.config.disk_reserve_mib = 0;
    scene.start();
    scene.send(begun);
    CHECK(scene.ask(scene.want_of(begun, 1))->sealed() == begun.chunks[1]);
}
