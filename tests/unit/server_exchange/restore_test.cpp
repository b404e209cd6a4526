// SPDX-License-Identifier: Apache-2.0
#include "sdk/chart/group.hpp"
#include "sync-server/exchange/returns.hpp"
#include "tests/unit/server_exchange/ward_fixture.hpp"

using namespace kari;
using namespace kari::test;

namespace {

// A record that two tablets hold; the server is then put back to before the second push.
struct Restored : Ward {
    Writer author = Writer::tablet(1);
    Writer reader = Writer::tablet(2);
    v1::RecordDelta kept;  // what the reader holds
    std::string old_epoch;
    std::vector<ChangePtr> lost;

    explicit Restored(bool with_epoch) {
        push({write(1), write(2)});
        REQUIRE(storage->copy_to(file("copy.db"), secrets.database_key.view()));
        lost = {write(3), write(4)};
        push(lost);
        const auto reply = exchange(device(reader, 2), request_of(reader));
        REQUIRE(reply);
        REQUIRE(reply->delta_size() == 1);
        kept = reply->delta(0);
        old_epoch = reply->epoch();
        stop_and_put_back("copy.db");
        if (with_epoch) REQUIRE(storage->begin_epoch(id_of<EpochId>(2), clock.now));
    }
    ChangePtr write(std::uint32_t resource) {
        return author.write({.record = record, .resource = id_of<ResourceId>(resource)},
                            pulse("70"));
    }
    void push(const std::vector<ChangePtr>& changes) {
        auto request = request_of(author);
        push_of(request, record, changes);
        REQUIRE(exchange(device(author, 1), request));
    }
    // What the reader gives back: all after the shared point, under the receipt it was given.
    v1::ExchangeRequest giving_back() const {
        auto request = request_of(reader);
        auto& back = *request.add_give_back();
        back.set_record(base::to_bytes(record));
        for (const auto& wire : kept.change()) {
            if (wire.position() > 2) *back.add_change() = wire;
        }
        *back.add_range() = kept.receipt();
        // The reader stores headers whole.
        for (auto& wire : *back.mutable_change()) {
            for (const auto& change : lost) {
                const auto whole = wire_of(*change);
                if (wire.header() == whole.header()) wire.set_prev(whole.prev());
            }
        }
        return request;
    }
    // Given while the old server lived: a record of which the restored one knows nothing.
    v1::ExchangeRequest giving_back_alone(const RecordId& other) const {
        Writer writer = Writer::tablet(1);
        const auto change =
            writer.write({.record = other, .resource = id_of<ResourceId>(1)}, pulse("70"));
        const sync::Point end = sync::extend({}, change->id);
        auto request = request_of(reader);
        auto& back = *request.add_give_back();
        back.set_record(base::to_bytes(other));
        *back.add_change() = wire_of(*change);
        back.mutable_change(0)->set_position(1);
        *back.add_range() =
            parts->receipts.range(id_of<EpochId>(1), other, {}, {end.position, end.chain});
        return request;
    }
};

}  // namespace

TEST_CASE("After a restore a tablet is told the last shared point") {
    Restored ward(true);
    auto request = request_of(ward.reader);
    hold(request, ward.kept, ward.old_epoch);
    const auto reply = ward.exchange(ward.device(ward.reader, 2), request);
    REQUIRE(reply);
    CHECK(reply->epoch() != ward.old_epoch);
    CHECK(reply->recovering());
    CHECK_FALSE(reply->caseload_complete());
    REQUIRE(reply->epoch_start_size() == 1);
    CHECK(reply->epoch_start(0).point().position() == 2);
    CHECK(reply->epoch_start(0).point().chain() == base::to_bytes(ward.log(ward.record)[1].chain));
}

TEST_CASE("What a restored server lacks comes back with a valid receipt, from anybody") {
    Restored ward(true);
    auto who = ward.device(ward.reader, 2);
    SECTION("in the caseload") {}
    SECTION("even when the tablet is revoked: refused, but entered") {
        who.revoked = true;
    }
    const auto reply = ward.exchange(who, ward.giving_back());
    CHECK(reply.has_value() == !who.revoked);
    REQUIRE(ward.log(ward.record).size() == 4);
    CHECK(ward.log(ward.record)[2].id == ward.lost[0]->id);
    CHECK(ward.log(ward.record)[3].id == ward.lost[1]->id);
    CHECK(ward.storage->quarantined().value().empty());
    if (!reply) return;
    REQUIRE(reply->returned_size() == 1);
    CHECK(reply->returned(0).change_size() == 2);
    CHECK(ward.parts->receipts.check(reply->returned(0).receipt()));
    CHECK(reply->returned(0).receipt().epoch() == reply->epoch());
}

TEST_CASE("A return without a valid receipt goes to quarantine") {
    Restored ward(true);
    auto request = ward.giving_back();
    auto& back = *request.mutable_give_back(0);
    SECTION("forged") {
        (*back.mutable_range(0)->mutable_mac())[0] ^= 1;
    }
    SECTION("none") {
        back.clear_range();
    }
    SECTION("a change left out") {
        back.mutable_change()->DeleteSubrange(0, 1);
    }
    SECTION("of another record") {
        back.mutable_range(0)->set_record(base::to_bytes(id_of<RecordId>(2)));
    }
    const auto reply = ward.exchange(ward.device(ward.reader, 2), request);
    REQUIRE(reply);
    CHECK(ward.log(ward.record).size() == 2);
    for (const auto& answer : reply->returned(0).change()) {
        CHECK(answer.fate() == v1::CHANGE_FATE_QUARANTINED);
        CHECK(error_code_from(answer.error()) == ErrorCode::receipt_invalid);
    }
    CHECK_FALSE(ward.storage->quarantined().value().empty());
}

TEST_CASE("What the log has again is answered with its place, whatever became of its receipt") {
    Restored ward(true);
    REQUIRE(ward.exchange(ward.device(ward.reader, 2), ward.giving_back()));
    REQUIRE(ward.log(ward.record).size() == 4);
    auto request = ward.giving_back();
    request.mutable_give_back(0)->clear_range();
    auto who = ward.device(ward.reader, 2);
    const auto reply = ward.exchange(who, request);
    REQUIRE(reply);
    CHECK(ward.log(ward.record).size() == 4);
    CHECK(ward.storage->quarantined().value().empty());
    REQUIRE(reply->returned(0).change_size() == 2);
    for (const auto& answer : reply->returned(0).change()) {
        CHECK(answer.fate() == v1::CHANGE_FATE_STORED);
        CHECK(answer.position() > 2);
    }
    CHECK(ward.parts->receipts.check(reply->returned(0).receipt()));
}

TEST_CASE("Who was never granted a record is told of no change in it, and given no receipt") {
    Restored ward(true);
    const auto stranger = id_of<UnitId>(77);
    REQUIRE(ward.storage->add_unit({stranger, id_of<RecordId>(97), "Elsewhere", "Europe/Oslo"}));
    auto request = request_of(ward.reader);
    auto& back = *request.add_give_back();
    back.set_record(base::to_bytes(ward.record));
    const auto here = ward.log(ward.record)[0];
    auto& change = *back.add_change();
    change.set_position(1);
    change.set_header(here.header_bytes);
    change.set_body(here.body_bytes.value_or(""));
    auto who = ward.device(ward.reader, 2);
    who.unit = stranger;
    const auto reply = ward.exchange(who, request);
    REQUIRE(reply);
    CHECK(reply->returned(0).change(0).fate() == v1::CHANGE_FATE_QUARANTINED);
    CHECK(reply->returned(0).change(0).position() == 0);
    CHECK_FALSE(reply->returned(0).has_receipt());
    CHECK_FALSE(ward.storage->caseload_state(stranger, ward.record).value());
}

TEST_CASE("A part may come as ids alone; what came whole is entered") {
    Restored ward(true);
    auto request = ward.giving_back();
    auto& second = *request.mutable_give_back(0)->mutable_change(1);
    second.clear_header();
    second.clear_prev();
    second.clear_body();
    second.set_id(base::to_bytes(ward.lost[1]->id));
    const auto reply = ward.exchange(ward.device(ward.reader, 2), request);
    REQUIRE(reply);
    CHECK(ward.log(ward.record).size() == 3);
    CHECK(reply->returned(0).change_size() == 1);
}

TEST_CASE("The author's own push after a restore is the same changes at their places") {
    Restored ward(true);
    ward.push(ward.lost);
    REQUIRE(ward.exchange(ward.device(ward.reader, 2), ward.giving_back()));
    CHECK(ward.log(ward.record).size() == 4);
}

TEST_CASE("A valid receipt of the present epoch that the log lacks starts a new epoch") {
    Restored ward(false);
    REQUIRE_FALSE(ward.storage->epoch().value().recovering);
    const auto reply = ward.exchange(ward.device(ward.reader, 2), ward.giving_back());
    REQUIRE(reply);
    CHECK(reply->epoch() != ward.old_epoch);
    CHECK(reply->recovering());
    CHECK(ward.tally.new_epoch);
    CHECK(ward.log(ward.record).size() == 4);
}

TEST_CASE("A record and its grant that the backup lacks come back; what was removed stays out") {
    Restored ward(true);
    const auto other = id_of<RecordId>(2);
    const auto request = ward.giving_back_alone(other);
    REQUIRE(ward.storage->remove(ward.unit, ward.record));  // as the journal would
    REQUIRE(ward.exchange(ward.device(ward.reader, 2), request));
    CHECK(ward.log(other).size() == 1);
    CHECK(ward.storage->caseload_state(ward.unit, other).value() ==
          server::storage::CaseloadState::granted);
    REQUIRE(ward.exchange(ward.device(ward.reader, 2), ward.giving_back()));
    CHECK(ward.log(ward.record).size() == 4);
    CHECK(ward.storage->caseload_state(ward.unit, ward.record).value() ==
          server::storage::CaseloadState::removed);
}

TEST_CASE("A record that comes back after the recovery was closed is in its unit's caseload") {
    Restored ward(true);
    REQUIRE(ward.storage->close_recovery());
    const auto other = id_of<RecordId>(2);
    REQUIRE(ward.exchange(ward.device(ward.reader, 2), ward.giving_back_alone(other)));
    CHECK(ward.log(other).size() == 1);
    CHECK(ward.storage->caseload_state(ward.unit, other).value() ==
          server::storage::CaseloadState::granted);
    // A record that is here is granted by the journal alone.
    REQUIRE(ward.storage->remove(ward.unit, ward.record));
    REQUIRE(ward.exchange(ward.device(ward.reader, 2), ward.giving_back()));
    CHECK(ward.storage->caseload_state(ward.unit, ward.record).value() ==
          server::storage::CaseloadState::removed);
}

TEST_CASE("Closing the recovery lets the caseload list hide again") {
    Restored ward(true);
    REQUIRE(ward.storage->close_recovery());
    const auto reply = ward.exchange(ward.device(ward.reader, 2), request_of(ward.reader));
    REQUIRE(reply);
    CHECK_FALSE(reply->recovering());
    CHECK(reply->caseload_complete());
}

TEST_CASE("A link that the backup lacks joins the records again when it comes back") {
    Restored ward(true);
    const auto other = id_of<RecordId>(2);
    Writer old_server = Writer::server();
    v1::RecordLink value;
    value.mutable_link()->set_other_record(base::to_bytes(other));
    value.mutable_link()->set_state(v1::LINK_STATE_LINKED);
    const auto change = old_server.write(
        {.record = ward.record, .resource = chart::link_resource(ward.record, other)}, value);
    auto request = request_of(ward.reader);
    auto& back = *request.add_give_back();
    back.set_record(base::to_bytes(ward.record));
    *back.add_change() = wire_of(*change);
    back.mutable_change(0)->set_position(9);
    *back.add_pairs() =
        ward.parts->receipts.pairs(id_of<EpochId>(1), ward.record, {{9, change->id}});
    REQUIRE(ward.exchange(ward.device(ward.reader, 2), request));
    CHECK(ward.log(ward.record).size() == 3);
    const auto group = ward.storage->group(ward.record).value();
    CHECK(group.size() == 2);
    CHECK(std::find(group.begin(), group.end(), other) != group.end());
}

TEST_CASE("A removed record's point is left out when the log does not pass through what is held") {
    Restored ward(true);
    REQUIRE(ward.storage->remove(ward.unit, ward.record));
    auto request = request_of(ward.reader);
    hold(request, ward.kept, ward.old_epoch);
    const auto reply = ward.exchange(ward.device(ward.reader, 2), request);
    REQUIRE(reply);
    REQUIRE(reply->caseload_size() == 1);
    CHECK(reply->caseload(0).state() == v1::CASELOAD_STATE_REMOVED);
    CHECK_FALSE(reply->caseload(0).has_server());
}

TEST_CASE("A cursor of an epoch before the last one falls back to nothing when it must") {
    Restored ward(true);
    ward.push({ward.write(5), ward.write(6), ward.write(7)});
    REQUIRE(ward.storage->begin_epoch(id_of<EpochId>(3),
                                      ward.clock.now));  // starts at 5, above the reader's 4
    auto request = request_of(ward.reader);
    hold(request, ward.kept, ward.old_epoch);
    const auto reply = ward.exchange(ward.device(ward.reader, 2), request);
    REQUIRE(reply);
    REQUIRE(reply->epoch_start_size() == 2);
    CHECK(reply->epoch_start(0).point().position() == 5);
    CHECK(reply->epoch_start(1).point().position() == 0);
    CHECK(reply->delta(0).base().position() == 0);
}

TEST_CASE("A tablet that slept through two restores shares no more than its own cursor shows") {
    Restored ward(true);
    const auto stop =
        ward.author.write({.record = ward.record, .resource = id_of<ResourceId>(5)}, order("1"));
    ward.push({stop, ward.write(6), ward.write(7)});
    REQUIRE(ward.storage->begin_epoch(id_of<EpochId>(3), ward.clock.now));  // starts at 5
    auto request = request_of(ward.reader);
    auto& holding = *request.add_holding();
    holding.set_record(base::to_bytes(ward.record));
    holding.mutable_cursor()->set_position(2);
    holding.mutable_cursor()->set_chain(base::to_bytes(ward.log(ward.record)[1].chain));
    holding.set_epoch(ward.old_epoch);
    holding.set_safety_position(4);  // in its epoch other changes stood at 3 and 4
    const auto reply = ward.exchange(ward.device(ward.reader, 2), request);
    REQUIRE(reply);
    REQUIRE(reply->epoch_start_size() == 2);
    CHECK(reply->epoch_start(0).point().position() == 5);
    CHECK(reply->epoch_start(1).point().position() == 2);
    REQUIRE(reply->delta_size() == 1);
    REQUIRE(reply->delta(0).change_size() == 3);
    for (const auto& change : reply->delta(0).change())
        CHECK_FALSE(change.header().empty());
}

TEST_CASE("A window that was given after the backup shares nothing below its base") {
    Restored ward(true);
    auto request = request_of(ward.reader);
    hold(request, ward.kept, ward.old_epoch);
    *request.mutable_holding(0)->mutable_base() = ward.kept.end();
    request.mutable_holding(0)->mutable_window()->set_back_to_ms(0);
    const auto reply = ward.exchange(ward.device(ward.reader, 2), request);
    REQUIRE(reply);
    REQUIRE(reply->epoch_start_size() == 2);
    CHECK(reply->epoch_start(0).point().position() == 2);
    CHECK(reply->epoch_start(1).point().position() == 0);
}

TEST_CASE("A holding ahead of the log in the same epoch gets no part until it shows its receipt") {
    Restored ward(false);
    auto request = request_of(ward.reader);
    hold(request, ward.kept, ward.old_epoch);
    auto reply = ward.exchange(ward.device(ward.reader, 2), request);
    REQUIRE(reply);
    CHECK(reply->delta_size() == 0);
    CHECK(reply->epoch_start_size() == 0);
    CHECK(reply->caseload(0).server().position() == 2);
    auto& back = *request.add_give_back();
    back.set_record(base::to_bytes(ward.record));
    *back.add_range() = ward.kept.receipt();
    reply = ward.exchange(ward.device(ward.reader, 2), request);
    REQUIRE(reply);
    CHECK(ward.tally.new_epoch);
    CHECK(reply->epoch() != ward.old_epoch);
    REQUIRE(reply->epoch_start_size() == 1);
    CHECK(reply->epoch_start(0).point().position() == 2);
}
