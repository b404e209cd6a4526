// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <set>

#include <fmt/format.h>

#include "tests/fault/campaign.hpp"
#include "tests/simulation/acts.hpp"
#include "tests/simulation/must.hpp"
#include "tests/simulation/world.hpp"

namespace kari::faults {
namespace {

namespace fs = std::filesystem;
using sim::must;
using sim::Tablet;
using sim::World;

constexpr std::uint64_t k_page_bytes = 4096;
constexpr unsigned k_acts = 60;
// None is shorter than 300 bytes.
constexpr std::uint64_t k_changes_of_a_page = k_page_bytes / 300;
constexpr const char* k_pin = "2580";

// What the server has not answered for when the tablet is closed.
std::set<ChangeId> leave_unsent(World& world, Tablet& tablet) {
    sim::Dice dice = sim::dice_of(world.options.seed, 1);
    must(sim::sync(world, tablet));
    std::set<ChangeId> before;
    for (const auto& [id, entry] : world.ledger.entries())
        before.insert(id);
    world.network.set_connected(tablet.name(), false);
    for (unsigned i = 0; i < k_acts; ++i) {
        world.elapse(Duration::minutes(2));
        sim::act(world, tablet, dice);
    }
    std::set<ChangeId> unsent;
    for (const auto& [id, entry] : world.ledger.entries()) {
        if (entry.tablet == tablet.number && !before.contains(id)) unsent.insert(id);
    }
    return unsent;
}

// The damage shows when the tablet is opened or, at the latest, when it is verified.
bool noticed(Tablet& tablet) {
    if (const auto opened = tablet.reopen(); !opened) return true;
    const auto report = tablet->verify();
    return !report || !report->sound();
}

void judge(const SalvageReport& report, const std::set<ChangeId>& unsent, std::uint64_t page,
           Told& told) {
    std::set<ChangeId> read;
    for (const SalvagedChange& change : report.unsent)
        read.insert(change.change);
    std::uint64_t lost = 0;
    for (const ChangeId& id : unsent)
        lost += read.contains(id) ? 0U : 1U;
    if (lost == 0) ++told.counts["pages without loss"];
    told.counts["unsent changes lost, at most"] =
        std::max(told.counts["unsent changes lost, at most"], lost);
    told.counts["unsent changes lost, of all pages"] += lost;
    if (lost > k_changes_of_a_page) {
        told.violations.push_back(
            fmt::format("page {} costs {} unsent changes: more than stand on it", page, lost));
    }
    // Where the streams can be read, what is lost is told to the last change.
    if (report.readable && report.unsent_lost && *report.unsent_lost != lost) {
        told.violations.push_back(fmt::format("page {}: {} unsent changes are lost, {} are told",
                                              page, lost, *report.unsent_lost));
    }
}

}  // namespace

Told damage_pages(std::uint64_t seed, unsigned stride) {
    Told told;
    sim::Options options;
    options.seed = seed;
    options.devices = 1;
    World world(options);
    Tablet& tablet = *world.tablets.front();
    const auto unsent = leave_unsent(world, tablet);
    tablet.device.reset();
    const fs::path whole = world.folder.path() / "whole";
    fs::copy(tablet.folder, whole, fs::copy_options::recursive);
    const fs::path database = tablet.folder / "tablet" / "kari.db";
    const std::uint64_t pages = fs::file_size(database) / k_page_bytes;
    told.counts["unsent changes"] = unsent.size();
    for (std::uint64_t page = 0; page < pages; page += stride) {
        fs::remove_all(tablet.folder);
        fs::copy(whole, tablet.folder, fs::copy_options::recursive);
        tablet.drive.rot(database, page);
        ++told.faults;
        const bool seen = noticed(tablet);
        tablet.device.reset();
        if (!seen) told.violations.push_back(fmt::format("page {}: nothing is noticed", page));
        const auto report = Device::salvage(tablet.folder / "tablet", tablet.machine.platform(),
                                            tablet.nurses.front(), k_pin);
        if (!report) {
            told.violations.push_back(fmt::format("page {}: cannot be salvaged: {} ({})", page,
                                                  name(report.error().code), report.error().what));
            continue;
        }
        if (fs::exists(database) || report->set_aside.empty()) {
            told.violations.push_back(fmt::format("page {}: is not set aside", page));
        }
        judge(*report, unsent, page, told);
    }
    return told;
}

}  // namespace kari::faults
