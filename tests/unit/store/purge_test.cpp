// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch_test_macros.hpp>

#include "tests/support/store_fixture.hpp"
#include "tests/unit/store/decrypted_pages.hpp"

using namespace kari;
using namespace kari::store;
using namespace kari::test;

namespace {

const RecordId k_record = id_of<RecordId>(1);
const RecordId k_other = id_of<RecordId>(2);
const EpochId k_epoch = id_of<EpochId>(1);
const std::string k_mark = "MARKED-PATIENT-TEXT";

ResourceId resource_no(std::uint64_t number) {
    return id_of<ResourceId>(number);
}

void remove_from_caseload(OpenStore& store, const RecordId& record) {
    v1::CaseloadEntry entry;
    entry.set_record(base::to_bytes(record));
    entry.set_state(v1::CASELOAD_STATE_REMOVED);
    REQUIRE(store->set_caseload(entry));
}

// A record with others' and own work, all of it secured.
ServerLog secured_record(OpenStore& store, const RecordId& record, std::size_t notes) {
    ServerLog log(record);
    Writer other(id_of<IncarnationId>(7), record);
    for (std::uint64_t n = 0; n < notes; ++n) {
        // Small ones, ones that fill a page and ones that run over several.
        const auto text = k_mark + std::string((n * 1'733) % 9'000, 'x') + k_mark;
        log.append(other.write(resource_no(n), note(text)));
    }
    REQUIRE(store->apply_delta(log.delta(0, notes), k_epoch));
    std::vector<Written> mine;
    for (std::uint64_t n = 0; n < notes; ++n) {
        const auto message = note(k_mark + std::to_string(n));
        auto one = store->write(request(record, resource_no(n), message,
                                        store->resource(record, resource_no(n))->heads));
        REQUIRE(one);
        mine.push_back(std::move(*one));
    }
    const auto first = log.changes().size();
    for (const auto& stored : take(store->outbox({1'000'000, 100'000'000}))) {
        log.append(stored.change);
    }
    REQUIRE(store->apply_delta(log.delta(first, log.changes().size()), k_epoch));
    REQUIRE(store->acknowledge(answer_to(record, mine, v1::CHANGE_FATE_SECURED, first + 1)));
    REQUIRE(store->review_owed(10));
    return log;
}

// Occurrences of the mark in all that the key opens: every page of the file and every frame of its
// log, those too that no tree holds any more.
std::size_t marks_readable(const OpenStore& store) {
    std::size_t found = 0;
    const auto pages = decrypted_pages(store.path(), std::string(key_of(store.number).view()));
    REQUIRE(pages.size() > 4);
    for (const auto& page : pages) {
        for (auto at = page.find(k_mark); at != std::string::npos; at = page.find(k_mark, at + 1)) {
            ++found;
        }
    }
    return found;
}

}  // namespace

TEST_CASE("after a purge no page that the key opens holds anything of the record") {
    OpenStore store;
    const auto log = secured_record(store, k_record, 40);
    const auto keep = temperature("37.0");
    REQUIRE(store->write(request(k_other, resource_no(900), keep)));
    REQUIRE(store->save_draft({k_record, resource_no(1), {}, 6, k_mark, 0}));
    REQUIRE(store->remove_draft(k_record, resource_no(1)));
    REQUIRE(store->checkpoint());
    CHECK(marks_readable(store) > 40);  // the search finds what is there

    remove_from_caseload(store, k_record);
    REQUIRE(store->hide(k_record));
    const auto done = store->purge(k_record, {k_epoch, log.end(), false});
    if (!done) FAIL(done.error().what);
    CHECK(read_file(store.path() + "-wal").empty());
    CHECK(marks_readable(store) == 0);
    CHECK(!store->record_meta(k_record).value());
    CHECK(store->records(true).value() == std::vector<RecordId>{k_other});
    CHECK(store->resource(k_other, resource_no(900)));
    CHECK(store->check());
    for (const auto& entry : std::filesystem::directory_iterator(store.folder.path())) {
        CHECK(read_file(entry.path()).find(k_mark) == std::string::npos);
    }
}

TEST_CASE("rewriting and moving rows before a purge leaves no copies behind") {
    OpenStore store;
    // Two records whose rows interleave in every table and push each other over pages.
    for (std::uint64_t round = 0; round < 30; ++round) {
        const auto mine = note(k_mark + std::string(round * 97, 'y') + k_mark);
        const auto keep = note(std::string(round * 61, 'z'));
        for (std::uint64_t n = 0; n < 3; ++n) {
            auto heads = store->resource(k_record, resource_no(n));
            REQUIRE(store->write(request(k_record, resource_no(n), mine,
                                         heads ? heads->heads : std::vector<ChangeId>{})));
            auto others = store->resource(k_other, resource_no(n + 100));
            REQUIRE(store->write(request(k_other, resource_no(n + 100), keep,
                                         others ? others->heads : std::vector<ChangeId>{})));
        }
        REQUIRE(store->save_draft({k_record, resource_no(1), {}, 6, k_mark + k_mark, 0}));
    }
    REQUIRE(store->remove_draft(k_record, resource_no(1)));
    ServerLog log(k_record);
    std::vector<Written> mine;
    for (const auto& stored : take(store->log(k_record))) {
        log.append(stored.change);
        mine.push_back({stored.change.id,
                        k_record,
                        stored.change.incarnation,
                        stored.change.header.seq(),
                        0,
                        {},
                        {}});
    }
    REQUIRE(store->apply_delta(log.delta(0, log.changes().size()), k_epoch));
    REQUIRE(store->acknowledge(answer_to(k_record, mine, v1::CHANGE_FATE_SECURED, 1)));
    CHECK(marks_readable(store) > 90);
    remove_from_caseload(store, k_record);
    REQUIRE(store->purge(k_record, {k_epoch, log.end(), false}));
    CHECK(marks_readable(store) == 0);
    CHECK(store->resources(k_other)->size() == 3);
}

TEST_CASE("each thing that would be lost keeps the record from being purged") {
    OpenStore store;
    const auto log = secured_record(store, k_record, 3);
    const PurgeProof proof{k_epoch, log.end(), false};
    using Obstacle = PurgeObstacle;
    const auto obstacle = [&](const PurgeProof& with) {
        return store->purge_obstacle(k_record, with).value();
    };
    CHECK(obstacle(proof) == Obstacle::still_in_caseload);
    CHECK(store->purge(k_record, proof).error().code == ErrorCode::not_permitted);
    remove_from_caseload(store, k_record);
    CHECK(obstacle({k_epoch, log.end(), true}) == Obstacle::recovering);
    CHECK(obstacle({id_of<EpochId>(2), log.end(), false}) == Obstacle::other_epoch);
    CHECK(obstacle({k_epoch, log.point(5), false}) == Obstacle::not_covered);
    CHECK(obstacle({k_epoch, {log.end().position, id_of<Digest>(3)}, false}) ==
          Obstacle::chain_differs);

    REQUIRE(store->save_draft({k_record, resource_no(1), {}, 6, "draft", 0}));
    CHECK(obstacle(proof) == Obstacle::draft_waits);
    REQUIRE(store->remove_draft(k_record, resource_no(1)));

    v1::AccessEntry entry;
    entry.set_record(base::to_bytes(k_record));
    const auto stored = store->append_access(entry).value();
    CHECK(obstacle(proof) == Obstacle::own_unsecured);
    v1::PushReply reply;
    reply.set_record(base::to_bytes(k_record));
    auto* one = reply.add_access();
    one->set_incarnation(base::to_bytes(stored.incarnation));
    one->set_seq(stored.seq);
    one->set_id(base::to_bytes(stored.id));
    one->set_fate(v1::CHANGE_FATE_STORED);
    REQUIRE(store->acknowledge(reply));
    CHECK(obstacle(proof) == Obstacle::own_unsecured);
    one->set_fate(v1::CHANGE_FATE_SECURED);
    REQUIRE(store->acknowledge(reply));

    const auto input = store->seal_input().value();
    REQUIRE(store->store_seal({input.incarnation, 1, "statement", "signature", input.leaves}));
    CHECK(obstacle(proof) == Obstacle::own_unsecured);
    REQUIRE(store->seals_sent(input.incarnation, 1));
    CHECK(!obstacle(proof));

    const auto late = note("late");
    REQUIRE(store->write(request(k_record, resource_no(50), late)));
    CHECK(obstacle(proof) == Obstacle::own_unsecured);
    CHECK(store->purge(k_record, proof).error().code == ErrorCode::not_permitted);
    CHECK(store->log(k_record)->size() == 7);
}

TEST_CASE("a hidden record is out of every list and comes back whole") {
    OpenStore store;
    const auto message = temperature("37.0");
    REQUIRE(store->write(request(k_record, resource_no(1), message)));
    REQUIRE(store->hide(k_record));
    CHECK(store->records()->empty());
    CHECK(store->records(true)->size() == 1);
    CHECK(store->outbox()->size() == 1);  // what is unsent still goes
    REQUIRE(store->hide(k_record, false));
    CHECK(store->records()->size() == 1);
}

TEST_CASE("a record that comes back after a purge goes on in its old stream") {
    OpenStore store;
    const auto log = secured_record(store, k_record, 3);
    remove_from_caseload(store, k_record);
    REQUIRE(store->purge(k_record, {k_epoch, log.end(), false}));
    const auto message = note("again");
    auto before_delivery = request(k_record, resource_no(1), message);
    before_delivery.new_record = false;
    CHECK(store->write(before_delivery).error().code == ErrorCode::not_found);
    REQUIRE(store->apply_delta(log.delta(0, log.changes().size()), k_epoch));
    const auto next = store->write(request(k_record, resource_no(60), message));
    REQUIRE(next);
    CHECK(next->seq == 4);
    CHECK(store->group(k_record).value()->forks.empty());
    CHECK(store->outbox()->size() == 1);
    CHECK(store->check());
}
