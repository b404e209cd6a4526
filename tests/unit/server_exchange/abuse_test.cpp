// SPDX-License-Identifier: Apache-2.0
//
// A tablet that is enrolled and means harm. What it says is refused or quarantined; what others
// have stays as it was.
#include <algorithm>

#include "sdk/store/sqlcipher/database.hpp"
#include "tests/unit/server_exchange/ward_fixture.hpp"

using namespace kari;
using namespace kari::test;

namespace {

const UnitId k_elsewhere = id_of<UnitId>(2);

struct TwoUnits : Ward {
    Writer owner = Writer::tablet(1);
    Writer thief = Writer::tablet(2);

    TwoUnits() {
        REQUIRE(storage->add_unit({k_elsewhere, id_of<RecordId>(98), "Elsewhere", "Europe/Oslo"}));
        auto request = request_of(owner);
        push_of(request, record, {observe(owner, 1)});
        REQUIRE(exchange(device(owner, 1), request));
        REQUIRE(storage->close_recovery());
    }
    ChangePtr observe(Writer& writer, std::uint32_t resource) const {
        return writer.write({.record = record, .resource = id_of<ResourceId>(resource)},
                            pulse("70"));
    }
    DeviceIdentity stranger() const {
        auto who = device(thief, 2);
        who.unit = k_elsewhere;
        return who;
    }
    std::vector<std::uint32_t> reasons() {
        std::vector<std::uint32_t> found;
        const auto kept = storage->quarantined();
        REQUIRE(kept);
        for (const auto& one : *kept)
            found.push_back(one.error);
        return found;
    }
};

std::uint32_t number(ErrorCode code) {
    return static_cast<std::uint32_t>(code);
}

v1::RecordSeal padded_seal(std::size_t bytes) {
    v1::RecordSeal seal;
    seal.set_statement(std::string(bytes, 's'));
    while (seal.ByteSizeLong() > bytes)
        seal.mutable_statement()->pop_back();
    return seal;
}

}  // namespace

TEST_CASE("A tablet writes nothing into a record that its unit never had") {
    TwoUnits ward;
    auto request = request_of(ward.thief);
    auto& push = push_of(request, ward.record, {ward.observe(ward.thief, 2)});
    v1::AccessEntry entry;
    entry.set_incarnation(base::to_bytes(ward.thief.incarnation));
    entry.set_record(base::to_bytes(ward.record));
    entry.set_seq(1);
    entry.set_person(std::string(16, 'p'));
    push.add_access()->set_entry(entry.SerializeAsString());
    push.add_seal()->set_statement("a seal");
    const auto before = ward.log(ward.record).size();
    const auto reply = ward.exchange(ward.stranger(), request);
    REQUIRE(reply);
    CHECK(reply->push(0).change(0).fate() == v1::CHANGE_FATE_QUARANTINED);
    CHECK(reply->push(0).change(0).error() == number(ErrorCode::not_permitted));
    CHECK(reply->push(0).access(0).fate() == v1::CHANGE_FATE_QUARANTINED);
    CHECK(reply->push(0).seals_stored() == 1);
    CHECK_FALSE(reply->push(0).has_receipt());
    CHECK(ward.log(ward.record).size() == before);
    CHECK(ward.storage->state(ward.record).value()->access_head.position == 0);
    CHECK(ward.reasons() == std::vector<std::uint32_t>(3, number(ErrorCode::not_permitted)));
    CHECK_FALSE(ward.storage->caseload_state(k_elsewhere, ward.record).value());
    CHECK(reply->delta_size() == 0);
}

TEST_CASE("What a tablet charted before its record left the caseload is still taken") {
    TwoUnits ward;
    REQUIRE(ward.storage->remove(ward.unit, ward.record));
    auto request = request_of(ward.owner);
    push_of(request, ward.record, {ward.observe(ward.owner, 2)});
    auto reply = ward.exchange(ward.device(ward.owner, 1), request);
    REQUIRE(reply);
    CHECK(reply->push(0).change(0).fate() == v1::CHANGE_FATE_STORED);
    // And while a restored server recovers, grants may be lost: nothing is turned away.
    REQUIRE(ward.storage->begin_epoch(id_of<EpochId>(7), ward.clock.now));
    request = request_of(ward.thief);
    push_of(request, ward.record, {ward.observe(ward.thief, 3)});
    reply = ward.exchange(ward.stranger(), request);
    REQUIRE(reply);
    CHECK(reply->push(0).change(0).fate() == v1::CHANGE_FATE_STORED);
}

TEST_CASE("A role that is only claimed accepts nothing") {
    TwoUnits ward;
    v1::MedicationRequest value = order("9 tablets");
    const auto claimed =
        ward.owner.write({.record = ward.record, .resource = id_of<ResourceId>(70)}, value);
    const auto push_as = [&](const PersonId& person, const std::string& role) {
        merge::Draft draft;
        draft.header = claimed->header;
        draft.header.mutable_author()->set_role(role);
        draft.header.mutable_author()->set_practitioner(base::to_bytes(person));
        draft.header.clear_atom();
        draft.header.clear_body_sha256();
        draft.resource = &value;
        draft.salt = std::string(16, 's');
        const auto change = merge::author_change(draft);
        REQUIRE(change);
        auto request = request_of(ward.owner);
        push_of(request, ward.record, {std::make_shared<const merge::Change>(*change)});
        REQUIRE(ward.exchange(ward.device(ward.owner, 1), request));
        // Stored as the proposal it is, with whatever the rules find; accepted or not.
        const auto log = ward.log(ward.record);
        return std::any_of(log.begin(), log.end(), [&](const auto& stored) {
            const auto one = merge::decode_change(stored.header_bytes, stored.body_bytes);
            return one && one->body.accepts_size() == 1 &&
                   one->body.accepts(0) == base::to_bytes(change->id);
        });
    };
    CHECK_FALSE(push_as(Ward::one_of("SP"), "LE"));
    CHECK_FALSE(push_as(id_of<PersonId>(999), "LE"));
    CHECK(push_as(Ward::one_of("LE"), "LE"));
}

TEST_CASE("The same change twice in one request, and one address twice, lose and double nothing") {
    TwoUnits ward;
    const auto change = ward.observe(ward.owner, 2);
    auto request = request_of(ward.owner);
    push_of(request, ward.record, {change, change, change});
    push_of(request, ward.record, {change});
    const auto reply = ward.exchange(ward.device(ward.owner, 1), request);
    REQUIRE(reply);
    REQUIRE(reply->push_size() == 2);
    for (const auto& push : reply->push()) {
        for (const auto& answer : push.change())
            CHECK(answer.position() == reply->push(0).change(0).position());
    }
    const auto log = ward.log(ward.record);
    CHECK(std::count_if(log.begin(), log.end(),
                        [&](const auto& one) { return one.id == change->id; }) == 1);
    CHECK(ward.log(ward.record).size() == 2);
}

TEST_CASE("A history that was invented is not entered, whatever receipts come with it") {
    TwoUnits ward;
    const auto invented = ward.observe(ward.thief, 5);
    auto request = request_of(ward.owner);
    auto& back = *request.add_give_back();
    back.set_record(base::to_bytes(ward.record));
    *back.add_change() = wire_of(*invented);
    back.mutable_change(0)->set_position(2);
    auto& range = *back.add_range();
    range = ward.parts->receipts.range(id_of<EpochId>(1), ward.record, {},
                                       ward.storage->state(ward.record).value()->head);
    auto& pairs = *back.add_pairs();
    pairs.set_epoch(base::to_bytes(id_of<EpochId>(1)));
    pairs.set_record(base::to_bytes(ward.record));
    pairs.add_pairs()->set_position(2);
    pairs.mutable_pairs(0)->set_id(base::to_bytes(invented->id));
    pairs.set_mac(range.mac());
    const auto before = ward.log(ward.record).size();
    const auto reply = ward.exchange(ward.device(ward.owner, 1), request);
    REQUIRE(reply);
    CHECK(reply->returned(0).change(0).error() == number(ErrorCode::receipt_invalid));
    CHECK(ward.log(ward.record).size() == before);
    CHECK_FALSE(ward.tally.new_epoch);
    CHECK(ward.storage->epoch().value().id == id_of<EpochId>(1));
}

TEST_CASE("row seal_bytes: a seal just within it is looked at, one byte more is too_large") {
    TwoUnits ward;
    auto request = request_of(ward.owner);
    auto& push = push_of(request, ward.record, {ward.observe(ward.owner, 2)});
    *push.add_seal() = padded_seal(sync::k_seal_bytes);
    *push.add_seal() = padded_seal(sync::k_seal_bytes + 1);
    REQUIRE(push.seal(0).ByteSizeLong() == sync::k_seal_bytes);
    REQUIRE(push.seal(1).ByteSizeLong() == sync::k_seal_bytes + 1);
    const auto reply = ward.exchange(ward.device(ward.owner, 1), request);
    REQUIRE(reply);
    CHECK(reply->push(0).change(0).fate() == v1::CHANGE_FATE_STORED);
    CHECK(ward.reasons() ==
          std::vector<std::uint32_t>{number(ErrorCode::malformed), number(ErrorCode::too_large)});
}

TEST_CASE("row caseload: a tablet cannot fill its unit's caseload without end") {
    TwoUnits ward;
    const auto fill_to = [&](std::size_t count) {
        store::sqlcipher::Options shared;
        shared.exclusive = false;
        auto db = store::sqlcipher::Database::open(ward.file("kari.db"),
                                                   ward.secrets.database_key.view(), shared);
        REQUIRE(db);
        auto all = db->begin();
        REQUIRE(all);
        for (std::size_t i = 1; i < count; ++i) {
            const auto record = id_of<RecordId>(static_cast<std::uint32_t>(10'000 + i));
            auto made = db->prepare("INSERT INTO record VALUES(?1,1,0,?2,0,?2,0,0,0,0,0,?2)");
            made->bind(1, record).bind(2, Digest{});
            REQUIRE(made->run());
            auto granted = db->prepare("INSERT INTO caseload VALUES(?1,?2,1)");
            granted->bind(1, ward.unit).bind(2, record);
            REQUIRE(granted->run());
        }
        REQUIRE(all->commit());
    };
    fill_to(server::storage::k_caseload_max - 1);
    const auto begin = [&](std::uint32_t number_of) {
        const auto record = id_of<RecordId>(number_of);
        auto request = request_of(ward.owner);
        request.set_holdings_complete(false);
        push_of(
            request, record,
            {ward.owner.write({.record = record, .resource = id_of<ResourceId>(1)}, pulse("70"))});
        const auto reply = ward.exchange(ward.device(ward.owner, 1), request);
        REQUIRE(reply);
        return reply->push(0).change(0);
    };
    CHECK(begin(20'001).fate() == v1::CHANGE_FATE_STORED);
    const auto beyond = begin(20'002);
    CHECK(beyond.fate() == v1::CHANGE_FATE_QUARANTINED);
    CHECK(beyond.error() == number(ErrorCode::quota_exceeded));
    CHECK_FALSE(ward.storage->state(id_of<RecordId>(20'002)).value());
}
