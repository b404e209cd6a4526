// SPDX-License-Identifier: Apache-2.0
//
// What storage tells an operator, and how a database of another schema is met.
#include <algorithm>
#include <filesystem>

#include <unistd.h>
#include <catch2/catch_test_macros.hpp>

#include "sdk/store/sqlcipher/database.hpp"
#include "sync-server/storage/embedded/embedded_storage.hpp"
#include "tests/support/change_builder.hpp"

using namespace kari;
using namespace kari::server::storage;
using kari::test::id_of;
using kari::test::Writer;
using store::sqlcipher::Database;

namespace {

namespace fs = std::filesystem;

const std::string k_key(32, 'k');

struct Place {
    fs::path folder;
    std::unique_ptr<Storage> storage;

    Place() {
        static int number = 0;
        folder = fs::temp_directory_path() /
                 ("kari-counts-" + std::to_string(::getpid()) + "-" + std::to_string(++number));
        fs::create_directories(folder);
        auto made = EmbeddedStorage::create(file(), k_key, id_of<EpochId>(1), Instant{7});
        REQUIRE(made);
        storage = std::move(*made);
    }
    ~Place() {
        storage.reset();
        std::error_code ignored;
        fs::remove_all(folder, ignored);
    }
    std::string file() const { return (folder / "kari.db").string(); }
    Database database() const {
        store::sqlcipher::Options options;
        options.exclusive = false;
        auto opened = Database::open(file(), k_key, options);
        REQUIRE(opened);
        return std::move(*opened);
    }
};

DeviceId enrolled(Storage& storage, std::uint32_t number, std::int64_t certificate_end) {
    const Unit unit{id_of<UnitId>(1), id_of<RecordId>(99), "Unit", "Europe/Oslo"};
    const auto known = storage.unit(unit.id);
    if (known && !*known) REQUIRE(storage.add_unit(unit));
    Device device;
    device.id = id_of<DeviceId>(number);
    device.unit = unit.id;
    Certificate certificate;
    certificate.device = device.id;
    certificate.spki.bytes[0] = static_cast<std::uint8_t>(number);
    certificate.incarnation = id_of<IncarnationId>(number);
    certificate.not_after = Instant{certificate_end};
    REQUIRE(storage.readmit(device, {certificate}));
    return device.id;
}

void open_in(Storage& storage, std::uint32_t record, std::vector<OpenFinding> open, bool differs,
             const std::optional<std::set<ResourceId>>& among = std::nullopt) {
    auto transaction = storage.begin_or_create(id_of<RecordId>(record), false);
    REQUIRE(transaction);
    std::sort(open.begin(), open.end());
    const auto set = (*transaction)->set_open_findings(open, among);
    REQUIRE(set);
    CHECK(*set == differs);
    REQUIRE((*transaction)->commit());
}

}  // namespace

TEST_CASE("A device's last sighting stands, with what it has or that it did not say") {
    Place place;
    const DeviceId device = enrolled(*place.storage, 1, 5'000);
    CHECK(place.storage->sightings()->empty());
    const Sighting told{device, Instant{10}, 3, Instant{4}};
    REQUIRE(place.storage->set_sighting(told));
    CHECK(place.storage->sightings().value() == std::vector<Sighting>{told});
    const Sighting untold{device, Instant{20}, std::nullopt, std::nullopt};
    REQUIRE(place.storage->set_sighting(untold));
    CHECK(place.storage->sightings().value() == std::vector<Sighting>{untold});
    CHECK(place.storage->certificate_end(device).value() == Instant{5'000});
    CHECK(place.storage->certificate_end(id_of<DeviceId>(2)).value() == std::nullopt);
    CHECK(place.storage->latest_time().value() == Instant{20});
}

TEST_CASE("A new epoch forgets who was heard before it") {
    Place place;
    const DeviceId device = enrolled(*place.storage, 1, 5'000);
    REQUIRE(place.storage->set_sighting({device, Instant{10}, 0, std::nullopt}));
    REQUIRE(place.storage->begin_epoch(id_of<EpochId>(2), Instant{2}));
    CHECK(place.storage->sightings()->empty());
    CHECK(place.storage->devices()->size() == 1);
}

TEST_CASE("A finding of several records is counted once, and goes when no record has it") {
    Place place;
    const OpenFinding worse{id_of<ResourceId>(1), 1, false, Instant{30}};
    const OpenFinding milder{id_of<ResourceId>(2), 3, true, Instant{10}};
    open_in(*place.storage, 1, {worse, milder}, true);
    open_in(*place.storage, 1, {worse, milder}, false);
    OpenFinding also = worse;
    also.since = Instant{20};
    open_in(*place.storage, 2, {also}, true);
    const auto counts = place.storage->open_findings().value();
    REQUIRE(counts.size() == 2);
    CHECK(counts[0].severity == 1);
    CHECK(counts[0].open == 1);
    CHECK(counts[0].deferred == 0);
    CHECK(counts[0].oldest == Instant{20});
    CHECK(counts[1].deferred == 1);
    open_in(*place.storage, 1, {}, true);
    open_in(*place.storage, 2, {}, true);
    CHECK(place.storage->open_findings()->empty());
}

TEST_CASE("Open findings are listed by when they are due, for each record and unit they stand in") {
    Place place;
    enrolled(*place.storage, 1, 5'000);  // with its unit
    OpenFinding late{id_of<ResourceId>(1), 2, false, Instant{30}, "rule/late", Instant{500}};
    OpenFinding soon{id_of<ResourceId>(2), 3, true, Instant{10}, "rule/soon", Instant{90}};
    OpenFinding never{id_of<ResourceId>(3), 4, false, Instant{20}, "rule/never", std::nullopt};
    open_in(*place.storage, 1, {late, never}, true);
    open_in(*place.storage, 2, {soon, late}, true);
    REQUIRE(place.storage->grant(id_of<UnitId>(1), id_of<RecordId>(2)));
    REQUIRE(place.storage->grant(id_of<UnitId>(1), id_of<RecordId>(1)));
    REQUIRE(place.storage->remove(id_of<UnitId>(1), id_of<RecordId>(1)));
    std::vector<std::string> seen;
    REQUIRE(place.storage->standing_findings([&](const StandingFinding& one) {
        seen.push_back(one.finding.rule + (one.record == id_of<RecordId>(1) ? " 1" : " 2") +
                       (one.unit ? " unit" : ""));
        if (one.finding.issue == soon.issue) CHECK(one.finding == soon);
        if (one.finding.issue == never.issue) CHECK(one.finding == never);
    }));
    REQUIRE(seen.size() == 4);
    std::sort(seen.begin() + 1, seen.begin() + 3);  // due at once, in the order of their records
    CHECK(seen == std::vector<std::string>{"rule/soon 2 unit", "rule/late 1", "rule/late 2 unit",
                                           "rule/never 1"});
    // A due time alone that moves is news.
    late.due = Instant{501};
    open_in(*place.storage, 1, {late, never}, true);
    open_in(*place.storage, 1, {late, never}, false);
}

TEST_CASE("Of the issues that are named alone, what stood open is replaced") {
    Place place;
    const OpenFinding one{id_of<ResourceId>(1), 1, false, Instant{30}};
    const OpenFinding two{id_of<ResourceId>(2), 2, false, Instant{10}};
    open_in(*place.storage, 1, {one, two}, true);
    open_in(*place.storage, 1, {one}, false, std::set{one.issue});
    open_in(*place.storage, 1, {}, false, std::set{id_of<ResourceId>(3)});
    open_in(*place.storage, 1, {}, true, std::set{one.issue});
    const auto counts = place.storage->open_findings().value();
    REQUIRE(counts.size() == 1);
    CHECK(counts[0].severity == 2);
    open_in(*place.storage, 1, {two}, false);
}

TEST_CASE("Records, changes and disk are counted, and a day's size is its last") {
    Place place;
    Writer tablet = Writer::tablet(1);
    v1::Observation pulse;
    pulse.mutable_observation()->set_status(v1::OBSERVATION_STATUS_FINAL);
    {
        auto transaction = place.storage->begin_or_create(id_of<RecordId>(1), true);
        REQUIRE(transaction);
        REQUIRE((*transaction)
                    ->append(*tablet.write(
                        {.record = id_of<RecordId>(1), .resource = id_of<ResourceId>(1)}, pulse)));
        REQUIRE((*transaction)->commit());
    }
    auto totals = place.storage->totals().value();
    CHECK(totals.records == 1);
    CHECK(totals.changes == 1);
    CHECK(totals.secured == 0);
    CHECK(totals.owed == 1);
    REQUIRE(place.storage->mark_secured({{id_of<RecordId>(1), {1, 0}}}));
    CHECK(place.storage->totals()->secured == 1);
    const auto space = place.storage->disk_space().value();
    CHECK(space.database + space.log > 0);
    CHECK(space.free <= space.disk);
    REQUIRE(place.storage->set_disk_day({1, 10}));
    REQUIRE(place.storage->set_disk_day({1, 11}));
    REQUIRE(place.storage->set_disk_day({2, 12}));
    CHECK(place.storage->disk_days().value() == std::vector<DiskDay>{{1, 11}, {2, 12}});
    REQUIRE(place.storage->set_disk_day({1 + k_disk_days_kept, 13}));
    CHECK(place.storage->disk_days()->size() == 2);
    CHECK(place.storage->last_backup().value() == std::nullopt);
    REQUIRE(place.storage->set_backup({Instant{5}, 1, 2, 3}));
    REQUIRE(place.storage->set_backup({Instant{4}, 0, 0, 0}));
    CHECK(place.storage->last_backup().value()->taken == Instant{5});
}

TEST_CASE("A database notes which program made its schema") {
    Place place;
    const auto upgrades = place.storage->upgrades().value();
    REQUIRE(upgrades.size() == 1);
    CHECK(upgrades[0].schema == EmbeddedStorage::schema());
    CHECK(upgrades[0].program == EmbeddedStorage::program());
    CHECK(upgrades[0].at == Instant{7});
}

TEST_CASE("A newer database is refused, and told which program it needs") {
    Place place;
    place.storage.reset();
    {
        auto db = place.database();
        const auto newer = std::to_string(EmbeddedStorage::schema() + 1);
        REQUIRE(db.execute("INSERT INTO upgrade VALUES(" + newer + ", '9.8.7', 0)"));
        REQUIRE(db.execute("PRAGMA user_version = " + newer));
    }
    for (const bool read_only : {true, false}) {
        const auto refused = EmbeddedStorage::open(place.file(), k_key, {1024, read_only});
        REQUIRE(!refused);
        CHECK(refused.error().code == ErrorCode::schema_too_new);
        CHECK(refused.error().what.find("kari-sync-server 9.8.7 or newer") != std::string::npos);
    }
    const auto refused = EmbeddedStorage::upgrade(place.file(), k_key, Instant{1});
    REQUIRE(!refused);
    CHECK(refused.error().code == ErrorCode::schema_too_new);
    CHECK(EmbeddedStorage::schema_of(place.file(), k_key) == EmbeddedStorage::schema() + 1);
}

TEST_CASE("A storage opened to be read takes no write") {
    Place place;
    auto reader = EmbeddedStorage::open(place.file(), k_key, {1024, true});
    REQUIRE(reader);
    const auto refused = (*reader)->set_disk_day({1, 1});
    REQUIRE(!refused);
    CHECK(refused.error().code == ErrorCode::storage_failed);
    CHECK((*reader)->totals()->records == 0);
}
