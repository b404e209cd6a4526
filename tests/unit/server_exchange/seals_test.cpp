// SPDX-License-Identifier: Apache-2.0
//
// Seals and certificates on their way to tablets, and back from them to a restored server.
#include "tests/unit/server_exchange/sealing_tablet.hpp"

using namespace kari;
using namespace kari::test;
using server::identity::read_signing_certificate;

namespace {

struct Sealed : Ward {
    SealingTablet author{*this, 1};
    Writer reader = Writer::tablet(2);
    std::vector<ChangePtr> changes;

    ChangePtr write(std::uint32_t resource) {
        changes.push_back(author.writer.write(
            {.record = record, .resource = id_of<ResourceId>(resource)}, pulse("70")));
        return changes.back();
    }
    v1::ExchangeReply pull(const v1::RecordDelta* held = nullptr, const std::string& epoch = "") {
        auto request = request_of(reader);
        if (held != nullptr) {
            hold(request, *held, epoch);
            request.mutable_holding(0)->set_seal_position(held->seal_position());
        }
        auto reply = exchange(device(reader, 2), request);
        REQUIRE(reply);
        REQUIRE(reply->delta_size() == 1);
        return *reply;
    }
};

bool seals(const v1::RecordDelta& delta, const ChangePtr& change) {
    for (const auto& seal : delta.seal()) {
        v1::StreamHead head;
        if (head.ParseFromString(seal.leaf()) && head.head() == base::to_bytes(change->id)) {
            return true;
        }
    }
    return false;
}

}  // namespace

TEST_CASE(
    "a seal that came after its change was given out is told with the next comparison, once") {
    Sealed ward;
    const auto first = ward.write(1);
    ward.author.push(ward, ward.record, {first}, {}, {});
    const auto before = ward.pull();
    CHECK_FALSE(seals(before.delta(0), first));
    ward.author.push(ward, ward.record, {}, {ward.author.look(ward.record)},
                     ward.author.seal(ward.record, first));
    const auto after = ward.pull(&before.delta(0), before.epoch());
    CHECK(after.delta(0).change_size() == 0);
    CHECK(seals(after.delta(0), first));
    for (const auto& seal : after.delta(0).seal()) {
        v1::StreamHead head;
        REQUIRE(head.ParseFromString(seal.leaf()));
        CHECK(head.log() == v1::LOG_KIND_CHANGE);  // the access log never goes down
    }
    const auto again = ward.pull(&after.delta(0), after.epoch());
    CHECK(again.delta(0).seal_size() == 0);
    CHECK(again.delta(0).seal_position() == after.delta(0).seal_position());
}

TEST_CASE("a tablet gets the certificates that it asks for, the server's own among them") {
    Sealed ward;
    ward.author.push(ward, ward.record, {ward.write(1)}, {}, {});
    {
        auto open = ward.storage->begin(ward.record);
        REQUIRE(open);
        v1::Observation said = pulse("71");
        server::exchange::ServerStatement statement;
        statement.resource = id_of<ResourceId>(5);
        statement.kind = v1::KIND_OBSERVATION;
        statement.message = &said;
        REQUIRE(ward.parts->stream.write(**open, statement));
        REQUIRE(ward.parts->stream.commit(**open));
    }
    auto request = request_of(ward.reader);
    const auto server = ward.parts->stream.incarnation();
    for (const auto& wanted :
         {ward.author.writer.incarnation, server, id_of<IncarnationId>(4711)}) {
        request.add_want_certificate(base::to_bytes(wanted));
    }
    const auto reply = ward.exchange(ward.device(ward.reader, 2), request);
    REQUIRE(reply);
    REQUIRE(reply->certificate_size() == 2);
    for (const auto& told : reply->certificate()) {
        const auto key = read_signing_certificate(told.certificate(), ward.secrets.ca_certificate);
        REQUIRE(key);
        CHECK(base::to_bytes(key->incarnation) == told.incarnation());
    }
    for (std::size_t n = 0; n <= sync::k_certificates; ++n)
        request.add_want_certificate(std::string(16, 'x'));
    CHECK(ward.exchange(ward.device(ward.reader, 2), request).error().code == ErrorCode::too_many);
}

TEST_CASE("the journal brings back the certificate of a process that ran after the backup") {
    Sealed ward;
    ward.author.push(ward, ward.record, {ward.write(1)}, {}, {});
    REQUIRE(ward.storage->copy_to(ward.file("copy.db"), ward.secrets.database_key.view()));
    ward.start();
    const auto lost = ward.parts->stream.incarnation();
    {
        auto open = ward.storage->begin(ward.record);
        REQUIRE(open);
        v1::Observation said = pulse("71");
        server::exchange::ServerStatement statement;
        statement.resource = id_of<ResourceId>(5);
        statement.kind = v1::KIND_OBSERVATION;
        statement.message = &said;
        REQUIRE(ward.parts->stream.write(**open, statement));
        REQUIRE(ward.parts->stream.commit(**open));
    }
    REQUIRE(ward.storage->signing_certificate(lost).value());
    ward.stop_and_put_back("copy.db");
    CHECK_FALSE(ward.storage->signing_certificate(lost).value());
    REQUIRE(ward.parts->journal->replay(*ward.storage));
    CHECK(ward.storage->signing_certificate(lost).value());
}

TEST_CASE("a copy of a tablet that went on has its seals taken, in whatever order records come") {
    Sealed ward;
    const auto first = ward.write(1);
    ward.author.push(ward, ward.record, {first}, {}, ward.author.seal(ward.record, first));
    // Put back to before that, it numbers its seals as before.
    ward.author.seals = 0;
    const auto other = id_of<RecordId>(77);
    const auto elsewhere =
        ward.author.writer.write({.record = other, .resource = id_of<ResourceId>(8)}, pulse("71"));
    const auto before = ward.author.seal(other, elsewhere);
    const auto here = ward.write(2);
    const auto after = ward.author.seal(ward.record, here);
    auto request = request_of(ward.author.writer);
    auto& late = push_of(request, ward.record, {here});
    for (const auto& each : after)
        *late.add_seal() = each;
    auto& early = push_of(request, other, {elsewhere});
    for (const auto& each : before)
        *early.add_seal() = each;
    const auto reply = ward.exchange(ward.author.who, request);
    REQUIRE(reply);
    CHECK(ward.tally.quarantined == 0);
    CHECK(ward.storage->seal_statements(ward.author.writer.incarnation, 1)->size() == 2);
    CHECK(ward.storage->seal_statements(ward.author.writer.incarnation, 2)->size() == 1);
}

TEST_CASE("what a tablet gives back to a restored server comes with its seals, the server's too") {
    Sealed ward;
    ward.author.push(ward, ward.record, {ward.write(1)}, {}, {});
    REQUIRE(ward.storage->copy_to(ward.file("copy.db"), ward.secrets.database_key.view()));
    ward.start();
    const auto lost_server = ward.parts->stream.incarnation();
    const auto last = ward.write(2);
    ward.author.push(ward, ward.record, {last}, {}, ward.author.seal(ward.record, last));
    {
        auto open = ward.storage->begin(ward.record);
        REQUIRE(open);
        v1::Observation said = pulse("71");
        server::exchange::ServerStatement statement;
        statement.resource = id_of<ResourceId>(5);
        statement.kind = v1::KIND_OBSERVATION;
        statement.message = &said;
        REQUIRE(ward.parts->stream.write(**open, statement));
        REQUIRE(ward.parts->stream.commit(**open));
    }
    const auto kept = ward.pull();
    ward.stop_and_put_back("copy.db");
    REQUIRE(ward.parts->journal->replay(*ward.storage));
    REQUIRE(ward.storage->begin_epoch(id_of<EpochId>(2), ward.clock.now));
    auto request = request_of(ward.reader);
    auto& back = *request.add_give_back();
    back.set_record(base::to_bytes(ward.record));
    for (const auto& wire : kept.delta(0).change()) {
        auto& given = *back.add_change();
        given = wire;
        if (given.prev().empty() && given.header() == wire_of(*last).header()) {
            given.set_prev(wire_of(*last).prev());
        }
    }
    *back.add_range() = kept.delta(0).receipt();
    *back.mutable_seal() = kept.delta(0).seal();
    REQUIRE(back.seal_size() >= 2);
    const auto reply = ward.exchange(ward.device(ward.reader, 2), request);
    REQUIRE(reply);
    CHECK(static_cast<int>(reply->returned(0).seals_stored()) == back.seal_size());
    bool of_author = false;
    bool of_lost_server = false;
    const auto stored = ward.storage->all_seals(ward.record).value();
    for (const auto& seal : stored) {
        of_author = of_author || seal.incarnation == ward.author.writer.incarnation;
        of_lost_server = of_lost_server || seal.incarnation == lost_server;
    }
    CHECK(of_author);
    CHECK(of_lost_server);
}

TEST_CASE("a seal that comes late, over what a restored server lost, waits until that is back") {
    Sealed ward;
    ward.author.push(ward, ward.record, {ward.write(1)}, {}, {});
    REQUIRE(ward.storage->copy_to(ward.file("copy.db"), ward.secrets.database_key.view()));
    ward.start();
    const auto lost = ward.write(2);
    const auto entry = ward.author.look(ward.record);
    ward.author.push(ward, ward.record, {lost}, {entry}, {});
    const auto sealed = ward.author.seal(ward.record, lost);
    auto late = request_of(ward.author.writer);
    late.set_epoch(base::to_bytes(ward.storage->epoch()->id));
    auto& part = push_of(late, ward.record, {});
    for (const auto& each : sealed)
        *part.add_seal() = each;
    ward.stop_and_put_back("copy.db");
    REQUIRE(ward.storage->begin_epoch(id_of<EpochId>(2), ward.clock.now));
    const auto reply = ward.exchange(ward.author.who, late);
    REQUIRE(reply);
    CHECK(reply->push(0).seals_stored() == 0);
    CHECK(ward.tally.quarantined == 0);
    ward.author.push(ward, ward.record, {lost}, {entry}, sealed);
    // Of this epoch it is somebody's error, and kept for an operator.
    auto never = request_of(ward.author.writer);
    never.set_epoch(base::to_bytes(id_of<EpochId>(2)));
    *push_of(never, ward.record, {}).add_seal() =
        ward.author.seal(ward.record, ward.write(3)).front();
    const auto refused = ward.exchange(ward.author.who, never);
    REQUIRE(refused);
    CHECK(refused->push(0).seals_stored() == 1);
    CHECK(ward.tally.quarantined == 1);
}

TEST_CASE("what comes late of a record that a restored server lost is left with the tablet") {
    Sealed ward;
    ward.author.push(ward, ward.record, {ward.write(1)}, {}, {});
    REQUIRE(ward.storage->copy_to(ward.file("copy.db"), ward.secrets.database_key.view()));
    ward.start();
    const auto made = id_of<RecordId>(77);
    const auto first =
        ward.author.writer.write({.record = made, .resource = id_of<ResourceId>(8)}, pulse("71"));
    ward.author.push(ward, made, {first}, {}, {});
    const auto entry = ward.author.look(made);
    const auto sealed = ward.author.seal(made, first);
    auto late = request_of(ward.author.writer);
    late.set_epoch(base::to_bytes(ward.storage->epoch()->id));
    auto& part = push_of(late, made, {});
    part.add_access()->set_entry(entry);
    for (const auto& each : sealed)
        *part.add_seal() = each;
    ward.stop_and_put_back("copy.db");
    REQUIRE(ward.storage->begin_epoch(id_of<EpochId>(2), ward.clock.now));
    const auto reply = ward.exchange(ward.author.who, late);
    REQUIRE(reply);
    CHECK(reply->push(0).seals_stored() == 0);
    REQUIRE(reply->push(0).access_size() == 1);
    CHECK(reply->push(0).access(0).fate() == v1::CHANGE_FATE_UNSPECIFIED);
    CHECK(ward.tally.quarantined == 0);
    ward.author.push(ward, made, {first}, {entry}, sealed);
}

TEST_CASE("of two changes at one own address both are sent whole, since one may not be held") {
    Sealed ward;
    const auto first = ward.write(1);
    ward.author.push(ward, ward.record, {first}, {}, {});
    Writer clone = Writer::tablet(1);
    const auto twin =
        clone.write({.record = ward.record, .resource = id_of<ResourceId>(9)}, pulse("99"));
    ward.author.push(ward, ward.record, {twin}, {}, {});
    auto request = request_of(ward.author.writer);
    auto& holding = *request.add_holding();
    holding.set_record(base::to_bytes(ward.record));
    holding.set_own_seq(1);
    const auto reply = ward.exchange(ward.author.who, request);
    REQUIRE(reply);
    REQUIRE(reply->delta_size() == 1);
    int whole = 0;
    for (const auto& wire : reply->delta(0).change()) {
        v1::ChangeHeader header;
        if (!wire.header().empty() && header.ParseFromString(wire.header()) &&
            header.incarnation() == base::to_bytes(clone.incarnation)) {
            ++whole;
        }
    }
    CHECK(whole == 2);
}
