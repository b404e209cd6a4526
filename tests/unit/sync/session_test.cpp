// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch_test_macros.hpp>

#include "sdk/sync/limits.hpp"
#include "tests/unit/sync/session_run.hpp"

namespace kari::sync::test {
namespace {

const RecordId k_ada = an_id<RecordId>("ada");
const RecordId k_bo = an_id<RecordId>("bo");

bool holds(const Problem& problem, ErrorCode code) {
    return problem.error.code == code;
}

}  // namespace

TEST_CASE("a first session pulls the safety lane before it pushes anything") {
    ModelServer server;
    Tablet tablet("a");
    tablet.replica.write(k_ada);
    tablet.done(server);
    REQUIRE(server.requests.size() >= 2);
    CHECK(server.requests[0].lane() == v1::LANE_SAFETY);
    CHECK(server.requests[0].push_size() == 0);
    CHECK(server.requests[1].lane() == v1::LANE_FULL);
    CHECK(server.requests[1].push_size() == 1);
    CHECK(server.requests[0].protocol() == k_protocol);
    CHECK(server.requests[0].exchange().size() == 16);
    CHECK(server.requests[0].exchange() != server.requests[1].exchange());
}

TEST_CASE("what one tablet writes reaches the other byte for byte") {
    ModelServer server;
    Tablet a("a");
    Tablet b("b");
    std::vector<ChangeId> written;
    for (int i = 0; i < 5; ++i)
        written.push_back(a.replica.write(i % 2 == 0 ? k_ada : k_bo));
    const Summary up = a.done(server);
    CHECK(up.complete);
    CHECK(up.progress.changes_sent == 5);
    CHECK(a.replica.acknowledged(k_ada) == 3);
    const Summary down = b.done(server);
    CHECK(down.complete);
    for (std::size_t i = 0; i < written.size(); ++i) {
        CHECK(b.replica.has(i % 2 == 0 ? k_ada : k_bo, written[i]));
    }
    CHECK(a.replica.records.at(k_ada).cursor == server.end(k_ada));
    CHECK(b.replica.records.at(k_ada).cursor == server.end(k_ada));
}

TEST_CASE("a stop in the safety lane is here before the rest, and moves no cursor") {
    ModelServer server;
    server.assign(k_ada);
    Writer upstream("upstream");
    for (int i = 0; i < 4; ++i)
        server.append(k_ada, upstream.write(k_ada));
    const StoredChange stop = upstream.write(k_ada, k_safety_kind);
    server.append(k_ada, stop);
    Tablet tablet("a");
    // Only the first request gets through.
    tablet.failed(server, [](std::size_t n) { return n == 0 ? Fault::none : Fault::lost_before; });
    CHECK(tablet.replica.has(k_ada, stop.id));
    const auto& record = tablet.replica.records.at(k_ada);
    CHECK(record.cursor == Point{});
    CHECK(record.safety_position == 5);
    CHECK(record.pairs.size() == 1);
    REQUIRE(tablet.replica.finished.size() == 1);
    CHECK(tablet.replica.finished[0].safety_only);
    CHECK_FALSE(tablet.replica.finished[0].feed_position);
    CHECK(tablet.summary.safety_done);
    tablet.done(server);
    CHECK(record.cursor == server.end(k_ada));
}

TEST_CASE("nothing new is two small requests without holdings") {
    ModelServer server;
    Tablet tablet("a");
    tablet.replica.write(k_ada);
    tablet.done(server);
    server.requests.clear();
    const Summary again = tablet.done(server);
    CHECK(again.complete);
    REQUIRE(server.requests.size() == 2);
    for (const auto& request : server.requests) {
        CHECK(request.holding_size() == 0);
        CHECK_FALSE(request.holdings_complete());
        CHECK(request.ByteSizeLong() < 120);
        CHECK(request.feed_position() == server.now.feed.size());
    }
}

TEST_CASE("holdings are compared after unlock and when an hour has gone") {
    ModelServer server;
    Tablet tablet("a");
    tablet.replica.write(k_ada);
    tablet.done(server);
    tablet.boot_clock_ms += k_complete_every_ms - 10'000;
    CHECK_FALSE(tablet.done(server).holdings_compared);
    tablet.boot_clock_ms += 20'000;
    CHECK(tablet.done(server).holdings_compared);
    CHECK_FALSE(tablet.done(server).holdings_compared);
    const Action action = tablet.sync(server, {}, {}, Session{true, true});
    CHECK(std::get<Done>(action).summary.holdings_compared);
}

TEST_CASE("a push holds at most 200 changes or 64 KiB, and one larger change goes alone") {
    ModelServer server;
    Tablet tablet("a");
    for (int i = 0; i < 450; ++i)
        tablet.replica.write(k_ada);
    for (int i = 0; i < 6; ++i)
        tablet.replica.write(k_bo, k_ordinary_kind, 30'000);
    const ChangeId large = tablet.replica.write(k_bo, k_ordinary_kind, 900'000);
    for (int i = 0; i < 4; ++i)
        tablet.replica.open_chart(k_ada);
    CHECK(tablet.done(server).complete);
    CHECK(server.has(large));
    CHECK(server.now.logs.at(k_ada).ids.size() == 450);
    CHECK(server.now.access.size() == 4);
    for (const auto& request : server.requests) {
        std::size_t items = 0;
        std::size_t bytes = 0;
        for (const auto& push : request.push()) {
            items += static_cast<std::size_t>(push.change_size() + push.access_size());
            for (const auto& change : push.change()) {
                bytes += change.header().size() + change.body().size();
            }
        }
        CHECK(items <= k_push_changes);
        CHECK((bytes <= k_push_bytes || items == 1));
        CHECK(request.ByteSizeLong() <= k_request_bytes);
    }
}

TEST_CASE("a long log comes in parts, and each part is applied in short transactions") {
    ModelServer server;
    server.assign(k_ada);
    server.delta_changes = 300;
    Writer upstream("upstream");
    for (int i = 0; i < 1000; ++i)
        server.append(k_ada, upstream.write(k_ada));
    Tablet tablet("a");
    const Summary summary = tablet.done(server);
    CHECK(summary.progress.changes_received == 1000);
    CHECK(summary.progress.records_done == 1);
    CHECK(tablet.replica.records.at(k_ada).cursor == server.end(k_ada));
    CHECK(tablet.replica.largest_piece <= k_apply_changes);
    REQUIRE(tablet.replica.records.at(k_ada).receipt);
    CHECK(tablet.replica.records.at(k_ada).receipt->end().position() == 1000);
}

TEST_CASE("a reply that was cut is asked for again until all records are here") {
    ModelServer server;
    server.reply_changes = 7;
    Writer upstream("upstream");
    for (int r = 0; r < 20; ++r) {
        const auto record = an_id<RecordId>("record " + std::to_string(r));
        server.assign(record);
        for (int i = 0; i < 5; ++i)
            server.append(record, upstream.write(record));
    }
    Tablet tablet("a");
    CHECK(tablet.done(server).complete);
    for (const auto& [record, log] : server.now.logs) {
        CHECK(tablet.replica.records.at(record).cursor == log.points.back());
    }
}

TEST_CASE("what changed between two sessions is fetched by the feed alone") {
    ModelServer server;
    Tablet a("a");
    Tablet b("b");
    a.replica.write(k_ada);
    a.replica.write(k_bo);
    a.done(server);
    b.done(server);
    const ChangeId news = a.replica.write(k_bo);
    a.done(server);
    server.requests.clear();
    const Summary summary = b.done(server);
    CHECK_FALSE(summary.holdings_compared);
    CHECK(b.replica.has(k_bo, news));
    for (const auto& request : server.requests)
        CHECK(request.holding_size() <= 1);
}

TEST_CASE("one quarantined change delays no other and is not sent again") {
    ModelServer server;
    Tablet tablet("a");
    tablet.replica.write(k_ada);
    const ChangeId bad = tablet.replica.write(k_ada);
    const ChangeId good = tablet.replica.write(k_ada);
    server.quarantine.insert(bad);
    const Summary summary = tablet.done(server);
    CHECK(summary.quarantined == 1);
    CHECK(server.has(good));
    CHECK_FALSE(server.has(bad));
    REQUIRE(summary.problems.size() == 1);
    CHECK(holds(summary.problems[0], ErrorCode::signature_invalid));
    server.requests.clear();
    tablet.done(server);
    for (const auto& request : server.requests)
        CHECK(request.push_size() == 0);
}

TEST_CASE("a change for which the server refuses the whole request is found and passed over") {
    ModelServer server;
    Tablet tablet("a");
    std::vector<ChangeId> good;
    for (int r = 0; r < 5; ++r) {
        const auto record = an_id<RecordId>("record " + std::to_string(r));
        for (int i = 0; i < 30; ++i)
            good.push_back(tablet.replica.write(record));
    }
    const ChangeId fatal = tablet.replica.write(k_bo);
    server.fatal.insert(fatal);
    const Summary summary = tablet.done(server);
    for (const ChangeId& id : good)
        CHECK(server.has(id));
    CHECK_FALSE(server.has(fatal));
    CHECK_FALSE(summary.complete);
    REQUIRE(summary.problems.size() == 1);
    CHECK(summary.problems[0].record == k_bo);
    CHECK(holds(summary.problems[0], ErrorCode::malformed));
}

TEST_CASE(
    "a record that cannot be stored is passed over, the feed stays, and it is fetched later") {
    ModelServer server;
    Tablet a("a");
    a.replica.write(k_ada);
    a.replica.write(k_bo);
    a.done(server);
    Tablet b("b");
    b.replica.storage_fails.insert(k_ada);
    const Summary summary = b.done(server);
    CHECK_FALSE(summary.complete);
    CHECK(b.replica.records.at(k_bo).cursor == server.end(k_bo));
    CHECK(b.replica.records.at(k_ada).cursor == Point{});
    REQUIRE_FALSE(b.replica.finished.empty());
    CHECK(b.replica.finished.back().behind == std::vector<RecordId>{k_ada});
    CHECK_FALSE(b.replica.finished.back().feed_position);
    CHECK_FALSE(b.replica.standing_.complete_at);
    b.replica.storage_fails.clear();
    CHECK(b.done(server).complete);
    CHECK(b.replica.records.at(k_ada).cursor == server.end(k_ada));
}

TEST_CASE("the difference to server time counts half the round trip by the boot clock") {
    ModelServer server;
    Tablet tablet("a");
    tablet.done(server);
    REQUIRE_FALSE(tablet.replica.samples.empty());
    const TimeSample& sample = tablet.replica.samples.front();
    // The request goes out at boot clock 1000; the reply is read 100 ms later.
    CHECK(sample.clock.doubt.ms == 50);
    CHECK(sample.clock.server_minus_wall.ms == 1'000'000 - (500'000 + 1000 + 50));
}

TEST_CASE("a revoked device pushes what it has into quarantine and then fails as revoked") {
    ModelServer server;
    Tablet tablet("a");
    const ChangeId written = tablet.replica.write(k_ada);
    Exchange exchange(tablet.replica, tablet.entropy);
    exchange.start({}, tablet.now());
    REQUIRE(std::holds_alternative<Send>(exchange.next(tablet.now())));
    exchange.on_failure({{ErrorCode::device_revoked, "test"}, std::nullopt, true}, tablet.now());
    const Action push = exchange.next(tablet.now());
    REQUIRE(std::holds_alternative<Send>(push));
    v1::ExchangeRequest request;
    REQUIRE(request.ParseFromString(std::get<Send>(push).body));
    CHECK(request.push_size() == 1);
    CHECK(request.holding_size() == 0);
    server.quarantine.insert(written);
    exchange.on_reply(server.answer(request).SerializeAsString(), tablet.now());
    const Action end = exchange.next(tablet.now());
    REQUIRE(std::holds_alternative<Failed>(end));
    CHECK(std::get<Failed>(end).error.code == ErrorCode::device_revoked);
    CHECK(exchange.summary().quarantined == 1);
}

TEST_CASE("a server that refuses each push of a revoked device still gets every record's once") {
    Tablet tablet("a");
    tablet.replica.write(k_ada);
    tablet.replica.write(k_bo);
    Exchange exchange(tablet.replica, tablet.entropy);
    exchange.start({}, tablet.now());
    std::size_t pushed = 0;
    std::size_t requests = 0;
    Action action = exchange.next(tablet.now());
    for (; std::holds_alternative<Send>(action) && requests < 10; ++requests) {
        v1::ExchangeRequest request;
        REQUIRE(request.ParseFromString(std::get<Send>(action).body));
        pushed += static_cast<std::size_t>(request.push_size());
        exchange.on_failure({{ErrorCode::device_expired, "test"}, std::nullopt, true},
                            tablet.now());
        action = exchange.next(tablet.now());
    }
    CHECK(pushed == 2);
    CHECK(requests == 2);
    REQUIRE(std::holds_alternative<Failed>(action));
    CHECK(std::get<Failed>(action).error.code == ErrorCode::device_expired);
}

TEST_CASE("the safety lane is asked with a holding when the feed shows that a record is behind") {
    ModelServer server;
    server.feeds_safety = false;
    Tablet a("a");
    Tablet b("b");
    a.replica.write(k_ada);
    a.done(server);
    b.done(server);
    const ChangeId stop = a.replica.write(k_ada, k_safety_kind);
    a.done(server);
    server.requests.clear();
    b.failed(server, [](std::size_t n) { return n < 2 ? Fault::none : Fault::lost_before; });
    CHECK(b.replica.has(k_ada, stop));
    CHECK(b.replica.records.at(k_ada).safety_position == 2);
    REQUIRE(server.requests.size() == 2);
    CHECK(server.requests[1].lane() == v1::LANE_SAFETY);
    CHECK(server.requests[1].holding_size() == 1);
}

TEST_CASE("a cancelled session ends and stays ended") {
    ModelServer server;
    Tablet tablet("a");
    Exchange exchange(tablet.replica, tablet.entropy);
    exchange.start({}, tablet.now());
    const Action first = exchange.next(tablet.now());
    REQUIRE(std::holds_alternative<Send>(first));
    exchange.cancel();
    v1::ExchangeRequest request;
    REQUIRE(request.ParseFromString(std::get<Send>(first).body));
    exchange.on_reply(server.answer(request).SerializeAsString(), tablet.now());
    const Action end = exchange.next(tablet.now());
    REQUIRE(std::holds_alternative<Failed>(end));
    CHECK(std::get<Failed>(end).error.code == ErrorCode::cancelled);
    CHECK(tablet.replica.standing_.epoch.is_zero());
}

TEST_CASE("next answers the same until it is told something") {
    Tablet tablet("a");
    Exchange exchange(tablet.replica, tablet.entropy);
    CHECK(std::holds_alternative<Failed>(exchange.next(tablet.now())));
    exchange.start({}, tablet.now());
    const Action one = exchange.next(tablet.now());
    const Action two = exchange.next(tablet.now());
    CHECK(std::get<Send>(one).body == std::get<Send>(two).body);
}

TEST_CASE("without a network the session fails as offline and sends nothing") {
    Tablet tablet("a");
    Exchange exchange(tablet.replica, tablet.entropy);
    exchange.start({false, false}, tablet.now());
    const Action end = exchange.next(tablet.now());
    REQUIRE(std::holds_alternative<Failed>(end));
    CHECK(std::get<Failed>(end).error.code == ErrorCode::offline);
}

TEST_CASE("a certificate that is missed is asked for once a session, and not when it is held") {
    ModelServer server;
    server.assign(k_ada);
    Tablet tablet("a");
    const auto known = an_id<IncarnationId>("known");
    const auto unknown = an_id<IncarnationId>("unknown");
    server.certificates[known] = "certificate";
    tablet.replica.lacking = {known, unknown};
    tablet.done(server);
    CHECK(tablet.replica.certificates.at(known) == "certificate");
    CHECK(tablet.replica.lacking == std::set<IncarnationId>{unknown});
    std::size_t asked = 0;
    for (const auto& request : server.requests) {
        CHECK((request.lane() == v1::LANE_FULL || request.want_certificate_size() == 0));
        asked += static_cast<std::size_t>(request.want_certificate_size());
    }
    CHECK(asked == 2);
}

TEST_CASE("a certificate that nobody asked for is not kept and is told") {
    ModelServer server;
    server.assign(k_ada);
    server.certificates[an_id<IncarnationId>("stranger")] = "certificate";
    server.tells_all_certificates = true;
    Tablet tablet("a");
    const Summary summary = tablet.done(server);
    CHECK(tablet.replica.certificates.empty());
    REQUIRE_FALSE(summary.problems.empty());
    CHECK(holds(summary.problems.front(), ErrorCode::malformed));
}

}  // namespace kari::sync::test
