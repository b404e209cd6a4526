// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "sdk/sync/chain.hpp"
#include "sdk/sync/limits.hpp"
#include "tests/unit/server_exchange/ward_fixture.hpp"

using namespace kari;
using namespace kari::test;

namespace {

// A record with observations and allergies by one tablet, in the unit's caseload.
struct Busy : Ward {
    Writer author = Writer::tablet(1);
    Writer reader = Writer::tablet(2);

    explicit Busy(std::uint32_t observations) {
        auto request = request_of(author);
        std::vector<ChangePtr> changes;
        for (std::uint32_t i = 0; i < observations; ++i) {
            changes.push_back(author.write({.record = record, .resource = id_of<ResourceId>(i)},
                                           pulse(std::to_string(i))));
        }
        v1::AllergyIntolerance allergy;
        auto* coding = allergy.mutable_code()->add_coding();
        coding->set_system("http://www.whocc.no/atc");
        coding->set_code("J01CE02");
        allergy.set_clinical_status(v1::ALLERGY_CLINICAL_STATUS_ACTIVE);
        changes.push_back(
            author.write({.record = record, .resource = id_of<ResourceId>(9'000)}, allergy));
        push_of(request, record, changes);
        const auto reply = exchange(device(author, 1), request);
        REQUIRE(reply);
    }
    v1::ExchangeReply pull(const v1::ExchangeRequest& request) {
        const auto reply = exchange(device(reader, 2), request);
        REQUIRE(reply);
        return *reply;
    }
};

// Every change of a delta leads from its base to its end.
bool chain_holds(const v1::RecordDelta& delta) {
    auto point = sync::point_from(delta.base());
    const auto end = sync::point_from(delta.end());
    if (!point || !end) return false;
    // What stands at an address of a stream, as a device would remember it.
    std::map<std::pair<std::string, std::uint64_t>, std::string> at;
    for (const auto& wire : delta.change()) {
        ChangeId id;
        if (wire.header().empty()) {
            const auto named = base::from_bytes<ChangeId>(wire.id());
            if (!named) return false;
            id = *named;
        } else {
            v1::ChangeHeader core;
            if (!core.ParseFromString(wire.header())) return false;
            const bool left_out = wire.prev().empty() && core.seq() > 1;
            const auto header = merge::join_header(
                wire.header(), left_out ? at[{core.incarnation(), core.seq() - 1}] : wire.prev());
            at[{core.incarnation(), core.seq()}] = base::to_bytes(base::sha256(header));
            id = base::from_bytes<ChangeId>(base::to_bytes(base::sha256(header))).value();
        }
        if (wire.position() != point->position + 1) return false;
        *point = sync::extend(*point, id);
    }
    return *point == *end;
}

}  // namespace

TEST_CASE("A new tablet of the unit gets the whole record, dense, with a receipt") {
    Busy ward(1);
    const auto reply = ward.pull(request_of(ward.reader));
    CHECK(reply.caseload_complete());
    REQUIRE(reply.caseload_size() == 1);
    CHECK(reply.caseload(0).state() == v1::CASELOAD_STATE_GRANTED);
    REQUIRE(reply.delta_size() == 1);
    const auto& delta = reply.delta(0);
    CHECK(delta.end().position() == ward.log(ward.record).size());
    CHECK(delta.change(0).prev().empty());  // the first of its stream has none
    CHECK(delta.change(0).header().size() > 0);
    CHECK(ward.parts->receipts.check(delta.receipt()));
    auto forged = delta.receipt();
    forged.mutable_end()->set_position(7);
    CHECK_FALSE(ward.parts->receipts.check(forged));
    CHECK(reply.unit().display() == "Unit");
}

TEST_CASE("A large record comes in parts that join, each within the bytes asked for") {
    Busy ward(150);
    auto request = request_of(ward.reader);
    request.set_max_reply_bytes(16 * 1024);
    std::uint64_t position = 0;
    std::size_t parts = 0;
    for (bool more = true; more && parts < 100; ++parts) {
        const auto reply = ward.pull(request);
        CHECK(reply.ByteSizeLong() < 24 * 1024);
        REQUIRE(reply.delta_size() == 1);
        const auto& delta = reply.delta(0);
        CHECK(delta.base().position() == position);
        position = delta.end().position();
        more = reply.more();
        request.clear_holding();
        hold(request, delta, reply.epoch());
    }
    CHECK(position == ward.log(ward.record).size());
    CHECK(parts > 2);
}

TEST_CASE("A tablet is not sent the bytes of what it holds: its own, and the safety lane's") {
    Busy ward(3);
    auto request = request_of(ward.author);
    auto& holding = *request.add_holding();
    holding.set_record(base::to_bytes(ward.record));
    holding.set_epoch(base::to_bytes(id_of<EpochId>(1)));
    holding.set_own_seq(4);
    auto reply = ward.exchange(ward.device(ward.author, 1), request);
    REQUIRE(reply);
    REQUIRE(reply->delta_size() == 1);
    CHECK(chain_holds(reply->delta(0)));
    for (const auto& wire : reply->delta(0).change()) {
        if (!wire.header().empty()) continue;
        CHECK(wire.id().size() == 32);
    }
    CHECK(reply->delta(0).change(0).header().empty());

    // What comes with the request it holds too, whatever it claims.
    const auto pushed =
        ward.author.write({.record = ward.record, .resource = id_of<ResourceId>(99)}, pulse("70"));
    auto pushing = request;
    push_of(pushing, ward.record, {pushed});
    reply = ward.exchange(ward.device(ward.author, 1), pushing);
    REQUIRE(reply);
    REQUIRE(reply->delta_size() == 1);
    const auto& wires = reply->delta(0).change();
    CHECK(std::count_if(wires.begin(), wires.end(), [&](const v1::WireChange& wire) {
              return wire.header().empty() && wire.id() == base::to_bytes(pushed->id);
          }) == 1);

    // After a purge it holds nothing, its own work neither.
    request.mutable_holding(0)->set_own_seq(0);
    reply = ward.exchange(ward.device(ward.author, 1), request);
    REQUIRE(reply);
    REQUIRE(reply->delta_size() == 1);
    for (const auto& wire : reply->delta(0).change())
        CHECK_FALSE(wire.header().empty());

    auto reading = request_of(ward.reader);
    auto& held = *reading.add_holding();
    held.set_record(base::to_bytes(ward.record));
    held.set_epoch(base::to_bytes(id_of<EpochId>(1)));
    held.set_safety_position(4);
    const auto other = ward.pull(reading);
    REQUIRE(other.delta_size() == 1);
    CHECK_FALSE(other.delta(0).change(0).header().empty());  // an observation
    CHECK(other.delta(0).change(3).header().empty());        // the allergy
    CHECK(chain_holds(other.delta(0)));
}

TEST_CASE("What goes with its bytes in a part needs no prev after it; what a tablet holds does") {
    Busy ward(3);
    const auto first = ward.pull(request_of(ward.reader));
    REQUIRE(first.delta_size() == 1);
    CHECK(first.delta(0).change(1).prev().empty());
    // The tablet may hold two of the address before: one of a fork that this server never had.
    auto push = request_of(ward.author);
    push_of(push, ward.record,
            {ward.author.write({.record = ward.record, .resource = id_of<ResourceId>(7)},
                               pulse("70"))});
    REQUIRE(ward.exchange(ward.device(ward.author, 1), push));
    auto next = request_of(ward.reader);
    hold(next, first.delta(0), first.epoch());
    const auto second = ward.pull(next);
    REQUIRE(second.delta_size() == 1);
    REQUIRE(second.delta(0).change_size() > 0);
    CHECK(second.delta(0).change(0).prev().size() == 32);
}

TEST_CASE("After a fork in a part each change names the one of the two that it follows") {
    Busy ward(1);
    Writer copy = ward.author;  // the tablet, put back whole
    const auto on = [&](Writer& writer, std::uint32_t n) {
        return writer.write({.record = ward.record, .resource = id_of<ResourceId>(n)},
                            pulse(std::to_string(n)));
    };
    for (Writer* writer : {&ward.author, &copy}) {
        auto push = request_of(*writer);
        const std::uint32_t own = writer == &copy ? 31 : 21;
        push_of(push, ward.record, {on(*writer, 20), on(*writer, own), on(*writer, own + 1)});
        REQUIRE(ward.exchange(ward.device(*writer, 1), push));
    }
    const auto reply = ward.pull(request_of(ward.reader));
    REQUIRE(reply.delta_size() == 1);
    std::map<std::uint64_t, int> at;
    for (const auto& wire : reply.delta(0).change()) {
        v1::ChangeHeader core;
        REQUIRE(core.ParseFromString(wire.header()));
        if (core.incarnation() != base::to_bytes(ward.author.incarnation)) continue;
        const bool second = ++at[core.seq()] == 2;
        if (second) CHECK(wire.prev().size() == (at[core.seq() - 1] == 1 ? 0U : 32U));
    }
    CHECK(at[3] == 1);
    CHECK(at[4] == 2);
    CHECK(at[5] == 2);
    CHECK(chain_holds(reply.delta(0)));
}

TEST_CASE("The safety lane brings allergies and orders alone, out of order, each with its prev") {
    Busy ward(3);
    const auto reply = ward.pull(request_of(ward.reader, v1::LANE_SAFETY));
    REQUIRE(reply.delta_size() == 1);
    const auto& delta = reply.delta(0);
    CHECK(delta.out_of_order());
    REQUIRE(delta.change_size() == 1);
    CHECK(delta.change(0).position() == 4);
    CHECK(delta.change(0).prev().size() == 32);
    CHECK(delta.safety_position() == ward.log(ward.record).size());
    CHECK(ward.parts->receipts.check(delta.pairs()));
    auto again = request_of(ward.reader, v1::LANE_SAFETY);
    auto& holding = *again.add_holding();
    holding.set_record(base::to_bytes(ward.record));
    holding.set_epoch(base::to_bytes(id_of<EpochId>(1)));
    holding.set_safety_position(delta.safety_position());
    CHECK(ward.pull(again).delta_size() == 0);
}

TEST_CASE("Another unit gets nothing of the record") {
    Busy ward(1);
    REQUIRE(
        ward.storage->add_unit({id_of<UnitId>(2), id_of<RecordId>(98), "Other", "Europe/Oslo"}));
    auto who = ward.device(ward.reader, 2);
    who.unit = id_of<UnitId>(2);
    auto request = request_of(ward.reader);
    auto& holding = *request.add_holding();  // even when it says that it holds it
    holding.set_record(base::to_bytes(ward.record));
    const auto reply = ward.exchange(who, request);
    REQUIRE(reply);
    CHECK(reply->delta_size() == 0);
    REQUIRE(reply->caseload_size() == 1);
    CHECK(reply->caseload(0).state() == v1::CASELOAD_STATE_REMOVED);
}

TEST_CASE("A removed record is told with the server's point, and no content") {
    Busy ward(1);
    const auto first = ward.pull(request_of(ward.reader));
    REQUIRE(ward.storage->remove(ward.unit, ward.record));
    auto request = request_of(ward.reader);
    hold(request, first.delta(0), first.epoch());
    const auto reply = ward.pull(request);
    REQUIRE(reply.caseload_size() == 1);
    const auto& entry = reply.caseload(0);
    CHECK(entry.state() == v1::CASELOAD_STATE_REMOVED);
    CHECK(entry.server().position() == ward.log(ward.record).size());
    CHECK(entry.server().chain() == base::to_bytes(ward.log(ward.record).back().chain));
    CHECK(reply.delta_size() == 0);
}

TEST_CASE("Nothing new is an empty reply at the same feed position") {
    Busy ward(1);
    const auto first = ward.pull(request_of(ward.reader));
    auto request = request_of(ward.reader);
    request.set_holdings_complete(false);
    request.set_feed_position(first.feed_position());
    request.set_epoch(first.epoch());
    const auto reply = ward.pull(request);
    CHECK(reply.feed_position() == first.feed_position());
    CHECK(reply.delta_size() == 0);
    CHECK(reply.caseload_size() == 0);
}

TEST_CASE("What is stored is secured only by a backup that holds it") {
    Busy ward(1);
    auto reply = ward.pull(request_of(ward.reader));
    CHECK(reply.delta(0).secured().position() == 0);
    REQUIRE(ward.storage->mark_secured({{ward.record, {2, 0}}}));
    reply = ward.pull(request_of(ward.reader));
    CHECK(reply.delta(0).secured().position() == 2);
    CHECK(reply.delta(0).secured().chain() == base::to_bytes(ward.log(ward.record)[1].chain));
    ward.config.stored_is_secured = true;
    reply = ward.pull(request_of(ward.reader));
    CHECK(reply.delta(0).secured().position() == ward.log(ward.record).size());
}

TEST_CASE("A caseload larger than a reply comes in bounded replies, what is named first, whole") {
    Ward ward;
    constexpr std::uint32_t k_records = 500;
    constexpr std::uint32_t k_bytes = 16 * 1024;
    Writer author = Writer::tablet(1);
    Writer reader = Writer::tablet(2);
    const auto record_of = [](std::uint32_t number) {
        return id_of<RecordId>(1'000 + number);
    };
    for (std::uint32_t done = 0; done < k_records; done += 100) {
        auto request = request_of(author);
        request.set_holdings_complete(false);
        for (std::uint32_t i = done; i < done + 100; ++i) {
            push_of(request, record_of(i),
                    {author.write({.record = record_of(i), .resource = id_of<ResourceId>(1)},
                                  pulse("70"))});
        }
        REQUIRE(ward.exchange(ward.device(author, 1), request));
    }
    // As a device does by docs/formats/exchange.md: while there is more, it says all that it holds.
    std::map<std::string, v1::Holding> held;
    const std::string first = base::to_bytes(record_of(k_records - 1));  // named before the others
    held[first].set_record(first);
    std::uint64_t feed = 0;
    std::size_t rounds = 0;
    std::size_t came = 0;
    bool complete = false;
    for (bool more = true; more && rounds < 300; ++rounds) {
        auto request = request_of(reader);
        request.set_max_reply_bytes(k_bytes);
        request.set_epoch(base::to_bytes(id_of<EpochId>(1)));
        request.set_feed_position(feed);
        for (const auto& [record, holding] : held)
            *request.add_holding() = holding;
        const auto reply = ward.exchange(ward.device(reader, 2), request);
        REQUIRE(reply);
        INFO(rounds << " rounds: " << reply->delta_size() << " deltas, " << reply->caseload_size()
                    << " entries, " << reply->epoch_start_size() << " starts");
        std::size_t changes = 0;
        for (const auto& delta : reply->delta())
            changes += static_cast<std::size_t>(delta.change_size());
        // Without a change it tells of every record how far it is secured, whatever was asked for.
        CHECK((changes == 0 || reply->ByteSizeLong() < k_bytes + 2 * 1024));
        CHECK(reply->ByteSizeLong() < sync::k_reply_bytes);
        for (const auto& entry : reply->caseload())
            held[entry.record()].set_record(entry.record());
        if (rounds == 0) {
            REQUIRE(reply->delta_size() > 0);
            CHECK(reply->delta(0).record() == first);
        }
        for (const auto& delta : reply->delta()) {
            auto& holding = held[delta.record()];
            holding.set_record(delta.record());
            holding.set_epoch(reply->epoch());
            came += static_cast<std::size_t>(delta.change_size());
            *holding.mutable_cursor() = delta.end();
        }
        more = reply->more();
        CHECK((more || reply->feed_position() > 0));
        if (more) CHECK(reply->feed_position() <= feed);
        complete = reply->caseload_complete();
    }
    CHECK(rounds > 10);
    CHECK(rounds < 300);
    CHECK(held.size() == k_records);
    CHECK(came == k_records);  // each once
    for (std::uint32_t i = 0; i < k_records; ++i) {
        CHECK(held.at(base::to_bytes(record_of(i))).cursor().position() == 1);
    }
    CHECK_FALSE(complete);  // it never fits: absence from it means nothing
    auto request = request_of(reader);
    for (const auto& [record, holding] : held)
        *request.add_holding() = holding;
    const auto reply = ward.exchange(ward.device(reader, 2), request);
    REQUIRE(reply);
    CHECK(reply->caseload_complete());
    CHECK(reply->caseload_size() == static_cast<int>(k_records));
    CHECK_FALSE(reply->more());
}
