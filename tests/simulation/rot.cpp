// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/rot.hpp"

#include <fmt/format.h>

#include "sdk/device/core.hpp"
#include "tests/simulation/checks.hpp"
#include "tests/simulation/faults.hpp"
#include "tests/simulation/must.hpp"
#include "tests/simulation/put_back.hpp"

namespace kari::sim {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t k_page_bytes = 4096;

fs::path database_of(const Tablet& tablet) {
    return tablet.home() / device::k_database_file;
}

// What it wrote under the names that it still knows, and the server has not, as far as it can know.
std::set<ChangeId> not_sent(World& world, const Tablet& tablet) {
    std::set<ChangeId> out;
    for (const auto& [id, entry] : world.ledger.entries()) {
        const bool here = entry.tablet == tablet.number && !entry.gone && !entry.out_of_hand;
        if (here && !entry.forgotten) out.insert(id);
    }
    for (const ChangeId& id : held_by(world.server))
        out.erase(id);
    return out;
}

void check_report(World& world, const Tablet& tablet, const SalvageReport& report) {
    std::set<ChangeId> read;
    for (const SalvagedChange& change : report.unsent) {
        read.insert(change.change);
        const auto entry = world.ledger.entries().find(change.change);
        if (entry != world.ledger.entries().end() && entry->second.tablet == tablet.number)
            continue;
        world.violation(tablet.name() + " salvages what it never wrote: " + change.change.text());
    }
    if (!report.readable) {
        ++world.tally["salvaged: nothing can be read"];
        return;
    }
    std::uint64_t lost = 0;
    for (const ChangeId& id : not_sent(world, tablet))
        lost += read.contains(id) ? 0U : 1U;
    world.tally["salvaged: unsent changes read"] += static_cast<unsigned>(read.size());
    world.tally["salvaged: unsent changes lost"] += static_cast<unsigned>(lost);
    if (!report.unsent_lost) return;  // the list of streams is on the page
    if (lost > *report.unsent_lost) {
        world.violation(fmt::format("{} lost {} changes that it had not sent, and tells of {}",
                                    tablet.name(), lost, *report.unsent_lost));
    }
}

}  // namespace

void rot(World& world, Tablet& tablet, Dice& dice) {
    if (tablet.busy || !tablet.device || !tablet.drive.powered() || tablet.rotten) return;
    still(tablet.drive);
    tablet.device.reset();
    // What is in its log still is read from there.
    if (log_salt(tablet).empty()) {
        const fs::path file = database_of(tablet);
        const std::uint64_t pages = fs::file_size(file) / k_page_bytes;
        for (std::uint64_t count = 1 + dice.below(2); count > 0; --count)
            tablet.drive.rot(file, dice.below(pages));
        tablet.rotten = true;
        ++world.tally["tablet: bits turned over"];
        world.note(tablet.name() + " has bits turned over in its database");
    }
    if (auto opened = tablet.reopen(); !opened) world.check_error(tablet, "reopen", opened.error());
    if (dice.coin()) look_for_rot(world, tablet);
}

void look_for_rot(World& world, Tablet& tablet) {
    if (!tablet.rotten || tablet.busy || !tablet.device || !tablet.drive.powered()) return;
    if (!tablet.reopen()) return salvage(world, tablet);  // what it has in memory is another matter
    const auto report = tablet->verify();
    if (!report || !report->sound()) return salvage(world, tablet);
    world.note(tablet.name() + " has written over what was damaged");
    tablet.rotten = tablet.damage_told = false;
}

void salvage(World& world, Tablet& tablet) {
    still(world.server.drive());
    world.recover_server();
    still(tablet.drive);
    tablet.device.reset();
    const auto report =
        Device::salvage(tablet.home(), tablet.machine.platform(), tablet.in_hand(), k_pin);
    if (!report && report.error().code == ErrorCode::not_permitted) {
        world.note(tablet.name() + " has written over what was damaged");
        tablet.rotten = tablet.damage_told = false;
        return must(tablet.reopen());
    }
    if (!report) {
        return world.violation(fmt::format("{} cannot be salvaged: {} ({})", tablet.name(),
                                           name(report.error().code), report.error().what));
    }
    if (fs::exists(database_of(tablet)) || report->set_aside.empty())
        world.violation(tablet.name() + " is salvaged, and its database not set aside");
    check_report(world, tablet, *report);
    ++world.tally["tablet: salvaged"];
    world.note(fmt::format("{} is salvaged: {}, {} unsent read", tablet.name(), report->trouble,
                           report->unsent_read));
    world.network.set_connected(tablet.name(), true);
    world.network.set_weather(tablet.name(), {});
    must(tablet.enrol(k_server_address, world.server.invite(world.unit), tablet.nurses));
    drop_image(world, tablet);
    note_what_is_gone(world, tablet);
}

}  // namespace kari::sim
