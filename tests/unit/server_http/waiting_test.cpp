// SPDX-License-Identifier: Apache-2.0
#include "sync-server/http/waiting.hpp"

#include <catch2/catch_test_macros.hpp>

#include "sync-server/http/limits.hpp"
#include "tests/support/change_builder.hpp"

using namespace kari;
using namespace kari::server;
using namespace kari::server::http;
using kari::test::id_of;

namespace {

const UnitId k_north = id_of<UnitId>(1);
const UnitId k_south = id_of<UnitId>(2);

Waiter waiter(std::uint32_t device, const UnitId& unit = k_north, std::uint64_t feed = 10) {
    return {id_of<DeviceId>(device), unit, feed, 1'000, false};
}

struct Told {
    std::vector<Waking> all;
    std::function<void(Waking)> to() {
        return [this](Waking why) {
            all.push_back(why);
        };
    }
};

using Wakings = std::vector<Waking>;

}  // namespace

TEST_CASE("who waits is woken once when the unit's feed moves beyond what was read") {
    WaitingRoom room(10);
    Told north;
    Told south;
    const auto one = room.enter(waiter(1), north.to());
    const auto other = room.enter(waiter(2, k_south), south.to());
    room.moved({k_north, 10});  // an operator's command was seen; this feed stands
    CHECK(north.all.empty());
    room.moved({k_north, 11});
    room.moved({k_north, 12});
    CHECK(north.all == Wakings{Waking::news});
    CHECK(south.all.empty());
}

TEST_CASE("a feed that moved between the read and the seat wakes at once") {
    WaitingRoom room(10);
    Told told;
    room.moved({k_north, 12});
    const auto late = room.enter(waiter(1, k_north, 11), told.to());
    CHECK(told.all == Wakings{Waking::news});
    Told other;
    const auto fresh = room.enter(waiter(2, k_north, 12), other.to());
    room.moved({k_north, 11});  // told late, after a newer one
    CHECK(other.all.empty());
}

TEST_CASE("a tablet has one seat, and who sat there is told that it was replaced") {
    WaitingRoom room(1);
    Told first;
    Told second;
    auto old = room.enter(waiter(1), first.to());
    const auto now = room.enter(waiter(1), second.to());
    REQUIRE(now);
    CHECK(first.all == Wakings{Waking::replaced});
    CHECK(room.waiting() == 1);
    old.reset();  // gives up a seat that it no longer has
    CHECK(room.waiting() == 1);
    room.moved({k_north, 11});
    CHECK(second.all == Wakings{Waking::news});
}

TEST_CASE("when all seats are taken nobody enters until one is given up") {
    WaitingRoom room(2);
    Told told;
    auto one = room.enter(waiter(1), told.to());
    const auto two = room.enter(waiter(2), told.to());
    CHECK_FALSE(room.enter(waiter(3), told.to()));
    one.reset();
    CHECK(room.enter(waiter(3), told.to()));
    CHECK(told.all.empty());
}

TEST_CASE("when the server ends all are woken, and whoever comes after") {
    WaitingRoom room(10);
    Told told;
    const auto one = room.enter(waiter(1), told.to());
    const auto two = room.enter(waiter(2, k_south), told.to());
    room.end();
    const auto late = room.enter(waiter(3), told.to());
    CHECK(told.all == Wakings{Waking::ending, Waking::ending, Waking::ending});
}

TEST_CASE("a wait is held as long as the tablet asks, and never beyond wait_ms") {
    CHECK(held_ms(0) == sync::k_wait_ms);
    CHECK(held_ms(1) == 1);
    CHECK(held_ms(sync::k_wait_ms) == sync::k_wait_ms);
    CHECK(held_ms(sync::k_wait_ms + 1) == sync::k_wait_ms);
    CHECK(held_ms(0xFFFFFFFF) == sync::k_wait_ms);
}
