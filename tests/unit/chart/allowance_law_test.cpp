// SPDX-License-Identifier: Apache-2.0
//
// The maximum of medicine as needed, between tablets that cannot reach each other.
#include <catch2/catch_test_macros.hpp>
#include <random>
#include <set>

#include "tests/unit/chart/allowance_world.hpp"

namespace kari::test {
namespace {

// The same for the same seed.
class Dice {
public:
    explicit Dice(unsigned seed) : engine_(seed) {}
    int between(int least, int most) {
        return least + static_cast<int>(engine_() % static_cast<unsigned>(most - least + 1));
    }
    Duration minutes(int least, int most) { return Duration::minutes(between(least, most)); }

private:
    std::mt19937 engine_;
};

// One thing that happens to somebody.
void happens(AllowanceWorld& world, Dice& dice) {
    auto& who =
        world
            .all[static_cast<std::size_t>(dice.between(0, static_cast<int>(world.all.size()) - 1))];
    const char* amounts[] = {"1", "1", "1", "0.5", "2"};
    const char* amount = amounts[dice.between(0, 4)];
    switch (dice.between(0, 25)) {
        case 0:
        case 1:
        case 2:
            return world.ask(who, static_cast<std::uint32_t>(dice.between(1, 4)),
                             static_cast<std::uint32_t>(dice.between(1, 12)));
        case 3:
        case 4:
        case 5:
        case 6:
        case 7:
        case 8: {
            // Some of what it has, or all; and the reply may be lost.
            const std::size_t pushed[] = {0, 1, 3, 1'000, 1'000, 1'000};
            return world.sync(who, pushed[dice.between(0, 5)], dice.between(0, 4) > 0,
                              Duration::seconds(dice.between(-30, 30)));
        }
        case 9:
            return world.give_back(who);
        case 10:
            return world.give_phoned(who, amount);
        case 11:
            return world.retract(who);
        case 12:
            if (dice.between(0, 1) == 0) world.reboot(who, dice.minutes(-900, 900));
            return;
        case 13:
            if (dice.between(0, 1) == 0) world.sets_clock(who, dice.minutes(-1'800, 1'800));
            return;
        case 14:
            return world.backup();
        case 15:
            if (dice.between(0, 5) == 0) world.restore();
            return;
        case 16:
            return world.leaves_and_returns(who, static_cast<std::size_t>(dice.between(0, 60)));
        case 17:
            return world.waits(dice.minutes(0, 420));
        default:
            world.waits(dice.minutes(0, 40));
            world.give(who, amount);
            return;
    }
}

AllowanceWorld random_world(unsigned seed, Laxity lax = {}) {
    Dice dice(seed);
    AllowanceWorld world(static_cast<std::size_t>(dice.between(2, 6)), lax);
    const int steps = dice.between(40, 200);
    for (int i = 0; i < steps; ++i)
        happens(world, dice);
    return world;
}

TEST_CASE("what is given under allowances keeps to the maximum whatever reaches whom when") {
    std::size_t given = 0;
    for (unsigned seed = 1; seed <= 500; ++seed) {
        CAPTURE(seed);
        const auto world = random_world(seed);
        given += world.under_allowances();
        REQUIRE(world.most() <= 4.0);
    }
    // The law is not kept by giving nothing.
    CHECK(given > 300);
}

// Each of them in some world of these: the worlds are wild enough, and no part of the rules idle.
TEST_CASE("a rule that is left out breaks the maximum") {
    const Laxity laxities[] = {{.no_allowances = true},
                               {.no_wait_after_restore = true},
                               {.any_clock = true},
                               {.partly_here = true}};
    for (const Laxity& lax : laxities) {
        bool broken = false;
        for (unsigned seed = 1; seed <= 3'000 && !broken; ++seed)
            broken = random_world(seed, lax).most() > 4.0;
        CAPTURE(lax.no_allowances, lax.no_wait_after_restore, lax.any_clock, lax.partly_here);
        CHECK(broken);
    }
}

TEST_CASE("without allowances two tablets that cannot reach each other give eight of four") {
    AllowanceWorld world(2, {.no_allowances = true});
    for (int dose = 0; dose < 4; ++dose) {
        for (auto& tablet : world.all)
            CHECK(world.give(tablet, "1"));
        world.waits(Duration::hours(1));
    }
    for (auto& tablet : world.all)
        CHECK_FALSE(world.give(tablet, "1"));  // each is right, by what it knows
    CHECK(world.most() == 8.0);

    AllowanceWorld kept(2, {});
    for (auto& tablet : kept.all) {
        kept.ask(tablet, 4, 12);
        kept.sync(tablet, 1'000, true, {});
    }
    int given = 0;
    for (int dose = 0; dose < 8; ++dose) {
        for (auto& tablet : kept.all)
            given += kept.give(tablet, "1") ? 1 : 0;
        kept.waits(Duration::hours(1));
    }
    CHECK(given == 4);
    CHECK(kept.most() == 4.0);
    REQUIRE(kept.answers().size() == 2);
}

TEST_CASE("what is left is granted to the next, and nothing when nothing is left") {
    AllowanceWorld world(3, {});
    auto& a = world.all[0];
    auto& b = world.all[1];
    auto& c = world.all[2];
    world.ask(a, 3, 12);
    world.sync(a, 1'000, true, {});
    world.ask(b, 3, 12);
    world.sync(b, 1'000, true, {});
    world.ask(c, 1, 12);
    world.sync(c, 1'000, true, {});
    std::multiset<std::uint32_t> doses;
    std::set<int> refusals;
    for (const auto& one : world.answers()) {
        doses.insert(one.doses());
        refusals.insert(one.refusal());
    }
    CHECK(doses == std::multiset<std::uint32_t>{0, 1, 3});
    CHECK(refusals == std::set<int>{0, v1::ALLOWANCE_REFUSAL_NOTHING_LEFT});
    CHECK_FALSE(world.give(c, "1"));
    CHECK_FALSE(world.give(b, "2"));
    CHECK(world.give(b, "1"));
    // One is used, and the rest is given back: the server frees it as soon as it has all of that.
    CHECK(world.give(a, "1"));
    world.give_back(a);
    CHECK_FALSE(world.give(a, "1"));
    world.sync(a, 1'000, true, {});
    world.ask(c, 4, 12);
    world.sync(c, 1'000, true, {});
    for (int i = 0; i < 4; ++i)
        world.give(c, "1");
    CHECK(world.most() == 4.0);
}

TEST_CASE("an ask that is written into another's allowance takes nothing from whoever holds it") {
    Scene scene;
    const auto order = scene.needed("N02AA01", "1", "4");
    const auto id = scene.next();
    v1::MedicationAllowance ask;
    ask.mutable_ask()->set_order(base::to_bytes(order.id));
    ask.mutable_ask()->set_doses(3);
    ask.mutable_ask()->set_hours(12);
    scene.a.reads(*order.change);
    const auto asked = scene.add(scene.a, {.record = scene.record, .resource = id}, ask);
    v1::MedicationAllowance answer;
    answer.mutable_answer()->set_holder(base::to_bytes(scene.a.incarnation));
    answer.mutable_answer()->set_doses(3);
    scene.add(scene.server, {.record = scene.record, .resource = id, .parents = {asked->id}},
              answer);
    const auto lied = scene.add(scene.b, {.record = scene.record, .resource = id}, ask);
    REQUIRE(lied->header.tick() < asked->header.tick());
    const auto group = scene.group();
    const auto all = chart::allowances_in(group);
    REQUIRE(all.size() == 1);
    CHECK(all[0].holder == scene.a.incarnation);
    CHECK(all[0].granted());
}

TEST_CASE("an allowance ends, counts for a day after, and is free then") {
    AllowanceWorld world(2, {});
    auto& a = world.all[0];
    auto& b = world.all[1];
    world.ask(a, 4, 2);
    world.sync(a, 1'000, true, {});
    world.waits(Duration::hours(2));
    CHECK_FALSE(world.give(a, "1"));  // the end is reached, or may be: clocks count to a minute
    world.waits(Duration::hours(23));
    world.ask(b, 1, 12);
    world.sync(b, 1'000, true, {});
    CHECK_FALSE(world.give(b, "1"));
    world.waits(Duration::minutes(62));
    world.ask(b, 4, 12);
    world.sync(b, 1'000, true, {});
    CHECK(world.give(b, "1"));
}

TEST_CASE("after a restart, when the clock was set, or beside another epoch nothing is usable") {
    AllowanceWorld world(1, {});
    auto& a = world.all[0];
    world.ask(a, 4, 12);
    world.sync(a, 1'000, true, {});
    CHECK(world.give(a, "1"));
    world.reboot(a, {});
    CHECK_FALSE(world.give(a, "1"));
    world.sync(a, 1'000, true, {});
    CHECK(world.give(a, "1"));
    world.sets_clock(a, Duration::hours(-3));
    CHECK_FALSE(world.give(a, "1"));
    world.sync(a, 1'000, true, {});
    CHECK(world.give(a, "1"));
    world.backup();
    world.restore();
    CHECK(world.give(a, "1"));  // it does not know, and the server waits for what that may be
    world.sync(a, 1'000, true, {});
    world.ask(a, 1, 1);
    world.sync(a, 1'000, true, {});
    CHECK_FALSE(world.give(a, "1"));
    const auto answers = world.answers();
    CHECK(std::count_if(answers.begin(), answers.end(), [](const auto& one) {
              return one.refusal() == v1::ALLOWANCE_REFUSAL_NEW_EPOCH;
          }) == 1);
}

TEST_CASE("a tablet that does not have all that it wrote uses nothing") {
    for (const bool lax : {false, true}) {
        AllowanceWorld world(1, {.partly_here = lax});
        auto& a = world.all[0];
        world.ask(a, 4, 12);
        world.sync(a, 1'000, true, {});
        for (int i = 0; i < 4; ++i)
            CHECK(world.give(a, "1"));
        world.sync(a, 1'000, true, {});
        // The order, the ask and its answer have come back, and what was given has not yet.
        world.leaves_and_returns(a, 3);
        CHECK(world.give(a, "1") == lax);
        CHECK(world.most() == (lax ? 5.0 : 4.0));
    }
}

TEST_CASE("a server that does not wait after a restore promises twice") {
    for (const bool lax : {false, true}) {
        AllowanceWorld world(2, {.no_wait_after_restore = lax});
        auto& a = world.all[0];
        auto& b = world.all[1];
        world.backup();
        world.ask(a, 4, 12);
        world.sync(a, 1'000, true, {});
        world.restore();
        world.ask(b, 4, 12);
        world.sync(b, 1'000, true, {});
        for (int i = 0; i < 4; ++i) {
            world.give(a, "1");
            world.give(b, "1");
        }
        CHECK(world.most() == (lax ? 8.0 : 4.0));
    }
}

TEST_CASE("a server that frees what is given back before it has all of the stream promises twice") {
    for (const bool lax : {false, true}) {
        AllowanceWorld world(2, {.gaps_in_returns = lax});
        auto& a = world.all[0];
        auto& b = world.all[1];
        world.ask(a, 4, 12);
        world.sync(a, 1'000, true, {});
        for (int i = 0; i < 4; ++i)
            world.give(a, "1");
        world.give_back(a);
        // Its doses were refused or lost on the way, and what gives back got there.
        const auto own = a.own;
        a.own = {own.front(), own.back()};
        world.sync(a, 1'000, true, {});
        a.own = own;
        world.ask(b, 4, 12);
        world.sync(b, 1'000, true, {});
        for (int i = 0; i < 4; ++i)
            world.give(b, "1");
        CHECK(world.most() == (lax ? 8.0 : 4.0));
    }
}

TEST_CASE("a tablet that trusts a clock that was set back gives after the end") {
    for (const bool lax : {false, true}) {
        AllowanceWorld world(2, {.any_clock = lax});
        auto& a = world.all[0];
        auto& b = world.all[1];
        world.ask(a, 4, 1);
        world.sync(a, 1'000, true, {});
        world.waits(Duration::hours(26));
        world.sets_clock(a, Duration::hours(-26));
        world.ask(b, 4, 12);
        world.sync(b, 1'000, true, {});
        for (int i = 0; i < 4; ++i) {
            world.give(a, "1");
            world.give(b, "1");
        }
        CHECK(world.most() == (lax ? 8.0 : 4.0));
    }
}

}  // namespace
}  // namespace kari::test
