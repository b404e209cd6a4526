// SPDX-License-Identifier: Apache-2.0
// What every implementation of the storage port must do with attachments.
#include <filesystem>

#include <catch2/catch_test_macros.hpp>

#include "kari/v1/resources.pb.h"
#include "sdk/base/attachment.hpp"
#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sync-server/storage/embedded/embedded_storage.hpp"
#include "tests/support/change_builder.hpp"

using namespace kari;
using namespace kari::server::storage;
using kari::test::id_of;
using kari::test::Writer;

namespace {

namespace fs = std::filesystem;

const std::string k_key(32, 'k');
const RecordId k_record = id_of<RecordId>(1);
const UnitId k_unit = id_of<UnitId>(1);

struct Place {
    fs::path folder;
    std::unique_ptr<Storage> storage;

    Place() {
        static int number = 0;
        folder = fs::temp_directory_path() / ("kari-attachments-" + std::to_string(::getpid()) +
                                              "-" + std::to_string(++number));
        fs::create_directories(folder);
        auto made = EmbeddedStorage::create(file("kari.db"), k_key, id_of<EpochId>(1));
        REQUIRE(made);
        storage = std::move(*made);
        REQUIRE(storage->add_unit({k_unit, id_of<RecordId>(99), "Unit", "Europe/Oslo"}));
        auto record = storage->begin_or_create(k_record, false);
        REQUIRE(record);
        REQUIRE((*record)->commit());
        record->reset();
        REQUIRE(storage->grant(k_unit, k_record));
    }
    ~Place() {
        storage.reset();
        std::error_code ignored;
        fs::remove_all(folder, ignored);
    }
    std::string file(const char* name) const { return (folder / name).string(); }
    void reopen(const char* name = "kari.db") {
        storage.reset();
        auto opened = EmbeddedStorage::open(file(name), k_key);
        REQUIRE(opened);
        storage = std::move(*opened);
    }
};

std::string chunk_no(std::uint32_t number) {
    return std::string(base::k_chunk_bytes, static_cast<char>('a' + number));
}

// Three chunks, the last one short.
Attachment three_chunks(std::uint32_t number, std::int64_t at_ms = 1'000) {
    Attachment out;
    out.record = k_record;
    out.id = id_of<Digest>(number);
    out.sealed_size = 2 * base::k_chunk_bytes + 100;
    for (std::uint32_t i = 0; i < 3; ++i)
        out.digests += base::to_bytes(base::sha256(chunk_no(i)));
    out.device = id_of<DeviceId>(1);
    out.offered = Instant{at_ms};
    return out;
}

void put_all(Storage& storage, const Attachment& offered) {
    for (std::uint32_t i = 0; i < 3; ++i) {
        REQUIRE(storage.put_attachment_chunk(offered.record, offered.id, i, chunk_no(i)));
    }
}

void name_in_a_change(Storage& storage, const Digest& id) {
    v1::DocumentReference document;
    document.mutable_document()->set_status(v1::DOCUMENT_STATUS_CURRENT);
    document.mutable_document()->add_attachment()->mutable_content()->set_id(base::to_bytes(id));
    Writer writer = Writer::tablet(5);
    const auto change =
        writer.write({.record = k_record, .resource = id_of<ResourceId>(1)}, document);
    auto record = storage.begin(k_record);
    REQUIRE(record);
    REQUIRE((*record)->append(*change));
    REQUIRE((*record)->commit());
}

}  // namespace

TEST_CASE(
    "chunks that have come stay over a restart, in any order, and the same again is nothing") {
    Place place;
    const auto offered = three_chunks(1);
    REQUIRE(place.storage->offer_attachment(offered));
    REQUIRE(place.storage->put_attachment_chunk(k_record, offered.id, 2, chunk_no(2)));
    place.reopen();
    auto known = place.storage->offer_attachment(offered);
    REQUIRE(known);
    CHECK(known->held == std::string(1, '\x04'));
    CHECK_FALSE(known->whole());
    REQUIRE(place.storage->put_attachment_chunk(k_record, offered.id, 0, chunk_no(0)));
    REQUIRE(place.storage->put_attachment_chunk(k_record, offered.id, 0, chunk_no(0)));
    known = place.storage->put_attachment_chunk(k_record, offered.id, 1, chunk_no(1));
    CHECK(known->held == std::string(1, '\x07'));
    CHECK(place.storage->attachment_chunk(k_record, offered.id, 1).value() == chunk_no(1));
    CHECK_FALSE(place.storage->attachment_chunk(k_record, offered.id, 3).value());
    CHECK(place.storage->put_attachment_chunk(k_record, offered.id, 3, "x").error().code ==
          ErrorCode::invalid_argument);
    CHECK(place.storage->put_attachment_chunk(k_record, id_of<Digest>(9), 0, "x").error().code ==
          ErrorCode::not_found);
}

TEST_CASE("another list of digests keeps the chunks that agree with it") {
    Place place;
    auto offered = three_chunks(1);
    REQUIRE(place.storage->offer_attachment(offered));
    put_all(*place.storage, offered);
    offered.digests.replace(32, 32, base::to_bytes(base::sha256("another")));
    const auto known = place.storage->offer_attachment(offered);
    CHECK(known->held == std::string(1, '\x05'));
    CHECK(known->digests == offered.digests);
    CHECK_FALSE(place.storage->attachment_chunk(k_record, offered.id, 1).value());
    // Of another size nothing can agree.
    offered.sealed_size += 1;
    CHECK(place.storage->offer_attachment(offered)->held == std::string(1, '\0'));
}

TEST_CASE("a whole attachment is never replaced, and completing it moves the unit's feed") {
    Place place;
    auto offered = three_chunks(1);
    REQUIRE(place.storage->offer_attachment(offered));
    put_all(*place.storage, offered);
    const auto feed = place.storage->feed_position(k_unit).value();
    const auto whole = place.storage->complete_attachment(k_record, offered.id);
    REQUIRE(whole);
    CHECK(whole->arrival == 1);
    CHECK(place.storage->feed_position(k_unit).value() > feed);
    CHECK(place.storage->complete_attachment(k_record, offered.id)->arrival == 1);
    offered.digests = std::string(96, 'x');
    CHECK(place.storage->offer_attachment(offered)->whole());
    CHECK(place.storage->discard_attachment(k_record, offered.id).error().code ==
          ErrorCode::not_permitted);
    CHECK(place.storage->attachment_chunk(k_record, offered.id, 2).value() == chunk_no(2));
    CHECK(place.storage->complete_attachment(k_record, id_of<Digest>(9)).error().code ==
          ErrorCode::not_found);
}

TEST_CASE("a copy holds every chunk, and what it holds is what becomes secured") {
    Place place;
    const auto first = three_chunks(1);
    const auto second = three_chunks(2);
    for (const auto& one : {first, second}) {
        REQUIRE(place.storage->offer_attachment(one));
        put_all(*place.storage, one);
    }
    REQUIRE(place.storage->complete_attachment(k_record, first.id));
    REQUIRE(place.storage->copy_to(place.file("copy.db"), k_key));
    REQUIRE(place.storage->complete_attachment(k_record, second.id));
    REQUIRE(place.storage->mark_secured({{k_record, {0, 0, 1}}}));
    CHECK(place.storage->attachment(k_record, first.id).value()->secured);
    CHECK_FALSE(place.storage->attachment(k_record, second.id).value()->secured);
    // A reach beyond what is here is of another database.
    REQUIRE(place.storage->mark_secured({{k_record, {0, 0, 3}}}));
    CHECK_FALSE(place.storage->attachment(k_record, second.id).value()->secured);
    place.reopen("copy.db");
    CHECK(place.storage->attachment(k_record, first.id).value()->whole());
    CHECK_FALSE(place.storage->attachment(k_record, second.id).value()->whole());
    CHECK(place.storage->attachment_chunk(k_record, second.id, 1).value() == chunk_no(1));
    CHECK(place.storage->attachments(k_record)->size() == 2);
}

TEST_CASE("what no change names is swept after its time, before the next one is begun") {
    Place place;
    const auto named = three_chunks(1);
    const auto unnamed = three_chunks(2);
    for (const auto& one : {named, unnamed}) {
        REQUIRE(place.storage->offer_attachment(one));
        put_all(*place.storage, one);
    }
    name_in_a_change(*place.storage, named.id);
    REQUIRE(place.storage->offer_attachment(three_chunks(3, 1'000 + k_unnamed_attachment_ms)));
    CHECK(place.storage->attachment(k_record, unnamed.id).value());
    REQUIRE(place.storage->offer_attachment(three_chunks(4, 1'001 + k_unnamed_attachment_ms)));
    CHECK_FALSE(place.storage->attachment(k_record, unnamed.id).value());
    CHECK_FALSE(place.storage->attachment_chunk(k_record, unnamed.id, 0).value());
    CHECK(place.storage->attachment(k_record, named.id).value());
    CHECK(place.storage->attachment_chunk(k_record, named.id, 0).value() == chunk_no(0));
}

TEST_CASE("a device may leave so much that no change names, and a record may hold so much") {
    Place place;
    auto offered = three_chunks(1);
    const std::uint64_t each = base::k_chunks_max * base::k_chunk_bytes;
    offered.sealed_size = each;
    offered.digests = std::string(base::k_chunks_max * 32, 'd');
    std::uint32_t number = 0;
    const auto next = [&](std::uint32_t device) {
        offered.id = id_of<Digest>(++number);
        offered.device = id_of<DeviceId>(device);
        return place.storage->offer_attachment(offered);
    };
    for (std::uint64_t used = 0; used < k_unnamed_attachments_bytes_max; used += each)
        REQUIRE(next(1));
    CHECK(next(1).error().code == ErrorCode::quota_exceeded);
    // What a change names does not count, and another device has its own.
    name_in_a_change(*place.storage, id_of<Digest>(1));
    REQUIRE(next(1));
    CHECK(next(1).error().code == ErrorCode::quota_exceeded);
    std::uint64_t held = k_unnamed_attachments_bytes_max + each;
    for (std::uint32_t device = 2; held < k_record_attachments_bytes_max; held += each) {
        auto taken = next(device);
        if (!taken) taken = next(++device);
        REQUIRE(taken);
    }
    CHECK(next(50).error().code == ErrorCode::quota_exceeded);
}

TEST_CASE("an offer for a record that is not here is not found") {
    Place place;
    auto offered = three_chunks(1);
    offered.record = id_of<RecordId>(77);
    CHECK(place.storage->offer_attachment(offered).error().code == ErrorCode::not_found);
    CHECK_FALSE(place.storage->attachment(offered.record, offered.id).value());
}
