// SPDX-License-Identifier: Apache-2.0
//
// A server that is restored again before a return to it was complete, and what has no position.
#include <algorithm>
#include <set>

#include <catch2/catch_test_macros.hpp>

#include "tests/support/store_fixture.hpp"

using namespace kari;
using namespace kari::test;
using namespace kari::store;

namespace {

const RecordId k_record = id_of<RecordId>(1);
const EpochId k_first = id_of<EpochId>(1);
const EpochId k_second = id_of<EpochId>(2);
const EpochId k_third = id_of<EpochId>(3);

ResourceId resource_no(std::uint64_t number) {
    return id_of<ResourceId>(1'000 + number);
}

std::vector<std::uint64_t> positions_of(const GiveBack& back) {
    std::vector<std::uint64_t> found;
    for (const auto& [position, id] : back.named)
        found.push_back(position);
    return found;
}

v1::PairsReceipt pairs_of(const RecordId& record, const EpochId& epoch, std::uint64_t position,
                          const ChangeId& id) {
    v1::PairsReceipt receipt;
    receipt.set_epoch(base::to_bytes(epoch));
    receipt.set_record(base::to_bytes(record));
    auto& pair = *receipt.add_pairs();
    pair.set_position(position);
    pair.set_id(base::to_bytes(id));
    receipt.set_mac(std::string(32, 'm'));
    return receipt;
}

// Six changes of another's, held under the first epoch's receipt; the second epoch shares three.
struct Restored {
    OpenStore store;
    Writer other{id_of<IncarnationId>(7), k_record};
    ServerLog log{k_record};

    Restored() {
        for (std::uint64_t n = 1; n <= 6; ++n)
            log.append(other.write(resource_no(n), temperature("1")));
        REQUIRE(store->apply_delta(log.with_receipt(0, 6, 0, k_first), k_first));
        REQUIRE(store->begin_epoch(k_record, log.point(3), k_second));
    }
    ChangeId id(std::uint64_t position) const { return log.changes().at(position - 1).id; }
    // The server entered the one of position 5 at 4, and says so.
    void give_one_back() {
        v1::PushReply reply;
        reply.set_record(base::to_bytes(k_record));
        *reply.mutable_receipt() = pairs_of(k_record, k_second, 4, id(5));
        REQUIRE(store->acknowledge(reply));
        REQUIRE(store->given_back(k_record, {{id(5), 4}}));
    }
};

}  // namespace

TEST_CASE(
    "a return that was cut by another restore is begun anew, under the receipts of its epoch") {
    Restored at;
    at.give_one_back();
    REQUIRE(at.store->begin_epoch(k_record, at.log.point(2), k_third));
    const auto back = at.store->give_back(k_record).value();
    CHECK(back.epoch == k_first);
    // From the new shared point on, each at the position that the first epoch gave it.
    CHECK(positions_of(back) == std::vector<std::uint64_t>{3, 4, 5, 6});
    for (const auto& [position, id] : back.named)
        CHECK(id == at.id(position));
    // The third was shared by both epochs and is lost now; the fifth had been given back.
    CHECK(back.changes.size() == 4);
    REQUIRE(back.ranges.size() == 1);
    CHECK(back.ranges[0].epoch() == base::to_bytes(k_first));
    CHECK(back.pairs.empty());
}

TEST_CASE("what is given back under one epoch's receipts is owed under no other's") {
    Restored at;
    at.give_one_back();
    REQUIRE(at.store->begin_epoch(k_record, at.log.point(2), k_third));
    const auto first = at.store->give_back(k_record).value();
    std::vector<GivenBack> answered;
    std::uint64_t position = 2;
    for (const auto& one : first.changes)
        answered.push_back({one.change.id, ++position});
    REQUIRE(at.store->given_back(k_record, answered));
    // The fifth stood as the second epoch's fourth too.
    const auto second = at.store->give_back(k_record).value();
    CHECK(second.changes.empty());
    CHECK(at.store->owing_return()->empty());
}

TEST_CASE("what was given back and lost again before it was sent anew is not forgotten") {
    Restored at;
    const auto first = at.store->give_back(k_record).value();
    REQUIRE(first.changes.size() == 3);
    v1::PushReply reply;
    reply.set_record(base::to_bytes(k_record));
    auto receipt = pairs_of(k_record, k_second, 4, at.id(4));
    for (const std::uint64_t position : {5U, 6U}) {
        auto& pair = *receipt.add_pairs();
        pair.set_position(position);
        pair.set_id(base::to_bytes(at.id(position)));
    }
    *reply.mutable_receipt() = receipt;
    REQUIRE(at.store->acknowledge(reply));
    REQUIRE(at.store->given_back(k_record, {{at.id(4), 4}, {at.id(5), 5}, {at.id(6), 6}}));
    CHECK(at.store->owing_return()->empty());
    REQUIRE(at.store->begin_epoch(k_record, at.log.point(3), k_third));
    const auto again = at.store->give_back(k_record).value();
    CHECK(again.epoch == k_second);
    CHECK(again.changes.size() == 3);
    CHECK(again.pairs.size() == 1);
}

TEST_CASE("what a window kept through one restore is proven in the next by what proved it before") {
    OpenStore store;
    Writer other(id_of<IncarnationId>(7), k_record);
    ServerLog log(k_record);
    for (std::uint64_t n = 1; n <= 6; ++n)
        log.append(other.write(resource_no(n), temperature("1")));
    const auto receipt_of = [&](const EpochId& epoch, std::uint64_t position) {
        return pairs_of(k_record, epoch, position, log.changes().at(position - 1).id);
    };
    auto part = log.out_of_order({2, 5});
    *part.mutable_base() = log.delta(6, 6).base();
    part.mutable_window()->set_back_to_ms(50);
    part.mutable_window()->add_older(v1::KIND_OBSERVATION);
    *part.mutable_pairs() = receipt_of(k_first, 2);
    auto& fifth = *part.mutable_pairs()->add_pairs();
    fifth.set_position(5);
    fifth.set_id(base::to_bytes(log.changes().at(4).id));
    REQUIRE(store->apply_delta(part, k_first));

    // The server kept all of the window; it is cut before it gives the window anew.
    REQUIRE(store->begin_epoch(k_record, LogPoint{}, k_second, 6));
    CHECK(store->holds_anything(k_record).value());
    CHECK(store->owing_return()->empty());
    auto urgent = log.out_of_order({6});
    *urgent.mutable_pairs() = receipt_of(k_second, 6);
    REQUIRE(store->apply_delta(urgent, k_second));
    REQUIRE(store->begin_epoch(k_record, LogPoint{}, k_third));
    const auto back = store->give_back(k_record).value();
    CHECK(positions_of(back) == std::vector<std::uint64_t>{2, 5, 6});
    std::set<std::string> proven;
    for (const auto& receipt : back.pairs) {
        for (const auto& pair : receipt.pairs())
            proven.insert(pair.id());
    }
    for (const auto& [position, id] : back.named)
        CHECK(proven.contains(base::to_bytes(id)));
}

TEST_CASE("access entries of a record that is not held go up again in a new epoch") {
    OpenStore store;
    const auto unit = id_of<RecordId>(99);
    v1::AccessEntry entry;
    entry.set_record(base::to_bytes(unit));
    entry.set_person(base::to_bytes(id_of<PersonId>(1)));
    const auto stored = store->append_access(entry).value();
    v1::PushReply reply;
    reply.set_record(base::to_bytes(unit));
    auto& one = *reply.add_access();
    one.set_incarnation(base::to_bytes(stored.incarnation));
    one.set_seq(stored.seq);
    one.set_id(base::to_bytes(stored.id));
    one.set_fate(v1::CHANGE_FATE_SECURED);
    REQUIRE(store->acknowledge(reply));
    REQUIRE(store->unsent_access(10)->empty());
    REQUIRE_FALSE(store->record_meta(unit).value());
    REQUIRE(store->resend_what_has_no_epoch());
    CHECK(store->unsent_access(10)->size() == 1);
}

TEST_CASE("a certificate is missed as long as a seal of its incarnation is held without it") {
    OpenStore store;
    const auto incarnation = id_of<IncarnationId>(7);
    Writer other(incarnation, k_record);
    ServerLog log(k_record);
    log.append(other.write(resource_no(1), temperature("1")));
    auto delta = log.delta(0, 1);
    v1::SealStatement statement;
    statement.set_incarnation(base::to_bytes(incarnation));
    statement.set_number(1);
    v1::StreamHead leaf;
    leaf.set_log(v1::LOG_KIND_CHANGE);
    leaf.set_incarnation(base::to_bytes(incarnation));
    leaf.set_record(base::to_bytes(k_record));
    leaf.set_seq(1);
    auto& seal = *delta.add_seal();
    seal.set_statement(statement.SerializeAsString());
    seal.set_leaf(leaf.SerializeAsString());
    delta.set_seal_position(4);
    REQUIRE(store->apply_delta(delta, k_first));
    CHECK(store->record_meta(k_record).value()->seal_position == 4);
    REQUIRE(store->missing_certificates(10).value() == std::vector<IncarnationId>{incarnation});
    REQUIRE(store->keep_certificate(incarnation, "certificate"));
    CHECK(store->missing_certificates(10)->empty());
    REQUIRE(store.reopen());
    CHECK(store->certificate(incarnation).value() == "certificate");
    REQUIRE(store->begin_epoch(k_record, log.point(1), k_second));
    CHECK(store->record_meta(k_record).value()->seal_position == 0);  // numbers of another epoch
}

TEST_CASE("a record that a restored server gives from its beginning is in a window no more") {
    OpenStore store;
    Writer other(id_of<IncarnationId>(7), k_record);
    ServerLog log(k_record);
    for (std::uint64_t n = 1; n <= 6; ++n)
        log.append(other.write(resource_no(n), temperature("1")));
    auto part = log.out_of_order({5, 6});
    *part.mutable_base() = log.delta(6, 6).base();
    part.mutable_window()->set_back_to_ms(50);
    part.mutable_window()->mutable_held()->set_moment_ms(100);  // more is to come
    part.mutable_window()->add_older(v1::KIND_OBSERVATION);
    REQUIRE(store->apply_delta(part, k_first));
    REQUIRE(store->unreached().value() == std::vector{k_record});

    REQUIRE(store->begin_epoch(k_record, LogPoint{}, k_second));
    CHECK(store->unreached()->size() == 1);
    REQUIRE(store->apply_delta(log.with_receipt(0, 4, 0, k_second), k_second));
    CHECK(!store->window(k_record).value());
    CHECK(store->unreached()->empty());
    CHECK(store->elsewhere({k_record})->empty());
}
