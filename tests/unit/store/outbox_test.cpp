// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch_test_macros.hpp>

#include "tests/support/store_fixture.hpp"

using namespace kari;
using namespace kari::store;
using namespace kari::test;

namespace {

const RecordId k_record = id_of<RecordId>(1);
const RecordId k_other = id_of<RecordId>(2);
const EpochId k_epoch = id_of<EpochId>(1);

ResourceId resource_no(std::uint64_t number) {
    return id_of<ResourceId>(number);
}

std::vector<Written> write_some(OpenStore& store, const RecordId& record, std::uint64_t from,
                                std::uint64_t to) {
    std::vector<Written> all;
    const auto message = temperature("37.0");
    for (std::uint64_t n = from; n <= to; ++n) {
        auto one = store->write(request(record, resource_no(n), message));
        if (!one) FAIL(one.error().what);
        all.push_back(std::move(*one));
    }
    return all;
}

v1::AccessEntry opened(const RecordId& record) {
    v1::AccessEntry entry;
    entry.set_record(base::to_bytes(record));
    entry.set_person(base::to_bytes(id_of<PersonId>(1)));
    entry.set_purpose(v1::PURPOSE_TREATMENT);
    return entry;
}

v1::PushReply access_answer(const StoredAccess& entry, v1::ChangeFate fate) {
    v1::PushReply reply;
    reply.set_record(base::to_bytes(entry.record));
    auto* one = reply.add_access();
    one->set_incarnation(base::to_bytes(entry.incarnation));
    one->set_seq(entry.seq);
    one->set_id(base::to_bytes(entry.id));
    one->set_fate(fate);
    return reply;
}

}  // namespace

TEST_CASE("of its own stream a tablet claims what the server has answered for, and no more") {
    OpenStore store;
    const auto own = store->identity().incarnation;
    const auto all = write_some(store, k_record, 1, 3);
    CHECK(store->held_from_first(k_record, own).value() == 0);
    REQUIRE(store->acknowledge(answer_to(k_record, {all[0], all[1]}, v1::CHANGE_FATE_STORED, 1)));
    CHECK(store->held_from_first(k_record, own).value() == 2);
}

TEST_CASE("the outbox is what the server has not stored, in the order of its streams") {
    OpenStore store;
    const auto here = write_some(store, k_record, 1, 3);
    const auto there = write_some(store, k_other, 4, 5);
    auto box = store->outbox().value();
    REQUIRE(box.size() == 5);
    for (std::size_t i = 1; i < box.size(); ++i) {
        const auto& a = box[i - 1].change;
        const auto& b = box[i].change;
        CHECK(std::tuple(a.record, a.header.seq()) < std::tuple(b.record, b.header.seq()));
    }
    REQUIRE(store->acknowledge(answer_to(k_record, here, v1::CHANGE_FATE_STORED, 1)));
    CHECK(store->outbox()->size() == 2);
    auto state = store->outbox_state().value();
    CHECK(state.unsent == 2);
    CHECK(state.unsecured == 3);
    REQUIRE(store->acknowledge(answer_to(k_record, here, v1::CHANGE_FATE_SECURED)));
    state = store->outbox_state().value();
    CHECK(state.unsecured == 0);
    REQUIRE(store.reopen());
    CHECK(store->outbox()->size() == there.size());
}

TEST_CASE("a batch ends at 200 changes and at 64 KiB, but one large change goes alone") {
    OpenStore store;
    write_some(store, k_record, 1, 230);
    CHECK(store->outbox()->size() == 200);
    CHECK(store->outbox({7, 64 * 1024})->size() == 7);
    std::size_t bytes = 0;
    for (const auto& one : take(store->outbox({500, 20'000}))) {
        bytes += one.change.header_bytes.size() + one.change.body_bytes->size();
    }
    CHECK(bytes <= 20'000);
    CHECK(bytes > 19'000);
    const auto large = note(std::string(100'000, 'x'));
    OpenStore other(2);
    REQUIRE(other->write(request(k_record, resource_no(1), large)));
    REQUIRE(other->write(request(k_record, resource_no(2), large)));
    CHECK(other->outbox()->size() == 1);
}

TEST_CASE("an answer out of order leaves the gap in the outbox") {
    OpenStore store;
    const auto all = write_some(store, k_record, 1, 4);
    REQUIRE(store->acknowledge(
        answer_to(k_record, {all[0], all[2], all[3]}, v1::CHANGE_FATE_SECURED, 1)));
    const auto box = store->outbox().value();
    REQUIRE(box.size() == 1);
    CHECK(box[0].change.id == all[1].change);
    REQUIRE(store->acknowledge(answer_to(k_record, {all[1]}, v1::CHANGE_FATE_STORED, 4)));
    CHECK(store->outbox()->empty());
    CHECK(store->outbox_state()->unsecured == 1);
}

TEST_CASE("a quarantined change is not sent again and not forgotten") {
    OpenStore store;
    const auto all = write_some(store, k_record, 1, 2);
    auto reply = answer_to(k_record, {all[0]}, v1::CHANGE_FATE_QUARANTINED);
    reply.mutable_change(0)->set_error(static_cast<std::uint32_t>(ErrorCode::malformed));
    REQUIRE(store->acknowledge(reply));
    REQUIRE(store->outbox()->size() == 1);
    CHECK(store->outbox_state()->quarantined == 1);
    REQUIRE(store->acknowledge(answer_to(k_record, {all[1]}, v1::CHANGE_FATE_SECURED, 1)));
    CHECK(store->outbox_state()->quarantined == 1);
    // A late word that it was stored after all counts.
    REQUIRE(store->acknowledge(answer_to(k_record, {all[0]}, v1::CHANGE_FATE_STORED, 2)));
    CHECK(store->outbox_state()->quarantined == 0);
    CHECK(store->outbox_state()->unsecured == 1);
}

TEST_CASE("a secured change is not unsecured by a repeated answer") {
    OpenStore store;
    const auto all = write_some(store, k_record, 1, 1);
    REQUIRE(store->acknowledge(answer_to(k_record, all, v1::CHANGE_FATE_SECURED, 1)));
    REQUIRE(store->acknowledge(answer_to(k_record, all, v1::CHANGE_FATE_STORED, 1)));
    REQUIRE(store->acknowledge(answer_to(k_record, all, v1::CHANGE_FATE_QUARANTINED)));
    const auto state = store->outbox_state().value();
    CHECK(state.unsent + state.unsecured + state.quarantined == 0);
}

TEST_CASE("answers about what is not here, or that make no sense, change nothing") {
    OpenStore store;
    const auto all = write_some(store, k_record, 1, 1);
    auto reply = answer_to(k_record, all, v1::CHANGE_FATE_UNSPECIFIED);
    CHECK(store->acknowledge(reply));
    reply.mutable_change(0)->set_fate(v1::CHANGE_FATE_STORED);
    reply.mutable_change(0)->set_id(std::string(32, 'x'));
    CHECK(store->acknowledge(reply));
    reply.mutable_change(0)->set_id("short");
    CHECK(store->acknowledge(reply));
    CHECK(store->outbox()->size() == 1);
    reply.set_record("short");
    CHECK(store->acknowledge(reply).error().code == ErrorCode::malformed);
}

TEST_CASE("what the server has secured by position is secured here") {
    OpenStore store;
    const auto mine = write_some(store, k_record, 1, 3);
    ServerLog log(k_record);
    for (const auto& stored : take(store->log(k_record)))
        log.append(stored.change);
    REQUIRE(store->acknowledge(answer_to(k_record, mine, v1::CHANGE_FATE_STORED, 1)));
    v1::RecordDelta word = log.delta(0, 3);
    ServerLog::set(word.mutable_secured(), log.point(2));
    REQUIRE(store->apply_delta(word, k_epoch));
    CHECK(store->outbox_state()->unsecured == 1);
    CHECK(store->record_meta(k_record).value()->secured == log.point(2));
}

TEST_CASE("access entries are chained by record and stay until the server has them") {
    OpenStore store;
    const auto one = store->append_access(opened(k_record));
    REQUIRE(one);
    const auto two = store->append_access(opened(k_record)).value();
    const auto other = store->append_access(opened(k_other)).value();
    CHECK(one->seq == 1);
    CHECK(two.seq == 2);
    CHECK(other.seq == 1);
    v1::AccessEntry entry;
    REQUIRE(entry.ParseFromString(two.bytes));
    CHECK(entry.prev() == base::to_bytes(one->id));
    CHECK(one->id == base::sha256(one->bytes));
    REQUIRE(store.reopen());
    CHECK(store->unsent_access(10)->size() == 3);
    CHECK(store->outbox_state()->access_unsent == 3);
    REQUIRE(store->acknowledge(access_answer(*one, v1::CHANGE_FATE_STORED)));
    CHECK(store->unsent_access(10)->size() == 2);
    CHECK(store->unsent_access(1)->size() == 1);
    // Reading leaves no trace in the record's own log, and no record is made by it.
    CHECK(store->records()->empty());
    v1::AccessEntry nobody;
    CHECK(store->append_access(nobody).error().code == ErrorCode::invalid_argument);
}

TEST_CASE("a seal covers the streams that grew, of both logs, once") {
    OpenStore store;
    CHECK(store->seal_input()->leaves.empty());
    write_some(store, k_record, 1, 2);
    REQUIRE(store->append_access(opened(k_other)));
    const auto input = store->seal_input().value();
    CHECK(input.number == 1);
    CHECK(!input.prev);
    REQUIRE(input.leaves.size() == 2);
    v1::StreamHead head;
    REQUIRE(head.ParseFromString(input.leaves[0]));
    CHECK(head.log() == v1::LOG_KIND_CHANGE);
    CHECK(head.seq() == 2);
    CHECK(head.head() == base::to_bytes(store->stream_heads(k_record)->front().id));

    // Written between the input and the signature: stands in the next seal.
    write_some(store, k_record, 3, 3);
    REQUIRE(store->store_seal({input.incarnation, 1, "statement", "signature", input.leaves}));
    const auto next = store->seal_input().value();
    CHECK(next.number == 2);
    CHECK(next.prev == base::sha256("statement"));
    REQUIRE(next.leaves.size() == 1);
    REQUIRE(head.ParseFromString(next.leaves[0]));
    CHECK(head.seq() == 3);

    REQUIRE(store->unsent_seals(10)->size() == 1);
    CHECK(store->unsent_seals(10)->front().leaves == input.leaves);
    REQUIRE(store->seals_sent(input.incarnation, 1));
    CHECK(store->unsent_seals(10)->empty());
    CHECK(store->seal_input()->prev == base::sha256("statement"));
}

TEST_CASE("a new epoch gives back what lies above the shared point and sends own changes again") {
    OpenStore store;
    Writer other(id_of<IncarnationId>(7), k_record);
    ServerLog log(k_record);
    for (std::uint64_t n = 1; n <= 3; ++n)
        log.append(other.write(resource_no(n), temperature("1")));
    REQUIRE(store->apply_delta(log.delta(0, 2), k_epoch));
    const auto mine = write_some(store, k_record, 10, 11);
    for (const auto& stored : take(store->outbox()))
        log.append(stored.change);
    REQUIRE(store->apply_delta(log.with_receipt(2, 5, 0, k_epoch), k_epoch));
    REQUIRE(store->acknowledge(answer_to(k_record, mine, v1::CHANGE_FATE_SECURED, 4)));
    const auto entry = store->append_access(opened(k_record)).value();
    REQUIRE(store->acknowledge(access_answer(entry, v1::CHANGE_FATE_SECURED)));
    const auto input = store->seal_input().value();
    REQUIRE(store->store_seal({input.incarnation, 1, "statement", "signature", input.leaves}));
    REQUIRE(store->seals_sent(input.incarnation, 1));
    CHECK(store->outbox()->empty());

    const auto next_epoch = id_of<EpochId>(2);
    REQUIRE(store->begin_epoch(k_record, log.point(2), next_epoch));
    const auto check_once = [&] {
        const auto meta = *store->record_meta(k_record).value();
        CHECK(meta.cursor == log.point(2));
        CHECK(meta.epoch == next_epoch);
        CHECK(!meta.receipt);
        CHECK(store->outbox()->size() == 2);
        CHECK(store->unsent_access(10)->size() == 1);
        CHECK(store->unsent_seals(10)->size() == 1);
        CHECK(store->owing_return().value() == std::vector<RecordId>{k_record});
        const auto back = store->give_back(k_record).value();
        REQUIRE(back.changes.size() == 3);
        CHECK(back.changes[0].position == 3);
        CHECK(back.changes[0].change.header_bytes == log.changes()[2].header_bytes);
        CHECK(back.changes[0].change.body_bytes == log.changes()[2].body_bytes);
        CHECK(back.changes[2].position == 5);
        REQUIRE(back.ranges.size() == 1);
        CHECK(back.ranges[0].end().position() == 5);
    };
    check_once();
    REQUIRE(store->begin_epoch(k_record, log.point(2), next_epoch));
    REQUIRE(store.reopen());
    check_once();
    CHECK(store->resources(k_record)->size() == 5);  // nothing was deleted

    // The server enters them in another order.
    ServerLog renewed(k_record);
    for (const std::size_t at : {0u, 1u, 3u, 4u, 2u})
        renewed.append(log.changes()[at]);
    REQUIRE(store->apply_delta(renewed.delta(2, 5), next_epoch));
    CHECK(store->owing_return()->empty());
    CHECK(store->outbox()->empty());
    CHECK(store->record_meta(k_record).value()->cursor == renewed.point(5));
    CHECK(store->log(k_record)->size() == 5);
    CHECK(store->verify()->empty());
}

TEST_CASE("a point that the held prefix contradicts is no shared point") {
    OpenStore store;
    Writer other(id_of<IncarnationId>(7), k_record);
    ServerLog log(k_record);
    for (std::uint64_t n = 1; n <= 3; ++n)
        log.append(other.write(resource_no(n), temperature("1")));
    REQUIRE(store->apply_delta(log.delta(0, 3), k_epoch));
    REQUIRE(store->begin_epoch(k_record, {2, id_of<Digest>(5)}, id_of<EpochId>(2)));
    CHECK(store->record_meta(k_record).value()->cursor == LogPoint{});
    CHECK(store->give_back(k_record)->changes.size() == 3);
}

TEST_CASE("a server that is ahead keeps the cursor and what it is known to have") {
    OpenStore store;
    Writer other(id_of<IncarnationId>(7), k_record);
    ServerLog log(k_record);
    for (std::uint64_t n = 1; n <= 6; ++n)
        log.append(other.write(resource_no(n), temperature("1")));
    REQUIRE(store->apply_delta(log.delta(0, 3), k_epoch));
    REQUIRE(store->apply_delta(log.out_of_order({5, 6}), k_epoch));
    REQUIRE(store->begin_epoch(k_record, log.point(3), id_of<EpochId>(2), 5));
    CHECK(store->record_meta(k_record).value()->cursor == log.point(3));
    const auto back = store->give_back(k_record).value();
    REQUIRE(back.changes.size() == 1);
    CHECK(back.changes[0].position == 6);
    REQUIRE(store->given_back(k_record, {{back.changes[0].change.id, 0}}));
    CHECK(store->owing_return()->empty());
}
