// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/identity_faults.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "sdk/device/core.hpp"
#include "sdk/device/keyring.hpp"
#include "sdk/device/settings.hpp"
#include "sync-server/storage/attempt.hpp"
#include "tests/simulation/faults.hpp"
#include "tests/simulation/must.hpp"
#include "tests/simulation/put_back.hpp"

namespace kari::sim {
namespace {

Tablet* shut_out(World& world) {
    const auto one = std::find_if(world.tablets.begin(), world.tablets.end(),
                                  [](const auto& tablet) { return tablet->shut_out; });
    return one == world.tablets.end() ? nullptr : one->get();
}

}  // namespace

void revoke(World& world, Tablet& tablet, Dice& dice) {
    if (world.tablets.size() < 2) return;
    if (Tablet* already = shut_out(world)) return enrol_anew(world, *already, dice);
    // Who revokes looks whether it was done.
    still(world.server.drive());
    world.recover_server();
    must(world.server.revoke(tablet.device_id));
    tablet.shut_out = true;
    ++world.tally["tablet: revoked"];
    world.note(tablet.name() + " is revoked");
    // What it had alone nobody gives back any more.
    note_lost_twice(world);
}

void enrol_anew(World& world, Tablet& tablet, Dice& dice) {
    if (tablet.busy || !tablet.device || !tablet.drive.powered()) return;
    // Who enrols a tablet sits by a network, with the operator at hand.
    still(world.server.drive());
    still(tablet.drive);
    world.recover_server();
    world.network.set_connected(tablet.name(), true);
    world.network.set_weather(tablet.name(), {});
    tablet.device.reset();
    auto nurses = tablet.nurses;
    if (dice.coin()) std::reverse(nurses.begin(), nurses.end());
    must(tablet.enrol(k_server_address, world.server.invite(world.unit), nurses));
    drop_image(world, tablet);
    ++world.tally["tablet: enrolled anew"];
    world.note(tablet.name() + " is enrolled anew");
    note_what_is_gone(world, tablet);
}

void days_pass(World& world, Tablet&, Dice& dice) {
    ++world.tally["days passed"];
    world.elapse(Duration::hours(24 + static_cast<std::int64_t>(dice.below(72))));
}

// Her tablet's own list says that every nurse is a doctor.
Result<void> write_doctors(Tablet& tablet) {
    KARI_LET(auto keyring,
             device::Keyring::load(tablet.home() / device::k_keys_file, tablet.machine.platform()));
    KARI_LET(const auto key, keyring.unlock(tablet.in_hand(), k_pin));
    KARI_LET(auto store,
             store::DeviceStore::open((tablet.home() / device::k_database_file).string(), key));
    KARI_LET(auto settings, device::load_settings(store));
    for (v1::DirectoryPerson& person : settings.people)
        person.set_role("LE");
    return device::save_settings(store, settings);
}

void forge_role(World& world, Tablet& tablet, Dice&) {
    if (tablet.busy || !tablet.device || !tablet.drive.powered()) return;
    tablet.device.reset();
    ++world.tally["roles forged"];
    const auto forged = write_doctors(tablet);
    if (!forged) world.check_error(tablet, "forge", forged.error());
    if (auto opened = tablet.reopen(); !opened) world.check_error(tablet, "reopen", opened.error());
}

}  // namespace kari::sim
