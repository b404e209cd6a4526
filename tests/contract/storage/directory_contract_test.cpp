// SPDX-License-Identifier: Apache-2.0
// What every implementation of the storage port must do beside its records: codes, certificates,
// feeds, quarantine, copies.
#include <catch2/catch_test_macros.hpp>

#include "tests/contract/storage/place.hpp"

using namespace kari;
using namespace kari::server::storage;

TEST_CASE("A one-time code works once, before it expires") {
    Place place;
    REQUIRE(place.storage->add_unit(k_unit));
    const auto code = base::sha256("code");
    REQUIRE(place.storage->add_invitation({code, k_unit.id, Instant{5'000}}));
    CHECK(place.storage->invited_to(code, Instant{4'999}) == k_unit.id);
    CHECK_FALSE(place.storage->invited_to(code, Instant{5'000}));
    CHECK_FALSE(place.storage->invited_to(base::sha256("other"), Instant{4'999}));
    const auto late = place.storage->redeem(code, Instant{5'000}, device_of(1), certificates_of(1));
    REQUIRE_FALSE(late);
    CHECK(late.error().code == ErrorCode::code_refused);
    const auto used = place.storage->redeem(code, Instant{4'999}, device_of(1), certificates_of(1));
    REQUIRE(used);
    CHECK(used->id == k_unit.id);
    CHECK(place.storage->invited_to(code, Instant{4'999}).error().code == ErrorCode::code_refused);
    const auto twice =
        place.storage->redeem(code, Instant{4'999}, device_of(2), certificates_of(2));
    REQUIRE_FALSE(twice);
    CHECK(twice.error().code == ErrorCode::code_refused);
    CHECK(place.storage->devices().value().size() == 1);
    CHECK(place.storage->incarnations(id_of<DeviceId>(1)).value().size() == 1);
}

TEST_CASE("A code that is no tablet's is spent once, before it expires") {
    Place place;
    REQUIRE(place.storage->add_unit(k_unit));
    const auto code = base::sha256("code");
    REQUIRE(place.storage->add_invitation({code, k_unit.id, Instant{5'000}}));
    CHECK(place.storage->spend(code, Instant{5'000}).error().code == ErrorCode::code_refused);
    CHECK(place.storage->spend(code, Instant{4'999}).has_value());
    CHECK(place.storage->spend(code, Instant{4'999}).error().code == ErrorCode::code_refused);
    CHECK(place.storage->devices().value().empty());
}

TEST_CASE("Who is taken off a unit's list stands there as gone, and tablets are told") {
    Place place;
    REQUIRE(place.storage->add_unit(k_unit));
    const auto nora = id_of<PersonId>(1);
    REQUIRE(place.storage->add_person({nora, k_unit.id, "SP", "Nora", true}));
    const auto version = place.storage->directory_version().value();
    const auto feed = place.storage->feed_position(k_unit.id).value();
    REQUIRE(place.storage->set_active(k_unit.id, nora, false));
    CHECK_FALSE(place.storage->persons(k_unit.id).value().front().active);
    CHECK(place.storage->directory_version().value() > version);
    CHECK(place.storage->feed_position(k_unit.id).value() > feed);
    REQUIRE(place.storage->set_active(k_unit.id, nora, true));
    CHECK(place.storage->persons(k_unit.id).value().front().active);
    CHECK(place.storage->set_active(id_of<UnitId>(77), nora, false).error().code ==
          ErrorCode::not_found);
}

TEST_CASE("A code is not used up by an enrolment that fails") {
    Place place;
    REQUIRE(place.storage->add_unit(k_unit));
    const auto code = base::sha256("code");
    REQUIRE(place.storage->add_invitation({code, k_unit.id, Instant{5'000}}));
    REQUIRE(place.storage->readmit(device_of(1), certificates_of(1)));
    auto taken = certificates_of(1);
    for (auto& one : taken)
        one.device = id_of<DeviceId>(2);
    CHECK_FALSE(place.storage->redeem(code, Instant{1}, device_of(2), taken));
    CHECK(place.storage->redeem(code, Instant{1}, device_of(2), certificates_of(2)));
}

TEST_CASE("The feed of a unit grows with its caseload and what is written in it, and no other") {
    Place place;
    REQUIRE(place.storage->add_unit(k_unit));
    const Unit other{id_of<UnitId>(2), id_of<RecordId>(98), "Other", "Europe/Oslo"};
    REQUIRE(place.storage->add_unit(other));
    Writer tablet = Writer::tablet(1);
    append_all(*place.storage, {observe(tablet, 1, "70")});
    const auto feed = [&](const Unit& unit) {
        return place.storage->feed_position(unit.id).value();
    };
    auto before = feed(k_unit);
    REQUIRE(place.storage->grant(k_unit.id, k_record));
    CHECK(feed(k_unit) > before);
    before = feed(k_unit);
    const auto untouched = feed(other);
    append_all(*place.storage, {observe(tablet, 2, "71")});
    CHECK(feed(k_unit) > before);
    CHECK(feed(other) == untouched);
    REQUIRE(place.storage->remove(k_unit.id, k_record));
    CHECK(place.storage->caseload_state(k_unit.id, k_record).value() == CaseloadState::removed);
    CHECK_FALSE(place.storage->caseload_state(other.id, k_record).value());
}

// Rows quarantine_bytes and quarantine_entries of docs/formats/limits.md.
TEST_CASE("Quarantine keeps each thing once and stops at its quota") {
    Place place;
    const Quarantined entry{id_of<DeviceId>(1), id_of<IncarnationId>(1),      Instant{1}, 4,
                            "malformed",        std::string(1024 * 1024, 'x')};
    REQUIRE(place.storage->quarantine(entry));
    REQUIRE(place.storage->quarantine(entry));
    CHECK(place.storage->quarantined().value().size() == 1);
    std::size_t kept = 1;
    for (char c = 'a'; c < 'z'; ++c) {
        Quarantined more = entry;
        more.bytes[0] = c;
        const auto done = place.storage->quarantine(more);
        if (!done) {
            CHECK(done.error().code == ErrorCode::quota_exceeded);
            break;
        }
        ++kept;
    }
    CHECK(kept == k_quarantine_bytes_max / entry.bytes.size());
    Quarantined another = entry;
    another.device = id_of<DeviceId>(2);
    CHECK(place.storage->quarantine(another));
}

TEST_CASE("A copy holds what was committed, and secures no more than it holds") {
    Place place;
    Writer tablet = Writer::tablet(1);
    append_all(*place.storage, {observe(tablet, 1, "70")});
    const auto copy_file = (place.folder / "copy.db").string();
    REQUIRE(place.storage->copy_to(copy_file, k_key));
    append_all(*place.storage, {observe(tablet, 2, "71")});
    const auto copy = EmbeddedStorage::open(copy_file, k_key);
    REQUIRE(copy);
    CHECK((*copy)->check_medium());
    CHECK((*copy)->state(k_record).value()->head.position == 1);
    REQUIRE(place.storage->mark_secured({{k_record, {1, 0}}}));
    CHECK(place.storage->state(k_record).value()->secured == 1);
    REQUIRE(place.storage->mark_secured({{k_record, {7, 0}}}));  // a copy of another server
    CHECK(place.storage->state(k_record).value()->secured == 1);
}

TEST_CASE("The server's own incarnations have certificates though they share one key") {
    Place place;
    for (std::uint32_t number = 1; number <= 2; ++number) {
        server::storage::Certificate own;
        own.spki = base::sha256("the server's key");
        own.use = server::storage::CertificateUse::signing;
        own.incarnation = id_of<IncarnationId>(number);
        own.der = "certificate " + std::to_string(number);
        REQUIRE(place.storage->add_server_certificate(own));
        REQUIRE(place.storage->add_server_certificate(own));
    }
    const auto second = place.storage->signing_certificate(id_of<IncarnationId>(2)).value();
    REQUIRE(second);
    CHECK(second->der == "certificate 2");
    CHECK(second->device.is_zero());
    CHECK_FALSE(place.storage->signing_certificate(id_of<IncarnationId>(3)).value());
}

TEST_CASE("Who watches the feeds is told of what a commit moved, once it stands and not before") {
    Place place;
    REQUIRE(place.storage->add_unit(k_unit));
    Writer tablet = Writer::tablet(1);
    append_all(*place.storage, {observe(tablet, 1, "70")});
    REQUIRE(place.storage->grant(k_unit.id, k_record));
    Feeds feeds;
    place.storage->watch_feeds(feeds.note());
    feeds.settle();
    const auto feed = [&] {
        return place.storage->feed_position(k_unit.id).value();
    };
    {
        auto record = place.storage->begin(k_record);
        REQUIRE(record);
        REQUIRE((*record)->append(*observe(tablet, 2, "71")));
        CHECK(feeds.of(k_unit_id) == feed());  // nothing of what is not committed
        REQUIRE((*record)->commit());
        CHECK(feeds.of(k_unit_id) == feed());
    }
    const auto committed = feed();
    {
        auto record = place.storage->begin(k_record);
        REQUIRE(record);
        REQUIRE((*record)->append(*observe(tablet, 3, "72")));
    }  // rolled back
    CHECK(feeds.of(k_unit_id) == committed);
    REQUIRE(place.storage->add_person({id_of<PersonId>(1), k_unit_id, "SP", "Nora", true}));
    CHECK(feeds.of(k_unit_id) == feed());
    REQUIRE(place.storage->begin_epoch(id_of<EpochId>(2), Instant{2}));
    CHECK(feeds.of(k_unit_id) == feed());
    const Digest code = id_of<Digest>(1);
    REQUIRE(place.storage->add_invitation({code, k_unit_id, Instant{10'000}}));
    REQUIRE(place.storage->redeem(code, Instant{1}, device_of(1), certificates_of(1)));
    const auto before = feed();
    REQUIRE(place.storage->revoke(id_of<DeviceId>(1)));
    CHECK(feed() > before);
    CHECK(feeds.of(k_unit_id) == feed());
    place.storage->watch_feeds({});
    append_all(*place.storage, {observe(tablet, 4, "73")});
    CHECK(feeds.of(k_unit_id) < feed());
}

TEST_CASE("Who watches the feeds hears of another process's commits too") {
    Place place;
    REQUIRE(place.storage->add_unit(k_unit));
    Writer tablet = Writer::tablet(1);
    append_all(*place.storage, {observe(tablet, 1, "70")});
    Feeds feeds;
    place.storage->watch_feeds(feeds.note());
    const auto other = place.another();
    REQUIRE(other->grant(k_unit.id, k_record));
    const auto moved = other->feed_position(k_unit_id).value();
    CHECK(feeds.reaches(k_unit_id, moved));
    // And one that begins to watch after it.
    Feeds late;
    place.storage->watch_feeds(late.note());
    CHECK(late.reaches(k_unit_id, moved));
    place.storage->watch_feeds({});
}
