// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch_test_macros.hpp>

#include "sdk/store/sqlcipher/database.hpp"
#include "tests/support/store_fixture.hpp"

using namespace kari;
using namespace kari::store;
using namespace kari::test;

namespace {

const RecordId k_record = id_of<RecordId>(1);
const EpochId k_epoch = id_of<EpochId>(1);

ResourceId resource_no(std::uint64_t number) {
    return id_of<ResourceId>(number);
}

ServerLog log_of(std::uint64_t changes) {
    ServerLog log(k_record);
    Writer writer(id_of<IncarnationId>(7), k_record);
    for (std::uint64_t n = 1; n <= changes; ++n) {
        log.append(writer.write(resource_no(n), temperature("37." + std::to_string(n))));
    }
    return log;
}

ErrorCode refused(OpenStore& store, const v1::RecordDelta& delta, const EpochId& epoch = k_epoch) {
    auto done = store->apply_delta(delta, epoch);
    REQUIRE(!done);
    return done.error().code;
}

// A header that no build reads, in a stream of its own.
v1::WireChange unreadable() {
    v1::WireChange wire;
    wire.set_header(
        "\x0a\x03"
        "abc");
    wire.set_body(std::string(40, 'b'));
    return wire;
}

}  // namespace

TEST_CASE("a delta moves the cursor and a repeated one changes nothing") {
    OpenStore store;
    const auto log = log_of(4);
    const auto one = store->apply_delta(log.delta(0, 3), k_epoch);
    REQUIRE(one);
    CHECK(one->added == 3);
    CHECK(one->touched.size() == 3);
    CHECK(store->record_meta(k_record).value()->cursor == log.point(3));
    const auto again = store->apply_delta(log.delta(0, 3), k_epoch);
    REQUIRE(again);
    CHECK(again->added == 0);
    CHECK(again->known == 3);
    CHECK(again->touched.empty());
    // Overlapping the cursor.
    const auto more = store->apply_delta(log.delta(1, 4), k_epoch);
    REQUIRE(more);
    CHECK(more->added == 1);
    CHECK(store->record_meta(k_record).value()->cursor == log.point(4));
    CHECK(store->log(k_record)->size() == 4);
    CHECK(store->verify()->empty());
}

TEST_CASE("a predecessor that is held need not be sent") {
    OpenStore store;
    const auto log = log_of(5);
    REQUIRE(store->apply_delta(log.delta(0, 2), k_epoch));
    REQUIRE(store->apply_delta(log.delta(2, 5, false), k_epoch));
    const auto stored = store->log(k_record).value();
    REQUIRE(stored.size() == 5);
    for (std::size_t i = 0; i < 5; ++i) {
        CHECK(stored[i].change.header_bytes == log.changes()[i].header_bytes);
        CHECK(stored[i].change.body_bytes == log.changes()[i].body_bytes);
        CHECK(stored[i].position == i + 1);
    }
}

TEST_CASE("digests that disagree apply nothing of the delta") {
    OpenStore store;
    const auto log = log_of(4);
    REQUIRE(store->apply_delta(log.delta(0, 2), k_epoch));
    const auto before = store->record_meta(k_record).value()->cursor;

    auto wrong_end = log.delta(2, 4);
    wrong_end.mutable_end()->set_chain(std::string(32, 'x'));
    CHECK(refused(store, wrong_end) == ErrorCode::chain_broken);
    auto altered = log.delta(2, 4);
    auto* body = altered.mutable_change(0)->mutable_header();
    (*body)[body->size() - 1] = static_cast<char>((*body)[body->size() - 1] ^ 1);
    CHECK(refused(store, altered) == ErrorCode::chain_broken);
    CHECK(refused(store, log.delta(3, 4)) == ErrorCode::chain_broken);  // a gap
    auto thin = log.delta(2, 4);
    thin.mutable_change()->RemoveLast();
    CHECK(refused(store, thin) == ErrorCode::chain_broken);
    auto moved = log.delta(2, 4);
    moved.mutable_change(0)->set_position(9);
    CHECK(refused(store, moved) == ErrorCode::chain_broken);
    auto short_chain = log.delta(2, 4);
    short_chain.mutable_end()->set_chain("short");
    CHECK(refused(store, short_chain) == ErrorCode::malformed);
    CHECK(refused(store, log.delta(2, 4), id_of<EpochId>(2)) == ErrorCode::chain_broken);

    CHECK(store->record_meta(k_record).value()->cursor == before);
    CHECK(store->log(k_record)->size() == 2);
    REQUIRE(store->apply_delta(log.delta(2, 4), k_epoch));
}

TEST_CASE("a repetition with other content is refused") {
    OpenStore store;
    REQUIRE(store->apply_delta(log_of(3).delta(0, 3), k_epoch));
    ServerLog other(k_record);
    Writer writer(id_of<IncarnationId>(8), k_record);
    for (std::uint64_t n = 1; n <= 4; ++n) {
        other.append(writer.write(resource_no(n), temperature("1")));
    }
    CHECK(refused(store, other.delta(0, 4)) == ErrorCode::chain_broken);
    CHECK(refused(store, other.delta(2, 4)) == ErrorCode::chain_broken);
    CHECK(store->log(k_record)->size() == 3);
}

TEST_CASE("one unreadable change is quarantined and the others go on") {
    OpenStore store;
    const auto log = log_of(3);
    auto delta = log.delta(0, 2);
    // Between the two: the server has given it position 2.
    v1::RecordDelta mixed;
    mixed.set_record(delta.record());
    *mixed.mutable_base() = delta.base();
    *mixed.add_change() = delta.change(0);
    *mixed.add_change() = unreadable();
    *mixed.add_change() = delta.change(1);
    mixed.mutable_change(2)->set_position(3);
    Digest chain = log.point(1).chain;
    const auto bad = base::sha256(unreadable().header());
    chain = base::sha256(base::to_bytes(chain) + base::to_bytes(bad));
    chain = base::sha256(base::to_bytes(chain) + base::to_bytes(log.changes()[1].id));
    ServerLog::set(mixed.mutable_end(), {3, chain});

    const auto applied = store->apply_delta(mixed, k_epoch);
    REQUIRE(applied);
    CHECK(applied->added == 2);
    CHECK(applied->quarantined == 1);
    CHECK(store->record_meta(k_record).value()->cursor.position == 3);
    const auto kept = store->quarantined(k_record).value();
    REQUIRE(kept.size() == 1);
    CHECK(kept[0].position == 2);
    CHECK(kept[0].reason == ErrorCode::malformed);
    CHECK(kept[0].header == unreadable().header());
    CHECK(kept[0].id.bytes == bad.bytes);
    // The digest at each position can still be computed.
    CHECK(store->chain_at(k_record, 1).value()->chain == log.point(1).chain);
    CHECK(store->chain_at(k_record, 2).value().has_value());
    CHECK(store->apply_delta(mixed, k_epoch));
    CHECK(store->quarantined(k_record)->size() == 1);
}

TEST_CASE("a change of another record is quarantined") {
    OpenStore store;
    Writer writer(id_of<IncarnationId>(7), id_of<RecordId>(2));
    ServerLog log(k_record);
    log.append(writer.write(resource_no(1), temperature("37.0")));
    const auto applied = store->apply_delta(log.delta(0, 1), k_epoch);
    REQUIRE(applied);
    CHECK(applied->quarantined == 1);
    CHECK(store->resources(k_record)->empty());
}

TEST_CASE("the bytes in quarantine are bounded, the reasons are kept") {
    OpenStore store;
    ServerLog log(k_record);
    v1::RecordDelta delta;
    delta.set_record(base::to_bytes(k_record));
    LogPoint end;
    for (int n = 0; n < 6; ++n) {
        auto* wire = delta.add_change();
        wire->set_header(
            "\x0a\x03"
            "ab" +
            std::string(1, static_cast<char>('a' + n)));
        wire->set_body(std::string(900 * 1024, 'b'));
        end.chain =
            base::sha256(base::to_bytes(end.chain) + base::to_bytes(base::sha256(wire->header())));
        ++end.position;
    }
    ServerLog::set(delta.mutable_end(), end);
    REQUIRE(store->apply_delta(delta, k_epoch));
    std::size_t bytes = 0, reasons = 0;
    for (const auto& one : take(store->quarantined(k_record))) {
        bytes += one.header.size() + one.body.size();
        ++reasons;
    }
    CHECK(reasons == 6);
    CHECK(bytes <= 4 * 1024 * 1024);
    CHECK(bytes > 3 * 1024 * 1024);
}

TEST_CASE("two changes at one address both stay and are shown as a fork") {
    OpenStore store;
    Writer tablet(id_of<IncarnationId>(7), k_record);
    const auto first = tablet.write(resource_no(1), temperature("36.0"));
    const auto second = tablet.write(resource_no(2), temperature("36.5"));
    auto restored = tablet.set_back(1, first.id);
    const auto other = restored.write(resource_no(3), temperature("39.5"));
    ServerLog log(k_record);
    for (const auto& change : {first, second, other})
        log.append(change);
    const auto applied = store->apply_delta(log.delta(0, 3), k_epoch);
    REQUIRE(applied);
    CHECK(applied->added == 3);
    CHECK(applied->forks == 1);
    CHECK(store->changes_at(k_record, id_of<IncarnationId>(7), 2)->size() == 2);
    const auto group = store->group(k_record).value();
    REQUIRE(group->forks.size() == 1);
    CHECK(group->forks[0].seq == 2);
    REQUIRE(store->review_owed(10).value() == 0);
    const auto findings = store->findings(k_record).value();
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].rule == "integrity/stream-fork");

    // Later changes of either branch name their predecessor.
    log.append(tablet.write(resource_no(4), temperature("36.6")));
    log.append(restored.write(resource_no(5), temperature("39.6")));
    REQUIRE(store->apply_delta(log.delta(3, 5), k_epoch));
    // Without it the receiver could not tell which.
    OpenStore blind(2);
    CHECK(refused(blind, log.delta(0, 5, false)) == ErrorCode::chain_broken);
}

TEST_CASE("changes out of order fold at once and do not move the cursor") {
    OpenStore store;
    const auto log = log_of(6);
    auto ahead = log.out_of_order({5, 3});
    ahead.set_safety_position(6);
    auto* pairs = ahead.mutable_pairs();
    pairs->set_epoch(base::to_bytes(k_epoch));
    pairs->add_pairs()->set_position(3);
    const auto applied = store->apply_delta(ahead, k_epoch);
    REQUIRE(applied);
    CHECK(applied->added == 2);
    auto meta = *store->record_meta(k_record).value();
    CHECK(meta.cursor.position == 0);
    CHECK(meta.safety_position == 6);
    CHECK(store->resources(k_record)->size() == 2);
    CHECK(store->changes_after(k_record, 0, 10)->size() == 2);
    // The prefix passes over them later.
    REQUIRE(store->apply_delta(log.delta(0, 6), k_epoch));
    CHECK(store->record_meta(k_record).value()->cursor == log.point(6));
    CHECK(store->log(k_record)->size() == 6);
}

TEST_CASE("a body that came later completes its resource") {
    OpenStore store;
    const auto log = log_of(1);
    auto without = log.delta(0, 1);
    without.mutable_change(0)->clear_body();
    REQUIRE(store->apply_delta(without, k_epoch));
    CHECK(store->resource(k_record, resource_no(1))->incomplete());
    REQUIRE(store->apply_delta(log.out_of_order({1}), k_epoch));
    CHECK(!store->resource(k_record, resource_no(1))->incomplete());
    CHECK(store->verify()->empty());
    // And is not taken back by a repetition without it.
    REQUIRE(store->apply_delta(without, k_epoch));
    CHECK(!store->resource(k_record, resource_no(1))->incomplete());
}

TEST_CASE("an id alone stands for a change that is held") {
    OpenStore store;
    const auto message = temperature("37.0");
    const auto mine = store->write(request(k_record, resource_no(9), message));
    REQUIRE(mine);
    ServerLog log(k_record);
    Writer writer(id_of<IncarnationId>(7), k_record);
    log.append(writer.write(resource_no(1), temperature("36.0")));
    log.append(store->log(k_record)->front().change);
    auto delta = log.delta(0, 2);
    delta.mutable_change(1)->Clear();
    delta.mutable_change(1)->set_id(base::to_bytes(mine->change));
    const auto applied = store->apply_delta(delta, k_epoch);
    REQUIRE(applied);
    CHECK(applied->known == 1);
    const auto stored = store->changes_after(k_record, 1, 10).value();
    REQUIRE(stored.size() == 1);
    CHECK(stored[0].change.id == mine->change);
    CHECK(stored[0].fate == Fate::stored);
    CHECK(store->outbox()->empty());
}

TEST_CASE("own changes that come back after a restore go on in the same stream") {
    OpenStore store;
    const auto message = temperature("37.0");
    REQUIRE(store->write(request(k_record, resource_no(1), message)));
    REQUIRE(store->checkpoint());
    const std::string old = read_file(store.path());
    for (std::uint64_t n = 2; n <= 4; ++n) {
        REQUIRE(store->write(request(k_record, resource_no(n), message)));
    }
    ServerLog log(k_record);
    for (const auto& stored : take(store->log(k_record)))
        log.append(stored.change);
    store.store.reset();
    write_file(store.path(), old);
    REQUIRE(store.reopen());
    REQUIRE(store->apply_delta(log.delta(0, 4), k_epoch));
    CHECK(store->outbox()->empty());
    const auto next = store->write(request(k_record, resource_no(5), message));
    REQUIRE(next);
    CHECK(next->seq == 5);
    CHECK(store->check());
    CHECK(store->group(k_record).value()->forks.empty());
}

namespace {

v1::RecordSeal seal_over(std::uint64_t number, std::uint64_t seq, std::string head_id) {
    v1::RecordSeal made;
    v1::SealStatement statement;
    statement.set_incarnation(base::to_bytes(id_of<IncarnationId>(7)));
    statement.set_number(number);
    made.set_statement(statement.SerializeAsString());
    v1::StreamHead head;
    head.set_log(v1::LOG_KIND_CHANGE);
    head.set_incarnation(statement.incarnation());
    head.set_record(base::to_bytes(k_record));
    head.set_seq(seq);
    head.set_head(std::move(head_id));
    made.set_leaf(head.SerializeAsString());
    return made;
}

}  // namespace

TEST_CASE("of the seals over one stream the newest stays") {
    OpenStore store;
    const auto log = log_of(1);
    auto delta = log.delta(0, 1);
    *delta.add_seal() = seal_over(2, 5, std::string(32, 'b'));
    *delta.add_seal() = seal_over(1, 4, std::string(32, 'a'));
    delta.add_seal()->set_statement("\xff");
    REQUIRE(store->apply_delta(delta, k_epoch));
    const auto kept = store->received_seals(k_record).value();
    REQUIRE(kept.size() == 1);
    CHECK(kept[0].statement() == seal_over(2, 5, "").statement());
    CHECK(store->quarantined(k_record)->size() == 1);
}

TEST_CASE("a seal over what is here goes before a later one over another in its place") {
    OpenStore store;
    Writer writer(id_of<IncarnationId>(7), k_record);
    ServerLog log(k_record);
    const auto change = writer.write(resource_no(1), temperature("37.0"));
    log.append(change);
    auto delta = log.delta(0, 1);
    const auto here = seal_over(1, change.header.seq(), base::to_bytes(change.id));
    const auto elsewhere = seal_over(2, change.header.seq(), std::string(32, 'x'));
    SECTION("whichever comes first") {
        *delta.add_seal() = elsewhere;
        *delta.add_seal() = here;
    }
    SECTION("or last") {
        *delta.add_seal() = here;
        *delta.add_seal() = elsewhere;
    }
    REQUIRE(store->apply_delta(delta, k_epoch));
    const auto kept = store->received_seals(k_record).value();
    REQUIRE(kept.size() == 1);
    CHECK(kept[0].statement() == here.statement());
    // One that reaches further is kept, though its head is not here, and whatever its number.
    auto next = log.delta(1, 1);
    *next.add_seal() = seal_over(1, change.header.seq() + 1, std::string(32, 'y'));
    REQUIRE(store->apply_delta(next, k_epoch));
    CHECK(store->received_seals(k_record).value()[0].leaf() == next.seal(0).leaf());
}

// As an earlier build left it that could not read the header.
TEST_CASE("what an earlier build set aside is read by one that can, at its place in the log") {
    OpenStore store;
    const auto log = log_of(3);
    REQUIRE(store->apply_delta(log.delta(0, 3), k_epoch));
    const auto before = canonical_state(*store.store, k_record);
    store.store.reset();
    {
        auto db = take(sqlcipher::Database::open(store.path(), key_of(1).view()));
        REQUIRE(
            db.execute("INSERT INTO quarantine SELECT record, id, position, 0, '', header,"
                       " coalesce(body, x'') FROM change WHERE position = 2;"
                       "DELETE FROM change WHERE position = 2;"
                       "UPDATE identity SET fold_schema = x'00'"));
    }
    REQUIRE(store.reopen());
    CHECK(store->quarantined(k_record)->empty());
    CHECK(store->log(k_record)->size() == 3);
    CHECK(store->chain_at(k_record, 3).value()->chain == log.point(3).chain);
    CHECK(store->verify()->empty());
    CHECK(canonical_state(*store.store, k_record) == before);
}
