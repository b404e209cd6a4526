// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "sdk/sync/epoch.hpp"
#include "tests/unit/sync/session_run.hpp"

namespace kari::sync::test {
namespace {

const RecordId k_ada = an_id<RecordId>("ada");
const RecordId k_bo = an_id<RecordId>("bo");

struct Scene {
    Scene() : tablet("a"), other("b") {
        other.replica.write(k_ada);
        other.replica.write(k_bo);
        other.done(server);
        tablet.done(server);
    }
    bool hidden() const { return tablet.replica.records.at(k_ada).hidden; }
    bool purged() const { return tablet.replica.purged.count(k_ada) > 0; }

    ModelServer server;
    Tablet tablet;
    Tablet other;
};

}  // namespace

TEST_CASE("a record that leaves the caseload is hidden, and purged when all is proven") {
    Scene scene;
    scene.server.unassign(k_ada);
    const Summary summary = scene.tablet.done(scene.server);
    CHECK(summary.hidden == 1);
    CHECK(summary.purged == 1);
    CHECK(scene.purged());
    CHECK(scene.tablet.replica.records.count(k_bo) == 1);
}

TEST_CASE("what was charted after the record left is secured before the purge") {
    Scene scene;
    scene.server.unassign(k_ada);
    const ChangeId late = scene.tablet.replica.write(k_ada);
    scene.tablet.replica.open_chart(k_ada);
    scene.tablet.done(scene.server);
    CHECK(scene.server.has(late));
    CHECK(scene.server.now.access.size() == 1);
    CHECK(scene.purged());
}

TEST_CASE("a change that is only stored keeps the record until it is secured") {
    Scene scene;
    scene.server.secures = false;
    scene.tablet.replica.write(k_ada);
    scene.tablet.done(scene.server);
    scene.server.unassign(k_ada);
    scene.tablet.done(scene.server);
    CHECK(scene.hidden());
    CHECK_FALSE(scene.purged());
    scene.server.secures = true;
    scene.tablet.sync(scene.server, {}, {}, Session{true, true});
    CHECK(scene.purged());
}

TEST_CASE("a draft, a quarantined change or a recovering server keeps the record") {
    SECTION("draft") {
        Scene scene;
        scene.tablet.replica.records.at(k_ada).drafts = 1;
        scene.server.unassign(k_ada);
        scene.tablet.done(scene.server);
        CHECK(scene.hidden());
        CHECK_FALSE(scene.purged());
    }
    SECTION("quarantined") {
        Scene scene;
        scene.server.quarantine.insert(scene.tablet.replica.write(k_ada));
        scene.server.unassign(k_ada);
        scene.tablet.done(scene.server);
        CHECK(scene.hidden());
        CHECK_FALSE(scene.purged());
    }
    SECTION("recovering: not even hidden") {
        Scene scene;
        scene.server.recovering = true;
        scene.server.unassign(k_ada);
        scene.tablet.done(scene.server);
        CHECK_FALSE(scene.hidden());
        CHECK_FALSE(scene.purged());
        scene.server.recovering = false;
        scene.tablet.sync(scene.server, {}, {}, Session{true, true});
        CHECK(scene.purged());
    }
}

TEST_CASE("a purge needs the server's point in the same reply, and it must be ours") {
    const auto with = [](const std::function<void(v1::CaseloadEntry&)>& change) {
        Scene scene;
        scene.server.unassign(k_ada);
        scene.tablet.sync(scene.server, {}, [&](v1::ExchangeReply& reply, const auto&) {
            for (auto& entry : *reply.mutable_caseload()) {
                if (entry.state() == v1::CASELOAD_STATE_REMOVED) change(entry);
            }
        });
        CHECK(scene.hidden());
        CHECK_FALSE(scene.purged());
    };
    with([](v1::CaseloadEntry& entry) { entry.clear_server(); });
    with([](v1::CaseloadEntry& entry) { entry.mutable_server()->set_chain(std::string(32, 'x')); });
    with([](v1::CaseloadEntry& entry) { *entry.mutable_server() = to_wire(Point{}); });
}

TEST_CASE("a record that a complete list does not name is hidden but not purged") {
    Scene scene;
    scene.tablet.sync(
        scene.server, {},
        [](v1::ExchangeReply& reply, const auto&) {
            auto& list = *reply.mutable_caseload();
            for (int i = list.size() - 1; i >= 0; --i) {
                if (list[i].record() == base::to_bytes(k_ada)) list.DeleteSubrange(i, 1);
            }
        },
        Session{true, true});
    CHECK(scene.hidden());
    CHECK_FALSE(scene.purged());
    // It is shown again when it comes back.
    scene.tablet.sync(scene.server, {}, {}, Session{true, true});
    CHECK_FALSE(scene.hidden());
}

TEST_CASE("a record made here that the server has not seen is never hidden by a list") {
    Scene scene;
    const auto made = an_id<RecordId>("made here");
    scene.tablet.replica.write(made);
    scene.tablet.sync(
        scene.server, [](std::size_t n) { return n == 0 ? Fault::none : Fault::lost_before; }, {},
        Session{true, true});
    CHECK_FALSE(scene.tablet.replica.records.at(made).hidden);
}

namespace {

// As a server says it of a record that is linked to one of the unit's, and is not the unit's.
void name_as_linked(v1::ExchangeReply& reply, const RecordId& record) {
    auto* entry = reply.add_caseload();
    entry->set_record(base::to_bytes(record));
    entry->set_not_here(true);
}

}  // namespace

TEST_CASE("a linked record that is not for this unit is marked and not fetched") {
    Scene scene;
    const auto linked = an_id<RecordId>("linked");
    scene.tablet.sync(scene.server, {}, [&](v1::ExchangeReply& reply, const auto&) {
        name_as_linked(reply, linked);
    });
    CHECK(scene.tablet.replica.records.at(linked).not_here);
    CHECK_FALSE(scene.tablet.replica.records.at(linked).hidden);

    // It comes into the caseload after all: from then on it is a record like any other.
    scene.other.replica.write(linked);
    scene.other.done(scene.server);
    scene.server.assign(linked);
    scene.tablet.done(scene.server);
    CHECK_FALSE(scene.tablet.replica.records.at(linked).not_here);
    CHECK(scene.tablet.replica.records.at(linked).cursor.position == 1);
}

TEST_CASE("what is held of a linked record that left is hidden and purged as any other") {
    Scene scene;
    scene.server.unassign(k_ada);
    const bool named_first = GENERATE(true, false);
    const auto both = [&](v1::ExchangeReply& reply, const auto&) {
        const auto told = reply.caseload();
        if (named_first) reply.clear_caseload();
        name_as_linked(reply, k_ada);
        if (named_first) reply.mutable_caseload()->MergeFrom(told);
    };
    scene.tablet.sync(scene.server, {}, both);
    CHECK(scene.purged());
}

TEST_CASE("what a restore left without any place is held, and leaves as any other") {
    ModelServer server;
    Tablet tablet("a");
    Tablet other("b");
    const auto before = server.now;
    other.replica.write(k_ada);
    other.done(server);
    tablet.done(server);
    // It shares nothing, so that the cursor falls to 0; another unit has the record meanwhile.
    server.restore(before);
    server.recovering = false;
    server.unassign(k_ada);
    const auto name_ada = [](v1::ExchangeReply& reply, const auto&) {
        name_as_linked(reply, k_ada);
    };
    // Nothing that it gives back is answered at first, so that the change has no place at all.
    tablet.sync(server, {}, [&](v1::ExchangeReply& reply, const auto& request) {
        name_ada(reply, request);
        reply.clear_returned();
    });
    CHECK(tablet.replica.records.at(k_ada).hidden);
    CHECK_FALSE(tablet.replica.records.at(k_ada).not_here);
    tablet.sync(server, {}, name_ada, Session{true, true});
    CHECK(tablet.replica.purged.contains(k_ada));
    CHECK(server.now.logs.at(k_ada).ids.size() == 1);
}

TEST_CASE("a recovery hides nothing, a linked record neither") {
    Scene scene;
    const auto backup = scene.server.now;
    scene.server.restore(backup);
    scene.server.unassign(k_ada);
    const ChangeId late = scene.tablet.replica.write(k_ada);
    scene.tablet.sync(scene.server, {},
                      [](v1::ExchangeReply& reply, const auto&) { name_as_linked(reply, k_ada); });
    CHECK_FALSE(scene.hidden());
    CHECK_FALSE(scene.tablet.replica.records.at(k_ada).not_here);
    CHECK(scene.server.has(late));
}

TEST_CASE("covers is true only for a point that proves the server has all that is held") {
    const auto epoch = an_id<EpochId>("epoch");
    Held held;
    held.record = k_ada;
    held.cursor = {5, base::sha256("five")};
    held.epoch = epoch;
    Removal removal;
    removal.recovering = false;
    removal.epoch = epoch;
    removal.server = held.cursor;
    CHECK(covers(removal, held));

    const auto broken = [&](const std::function<void(Removal&, Held&)>& change) {
        Removal r = removal;
        Held h = held;
        change(r, h);
        return !covers(r, h);
    };
    CHECK(broken([](Removal& r, Held&) { r.recovering = true; }));
    CHECK(broken([](Removal& r, Held&) { r.server.reset(); }));
    CHECK(broken([](Removal& r, Held&) { r.epoch = an_id<EpochId>("other"); }));
    CHECK(broken([](Removal& r, Held&) { r.server->position = 4; }));
    CHECK(broken([](Removal& r, Held&) { r.server->chain = base::sha256("other"); }));
    CHECK(broken([](Removal&, Held& h) { h.highest_beside = 6; }));
    CHECK(broken([](Removal&, Held& h) { h.epoch = {}; }));
    // Above the cursor: only when the server was asked about this very cursor.
    removal.server = Point{8, base::sha256("eight")};
    CHECK_FALSE(covers(removal, held));
    removal.asked = held;
    CHECK(covers(removal, held));
    removal.asked->cursor = {4, base::sha256("four")};
    CHECK_FALSE(covers(removal, held));
}

}  // namespace kari::sync::test
