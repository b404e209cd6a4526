// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/faults.hpp"

#include <fmt/format.h>

#include "tests/simulation/identity_faults.hpp"
#include "tests/simulation/must.hpp"
#include "tests/simulation/newer_program.hpp"
#include "tests/simulation/put_back.hpp"
#include "tests/simulation/rot.hpp"

namespace kari::sim {
namespace {

using platform_simulated::Drive;
using platform_simulated::Weather;

Weather bad_weather(Dice& dice) {
    Weather weather;
    weather.lose_request = static_cast<unsigned>(dice.below(200));
    weather.lose_reply = static_cast<unsigned>(dice.below(200));
    weather.repeat = static_cast<unsigned>(dice.below(300));
    weather.halve_request = static_cast<unsigned>(dice.below(60));
    weather.halve_reply = static_cast<unsigned>(dice.below(60));
    weather.garble_reply = static_cast<unsigned>(dice.below(60));
    weather.slowest = Duration::seconds(1 + static_cast<std::int64_t>(dice.below(15)));
    return weather;
}

// A tablet's drive, or the server's.
Drive& some_drive(World& world, Tablet& tablet, Dice& dice) {
    return dice.chance(400) ? world.server.drive() : tablet.drive;
}

void weather(World& world, Tablet& tablet, Dice& dice) {
    world.network.set_weather(tablet.name(), dice.chance(600) ? bad_weather(dice) : Weather{});
}

void partition(World& world, Tablet& tablet, Dice& dice) {
    world.network.set_connected(tablet.name(), dice.coin());
}

void late(World& world, Tablet&, Dice&) {
    world.network.deliver_late();
}

void cut(World& world, Tablet& tablet, Dice& dice) {
    Drive& drive = some_drive(world, tablet, dice);
    if (dice.chance(200)) {
        drive.cut_power();
    } else {
        drive.cut_power_at(1 + dice.below(60));
    }
}

void fail_call(World& world, Tablet& tablet, Dice& dice) {
    Drive& drive = some_drive(world, tablet, dice);
    if (dice.coin()) {
        drive.fail_at(1 + dice.below(60));
    } else {
        drive.fail_sync_at(1 + dice.below(6), dice.coin() ? 1 : 1 + dice.below(30));
    }
}

void fill(World& world, Tablet& tablet, Dice& dice) {
    some_drive(world, tablet, dice).set_full(dice.coin());
}

void jump(World&, Tablet& tablet, Dice& dice) {
    const auto hours = static_cast<std::int64_t>(dice.below(73)) - 36;
    tablet.machine.clock->set_wall(tablet.machine.clock->wall() + Duration::hours(hours));
}

void restore(World& world, Tablet&, Dice&) {
    Server& server = world.server;
    if (server.backups() == 0) return;
    still(server.drive());
    world.recover_server();
    const std::set<ChangeId> had = held_by(server);
    // The newest: what an older one lacks may have been thrown out by everybody as secured.
    if (auto restored = server.restore(server.backups()); !restored) {
        world.violation("the server cannot be restored: " + restored.error().what);
    }
    world.ledger.server_restored(had);
    note_lost_twice(world);
}

void image(World& world, Tablet& tablet, Dice& dice) {
    if (tablet.busy || !tablet.device || !tablet.drive.powered() || tablet.rotten) return;
    still(tablet.drive);
    world.recover_server();
    if (!has_image(world, tablet) || dice.chance(200)) return keep_image(world, tablet);
    if (dice.coin()) return put_back(world, tablet, PutBack::files);
    // Whoever does so rarely has a network at once: work goes on from what stood then.
    if (dice.chance(700)) world.network.set_connected(tablet.name(), false);
    put_back(world, tablet, PutBack::whole);
}

struct Fault {
    const char* name;
    unsigned weight;
    void (*call)(World&, Tablet&, Dice&);
};
constexpr Fault k_faults[] = {
    {"weather", 5, weather},
    {"partition", 4, partition},
    {"late deliveries", 3, late},
    {"cut", 5, cut},
    {"failing call", 3, fail_call},
    {"full disk", 2, fill},
    {"clock jump", 2, jump},
    {"restore", 1, restore},
    {"put back", 6, image},
    {"revocation", 2, revoke},
    {"enrolment anew", 1, enrol_anew},
    {"days", 1, days_pass},
    {"forged role", 1, forge_role},
    {"later tablet", 6, newer_tablet},
    {"later server", 3, newer_server},
    {"upgrade", 2, upgrade},
    {"rot", 1, rot},
};

}  // namespace

void fault(World& world, Dice& dice) {
    Tablet& tablet = *world.tablets[dice.below(world.tablets.size())];
    unsigned all = 0;
    for (const Fault& one : k_faults)
        all += one.weight;
    std::uint64_t at = dice.below(all);
    for (const Fault& one : k_faults) {
        if (at < one.weight) {
            ++world.tally[std::string("fault: ") + one.name];
            world.note(fmt::format("{} near {}", one.name, tablet.name()));
            return one.call(world, tablet, dice);
        }
        at -= one.weight;
    }
}

void still(Drive& drive) {
    drive.cut_power_at(0);
    drive.fail_at(0);
    drive.fail_sync_at(0);
    drive.set_full(false);
}

void calm(World& world) {
    still(world.server.drive());
    world.recover_server();
    // A command that a failing disk cut off half-way is said again.
    for (const Citizen& citizen : world.citizens) {
        must(world.granted.contains(citizen.record)
                 ? world.server.grant(world.unit, citizen.record)
                 : world.server.remove(world.unit, citizen.record));
    }
    world.network.deliver_late();
    for (const auto& tablet : world.tablets) {
        still(tablet->drive);
        world.recover(*tablet);
        world.network.set_connected(tablet->name(), true);
        world.network.set_weather(tablet->name(), {});
        tablet->machine.clock->set_wall(world.now);
        look_for_rot(world, *tablet);
    }
}

}  // namespace kari::sim
