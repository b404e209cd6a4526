// SPDX-License-Identifier: Apache-2.0
// Tablets that stay in step by themselves, against a real server over real TLS.
#include <signal.h>

#include <algorithm>
#include <cstdio>

#include <catch2/catch_test_macros.hpp>

#include "tests/integration/follow/scene.hpp"

using namespace kari;
using namespace kari::test;

namespace {

void print(const char* what, std::vector<double> ms) {
    std::sort(ms.begin(), ms.end());
    std::printf("%s: median %.0f ms, most %.0f ms, %zu rounds\n", what, ms[ms.size() / 2],
                ms.back(), ms.size());
}

}  // namespace

TEST_CASE("what one nurse has synced is on another's screen while hers waits for news") {
    FollowScene scene;
    const auto a = scene.tablet("a");
    const auto b = scene.tablet("b");
    const RecordId record = scene.opened(*a);
    scene.opened(*b);
    b->follow();
    REQUIRE(b->heard.wait_for("waiting", {}));
    std::vector<double> from_sync;
    for (int value = 60; value < 80; ++value) {
        REQUIRE(a->device.record_observation(record, pulse(value)));
        const auto before = Steady::now();
        REQUIRE(a->device.sync({}));
        const auto told = b->heard.wait_for("changed", before);
        REQUIRE(told);
        CHECK(shows(*b, record, value));
        from_sync.push_back(ms_between(before, *told));
        REQUIRE(b->heard.wait_for("waiting", *told));
    }
    print("from the start of a's sync to b's event", from_sync);
    CHECK(b->stop());
}

TEST_CASE("two tablets that follow need no sync: a write on one is on the other") {
    FollowScene scene;
    const auto a = scene.tablet("a");
    const auto b = scene.tablet("b");
    const RecordId record = scene.opened(*a);
    scene.opened(*b);
    a->follow();
    b->follow();
    REQUIRE(a->heard.wait_for("waiting", {}));
    REQUIRE(b->heard.wait_for("waiting", {}));
    std::vector<double> from_write;
    for (int value = 60; value < 72; ++value) {
        FollowingTablet& writes = value % 2 == 0 ? *a : *b;
        FollowingTablet& reads = value % 2 == 0 ? *b : *a;
        const auto before = Steady::now();
        REQUIRE(writes.device.record_observation(record, pulse(value)));
        const auto told = reads.heard.wait_for("changed", before);
        REQUIRE(told);
        CHECK(shows(reads, record, value));
        from_write.push_back(ms_between(before, *told));
    }
    print("from a write to the other's event, both following", from_write);
    CHECK(a->stop());
    CHECK(b->stop());
    CHECK(a->device.sync_status()->unsent == 0);
    CHECK(*a->device.state_digest(record) == *b->device.state_digest(record));
}

TEST_CASE("what an operator assigns comes to a tablet that follows") {
    FollowScene scene;
    const auto a = scene.tablet("a");
    const RecordId record = scene.opened(*a);
    const auto b = scene.tablet("b");
    b->follow();
    REQUIRE(b->heard.wait_for("waiting", {}));
    const auto before = Steady::now();
    const auto status = scene.server.command({"status"});
    const auto unit = demo::text_at(demo::list_at(status, "units")[0].as_object(), "unit");
    scene.server.command({"unassign", "--unit", unit, "--record", record.text()});
    REQUIRE(b->heard.wait_for("synced", before));
    REQUIRE(b->heard.wait_for("waiting", before));
    CHECK(b->device.my_patients({})->rows.empty());
    CHECK(b->stop());
}

TEST_CASE("a server that is killed while tablets wait is gone back to, with what came meanwhile") {
    FollowScene scene;
    const auto a = scene.tablet("a");
    const auto b = scene.tablet("b");
    const RecordId record = scene.opened(*a);
    scene.opened(*b);
    b->follow();
    REQUIRE(b->heard.wait_for("waiting", {}));
    REQUIRE(a->device.record_observation(record, pulse(66)));
    const auto killed = Steady::now();
    ::kill(scene.server.pid(), SIGKILL);
    REQUIRE(b->heard.wait_for("trouble", killed));
    CHECK_FALSE(a->device.sync({}));
    const auto back = Steady::now();
    scene.server.start();
    REQUIRE(a->device.sync({}));
    const auto told = b->heard.wait_for("changed", back);
    REQUIRE(told);
    CHECK(shows(*b, record, 66));
    REQUIRE(b->heard.wait_for("waiting", back));
    std::printf("from the server's start to b's event: %.0f ms\n", ms_between(back, *told));
    CHECK(b->stop());
}

TEST_CASE("a server that ends lets the waiting go, and ends at once") {
    FollowScene scene;
    const auto b = scene.tablet("b");
    b->follow();
    REQUIRE(b->heard.wait_for("waiting", {}));
    const auto before = Steady::now();
    scene.server.stop();
    const double took = ms_between(before, Steady::now());
    std::printf("a server with a waiting tablet ended after %.0f ms\n", took);
    CHECK(took < 5'000);
    REQUIRE(b->heard.wait_for("trouble", before));
    scene.server.start();
    REQUIRE(b->heard.wait_for("waiting", before));
    CHECK(b->stop());
}

TEST_CASE("a connection that died without a word is noticed, and what came meanwhile is fetched") {
    FollowScene scene;
    const auto b = scene.tablet("b");
    const RecordId record = scene.opened(*b);
    b->follow();
    REQUIRE(b->heard.wait_for("waiting", {}));
    const auto before = Steady::now();
    scene.relay.hold(true);
    const auto noticed = b->heard.wait_for("trouble", before, std::chrono::seconds(100));
    REQUIRE(noticed);
    std::printf("a dead connection was noticed after %.0f s\n",
                ms_between(before, *noticed) / 1'000);
    REQUIRE(b->device.record_observation(record, pulse(61)));
    const auto back = Steady::now();
    scene.relay.hold(false);
    REQUIRE(b->heard.wait_for("synced", back));
    REQUIRE(b->heard.wait_for("waiting", back));
    CHECK(b->device.sync_status()->unsent == 0);
    CHECK(b->stop());
}

TEST_CASE("asking ends a wait at once, and so does lock") {
    FollowScene scene;
    const auto b = scene.tablet("b");
    b->follow();
    REQUIRE(b->heard.wait_for("waiting", {}));
    CHECK(b->device.follow({}).error().code == ErrorCode::in_use);
    auto before = Steady::now();
    CHECK(b->stop());
    const double asked = ms_between(before, Steady::now());
    CHECK(asked < 1'000);

    const auto c = scene.tablet("c");
    c->follow();
    REQUIRE(c->heard.wait_for("waiting", {}));
    before = Steady::now();
    CHECK(c->device.lock());
    CHECK(c->ended().error().code == ErrorCode::locked);
    const double locked = ms_between(before, Steady::now());
    CHECK(locked < 1'000);
    CHECK(c->device.follow({}).error().code == ErrorCode::locked);
    std::printf("a wait ended %.1f ms after it was asked to, %.1f ms after lock\n", asked, locked);
}

TEST_CASE("a tablet that is revoked while it waits learns it, and its work is kept") {
    FollowScene scene;
    const auto b = scene.tablet("b");
    scene.opened(*b);
    b->follow();
    REQUIRE(b->heard.wait_for("waiting", {}));
    scene.server.command({"revoke", "--device", b->device.device_id().text()});
    CHECK(b->ended().error().code == ErrorCode::device_revoked);
}
