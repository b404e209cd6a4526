// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch_test_macros.hpp>

#include "kari/v1/care.pb.h"
#include "sdk/chart/review.hpp"
#include "sdk/store/sqlcipher/database.hpp"
#include "tests/support/store_fixture.hpp"

using namespace kari;
using namespace kari::store;
using namespace kari::test;

namespace {

const RecordId k_record = id_of<RecordId>(1);
const RecordId k_other = id_of<RecordId>(2);

ResourceId resource_no(std::uint64_t number) {
    return id_of<ResourceId>(number);
}

Written written(OpenStore& store, const WriteRequest& asked) {
    auto done = store->write(asked);
    if (!done) FAIL(done.error().what);
    return std::move(*done);
}

}  // namespace

TEST_CASE("what was written is there after closing and opening") {
    OpenStore store;
    const auto message = temperature("38.2");
    const auto one = written(store, request(k_record, resource_no(1), message));
    CHECK(one.seq == 1);
    CHECK(one.tick == 1);
    CHECK(one.incarnation == id_of<IncarnationId>(1));
    REQUIRE(store.reopen());
    const auto back = store->resource(k_record, resource_no(1));
    REQUIRE(back);
    CHECK(merge::canonical(*back) == merge::canonical(one.resource));
    CHECK(merge::operative_as<v1::Observation>(*back).observation().value().quantity().value() ==
          "38.2");
    const auto changes = take(store->changes(k_record, resource_no(1)));
    REQUIRE(changes.size() == 1);
    CHECK(changes.front().header.origin() == v1::ORIGIN_DEVICE);
    CHECK(base::sha256(changes.front().header_bytes).bytes == one.change.bytes);
    CHECK(store->check());
    CHECK(store->verify().value().empty());
}

TEST_CASE("a stream is dense and chained, one for each record") {
    OpenStore store;
    const auto message = temperature("37.0");
    ChangeId last;
    for (std::uint64_t n = 1; n <= 5; ++n) {
        const auto one = written(store, request(k_record, resource_no(n), message));
        CHECK(one.seq == n);
        CHECK(one.tick == n);
        const auto change = store->changes_at(k_record, one.incarnation, n);
        REQUIRE(change->size() == 1);
        CHECK(change->front().header.prev() == (n == 1 ? "" : base::to_bytes(last)));
        last = one.change;
    }
    CHECK(written(store, request(k_other, resource_no(9), message)).seq == 1);
    const auto heads = store->stream_heads(k_record);
    REQUIRE(heads->size() == 1);
    CHECK(heads->front().seq == 5);
    CHECK(heads->front().id == last);
}

TEST_CASE("a tick is one above the highest seen in the record, whoever wrote that") {
    OpenStore store;
    Writer other(id_of<IncarnationId>(7), k_record);
    ServerLog log(k_record);
    log.append(other.write(resource_no(5), temperature("36.0"), {}, 41));
    REQUIRE(store->apply_delta(log.delta(0, 1), id_of<EpochId>(1)));
    const auto message = temperature("37.0");
    CHECK(written(store, request(k_record, resource_no(1), message)).tick == 42);
}

TEST_CASE("parents are those of the caller's view and never filled in") {
    OpenStore store;
    const auto first = note("first"), second = note("second"), third = note("third");
    const auto one = written(store, request(k_record, resource_no(1), first));
    const auto two = written(store, request(k_record, resource_no(1), second, {one.change}));
    CHECK(!two.resource.forked());
    const auto three = written(store, request(k_record, resource_no(1), third, {one.change}));
    CHECK(three.resource.forked());
    CHECK(three.resource.heads.size() == 2);
    auto strange = request(k_record, resource_no(1), third, {id_of<ChangeId>(99)});
    CHECK(store->write(strange).error().code == ErrorCode::invalid_argument);
    auto nowhere = request(k_record, resource_no(2), third, {one.change});
    CHECK(store->write(nowhere).error().code == ErrorCode::invalid_argument);
}

TEST_CASE("a refused write leaves neither row nor gap") {
    OpenStore store;
    const auto message = temperature("37.0");
    const v1::Observation empty;
    const auto one = written(store, request(k_record, resource_no(1), message));
    const auto text = note("x");
    auto wrong_kind = request(k_record, resource_no(1), text);
    CHECK(store->write(wrong_kind).error().code == ErrorCode::invalid_argument);
    CHECK(store->write(request(k_record, resource_no(2), empty)).error().code ==
          ErrorCode::invalid_argument);
    auto unknown = request(k_other, resource_no(2), message);
    unknown.new_record = false;
    CHECK(store->write(unknown).error().code == ErrorCode::not_found);
    CHECK(written(store, request(k_record, resource_no(3), message)).seq == one.seq + 1);
    CHECK(store->log(k_record)->size() == 2);
    CHECK(store->records().value() == std::vector<RecordId>{k_record});
}

TEST_CASE("several changes are written together or not at all") {
    OpenStore store;
    const auto message = temperature("37.0");
    const v1::Observation empty;
    const auto bad = store->write_many(
        {request(k_record, resource_no(1), message), request(k_record, resource_no(2), empty)});
    REQUIRE(!bad);
    CHECK(store->records()->empty());
    const auto good = store->write_many(
        {request(k_record, resource_no(1), message), request(k_record, resource_no(2), message)});
    REQUIRE(good);
    CHECK(good->at(1).seq == 2);
    CHECK(store->resources(k_record)->size() == 2);
}

TEST_CASE("an incomplete resource takes facts but no edit") {
    OpenStore store;
    Writer other(id_of<IncarnationId>(7), k_record);
    ServerLog log(k_record);
    const auto absent = other.write(resource_no(1), note("never delivered"));
    const auto edit = other.write(resource_no(1), note("later"), {absent.id});
    const auto fact = other.write(resource_no(2), temperature("36.0"));
    const auto corrected = other.write(resource_no(2), temperature("36.1"), {fact.id});
    log.append(edit);
    log.append(corrected);
    REQUIRE(store->apply_delta(log.delta(0, 2), id_of<EpochId>(1)));
    const auto more = note("edit");
    CHECK(store->write(request(k_record, resource_no(1), more, {edit.id})).error().code ==
          ErrorCode::resource_incomplete);
    const auto again = temperature("36.2");
    CHECK(store->write(request(k_record, resource_no(2), again, {corrected.id})));
}

TEST_CASE("a fact stands beside what this build cannot read, and names none of it as seen") {
    OpenStore store;
    const auto fact = temperature("36.0");
    const auto first = written(store, request(k_record, resource_no(1), fact));
    v1::Observation future;
    future.GetReflection()->MutableUnknownFields(&future)->AddVarint(4711, 1);
    auto unread = request(k_record, resource_no(1), future, {first.change});
    unread.must_understand = {4711};
    const auto beyond = written(store, unread);
    REQUIRE(beyond.resource.unreadable);

    const auto again = temperature("36.2");
    CHECK(store->write(request(k_record, resource_no(1), again, {beyond.change})).error().code ==
          ErrorCode::resource_unreadable);
    CHECK(store->write(request(k_record, resource_no(1), again, {first.change, beyond.change}))
              .error()
              .code == ErrorCode::resource_unreadable);
    CHECK(store->log(k_record)->size() == 2);
    // Who had not seen it corrects what she saw; and there is always a new fact.
    const auto beside = written(store, request(k_record, resource_no(1), again, {first.change}));
    CHECK(beside.resource.heads.size() == 2);
    CHECK(store->write(request(k_record, resource_no(2), again)));
}

TEST_CASE("a group in memory equals the fold of all its changes after each write") {
    OpenStore store;
    const auto first = note("one"), second = note("two");
    const auto one = written(store, request(k_record, resource_no(1), first));
    const auto held = store->recent(k_record, {}).value();
    written(store, request(k_record, resource_no(1), second, {one.change}));
    written(store, request(k_record, resource_no(2), first));
    CHECK(held->resources.size() == 1);  // what was handed out stays as it was
    CHECK(held->resources.front().history.size() == 1);

    const auto now = store->recent(k_record, {}).value();
    std::vector<chart::ChangePtr> changes;
    for (auto& stored : take(store->log(k_record))) {
        changes.push_back(std::make_shared<const merge::Change>(std::move(stored.change)));
    }
    const auto expected = chart::make_group({k_record}, {}, changes);
    REQUIRE(now->resources.size() == expected.resources.size());
    for (std::size_t i = 0; i < expected.resources.size(); ++i) {
        CHECK(merge::canonical(now->resources[i]) == merge::canonical(expected.resources[i]));
        CHECK(now->resources[i].history.size() == expected.resources[i].history.size());
    }
    REQUIRE(store.reopen());
    CHECK(store->recent(k_record, {}).value()->resources.size() == expected.resources.size());
    CHECK(store->group(k_record).value()->resources.size() == expected.resources.size());
}

TEST_CASE("a link joins two records from either end, and an unlink parts them") {
    OpenStore store;
    const auto message = temperature("37.0");
    written(store, request(k_record, resource_no(1), message));
    written(store, request(k_other, resource_no(2), message));
    CHECK(store->recent(k_record, {}).value()->records.size() == 1);
    const ResourceId link = chart::link_resource(k_record, k_other);
    Writer server(id_of<IncarnationId>(50), k_record, v1::ORIGIN_SERVER);
    ServerLog log(k_record);
    const auto linked = server.write(link, link_to(k_other));
    log.append(linked);
    const auto epoch = id_of<EpochId>(1);
    REQUIRE(store->apply_delta(log.delta(0, 1), epoch));
    CHECK(store->recent(k_record, {}).value()->records.size() == 2);
    CHECK(store->recent(k_other, {}).value()->records.size() == 2);
    CHECK(store->recent(k_other, {}).value()->resources.size() == 3);

    REQUIRE(store->hide(k_record));
    CHECK(store->recent(k_other, {}).value()->records == std::vector<RecordId>{k_other});
    CHECK(!store->recent(k_other, {}).value()->whole());
    // Whoever may ask for the hidden one sees both; that shows it to nobody else.
    CHECK(store->recent(k_record, {}).value()->records.size() == 2);
    CHECK(store->recent(k_other, {}).value()->records == std::vector<RecordId>{k_other});
    REQUIRE(store->review_owed(100) == 0U);
    CHECK(store->recent(k_other, {}).value()->records == std::vector<RecordId>{k_other});
    REQUIRE(store->hide(k_record, false));
    CHECK(store->recent(k_other, {}).value()->whole());

    log.append(server.write(link, link_to(k_other, v1::LINK_STATE_UNLINKED), {linked.id}));
    REQUIRE(store->apply_delta(log.delta(1, 2), epoch));
    CHECK(store->recent(k_other, {}).value()->records.size() == 1);
}

TEST_CASE("a record that left its caseload keeps no link that was undone since") {
    OpenStore store;
    const ResourceId link = chart::link_resource(k_record, k_other);
    const auto epoch = id_of<EpochId>(1);
    Writer left(id_of<IncarnationId>(50), k_record, v1::ORIGIN_SERVER);
    ServerLog left_log(k_record);
    left_log.append(left.write(link, link_to(k_other)));
    REQUIRE(store->apply_delta(left_log.delta(0, 1), epoch));
    Writer here(id_of<IncarnationId>(50), k_other, v1::ORIGIN_SERVER);
    ServerLog log(k_other);
    const auto linked = here.write(link, link_to(k_record));
    log.append(linked);
    REQUIRE(store->apply_delta(log.delta(0, 1), epoch));
    REQUIRE(store->hide(k_record));
    CHECK(!store->recent(k_other, {}).value()->whole());

    log.append(here.write(link, link_to(k_record, v1::LINK_STATE_UNLINKED), {linked.id}));
    REQUIRE(store->apply_delta(log.delta(1, 2), epoch));
    CHECK(store->recent(k_other, {}).value()->whole());
    CHECK(store->recent(k_other, {}).value()->records == std::vector<RecordId>{k_other});
    // Back in the caseload, it counts until it is told as well.
    REQUIRE(store->hide(k_record, false));
    CHECK(store->recent(k_other, {}).value()->records.size() == 2);
}

TEST_CASE("what the review of a write leaves equals a review of everything") {
    OpenStore store;
    Writer other(id_of<IncarnationId>(7), k_record);
    ServerLog log(k_record);
    const auto first = other.write(resource_no(1), note("first"));
    log.append(first);
    const auto epoch = id_of<EpochId>(1);
    REQUIRE(store->apply_delta(log.delta(0, 1), epoch));
    CHECK(store->owed_reviews().value() == 1);
    CHECK(store->review_owed(10).value() == 0);
    const auto mine = note("mine");
    const auto one = written(store, request(k_record, resource_no(1), mine, {first.id}));
    log.append(other.write(resource_no(1), note("theirs"), {first.id}));
    REQUIRE(store->apply_delta(log.delta(1, 2), epoch));
    CHECK(store->review_owed(10).value() == 0);
    const auto expected = chart::review(*store->group(k_record).value(), clinical::demo_pack());
    CHECK(store->findings(k_record).value() == expected);
    REQUIRE(expected.size() == 1);
    CHECK(expected.front().rule == "merge/note-fork");

    // The edit that has seen both ends it, in the same transaction.
    const auto both = note("both");
    auto heads = store->resource(k_record, resource_no(1))->heads;
    const auto end = written(store, request(k_record, resource_no(1), both, heads));
    CHECK(end.findings == std::vector<FindingId>{expected.front().id});
    CHECK(store->findings(k_record)->empty());
}

TEST_CASE("drafts are kept until removed and alter nothing else") {
    OpenStore store;
    const auto message = temperature("37.0");
    written(store, request(k_record, resource_no(1), message));
    StoredDraft draft{k_record,           resource_no(4),
                      id_of<PersonId>(1), v1::KIND_DOCUMENT_REFERENCE,
                      "half a note",      17};
    REQUIRE(store->save_draft(draft));
    draft.content = "more of it";
    REQUIRE(store->save_draft(draft));
    REQUIRE(store.reopen());
    CHECK(store->drafts(k_record)->size() == 1);
    const auto back = store->draft(k_record, resource_no(4)).value();
    REQUIRE(back);
    CHECK(back->content == "more of it");
    CHECK(back->person == id_of<PersonId>(1));
    CHECK(store->resources(k_record)->size() == 1);
    REQUIRE(store->remove_draft(k_record, resource_no(4)));
    CHECK(!store->draft(k_record, resource_no(4)).value());
    draft.content.assign(merge::k_body_bytes_max + 1, 'x');
    CHECK(store->save_draft(draft).error().code == ErrorCode::too_large);
    draft.record = k_other;
    draft.content = "x";
    CHECK(store->save_draft(draft).error().code == ErrorCode::not_found);
}

TEST_CASE("every open is counted, so that a restored file can be told") {
    OpenStore store;
    CHECK(store->opens() == 1);
    REQUIRE(store.reopen());
    CHECK(store->opens() == 2);
    store.store.reset();
    const std::string backup = read_file(store.path());
    REQUIRE(store.reopen());
    CHECK(store->opens() == 3);
    REQUIRE(store.reopen());
    CHECK(store->opens() == 4);
    store.store.reset();
    write_file(store.path(), backup);
    REQUIRE(store.reopen());
    CHECK(store->opens() == 3);  // the key store says 4
}

TEST_CASE("a new incarnation begins its own stream and leaves the old outbox in place") {
    OpenStore store;
    const auto message = temperature("37.0");
    written(store, request(k_record, resource_no(1), message));
    REQUIRE(store->adopt_incarnation(id_of<IncarnationId>(2)));
    const auto next = written(store, request(k_record, resource_no(2), message));
    CHECK(next.seq == 1);
    CHECK(next.incarnation == id_of<IncarnationId>(2));
    CHECK(store->outbox()->size() == 2);
    CHECK(store->adopt_incarnation(id_of<IncarnationId>(1)).error().code ==
          ErrorCode::already_exists);
    REQUIRE(store.reopen());
    CHECK(store->identity().incarnation == id_of<IncarnationId>(2));
    CHECK(written(store, request(k_record, resource_no(3), message)).seq == 2);
}

TEST_CASE("settings are kept together") {
    OpenStore store;
    CHECK(!store->setting("feed").value());
    REQUIRE(store->save_settings({{"feed", "7"}, {"pins", std::string("\0\1", 2)}}));
    REQUIRE(store.reopen());
    CHECK(store->setting("feed").value() == "7");
    CHECK(store->setting("pins").value() == std::string("\0\1", 2));
}

TEST_CASE("a store is not made over a file and not opened with another key") {
    OpenStore store;
    CHECK(DeviceStore::create(store.path(), key_of(1), identity_of(1)).error().code ==
          ErrorCode::already_exists);
    store.store.reset();
    CHECK(DeviceStore::open(store.path(), key_of(2)).error().code == ErrorCode::wrong_key);
    const auto aside = DeviceStore::set_aside(store.path());
    REQUIRE(aside);
    CHECK(DeviceStore::open(store.path(), key_of(1)).error().code == ErrorCode::not_found);
    CHECK(DeviceStore::open(*aside, key_of(1)));
}

TEST_CASE("a store of a newer build is refused and left alone") {
    OpenStore store;
    store.store.reset();
    {
        auto db = sqlcipher::Database::open(store.path(), key_of(1).view());
        REQUIRE(db);
        REQUIRE(db->execute("PRAGMA user_version = 99"));
    }
    const std::string before = read_file(store.path());
    CHECK(DeviceStore::open(store.path(), key_of(1)).error().code == ErrorCode::schema_too_new);
    CHECK(read_file(store.path()) == before);
}

TEST_CASE("altered folded state is found by comparing, and made again from the log") {
    OpenStore store;
    const auto message = temperature("37.0");
    written(store, request(k_record, resource_no(1), message));
    written(store, request(k_record, resource_no(2), message));
    const auto before = canonical_state(*store.store, k_record);
    store.store.reset();
    {
        auto db = sqlcipher::Database::open(store.path(), key_of(1).view());
        REQUIRE(
            db->execute("UPDATE resource SET state = zeroblob(40) WHERE resource ="
                        " (SELECT min(resource) FROM resource)"));
    }
    REQUIRE(store.reopen());
    CHECK(store->verify()->size() == 1);
    REQUIRE(store->rebuild());
    CHECK(store->verify()->empty());
    CHECK(canonical_state(*store.store, k_record) == before);
}

TEST_CASE("state folded by another schema is folded again at open") {
    OpenStore store;
    const auto message = temperature("37.0");
    written(store, request(k_record, resource_no(1), message));
    store.store.reset();
    {
        auto db = sqlcipher::Database::open(store.path(), key_of(1).view());
        REQUIRE(
            db->execute("UPDATE resource SET state = zeroblob(40);"
                        "UPDATE identity SET fold_schema = x'00'"));
    }
    REQUIRE(store.reopen());
    CHECK(store->verify()->empty());
    CHECK(store->resource(k_record, resource_no(1)));
}

namespace {

// Stands for fhir::lift, which the store cannot see: the text that was kept is the problem's name.
std::vector<chart::ChangePtr> read_as_problem(const std::vector<chart::ChangePtr>& history) {
    std::vector<chart::ChangePtr> lifted;
    for (const auto& change : history) {
        v1::OtherResource kept;
        REQUIRE(kept.ParseFromString(change->body.resource()));
        v1::Condition problem;
        problem.mutable_code()->set_text(kept.resource().json());
        auto read = std::make_shared<merge::Change>(*change);
        read->header.set_kind(v1::KIND_CONDITION);
        read->body.set_resource(problem.SerializeAsString());
        lifted.push_back(std::move(read));
    }
    return lifted;
}

}  // namespace

TEST_CASE("what a former build kept whole is read anew after an upgrade, and stored as it was") {
    OpenStore store;
    v1::OtherResource kept;
    kept.mutable_resource()->set_type("Condition");
    kept.mutable_resource()->set_json("fall");
    const auto first = kept;
    kept.mutable_resource()->set_json("fall i trapp");
    const auto one = written(store, request(k_record, resource_no(1), first));
    const auto two = written(store, request(k_record, resource_no(1), kept, {one.change}));
    const auto before = canonical_state(*store.store, k_record);
    store.store.reset();
    {
        // As a build leaves it that knew ten kinds and another schema.
        auto db = sqlcipher::Database::open(store.path(), key_of(1).view());
        REQUIRE(db->execute("UPDATE identity SET fold_schema = x'0A'; DELETE FROM owed"));
    }
    const auto open = [&] {
        auto opened = DeviceStore::open(store.path(), key_of(1), read_as_problem);
        REQUIRE(opened);
        store.store = std::make_unique<DeviceStore>(std::move(*opened));
    };
    open();
    store.store.reset();
    {
        // The rules owe it another look: they could not read it then.
        auto db = sqlcipher::Database::open(store.path(), key_of(1).view());
        CHECK(take(db->query_int("SELECT count(*) FROM owed")) == 1);
    }
    open();
    const auto group = store->group(k_record).value();
    REQUIRE(group->resources.size() == 1);
    const auto& lifted = group->resources.front();
    CHECK(lifted.kind == v1::KIND_CONDITION);
    CHECK(lifted.lifted);
    CHECK(lifted.heads == std::vector<ChangeId>{two.change});
    CHECK(merge::operative_as<v1::Condition>(lifted).code().text() == "fall i trapp");
    // Nothing of it is on the disk, nor in what replicas compare.
    CHECK(store->verify()->empty());
    CHECK(canonical_state(*store.store, k_record) == before);
    CHECK(store->resources(k_record, v1::KIND_OTHER_RESOURCE)->size() == 1);
    CHECK(store->resources(k_record, v1::KIND_CONDITION)->empty());
    // A change of the new kind is not laid over it: its resource stays readable.
    v1::Condition resolved;
    resolved.set_clinical_status(v1::CONDITION_CLINICAL_STATUS_RESOLVED);
    CHECK(store->write(request(k_record, resource_no(1), resolved, {two.change})).error().code ==
          ErrorCode::invalid_argument);
    CHECK_FALSE(store->resource(k_record, resource_no(1))->unreadable);
}
