// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch_test_macros.hpp>

#include "kari/v1/pack.pb.h"
#include "sdk/clinical/knowledge_pack.hpp"
#include "tests/support/store_fixture.hpp"
#include "tests/unit/clinical/whole_pack.hpp"

namespace kari::test {
namespace {

using namespace store;

const RecordId k_record = id_of<RecordId>(1);

// A pack from outside, as its envelope holds it.
v1::SignedPack pack_of(const std::string& version) {
    auto said = clinical::whole_pack();
    said.set_format("kari-pack-1");
    said.set_id("regional");
    said.set_version(version);
    said.set_label("TEST");
    said.set_date("2026-05-0" + version);
    v1::SignedPack envelope;
    envelope.set_pack(said.SerializeAsString());
    return envelope;
}

void keep(OpenStore& store, const v1::SignedPack& envelope) {
    REQUIRE(store->keep_pack(envelope.SerializeAsString(),
                             clinical::read_pack(envelope.pack()).value()));
}

void write_one(OpenStore& store, std::uint64_t number) {
    const auto message = temperature("37.0");
    REQUIRE(store->write(request(k_record, id_of<ResourceId>(number), message)));
    REQUIRE(store->review_owed(10).value() == 0);
}

TEST_CASE("another pack owes every review, and the same pack again none") {
    OpenStore store;
    write_one(store, 1);
    CHECK(store->pack().name() == clinical::demo_pack().name());
    CHECK_FALSE(store->kept_pack_date());
    keep(store, pack_of("1"));
    CHECK(store->owed_reviews().value() == 1);
    CHECK(store->pack().name() == "regional@1");
    CHECK(store->kept_pack_date() == LocalDate{2026, 5, 1});
    CHECK(store->review_owed(10).value() == 0);
    keep(store, pack_of("1"));
    CHECK(store->owed_reviews().value() == 0);
    // Another content under the same name.
    auto corrected = pack_of("1");
    v1::Pack said;
    REQUIRE(said.ParseFromString(corrected.pack()));
    said.add_critical("A10A");
    corrected.set_pack(said.SerializeAsString());
    keep(store, corrected);
    CHECK(store->owed_reviews().value() == 1);
}

TEST_CASE("a pack that was kept is in use after a restart, and owes nothing anew") {
    OpenStore store;
    write_one(store, 1);
    keep(store, pack_of("2"));
    REQUIRE(store->review_owed(10).value() == 0);
    REQUIRE(store.reopen());
    CHECK(store->pack().name() == "regional@2");
    CHECK_FALSE(store->pack_trouble());
    CHECK(store->owed_reviews().value() == 0);
}

TEST_CASE("what is owed for a pack survives a restart before the review") {
    OpenStore store;
    write_one(store, 1);
    keep(store, pack_of("2"));
    REQUIRE(store.reopen());
    CHECK(store->owed_reviews().value() == 1);
}

TEST_CASE(
    "a kept pack that this program cannot read is told of, and the rules are reviewed by ours") {
    OpenStore store;
    write_one(store, 1);
    keep(store, pack_of("3"));
    REQUIRE(store->review_owed(10).value() == 0);
    auto newer = pack_of("3");
    v1::Pack said;
    REQUIRE(said.ParseFromString(newer.pack()));
    said.GetReflection()->MutableUnknownFields(&said)->AddVarint(77, 1);
    newer.set_pack(said.SerializeAsString());
    REQUIRE(store->save_setting("pack", newer.SerializeAsString()));
    REQUIRE(store.reopen());
    REQUIRE(store->pack_trouble());
    CHECK(store->pack_trouble()->code == ErrorCode::schema_too_new);
    CHECK(store->pack().name() == clinical::demo_pack().name());
    CHECK(store->owed_reviews().value() == 1);
    keep(store, pack_of("4"));
    CHECK_FALSE(store->pack_trouble());
}

}  // namespace
}  // namespace kari::test
