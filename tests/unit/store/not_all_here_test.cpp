// SPDX-License-Identifier: Apache-2.0
//
// What is here of a record that has come in part, or that a restore left in part.
#include <catch2/catch_test_macros.hpp>

#include "sdk/chart/window.hpp"
#include "tests/support/store_fixture.hpp"

using namespace kari;
using namespace kari::store;
using namespace kari::test;

namespace {

const RecordId k_record = id_of<RecordId>(1);
const EpochId k_epoch = id_of<EpochId>(1);
const EpochId k_second = id_of<EpochId>(2);

ResourceId resource_no(std::uint64_t number) {
    return id_of<ResourceId>(number);
}

v1::MedicationRequest an_order() {
    v1::MedicationRequest out;
    out.set_status(v1::MEDICATION_REQUEST_STATUS_ACTIVE);
    return out;
}

v1::CaseloadEntry entry_of(v1::CaseloadState state, const LogPoint& server = {}) {
    v1::CaseloadEntry out;
    out.set_record(base::to_bytes(k_record));
    out.set_state(state);
    ServerLog::set(out.mutable_server(), server);
    return out;
}

// An order, which goes ahead of everything, and what others measured.
ServerLog somebodys_log() {
    ServerLog log(k_record);
    Writer other(id_of<IncarnationId>(7), k_record, v1::ORIGIN_SERVER);
    log.append(other.write(resource_no(1), an_order()));
    for (std::uint64_t n = 2; n < 6; ++n)
        log.append(other.write(resource_no(n), temperature("37.0")));
    return log;
}

// Whether doses that are not here may have been given.
bool may_lack_doses(OpenStore& store) {
    const auto bounds = store->elsewhere({k_record}).value();
    const auto found = bounds.find(v1::KIND_MEDICATION_ADMINISTRATION);
    return found != bounds.end() && found->second == chart::k_not_yet;
}

}  // namespace

TEST_CASE("what is written here does not make whole a record that is still on its way") {
    OpenStore store;
    const auto log = somebodys_log();
    REQUIRE(store->apply_delta(log.out_of_order({1}), k_epoch));
    CHECK(may_lack_doses(store));
    const auto mine = temperature("38.2");
    REQUIRE(store->write(request(k_record, resource_no(50), mine)));
    CHECK(may_lack_doses(store));
    CHECK(store->takes_window(k_record).value());
    REQUIRE(store->apply_delta(log.delta(0, 5), k_epoch));
    CHECK_FALSE(may_lack_doses(store));
}

TEST_CASE("a record that goes whole is not all here before it is as far as the server's log was") {
    OpenStore store;
    const auto log = somebodys_log();
    REQUIRE(store->set_caseload(entry_of(v1::CASELOAD_STATE_GRANTED, log.end()), false));
    CHECK(may_lack_doses(store));
    REQUIRE(store->apply_delta(log.delta(0, 3), k_epoch));
    CHECK(may_lack_doses(store));
    REQUIRE(store.reopen());
    CHECK(may_lack_doses(store));
    REQUIRE(store->apply_delta(log.delta(3, 5), k_epoch));
    CHECK_FALSE(may_lack_doses(store));
}

TEST_CASE("what an earlier program took for not here is still listed among what is held") {
    OpenStore store;
    REQUIRE(store->apply_delta(somebodys_log().delta(0, 5), k_epoch));
    auto entry = entry_of(v1::CASELOAD_STATE_UNSPECIFIED);
    entry.set_not_here(true);
    REQUIRE(store->set_caseload(entry));
    CHECK(store->records()->empty());
    CHECK(store->records(true).value() == std::vector{k_record});
    CHECK(store->holds_anything(k_record).value());
}

TEST_CASE("a record of which a draft alone is here holds something") {
    OpenStore store;
    REQUIRE(store->set_caseload(entry_of(v1::CASELOAD_STATE_GRANTED)));
    CHECK_FALSE(store->holds_anything(k_record).value());
    REQUIRE(store->save_draft({k_record, resource_no(1), {}, 6, "draft", 0}));
    CHECK(store->holds_anything(k_record).value());
}

TEST_CASE("a record whose access log was purged once can be purged again after a restore") {
    OpenStore store;
    const auto log = somebodys_log();
    REQUIRE(store->apply_delta(log.delta(0, 5), k_epoch));
    v1::AccessEntry looked;
    looked.set_record(base::to_bytes(k_record));
    const auto stored = store->append_access(looked).value();
    v1::PushReply reply;
    reply.set_record(base::to_bytes(k_record));
    auto& one = *reply.add_access();
    one.set_incarnation(base::to_bytes(stored.incarnation));
    one.set_seq(stored.seq);
    one.set_id(base::to_bytes(stored.id));
    one.set_fate(v1::CHANGE_FATE_SECURED);
    REQUIRE(store->acknowledge(reply));
    REQUIRE(store->set_caseload(entry_of(v1::CASELOAD_STATE_REMOVED), true));
    REQUIRE(store->purge(k_record, {k_epoch, log.end(), false}));

    REQUIRE(store->set_caseload(entry_of(v1::CASELOAD_STATE_GRANTED), false));
    REQUIRE(store->apply_delta(log.delta(0, 5), k_epoch));
    REQUIRE(store->begin_epoch(k_record, log.end(), k_second, 5));
    REQUIRE(store->set_caseload(entry_of(v1::CASELOAD_STATE_REMOVED), true));
    const auto again = store->purge(k_record, {k_second, log.end(), false});
    if (!again) FAIL(again.error().what);
}

TEST_CASE("what cannot be read and has no place at the server keeps the record") {
    OpenStore store;
    const auto log = somebodys_log();
    REQUIRE(store->apply_delta(log.delta(0, 5), k_epoch));
    auto unreadable = log.out_of_order({5});
    unreadable.mutable_change(0)->set_header("no header");
    unreadable.mutable_change(0)->set_position(6);
    REQUIRE(store->apply_delta(unreadable, k_epoch));
    REQUIRE(store->quarantined(k_record)->size() == 1);
    REQUIRE(store->set_caseload(entry_of(v1::CASELOAD_STATE_REMOVED), true));
    CHECK(store->purge_obstacle(k_record, {k_epoch, log.end(), false}).value() ==
          PurgeObstacle::not_covered);
}

TEST_CASE("under a receipt the place of an id alone is named, and nothing waits for its bytes") {
    OpenStore store;
    const auto log = somebodys_log();
    auto part = log.with_receipt(0, 5, 0, k_epoch);
    const auto bare = base::to_bytes(log.changes()[2].id);
    part.mutable_change(2)->Clear();
    part.mutable_change(2)->set_id(bare);
    REQUIRE(store->apply_delta(part, k_epoch));
    for (const auto& epoch : {k_second, id_of<EpochId>(3)}) {
        REQUIRE(store->begin_epoch(k_record, log.point(1), epoch));
        const auto back = store->give_back(k_record).value();
        CHECK(back.changes.size() == 3);
        CHECK(back.unreadable.empty());
        REQUIRE(back.named.size() == 4);
        CHECK(base::to_bytes(back.named[1].second) == bare);
    }
    const auto owed = take(store->give_back(k_record));
    std::vector<GivenBack> answered;
    for (const auto& one : owed.changes)
        answered.push_back({one.change.id, 0});
    REQUIRE(store->given_back(k_record, answered));
    CHECK(store->owing_return()->empty());
}
