// SPDX-License-Identifier: Apache-2.0
// What every implementation of the storage port must do with records.
#include <thread>

#include <catch2/catch_test_macros.hpp>

#include "sdk/store/sqlcipher/database.hpp"
#include "tests/contract/storage/place.hpp"

using namespace kari;
using namespace kari::server::storage;

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
    // The rules know something else.
    REQUIRE(place.storage->owe_reviews());
    CHECK(place.storage->unreviewed().value() == std::vector<RecordId>{k_record});
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

TEST_CASE("A new epoch remembers where every log stood when it began") {
    Place place;
    Writer tablet = Writer::tablet(1);
    append_all(*place.storage, {observe(tablet, 1, "70")});
    CHECK_FALSE(place.storage->epoch().value().began);
    REQUIRE(place.storage->begin_epoch(id_of<EpochId>(2), Instant{2}));
    append_all(*place.storage, {observe(tablet, 2, "71")});
    const auto state = place.storage->state(k_record).value();
    CHECK(state->epoch_start.position == 1);
    CHECK(state->epoch_start.chain == place.storage->chain_at(k_record, 1).value());
    auto epoch = place.storage->epoch().value();
    CHECK(epoch.id == id_of<EpochId>(2));
    CHECK(epoch.recovering);
    CHECK(epoch.began == Instant{2});
    REQUIRE(place.storage->close_recovery());
    CHECK_FALSE(place.storage->epoch().value().recovering);
    CHECK(place.storage->epoch().value().began == Instant{2});
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
