// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/server_exchange/ward_fixture.hpp"

using namespace kari;
using namespace kari::test;

namespace {

ChangePtr observe(Writer& writer, const Ward& ward, std::uint32_t resource,
                  const std::string& value = "70") {
    return writer.write({.record = ward.record, .resource = id_of<ResourceId>(resource)},
                        pulse(value));
}

}  // namespace

TEST_CASE("A tablet's first push begins the record, in its unit's caseload") {
    Ward ward;
    Writer tablet = Writer::tablet(1);
    auto request = request_of(tablet);
    push_of(request, ward.record, {observe(tablet, ward, 1), observe(tablet, ward, 2)});
    const auto reply = ward.exchange(ward.device(tablet, 1), request);
    REQUIRE(reply);
    REQUIRE(reply->push_size() == 1);
    REQUIRE(reply->push(0).change_size() == 2);
    CHECK(reply->push(0).change(0).fate() == v1::CHANGE_FATE_STORED);
    CHECK(reply->push(0).change(1).position() == 2);
    CHECK(ward.parts->receipts.check(reply->push(0).receipt()));
    CHECK(ward.storage->caseload_state(ward.unit, ward.record).value() ==
          server::storage::CaseloadState::granted);
    CHECK(ward.storage->state(ward.record).value()->made_on_tablet);
}

TEST_CASE("A push may be repeated: the answer is the same and nothing is stored twice") {
    Ward ward;
    Writer tablet = Writer::tablet(1);
    auto request = request_of(tablet);
    push_of(request, ward.record, {observe(tablet, ward, 1), observe(tablet, ward, 2)});
    const auto first = ward.exchange(ward.device(tablet, 1), request);
    const auto again = ward.exchange(ward.device(tablet, 1), request);
    REQUIRE(first);
    REQUIRE(again);
    CHECK(first->push(0).SerializeAsString() == again->push(0).SerializeAsString());
    CHECK(ward.log(ward.record).size() == 2);
    CHECK(ward.tally.repeated == 2);
}

TEST_CASE("One bad change goes to quarantine with its reason and delays nobody") {
    Ward ward;
    Writer tablet = Writer::tablet(1);
    Writer stranger = Writer::tablet(2);
    Writer forger = Writer::server(1);  // the tablet's incarnation, claiming to be the server
    const auto good = observe(tablet, ward, 1);
    auto request = request_of(tablet);
    auto& push = push_of(request, ward.record, {good});
    auto& broken = *push.add_change();
    broken.set_header("not a header");
    auto& tampered = *push.add_change();
    tampered = wire_of(*observe(tablet, ward, 2));
    (*tampered.mutable_body())[20] ^= 1;
    *push.add_change() = wire_of(*observe(stranger, ward, 3));
    *push.add_change() = wire_of(*observe(forger, ward, 4));
    *push.add_change() = wire_of(*observe(tablet, ward, 5));
    const auto reply = ward.exchange(ward.device(tablet, 1), request);
    REQUIRE(reply);
    const auto& answers = reply->push(0).change();
    REQUIRE(answers.size() == 6);
    const auto error = [&](int i) {
        return error_code_from(answers[i].error());
    };
    CHECK(answers[0].fate() == v1::CHANGE_FATE_STORED);
    CHECK(answers[1].fate() == v1::CHANGE_FATE_QUARANTINED);
    CHECK(error(1) == ErrorCode::malformed);
    CHECK(error(2) == ErrorCode::malformed);
    CHECK(error(3) == ErrorCode::not_permitted);
    CHECK(error(4) == ErrorCode::origin_forged);
    // Its predecessor went to quarantine: the successor names the gap, and is stored.
    CHECK(answers[5].fate() == v1::CHANGE_FATE_STORED);
    CHECK(ward.storage->gaps(ward.record).value().size() == 1);
    CHECK(ward.storage->quarantined().value().size() == 4);
}

TEST_CASE("What is pushed for a record that is not here is answered, all of it, and kept") {
    Ward ward;
    Writer tablet = Writer::tablet(1);
    RecordId unknown = ward.record;
    unknown.bytes[0] ^= 1;
    auto request = request_of(tablet);
    auto& push = push_of(request, unknown, {});
    push.add_access()->set_entry("who looked");
    push.add_seal()->set_statement("how far it is sealed");
    const auto reply = ward.exchange(ward.device(tablet, 1), request);
    REQUIRE(reply);
    REQUIRE(reply->push_size() == 1);
    REQUIRE(reply->push(0).access_size() == 1);
    CHECK(reply->push(0).access(0).fate() == v1::CHANGE_FATE_QUARANTINED);
    CHECK(reply->push(0).seals_stored() == 1);
    CHECK(ward.storage->quarantined().value().size() == 2);
}

TEST_CASE("A change too large is quarantined, one just within the limit is stored") {
    Ward ward;
    Writer tablet = Writer::tablet(1);
    const auto of_size = [&](std::uint32_t resource, std::size_t text) {
        v1::DocumentReference note;
        note.mutable_document()->set_text(std::string(text, 'n'));
        return tablet.write({.record = ward.record, .resource = id_of<ResourceId>(resource)}, note);
    };
    const auto within = of_size(1, merge::k_body_bytes_max - 64);
    REQUIRE(within->body_bytes->size() <= merge::k_body_bytes_max);
    auto request = request_of(tablet);
    auto& push = push_of(request, ward.record, {within});
    auto& over = *push.add_change();
    over = wire_of(*within);
    over.mutable_body()->resize(merge::k_body_bytes_max + 1);
    const auto reply = ward.exchange(ward.device(tablet, 1), request);
    REQUIRE(reply);
    CHECK(reply->push(0).change(0).fate() == v1::CHANGE_FATE_STORED);
    CHECK(error_code_from(reply->push(0).change(1).error()) == ErrorCode::too_large);
}

TEST_CASE("A predecessor that the server holds need not be sent") {
    Ward ward;
    Writer tablet = Writer::tablet(1);
    auto request = request_of(tablet);
    auto& push = push_of(request, ward.record, {observe(tablet, ward, 1)});
    *push.add_change() = wire_of(*observe(tablet, ward, 2), false);
    auto reply = ward.exchange(ward.device(tablet, 1), request);
    REQUIRE(reply);
    CHECK(reply->push(0).change(1).fate() == v1::CHANGE_FATE_STORED);
    observe(tablet, ward, 3);  // never sent
    request.clear_push();
    auto& later = push_of(request, ward.record, {});
    *later.add_change() = wire_of(*observe(tablet, ward, 4), false);
    reply = ward.exchange(ward.device(tablet, 1), request);
    REQUIRE(reply);
    CHECK(error_code_from(reply->push(0).change(0).error()) == ErrorCode::chain_broken);
}

TEST_CASE("A fork of a stream keeps both changes and raises a finding") {
    Ward ward;
    Writer tablet = Writer::tablet(1);
    Writer restored = Writer::tablet(1);
    restored.waits(Duration::minutes(5));
    auto request = request_of(tablet);
    push_of(request, ward.record, {observe(tablet, ward, 1), observe(restored, ward, 2, "99")});
    REQUIRE(ward.exchange(ward.device(tablet, 1), request));
    bool stated = false;
    for (const auto& stored : ward.log(ward.record)) {
        const auto change = merge::decode_change(stored.header_bytes, stored.body_bytes);
        REQUIRE(change);
        if (change->header.kind() != v1::KIND_DETECTED_ISSUE) continue;
        CHECK(change->from_server());
        v1::DetectedIssue issue;
        REQUIRE(issue.ParseFromString(change->body.resource()));
        stated = stated || issue.statement().rule() == "integrity/stream-fork";
    }
    CHECK(stated);
    const auto length = ward.log(ward.record).size();
    REQUIRE(ward.exchange(ward.device(tablet, 1), request));
    CHECK(ward.log(ward.record).size() == length);  // said once
}

TEST_CASE("A revoked tablet's push goes to quarantine and it is told so") {
    Ward ward;
    Writer tablet = Writer::tablet(1);
    auto who = ward.device(tablet, 1);
    auto request = request_of(tablet);
    push_of(request, ward.record, {observe(tablet, ward, 1)});
    who.revoked = true;
    const auto refused = ward.exchange(who, request);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::device_revoked);
    who.revoked = false;
    who.expired = true;
    const auto expired = ward.exchange(who, request);
    REQUIRE_FALSE(expired);
    CHECK(expired.error().code == ErrorCode::device_expired);
    CHECK(ward.storage->quarantined().value().size() == 1);
    CHECK_FALSE(ward.storage->state(ward.record).value());
}

TEST_CASE("A request beyond the limits or of another protocol is refused whole") {
    Ward ward;
    Writer tablet = Writer::tablet(1);
    auto request = request_of(tablet);
    auto& push = push_of(request, ward.record, {});
    for (std::size_t i = 0; i < sync::k_push_changes; ++i) {
        *push.add_change() = wire_of(*observe(tablet, ward, static_cast<std::uint32_t>(i)));
    }
    CHECK(ward.exchange(ward.device(tablet, 1), request));
    *push.add_change() = wire_of(*observe(tablet, ward, 5'000));
    auto refused = ward.exchange(ward.device(tablet, 1), request);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::too_many);
    request = request_of(tablet);
    request.set_protocol(2);
    refused = ward.exchange(ward.device(tablet, 1), request);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::protocol_unsupported);
    Writer other = Writer::tablet(2);
    refused = ward.exchange(ward.device(tablet, 1), request_of(other));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::not_permitted);
}

TEST_CASE("The safety lane takes no push") {
    Ward ward;
    Writer tablet = Writer::tablet(1);
    auto request = request_of(tablet, v1::LANE_SAFETY);
    push_of(request, ward.record, {observe(tablet, ward, 1)});
    const auto reply = ward.exchange(ward.device(tablet, 1), request);
    REQUIRE(reply);
    CHECK(reply->push_size() == 0);
    CHECK_FALSE(ward.storage->state(ward.record).value());
}

TEST_CASE("A clock's true difference is noted once, when a change was written without knowing") {
    Ward ward;
    Writer tablet = Writer::tablet(1);
    tablet.now = ward.clock.now - Duration::hours(3);
    auto request = request_of(tablet);
    request.set_boot(base::to_bytes(tablet.boot));
    request.set_wall_ms(tablet.now.ms);
    push_of(request, ward.record, {observe(tablet, ward, 1)});
    REQUIRE(ward.exchange(ward.device(tablet, 1), request));
    REQUIRE(ward.log(ward.record).size() == 2);
    const auto note = merge::decode_change(ward.log(ward.record)[1].header_bytes,
                                           ward.log(ward.record)[1].body_bytes);
    REQUIRE(note);
    v1::TimeNote value;
    REQUIRE(value.ParseFromString(note->body.resource()));
    CHECK(value.note().server_minus_device_ms() == Duration::hours(3).ms);
    CHECK(value.note().boot() == base::to_bytes(tablet.boot));
    request.clear_push();
    push_of(request, ward.record, {observe(tablet, ward, 2)});
    REQUIRE(ward.exchange(ward.device(tablet, 1), request));
    CHECK(ward.log(ward.record).size() == 3);  // no second note
}
