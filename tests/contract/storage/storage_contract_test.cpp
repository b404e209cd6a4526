// SPDX-License-Identifier: Apache-2.0
// What every implementation of the storage port must do. A second one adds a line to k_makers.
#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sdk/store/sqlcipher/database.hpp"
#include "sync-server/storage/embedded/embedded_storage.hpp"
#include "tests/support/change_builder.hpp"
#include "tests/support/full_disk.hpp"

using namespace kari;
using namespace kari::server::storage;
using kari::test::id_of;
using kari::test::Writer;

namespace {

namespace fs = std::filesystem;

const std::string k_key(32, 'k');

// A storage that a test may close and open again.
struct Place {
    fs::path folder;
    std::unique_ptr<Storage> storage;

    Place() {
        static int number = 0;
        folder = fs::temp_directory_path() /
                 ("kari-storage-" + std::to_string(::getpid()) + "-" + std::to_string(++number));
        fs::create_directories(folder);
        auto made = EmbeddedStorage::create(file(), k_key, id_of<EpochId>(1));
        REQUIRE(made);
        storage = std::move(*made);
    }
    ~Place() {
        storage.reset();
        std::error_code ignored;
        fs::remove_all(folder, ignored);
    }
    std::string file() const { return (folder / "kari.db").string(); }
    std::unique_ptr<Storage> another() const {
        auto opened = EmbeddedStorage::open(file(), k_key);
        REQUIRE(opened);
        return std::move(*opened);
    }
    void reopen() {
        storage.reset();
        storage = another();
    }
};

v1::Observation pulse(const char* value) {
    v1::Observation observation;
    observation.mutable_observation()->set_status(v1::OBSERVATION_STATUS_FINAL);
    observation.mutable_observation()->mutable_value()->mutable_quantity()->set_value(value);
    return observation;
}

const RecordId k_record = id_of<RecordId>(1);
const UnitId k_unit_id = id_of<UnitId>(1);
const Unit k_unit{k_unit_id, id_of<RecordId>(99), "Unit", "Europe/Oslo"};

test::ChangePtr observe(Writer& writer, std::uint32_t resource, const char* value,
                        const RecordId& record = k_record) {
    return writer.write({.record = record, .resource = id_of<ResourceId>(resource)}, pulse(value));
}

// Appends and commits; answers what came of the last.
Appended append_all(Storage& storage, const std::vector<test::ChangePtr>& changes) {
    auto record = storage.begin_or_create(changes.front()->record, true);
    REQUIRE(record);
    Appended last;
    for (const auto& change : changes) {
        const auto appended = (*record)->append(*change);
        REQUIRE(appended);
        last = *appended;
    }
    REQUIRE((*record)->commit());
    return last;
}

// What somebody who watches was told.
class Feeds {
public:
    FeedWatch note() {
        return [this](const std::vector<FeedMove>& moved) {
            const std::lock_guard lock(mutex_);
            for (const FeedMove& one : moved)
                told_[one.unit] = std::max(told_[one.unit], one.position);
            more_.notify_all();
        };
    }
    std::uint64_t of(const UnitId& unit) {
        const std::lock_guard lock(mutex_);
        return told_[unit];
    }
    bool reaches(const UnitId& unit, std::uint64_t position) {
        std::unique_lock lock(mutex_);
        return more_.wait_for(lock, std::chrono::seconds(30),
                              [&] { return told_[unit] >= position; });
    }
    // Until where everything stands has been told.
    void settle() { CHECK(reaches(k_unit_id, 1)); }

private:
    std::mutex mutex_;
    std::condition_variable more_;
    std::map<UnitId, std::uint64_t> told_;
};

std::vector<StoredChange> log_of(Storage& storage, const RecordId& record) {
    std::vector<StoredChange> log;
    REQUIRE(storage.changes(record, 0, [&](const StoredChange& change) {
        log.push_back(change);
        return true;
    }));
    return log;
}

Device device_of(std::uint32_t number) {
    return {id_of<DeviceId>(number), k_unit_id, "tablet", Instant{1'000}, false};
}

std::vector<Certificate> certificates_of(std::uint32_t number) {
    const auto one = [&](std::uint32_t key, CertificateUse use) {
        return Certificate{
            id_of<Digest>(key), use,  id_of<DeviceId>(number), id_of<IncarnationId>(number), "01",
            Instant{9'000},     "der"};
    };
    return {one(number * 10, CertificateUse::signing), one(number * 10 + 1, CertificateUse::tls)};
}

}  // namespace

TEST_CASE("A record's changes get dense positions and a running digest") {
    Place place;
    Writer tablet = Writer::tablet(1);
    append_all(*place.storage, {observe(tablet, 1, "70"), observe(tablet, 2, "71")});
    append_all(*place.storage, {observe(tablet, 3, "72")});
    const auto log = log_of(*place.storage, k_record);
    REQUIRE(log.size() == 3);
    Digest chain;
    for (std::size_t i = 0; i < log.size(); ++i) {
        CHECK(log[i].position == i + 1);
        chain = base::sha256(base::to_bytes(chain) + base::to_bytes(log[i].id));
        CHECK(log[i].chain == chain);
        CHECK(place.storage->chain_at(k_record, i + 1).value() == chain);
    }
    const auto state = place.storage->state(k_record).value();
    REQUIRE(state);
    CHECK(state->head == LogPoint{3, chain});
    CHECK(state->made_on_tablet);
    CHECK(place.storage->chain_at(k_record, 0).value() == Digest{});
    CHECK_FALSE(place.storage->chain_at(k_record, 4).value());
    CHECK_FALSE(place.storage->chain_at(k_record, ~std::uint64_t{0}).value());
}

TEST_CASE("The exact bytes come back after closing and opening") {
    Place place;
    Writer tablet = Writer::tablet(1);
    const auto change = observe(tablet, 1, "70");
    append_all(*place.storage, {change});
    place.reopen();
    const auto log = log_of(*place.storage, k_record);
    REQUIRE(log.size() == 1);
    CHECK(log[0].header_bytes == change->header_bytes);
    CHECK(log[0].body_bytes == change->body_bytes);
}

TEST_CASE("The same change again changes nothing and answers its position") {
    Place place;
    Writer tablet = Writer::tablet(1);
    const auto first = observe(tablet, 1, "70");
    const auto second = observe(tablet, 2, "71");
    append_all(*place.storage, {first, second});
    const auto again = append_all(*place.storage, {first});
    CHECK(again.already);
    CHECK(again.position == 1);
    CHECK(log_of(*place.storage, k_record).size() == 2);
}

TEST_CASE("Two changes at one address are both kept and told as a fork") {
    Place place;
    Writer tablet = Writer::tablet(1);
    Writer twin = Writer::tablet(1);
    twin.waits(Duration::minutes(1));
    CHECK_FALSE(append_all(*place.storage, {observe(tablet, 1, "70")}).fork);
    CHECK(append_all(*place.storage, {observe(twin, 2, "99")}).fork);
    CHECK(place.storage->at_address(k_record, tablet.incarnation, 1).value().size() == 2);
}

TEST_CASE("A missing predecessor is a gap that its successor names, until it comes") {
    Place place;
    Writer tablet = Writer::tablet(1);
    const auto first = observe(tablet, 1, "70");
    const auto second = observe(tablet, 2, "71");
    CHECK(append_all(*place.storage, {second}).gap);
    const auto gaps = place.storage->gaps(k_record).value();
    REQUIRE(gaps.size() == 1);
    CHECK(gaps[0].missing == first->id);
    CHECK(gaps[0].seq == 1);
    append_all(*place.storage, {first});
    CHECK(place.storage->gaps(k_record).value().empty());
}

TEST_CASE("What is not committed was never there") {
    Place place;
    Writer tablet = Writer::tablet(1);
    {
        auto record = place.storage->begin_or_create(k_record, true);
        REQUIRE(record);
        REQUIRE((*record)->append(*observe(tablet, 1, "70")));
    }
    CHECK_FALSE(place.storage->state(k_record).value());
    CHECK_FALSE(place.storage->begin(k_record));
}

TEST_CASE("Writers of one record take turns and positions stay dense") {
    Place place;
    const auto second = place.another();
    const auto write = [](Storage& storage, std::uint32_t who) {
        Writer tablet = Writer::tablet(who);
        for (std::uint32_t i = 0; i < 40; ++i) {
            auto record = storage.begin_or_create(k_record, true);
            if (!record) throw std::runtime_error(record.error().what);
            const auto change = tablet.write(
                {.record = k_record, .resource = id_of<ResourceId>(1000 * who + i)}, pulse("70"));
            if (!(*record)->append(*change) || !(*record)->commit()) {
                throw std::runtime_error("append");
            }
        }
    };
    std::thread other([&] { write(*second, 2); });
    std::thread third([&] { write(*place.storage, 3); });
    write(*place.storage, 1);
    other.join();
    third.join();
    const auto log = log_of(*place.storage, k_record);
    REQUIRE(log.size() == 120);
    for (std::size_t i = 0; i < log.size(); ++i)
        CHECK(log[i].position == i + 1);
}

TEST_CASE("The access log is a log of its own") {
    Place place;
    REQUIRE(place.storage->add_unit(k_unit));
    auto record = place.storage->begin(k_unit.record);
    REQUIRE(record);
    StoredAccess entry{base::sha256("one"), 0, {}, id_of<IncarnationId>(1), 1, {}, "one"};
    CHECK((*record)->append_access(entry).value().position == 1);
    CHECK((*record)->append_access(entry).value().already);
    entry = {base::sha256("three"), 0,      {}, id_of<IncarnationId>(1), 3,
             base::sha256("two"),   "three"};
    CHECK((*record)->append_access(entry).value().gap);
    REQUIRE((*record)->commit());
    record->reset();
    const auto state = place.storage->state(k_unit.record).value();
    CHECK(state->access_head.position == 2);
    CHECK(state->head.position == 0);
    CHECK(place.storage->access_at(k_unit.record, id_of<IncarnationId>(1), 3).value().size() == 1);
}

TEST_CASE("A seal is stored once and numbered by its arrival") {
    Place place;
    Writer tablet = Writer::tablet(1);
    append_all(*place.storage, {observe(tablet, 1, "70"), observe(tablet, 2, "71")});
    StoredSeal seal;
    seal.incarnation = tablet.incarnation;
    seal.number = 1;
    seal.statement = base::sha256("statement");
    seal.covers = 2;
    seal.bytes = "seal";
    auto record = place.storage->begin(k_record);
    REQUIRE(record);
    CHECK((*record)->add_seal(seal).value());
    CHECK_FALSE((*record)->add_seal(seal).value());
    REQUIRE((*record)->commit());
    record->reset();
    const auto arrived = place.storage->seals(k_record, 0).value();
    REQUIRE(arrived.size() == 1);
    CHECK(arrived[0].arrival == 1);
    CHECK(place.storage->seals(k_record, 1).value().empty());
    CHECK(place.storage->seal_statements(tablet.incarnation, 1).value() ==
          std::vector<Digest>{seal.statement});
}

TEST_CASE("A record that grew is owed a review until it had one") {
    Place place;
    Writer tablet = Writer::tablet(1);
    append_all(*place.storage, {observe(tablet, 1, "70")});
    CHECK(place.storage->unreviewed().value() == std::vector<RecordId>{k_record});
    auto record = place.storage->begin(k_record);
    REQUIRE(record);
    REQUIRE((*record)->set_reviewed(1));
    REQUIRE((*record)->commit());
    record->reset();
    CHECK(place.storage->unreviewed().value().empty());
}

TEST_CASE("Linked records are one group from either half, however far") {
    Place place;
    Writer tablet = Writer::tablet(1);
    const auto a = id_of<RecordId>(11), b = id_of<RecordId>(12), c = id_of<RecordId>(13);
    for (const auto& record : {a, b, c})
        append_all(*place.storage, {observe(tablet, 1, "70", record)});
    const auto set = [&](const RecordId& from, const RecordId& to, bool linked) {
        auto record = place.storage->begin(from);
        REQUIRE(record);
        REQUIRE((*record)->set_linked(to, linked));
        REQUIRE((*record)->commit());
    };
    set(a, b, true);
    set(c, b, true);
    CHECK(place.storage->group(a).value().size() == 3);
    CHECK(place.storage->group(b).value().size() == 3);
    set(c, b, false);
    CHECK(place.storage->group(c).value() == std::vector<RecordId>{c});
}

TEST_CASE("A one-time code works once, before it expires") {
    Place place;
    REQUIRE(place.storage->add_unit(k_unit));
    const auto code = base::sha256("code");
    REQUIRE(place.storage->add_invitation({code, k_unit.id, Instant{5'000}}));
    const auto late = place.storage->redeem(code, Instant{5'000}, device_of(1), certificates_of(1));
    REQUIRE_FALSE(late);
    CHECK(late.error().code == ErrorCode::code_refused);
    const auto used = place.storage->redeem(code, Instant{4'999}, device_of(1), certificates_of(1));
    REQUIRE(used);
    CHECK(used->id == k_unit.id);
    const auto twice =
        place.storage->redeem(code, Instant{4'999}, device_of(2), certificates_of(2));
    REQUIRE_FALSE(twice);
    CHECK(twice.error().code == ErrorCode::code_refused);
    CHECK(place.storage->devices().value().size() == 1);
    CHECK(place.storage->incarnations(id_of<DeviceId>(1)).value().size() == 1);
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

TEST_CASE("A new epoch remembers where every log stood when it began") {
    Place place;
    Writer tablet = Writer::tablet(1);
    append_all(*place.storage, {observe(tablet, 1, "70")});
    REQUIRE(place.storage->begin_epoch(id_of<EpochId>(2)));
    append_all(*place.storage, {observe(tablet, 2, "71")});
    const auto state = place.storage->state(k_record).value();
    CHECK(state->epoch_start.position == 1);
    CHECK(state->epoch_start.chain == place.storage->chain_at(k_record, 1).value());
    auto epoch = place.storage->epoch().value();
    CHECK(epoch.id == id_of<EpochId>(2));
    CHECK(epoch.recovering);
    REQUIRE(place.storage->close_recovery());
    CHECK_FALSE(place.storage->epoch().value().recovering);
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

TEST_CASE("A resource's changes are found by it, in their order") {
    Place place;
    Writer writer = Writer::tablet(1);
    const auto first = observe(writer, 1, "70");
    const auto other = observe(writer, 2, "80");
    const auto second = observe(writer, 1, "71");
    append_all(*place.storage, {first, other, second});
    append_all(*place.storage, {observe(writer, 1, "72", id_of<RecordId>(2))});
    const auto found_in = [&] {
        std::vector<ChangeId> found;
        REQUIRE(place.storage->changes_of(k_record, id_of<ResourceId>(1), [&](const auto& change) {
            found.push_back(change.id);
            return true;
        }));
        return found;
    };
    CHECK(found_in() == std::vector<ChangeId>{first->id, second->id});
    // A database from before there was an index gets it when it is opened.
    place.storage.reset();
    {
        auto raw = store::sqlcipher::Database::open(place.file(), k_key);
        REQUIRE(raw);
        REQUIRE(raw->execute("DELETE FROM resource_change"));
    }
    place.storage = place.another();
    CHECK(found_in() == std::vector<ChangeId>{first->id, second->id});
}

TEST_CASE("A census leaves out lone changes of the kinds named, and no fork of a stream") {
    Place place;
    Writer writer = Writer::tablet(1);
    Writer clone = writer;
    append_all(*place.storage,
               {observe(writer, 1, "70"), observe(writer, 2, "80"), observe(writer, 2, "81")});
    const auto of_kind = [&](std::uint32_t kind) {
        const auto census = place.storage->census(k_record, {kind});
        REQUIRE(census);
        return *census;
    };
    const auto one = id_of<ResourceId>(1);
    const auto two = id_of<ResourceId>(2);
    const auto ascending = [](const ResourceId& a, const ResourceId& b) {
        return std::vector<ResourceId>{std::min(a, b), std::max(a, b)};
    };
    CHECK(of_kind(v1::KIND_OBSERVATION).resources == std::vector<ResourceId>{two});
    CHECK(of_kind(v1::KIND_PATIENT).resources == ascending(one, two));
    CHECK(of_kind(v1::KIND_OBSERVATION).forked.empty());
    append_all(*place.storage, {observe(clone, 3, "90")});  // at the address of the first
    const auto census = of_kind(v1::KIND_OBSERVATION);
    CHECK(census.resources == std::vector<ResourceId>{two});
    CHECK(census.forked == ascending(one, id_of<ResourceId>(3)));
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
    REQUIRE(place.storage->begin_epoch(id_of<EpochId>(2)));
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

TEST_CASE("Where an imported resource stands is known, and what it still has to leave") {
    Place place;
    Writer writer = Writer::tablet(1);
    append_all(*place.storage, {observe(writer, 1, "70")});
    const auto resource = id_of<ResourceId>(1);
    CHECK_FALSE(place.storage->imported_resource(resource).value().has_value());
    const ImportedResource moved{std::nullopt, id_of<Digest>(1), k_record};
    REQUIRE(place.storage->set_imported_resource(resource, moved));
    place.reopen();
    CHECK(place.storage->imported_resource(resource).value() == moved);
    CHECK(place.storage->leaving().value() == std::vector<ResourceId>{resource});
    const ImportedResource settled{k_record, id_of<Digest>(2), std::nullopt};
    REQUIRE(place.storage->set_imported_resource(resource, settled));
    CHECK(place.storage->imported_resource(resource).value() == settled);
    CHECK(place.storage->leaving().value().empty());
}

TEST_CASE("A record is being filled until the run ends that took it up last") {
    Place place;
    const auto first = id_of<ImportRun>(1);
    const auto second = id_of<ImportRun>(2);
    {
        auto record = place.storage->begin_or_create(k_record, false);
        REQUIRE(record);
        REQUIRE(place.storage->fill(k_record, first));
        REQUIRE((*record)->commit());
    }
    place.reopen();
    CHECK(place.storage->being_filled(k_record).value());
    CHECK(place.storage->records_being_filled().value() == 1);
    REQUIRE(place.storage->fill(k_record, second));
    REQUIRE(place.storage->end_filling(first));
    CHECK(place.storage->being_filled(k_record).value());
    REQUIRE(place.storage->end_filling(second));
    CHECK_FALSE(place.storage->being_filled(k_record).value());
}

namespace {

// A thread with a batch that has committed one change and settles when it is told to.
class Committer {
public:
    Committer(Storage& storage, const RecordId& record, const merge::Change& change)
        : thread_([&storage, record, change, this] {
              const auto batch = storage.gather();
              auto open = storage.begin_or_create(record, false);
              committed_.set_value(open && (*open)->append(change) && (*open)->commit());
              open = fail(ErrorCode::cancelled, "it has ended");  // lets go of the lock
              told_.get_future().wait();
              settled_.set_value(batch->settle());
          }) {
        REQUIRE(committed_.get_future().get());
    }
    Committer(const Committer&) = delete;
    Committer& operator=(const Committer&) = delete;
    Result<void> settle() {
        told_.set_value();
        return settled_.get_future().get();
    }
    ~Committer() { thread_.join(); }

private:
    std::promise<bool> committed_;
    std::promise<void> told_;
    std::promise<Result<void>> settled_;
    std::thread thread_;
};

std::uint64_t head_of(Storage& storage, const RecordId& record) {
    const auto state = storage.state(record);
    REQUIRE(state);
    return *state ? (*state)->head.position : 0;
}

}  // namespace

TEST_CASE("What batches commit reaches the disk together, when the first of them settles") {
    Place place;
    const auto process = place.another();
    Writer one = Writer::tablet(1);
    Writer two = Writer::tablet(2);
    const auto other = id_of<RecordId>(2);
    const auto second = two.write({.record = other, .resource = id_of<ResourceId>(2)}, pulse("80"));
    Committer a(*place.storage, k_record, *observe(one, 1, "70"));
    Committer b(*place.storage, other, *second);
    CHECK(head_of(*process, k_record) == 0);
    REQUIRE(b.settle());
    CHECK(head_of(*process, k_record) == 1);
    CHECK(head_of(*process, other) == 1);
    REQUIRE(a.settle());
    CHECK(place.storage->losses() == 0);
}

TEST_CASE("Whoever has no batch is told nothing that is not on the disk") {
    Place place;
    const auto process = place.another();
    Writer writer = Writer::tablet(1);
    Committer a(*place.storage, k_record, *observe(writer, 1, "70"));
    CHECK(head_of(*process, k_record) == 0);
    CHECK(head_of(*place.storage, k_record) == 1);
    CHECK(head_of(*process, k_record) == 1);
    REQUIRE(a.settle());
}

TEST_CASE("What rolls back takes nothing with it that others committed") {
    Place place;
    Writer one = Writer::tablet(1);
    Writer two = Writer::tablet(2);
    Committer a(*place.storage, k_record, *observe(one, 1, "70"));
    std::thread([&] {
        const auto batch = place.storage->gather();
        {
            auto open = place.storage->begin_or_create(k_record, false);
            REQUIRE(open);
            REQUIRE((*open)->append(*observe(two, 2, "80")));
        }
        REQUIRE(batch->settle());
    }).join();
    REQUIRE(a.settle());
    place.reopen();
    CHECK(head_of(*place.storage, k_record) == 1);
}

TEST_CASE("A flush that fails takes back what shared it, tells those, and nobody else") {
    Place place;
    Writer one = Writer::tablet(1);
    Writer two = Writer::tablet(2);
    append_all(*place.storage, {observe(one, 1, "70")});
    const auto bytes = fs::file_size(place.file() + "-wal");
    std::optional<test::FullDisk> full;
    Result<void> told_a;
    Result<void> told_b;
    const auto lost = observe(one, 2, "71");
    {
        Committer a(*place.storage, k_record, *lost);
        Committer b(*place.storage, k_record, *observe(two, 3, "80"));
        full.emplace(bytes);
        told_b = b.settle();
        full.reset();
        Committer c(*place.storage, k_record, *observe(two, 4, "81"));
        told_a = a.settle();
        CHECK(c.settle());
    }
    CHECK_FALSE(told_a);
    CHECK_FALSE(told_b);
    CHECK(place.storage->losses() == 1);
    append_all(*place.storage, {lost});
    place.reopen();
    CHECK(head_of(*place.storage, k_record) == 3);
}
