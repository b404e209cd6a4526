// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch_test_macros.hpp>

#include "sdk/base/attachment.hpp"
#include "sdk/base/running_digest.hpp"
#include "sdk/crypto/sealed_chunk.hpp"
#include "sdk/store/attachments.hpp"
#include "tests/support/store_fixture.hpp"
#include "tests/unit/store/decrypted_pages.hpp"

using namespace kari;
using namespace kari::store;
using namespace kari::test;

namespace {

const RecordId k_record = id_of<RecordId>(1);
const std::string k_mark = "MARKED-PHOTO-BYTES";

ResourceId resource_no(std::uint64_t number) {
    return id_of<ResourceId>(number);
}

// Content and all that an author's tablet makes of it.
struct Photo {
    explicit Photo(std::uint64_t number, std::size_t size = 200'000)
        : key(base::to_bytes(id_of<Digest>(number))), content(size, 'p') {
        const std::uint32_t chunks = base::chunks_of(size);
        auto digest = base::RunningDigest::sha256();
        for (std::uint32_t i = 0; i < chunks; ++i) {
            const auto part = std::string_view(content).substr(i * base::k_chunk_content_bytes,
                                                               base::k_chunk_content_bytes);
            sealed.push_back(
                take(crypto::seal_chunk(crypto::Secret(key), i, i + 1 == chunks, part)));
            digest.add(sealed.back());
        }
        id = *base::from_bytes<Digest>(digest.finish());
    }
    v1::SealedContent named() const {
        v1::SealedContent out;
        out.set_id(base::to_bytes(id));
        out.set_size(content.size());
        out.set_key(key);
        out.set_content_type("image/jpeg");
        return out;
    }

    std::string key;
    std::string content;
    std::vector<std::string> sealed;
    Digest id;
};

v1::DocumentReference document_with(const Photo& photo, const Photo* thumbnail = nullptr) {
    auto message = note("photo");
    auto& attachment = *message.mutable_document()->add_attachment();
    *attachment.mutable_content() = photo.named();
    if (thumbnail != nullptr) *attachment.mutable_thumbnail() = thumbnail->named();
    return message;
}

// A record that is here, with one change of somebody else's.
void hold_record(OpenStore& store, const RecordId& record) {
    const auto first = temperature("37.0");
    REQUIRE(store->write(request(record, resource_no(1), first)));
}

std::uint64_t take_in(OpenStore& store, const Photo& photo, const RecordId& record = k_record,
                      bool thumbnail = false) {
    AttachmentStore attachments(*store.store);
    const auto number = take(attachments.begin(record, thumbnail, crypto::Secret(photo.key)));
    for (const auto& sealed : photo.sealed)
        REQUIRE(attachments.append(number, sealed));
    REQUIRE(attachments.finish(number, photo.id, photo.content.size()));
    return number;
}

void write_document(OpenStore& store, std::uint64_t resource, const v1::DocumentReference& message,
                    const RecordId& record = k_record) {
    REQUIRE(store->write(request(record, resource_no(resource), message)));
}

// As it comes from another tablet: the change alone.
void receive_document(OpenStore& store, std::uint64_t writer, const v1::DocumentReference& message,
                      const RecordId& record) {
    ServerLog log(record);
    Writer other(id_of<IncarnationId>(writer), record);
    log.append(other.write(resource_no(500 + writer), message));
    REQUIRE(store->apply_delta(log.delta(0, 1), id_of<EpochId>(1)));
}

StoredAttachment found(OpenStore& store, const Digest& id, const RecordId& record = k_record) {
    const auto row = take(AttachmentStore(*store.store).find(record, id));
    REQUIRE(row);
    return *row;
}

std::optional<Digest> next(OpenStore& store) {
    const auto row =
        take(AttachmentStore(*store.store).next_to_move([](const auto&) { return false; }));
    return row ? std::optional(row->id) : std::nullopt;
}

std::size_t marks_readable(const OpenStore& store) {
    std::size_t count = 0;
    for (const auto& page :
         decrypted_pages(store.path(), std::string(key_of(store.number).view()))) {
        for (auto at = page.find(k_mark); at != std::string::npos; at = page.find(k_mark, at + 1))
            ++count;
    }
    return count;
}

}  // namespace

TEST_CASE(
    "an attachment that a change names survives the next open, and one that none names goes") {
    OpenStore store;
    hold_record(store, k_record);
    const Photo named(1);
    const Photo abandoned(2);
    take_in(store, named);
    write_document(store, 2, document_with(named));
    take_in(store, abandoned);
    const auto half =
        take(AttachmentStore(*store.store).begin(k_record, false, crypto::Secret(named.key)));
    REQUIRE(AttachmentStore(*store.store).append(half, named.sealed.front()));

    REQUIRE(store.reopen());
    AttachmentStore attachments(*store.store);
    const auto row = found(store, named.id);
    CHECK(row.whole());
    CHECK(row.own);
    CHECK(row.fate == Fate::unsent);
    for (std::uint32_t i = 0; i < row.chunks; ++i)
        CHECK(take(attachments.chunk(row.number, i)) == named.sealed[i]);
    CHECK_FALSE(take(attachments.find(k_record, abandoned.id)));
    CHECK(attachments.append(half, named.sealed.front()).error().code == ErrorCode::not_found);
    CHECK(take(attachments.usage()).bytes == base::sealed_size(named.content.size()));
}

TEST_CASE("what another tablet attached is known by its change and fetched in any order") {
    OpenStore store;
    const Photo photo(1);
    receive_document(store, 7, document_with(photo), k_record);
    AttachmentStore attachments(*store.store);
    auto row = found(store, photo.id);
    CHECK(row.here == 0);
    CHECK_FALSE(row.own);
    // A whole photo is fetched only when somebody waits for it.
    CHECK_FALSE(next(store));
    REQUIRE(attachments.want(row.number));
    CHECK(next(store) == photo.id);
    const auto last = row.chunks - 1;
    REQUIRE(attachments.put_chunk(row.number, last, photo.sealed[last]));
    CHECK(take(attachments.first_missing(row.number)) == 0u);
    REQUIRE(attachments.put_chunk(row.number, last, photo.sealed[last]));  // the same again
    for (std::uint32_t i = 0; i < last; ++i)
        REQUIRE(attachments.put_chunk(row.number, i, photo.sealed[i]));
    row = found(store, photo.id);
    CHECK(row.whole());
    CHECK_FALSE(row.wanted);
    CHECK_FALSE(take(attachments.first_missing(row.number)));
}

TEST_CASE("a chunk that is not what was named is not kept, wherever it differs") {
    OpenStore store;
    const Photo photo(1);
    const Photo other(2);
    receive_document(store, 7, document_with(photo), k_record);
    AttachmentStore attachments(*store.store);
    const auto row = found(store, photo.id);
    std::string flipped = photo.sealed[0];
    flipped[100] ^= 1;
    CHECK(attachments.put_chunk(row.number, 0, flipped).error().code ==
          ErrorCode::signature_invalid);
    CHECK(attachments.put_chunk(row.number, 1, photo.sealed[0]).error().code ==
          ErrorCode::signature_invalid);
    CHECK(attachments.put_chunk(row.number, 0, other.sealed[0]).error().code ==
          ErrorCode::signature_invalid);
    CHECK(attachments.put_chunk(row.number, row.chunks, photo.sealed[0]).error().code ==
          ErrorCode::not_found);
    CHECK(attachments.put_chunk(row.number, 0, "short").error().code == ErrorCode::malformed);
    CHECK(found(store, photo.id).here == 0);
}

TEST_CASE(
    "what a person waits for is moved first, then thumbnails up and down, then whole photos") {
    OpenStore store;
    hold_record(store, k_record);
    const Photo own(1);
    const Photo own_small(2, 900);
    const Photo theirs(3);
    const Photo their_small(4, 900);
    take_in(store, own);
    take_in(store, own_small, k_record, true);
    write_document(store, 2, document_with(own, &own_small));
    receive_document(store, 7, document_with(theirs, &their_small), id_of<RecordId>(2));
    AttachmentStore attachments(*store.store);
    REQUIRE(attachments.want(found(store, theirs.id, id_of<RecordId>(2)).number));

    std::vector<Digest> order;
    for (;;) {
        const auto row = take(attachments.next_to_move([&](const StoredAttachment& one) {
            return std::find(order.begin(), order.end(), one.id) != order.end();
        }));
        if (!row) break;
        order.push_back(row->id);
    }
    CHECK(order == std::vector{theirs.id, own_small.id, their_small.id, own.id});
}

TEST_CASE("fetched photos go, the longest unused first, and own ones stay until they are secured") {
    OpenStore store;
    hold_record(store, k_record);
    const Photo own(1, 60'000);
    take_in(store, own);
    write_document(store, 2, document_with(own));
    AttachmentStore attachments(*store.store);
    std::vector<Photo> fetched;
    for (std::uint64_t n = 0; n < 3; ++n) {
        fetched.emplace_back(10 + n, 60'000);
        const RecordId record = id_of<RecordId>(20 + n);
        receive_document(store, 30 + n, document_with(fetched.back()), record);
        const auto number = found(store, fetched.back().id, record).number;
        REQUIRE(attachments.put_chunk(number, 0, fetched.back().sealed[0]));
        REQUIRE(attachments.set_fate(number, Fate::stored));
    }
    const auto here = [&](std::uint64_t n) {
        return found(store, fetched[n].id, id_of<RecordId>(20 + n)).here > 0;
    };
    const auto one = base::sealed_size(60'000);
    REQUIRE(attachments.note_use(found(store, fetched[0].id, id_of<RecordId>(20)).number));
    REQUIRE(attachments.set_quota(4 * one));

    const Photo more(40, 60'000);
    take_in(store, more);
    write_document(store, 3, document_with(more));
    CHECK(here(0));
    CHECK_FALSE(here(1));
    CHECK(here(2));
    const Photo again(41, 60'000);
    take_in(store, again);
    write_document(store, 4, document_with(again));
    CHECK_FALSE(here(2));
    const Photo last(42, 60'000);
    take_in(store, last);
    write_document(store, 5, document_with(last));
    CHECK_FALSE(here(0));

    // Nothing is left that may go.
    const Photo refused(43, 60'000);
    const auto number = take(attachments.begin(k_record, false, crypto::Secret(refused.key)));
    CHECK(attachments.append(number, refused.sealed[0]).error().code == ErrorCode::quota_exceeded);
    REQUIRE(attachments.abandon(number));
    CHECK(found(store, own.id).whole());
    const auto usage = take(attachments.usage());
    CHECK(usage.kept == usage.bytes);
    CHECK(usage.waiting == 4);

    REQUIRE(attachments.set_fate(found(store, own.id).number, Fate::secured));
    take_in(store, refused);
    write_document(store, 6, document_with(refused));
    CHECK(found(store, own.id).here == 0);  // at the server, and fetched again when it is wanted
    CHECK(found(store, own.id).fate == Fate::secured);
}

TEST_CASE("a new epoch offers everything that is whole here again") {
    OpenStore store;
    const Photo photo(1, 60'000);
    receive_document(store, 7, document_with(photo), k_record);
    AttachmentStore attachments(*store.store);
    const auto number = found(store, photo.id).number;
    REQUIRE(attachments.put_chunk(number, 0, photo.sealed[0]));
    REQUIRE(attachments.set_fate(number, Fate::secured));
    CHECK_FALSE(next(store));
    REQUIRE(attachments.offer_again());
    CHECK(next(store) == photo.id);
    // Until it has been offered it is not thrown out: the server may have lost it.
    REQUIRE(attachments.set_quota(1));
    const Photo more(2, 60'000);
    const auto begun = take(attachments.begin(k_record, false, crypto::Secret(more.key)));
    CHECK(attachments.append(begun, more.sealed[0]).error().code == ErrorCode::quota_exceeded);
    CHECK(found(store, photo.id).whole());
}

TEST_CASE("a record with an attachment that waits is not purged, and afterwards no byte is left") {
    OpenStore store;
    // Bytes that the search finds: sealed ones would be found nowhere, purged or not.
    const Photo photo(1, 300'000);
    ServerLog log(k_record);
    Writer other(id_of<IncarnationId>(7), k_record);
    log.append(other.write(resource_no(9), temperature("37.0")));
    REQUIRE(store->apply_delta(log.delta(0, 1), id_of<EpochId>(1)));
    AttachmentStore attachments(*store.store);
    const auto number = take(attachments.begin(k_record, false, crypto::Secret(photo.key)));
    std::string readable(base::k_chunk_bytes, 'x');
    for (std::size_t at = 0; at + k_mark.size() <= readable.size(); at += 1000)
        readable.replace(at, k_mark.size(), k_mark);
    for (int chunk = 0; chunk < 5; ++chunk)
        REQUIRE(attachments.append(number, readable));
    REQUIRE(attachments.finish(number, photo.id, photo.content.size()));
    REQUIRE(store->checkpoint());
    CHECK(marks_readable(store) > 100);

    v1::CaseloadEntry entry;
    entry.set_record(base::to_bytes(k_record));
    entry.set_state(v1::CASELOAD_STATE_REMOVED);
    REQUIRE(store->set_caseload(entry));
    REQUIRE(store->hide(k_record));
    const PurgeProof proof{id_of<EpochId>(1), log.end(), false};
    CHECK(take(store->purge_obstacle(k_record, proof)) == PurgeObstacle::attachment_waits);
    REQUIRE(attachments.set_fate(number, Fate::stored));
    CHECK(take(store->purge_obstacle(k_record, proof)) == PurgeObstacle::attachment_waits);
    REQUIRE(attachments.set_fate(number, Fate::secured));
    REQUIRE(store->purge(k_record, proof));
    CHECK(read_file(store.path() + "-wal").empty());
    CHECK(marks_readable(store) == 0);
    CHECK(take(attachments.usage()).bytes == 0);
}

TEST_CASE("throwing out an attachment leaves none of its bytes in any page") {
    OpenStore store;
    hold_record(store, k_record);
    AttachmentStore attachments(*store.store);
    const auto number =
        take(attachments.begin(k_record, false, crypto::Secret(std::string(32, 'k'))));
    std::string readable(base::k_chunk_bytes, 'x');
    for (std::size_t at = 0; at + k_mark.size() <= readable.size(); at += 1000)
        readable.replace(at, k_mark.size(), k_mark);
    REQUIRE(attachments.append(number, readable));
    REQUIRE(store->checkpoint());
    CHECK(marks_readable(store) > 50);
    REQUIRE(attachments.abandon(number));
    REQUIRE(store->checkpoint());
    CHECK(marks_readable(store) == 0);
}

TEST_CASE("a reference that nobody can open makes no row and does not disturb its document") {
    OpenStore store;
    const Photo photo(1, 900);
    auto message = document_with(photo);
    auto& bad = *message.mutable_document()->mutable_attachment(0)->mutable_content();
    SECTION("a key of another length") {
        bad.set_key("short");
    }
    SECTION("a size beyond all that may be") {
        bad.set_size(base::k_attachment_bytes_max + 1);
    }
    SECTION("no size") {
        bad.set_size(0);
    }
    SECTION("a name of another length") {
        bad.set_id("short");
    }
    receive_document(store, 7, message, k_record);
    CHECK_FALSE(take(AttachmentStore(*store.store).find(k_record, photo.id)));
    CHECK(take(store->resources(k_record, v1::KIND_DOCUMENT_REFERENCE)).size() == 1);
}
