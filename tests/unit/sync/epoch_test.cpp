// SPDX-License-Identifier: Apache-2.0
#include "sdk/sync/epoch.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "sdk/sync/limits.hpp"
#include "tests/unit/sync/failing_replica.hpp"
#include "tests/unit/sync/session_run.hpp"

namespace kari::sync::test {
namespace {

const RecordId k_ada = an_id<RecordId>("ada");
const RecordId k_new = an_id<RecordId>("new");

struct Scene {
    Scene() : a("a"), b("b") {
        for (int i = 0; i < 6; ++i)
            ids.push_back(a.replica.write(k_ada));
        a.done(server);
        b.done(server);
    }

    // Twice, so that what one gives back reaches the other.
    void meet() {
        for (int i = 0; i < 2; ++i) {
            CHECK(a.done(server).complete);
            CHECK(b.done(server).complete);
        }
    }

    void all_is_well() {
        for (const ChangeId& id : ids)
            CHECK(server.has(id));
        for (const auto& [record, log] : server.now.logs) {
            CHECK(a.replica.records.at(record).cursor == log.points.back());
            CHECK(b.replica.records.at(record).cursor == log.points.back());
        }
        CHECK(server.receipts_refused == 0);
    }

    ModelServer server;
    Tablet a;
    Tablet b;
    std::vector<ChangeId> ids;
};

}  // namespace

TEST_CASE("what a restored server lost is given back by whoever has it, with the receipt") {
    Scene scene;
    const auto backup = scene.server.now;
    for (int i = 0; i < 3; ++i)
        scene.ids.push_back(scene.a.replica.write(k_ada));
    scene.a.done(scene.server);
    scene.b.done(scene.server);
    scene.server.restore(backup);
    REQUIRE_FALSE(scene.server.has(scene.ids.back()));

    // The tablet of the author never comes back: the other gives its changes back.
    const Summary summary = scene.b.done(scene.server);
    CHECK(summary.new_epoch);
    CHECK(summary.recovering);
    CHECK(summary.progress.changes_returned == 3);
    for (const ChangeId& id : scene.ids)
        CHECK(scene.server.has(id));
    REQUIRE(scene.b.replica.fallbacks.size() == 1);
    CHECK(scene.b.replica.fallbacks[0].shared.position == 6);
    CHECK(scene.b.replica.fallbacks[0].kept == 6);
    scene.meet();
    scene.all_is_well();
}

TEST_CASE("own changes that were acknowledged and lost are pushed again without any receipt") {
    Scene scene;
    const auto backup = scene.server.now;
    scene.ids.push_back(scene.a.replica.write(k_ada));
    // A record that the restored server has never heard of, acknowledged but never pulled.
    scene.ids.push_back(scene.a.replica.write(k_new));
    scene.a.done(scene.server);
    scene.server.restore(backup);
    CHECK(scene.a.done(scene.server).new_epoch);
    scene.meet();
    scene.all_is_well();
    CHECK(scene.server.now.logs.at(k_new).ids.size() == 1);
}

TEST_CASE("a record that cannot fall back sends nothing, until a session in which it can") {
    for (std::size_t at = 1;; ++at) {
        INFO("call " << at);
        REQUIRE(at < 100);
        Scene scene;
        const auto backup = scene.server.now;
        scene.ids.push_back(scene.a.replica.write(k_ada));
        scene.a.done(scene.server);
        scene.ids.push_back(scene.a.replica.write(k_ada));
        scene.server.restore(backup);
        FailingReplica failing(scene.a.replica, at);
        scene.a.in_front = &failing;
        scene.a.sync(scene.server);
        scene.a.in_front = nullptr;
        if (failing.failed() != "fall_back") continue;
        // The one before it counts as sent: alone it would follow nothing that is there.
        CHECK_FALSE(scene.server.has(scene.ids.back()));
        scene.meet();
        scene.all_is_well();
        return;
    }
}

TEST_CASE("a record that the restored server does not list is not hidden while it recovers") {
    Scene scene;
    const auto backup = scene.server.now;
    scene.ids.push_back(scene.a.replica.write(k_new));
    scene.a.done(scene.server);
    scene.b.done(scene.server);
    scene.server.restore(backup);
    CHECK(scene.b.done(scene.server).hidden == 0);
    CHECK_FALSE(scene.b.replica.records.at(k_new).hidden);
    scene.meet();
    scene.all_is_well();
}

TEST_CASE("a record that left the caseload is not asked for in a ring while the server recovers") {
    Scene scene;
    scene.server.assign(k_ada);
    const auto backup = scene.server.now;
    for (int i = 0; i < 2; ++i)
        scene.ids.push_back(scene.a.replica.write(k_ada));
    scene.a.done(scene.server);
    scene.b.done(scene.server);
    scene.server.restore(backup);
    // What a restore must not undo is replayed, and another tablet was here first.
    scene.server.unassign(k_ada);
    scene.ids.push_back(scene.b.replica.write(k_ada));
    scene.b.done(scene.server);

    const std::size_t before = scene.server.requests.size();
    // That it left is not said again beside the answer to what it gives back.
    const auto action = scene.a.sync(
        scene.server, {}, [](v1::ExchangeReply& reply, const v1::ExchangeRequest& request) {
            if (request.push_size() + request.give_back_size() > 0) reply.clear_caseload();
        });
    REQUIRE(std::holds_alternative<Done>(action));
    const Summary summary = std::get<Done>(action).summary;
    CHECK(summary.complete);
    CHECK(summary.hidden == 0);
    CHECK(scene.server.requests.size() - before < 20);
    for (const ChangeId& id : scene.ids)
        CHECK(scene.server.has(id));
}

TEST_CASE("a safety-lane change that only a pairs receipt proves is given back") {
    Scene scene;
    const auto backup = scene.server.now;
    const ChangeId stop = scene.a.replica.write(k_ada, k_safety_kind);
    scene.ids.push_back(stop);
    scene.a.done(scene.server);
    scene.b.failed(scene.server,
                   [](std::size_t n) { return n == 0 ? Fault::none : Fault::lost_before; });
    REQUIRE(scene.b.replica.has(k_ada, stop));
    REQUIRE(scene.b.replica.records.at(k_ada).cursor.position == 6);
    scene.server.restore(backup);
    CHECK(scene.b.done(scene.server).progress.changes_returned == 1);
    CHECK(scene.server.has(stop));
    scene.meet();
    scene.all_is_well();
}

TEST_CASE("a return of more than one request is split and every part is proven") {
    Scene scene;
    scene.server.answers_named = GENERATE(false, true);
    const auto backup = scene.server.now;
    for (int i = 0; i < 500; ++i)
        scene.ids.push_back(scene.a.replica.write(k_ada));
    for (const std::size_t size : {100'000U, 100'000U, 100'000U, 100'000U, 400'000U})
        scene.ids.push_back(scene.a.replica.write(k_ada, k_ordinary_kind, size));
    scene.a.done(scene.server);
    scene.b.done(scene.server);
    scene.server.restore(backup);
    scene.server.requests.clear();
    CHECK(scene.b.done(scene.server).progress.changes_returned >= 500);
    CHECK(scene.b.summary.problems.empty());
    for (const auto& request : scene.server.requests) {
        std::size_t with_bytes = 0;
        std::size_t bytes = 0;
        for (const auto& given : request.give_back()) {
            for (const auto& change : given.change()) {
                with_bytes += change.header().empty() ? 0u : 1u;
                bytes += change.header().size() + change.body().size();
            }
        }
        CHECK((bytes <= k_return_bytes || with_bytes == 1));
        CHECK(with_bytes <= k_return_changes);
        CHECK(request.ByteSizeLong() <= k_request_bytes);
    }
    scene.meet();
    scene.all_is_well();
}

TEST_CASE("a tablet that slept through two restores falls back to what all epochs share") {
    Scene scene;
    scene.server.names_all_starts = GENERATE(true, false);
    auto old = scene.server.now;  // 6 changes
    for (int i = 0; i < 4; ++i)
        scene.ids.push_back(scene.a.replica.write(k_ada));
    scene.a.done(scene.server);
    scene.b.done(scene.server);  // b stands at 10 in the first epoch
    scene.server.restore(old);
    Writer upstream("upstream");
    for (int i = 0; i < 9; ++i) {
        const StoredChange change = upstream.write(k_ada);
        scene.server.append(k_ada, change);
        scene.ids.push_back(change.id);
    }
    scene.server.restore(scene.server.now);  // 15 changes, others than b's
    const Summary summary = scene.b.done(scene.server);
    CHECK(summary.new_epoch);
    REQUIRE(scene.b.replica.fallbacks.size() == 1);
    CHECK(scene.b.replica.fallbacks[0].shared.position == (scene.server.names_all_starts ? 6 : 0));
    scene.meet();
    scene.all_is_well();
}

TEST_CASE("what a tablet lacks after two restores is not taken for a safety lane that it has") {
    Scene scene;
    scene.server.names_all_starts = false;
    auto old = scene.server.now;  // 6 changes
    for (int i = 0; i < 4; ++i)
        scene.ids.push_back(scene.a.replica.write(k_ada));
    scene.a.done(scene.server);
    scene.b.done(scene.server);  // b stands at 10 in the first epoch
    scene.server.restore(old);
    Writer upstream("upstream");
    for (int i = 0; i < 3; ++i) {
        const StoredChange change = upstream.write(k_ada, k_safety_kind);
        scene.server.append(k_ada, change);
        scene.ids.push_back(change.id);
    }
    scene.server.restore(scene.server.now);  // 9 changes, of which b has 6
    scene.server.requests.clear();
    // Unlocked, it asks for the safety lane first, with all that it holds.
    scene.b.sync(scene.server, {}, {}, Session{true, true});
    CHECK(scene.b.summary.new_epoch);
    std::size_t from_nothing = 0;
    for (const auto& request : scene.server.requests) {
        for (const auto& holding : request.holding()) {
            if (holding.epoch() != base::to_bytes(scene.server.epoch)) continue;
            if (holding.cursor().position() > 0) continue;
            ++from_nothing;
            // A server names what lies below it by its id alone.
            CHECK(holding.safety_position() == 0);
        }
    }
    CHECK(from_nothing > 0);
    scene.meet();
    scene.all_is_well();
}

TEST_CASE("a network that goes at any step of a recovery loses nothing") {
    for (const Fault fault : {Fault::lost_before, Fault::lost_after, Fault::half_reply}) {
        bool broke_off = true;
        std::size_t at = 0;
        for (; broke_off; ++at) {
            CAPTURE(static_cast<int>(fault), at);
            Scene scene;
            const auto backup = scene.server.now;
            for (int i = 0; i < 3; ++i)
                scene.ids.push_back(scene.a.replica.write(k_ada));
            scene.a.done(scene.server);
            scene.b.done(scene.server);
            scene.server.restore(backup);
            const Action end = scene.b.sync(
                scene.server, [&](std::size_t n) { return n >= at ? fault : Fault::none; });
            broke_off = std::holds_alternative<Failed>(end);
            scene.meet();
            scene.all_is_well();
        }
        CHECK(at > 4);
    }
}

TEST_CASE("a server that lost commits without knowing is shown the receipt and starts anew") {
    Scene scene;
    const auto backup = scene.server.now;
    for (int i = 0; i < 3; ++i)
        scene.ids.push_back(scene.a.replica.write(k_ada));
    scene.a.done(scene.server);
    scene.b.done(scene.server);
    const EpochId before = scene.server.epoch;
    scene.server.now = backup;  // no new epoch
    scene.b.sync(scene.server, {}, {}, Session{true, true});
    CHECK(scene.server.epoch != before);
    scene.meet();
    scene.all_is_well();
}

TEST_CASE("the fallback is the highest point that agrees, or nothing") {
    MemoryReplica replica("a");
    ModelServer server;
    Tablet tablet("b");
    for (int i = 0; i < 5; ++i)
        tablet.replica.write(k_ada);
    tablet.done(server);
    const Held held = **tablet.replica.holding(k_ada);
    const auto point = [&](std::uint64_t position) {
        return Point{position, **tablet.replica.chain_at(k_ada, position)};
    };
    const Point wrong{4, base::sha256("wrong")};
    const auto epoch = an_id<EpochId>("next");
    const auto find = [&](std::vector<Point> starts) {
        return *find_fallback(held, epoch, std::move(starts), tablet.replica);
    };
    CHECK(find({point(3)}).shared.position == 3);
    CHECK(find({wrong, point(2)}).shared.position == 2);
    CHECK(find({wrong, point(2)}).kept == 2);
    CHECK(find({wrong}).from_nothing);
    CHECK(find({wrong}).shared == Point{});
    const Fallback above = find({Point{9, base::sha256("beyond")}});
    CHECK(above.shared == held.cursor);
    CHECK(above.kept == 9);
    CHECK_FALSE(above.from_nothing);
    CHECK(find({Point{9, base::sha256("beyond")}, point(2)}).shared.position == 2);
}

}  // namespace kari::sync::test
