// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/put_back.hpp"

#include <fmt/format.h>

#include "tests/simulation/must.hpp"

namespace kari::sim {

namespace fs = std::filesystem;

namespace {

fs::path image_of(const World& world, const Tablet& tablet) {
    return world.folder.path() / ("image-" + std::to_string(tablet.number));
}

// What it alone had is gone; the rest comes back to it.
void note_in_ledger(World& world, Tablet& tablet) {
    std::set<ChangeId> in_hand;
    for (const RecordId& record : must(tablet->held_records())) {
        for (const LogLine& line : must(tablet->export_log(record)))
            in_hand.insert(line.id);
    }
    std::set<ChangeId> held = in_hand;
    for (const RecordId& record : must(world.server.records())) {
        for (const ServerChange& change : must(world.server.log(record)))
            held.insert(change.id);
    }
    for (const auto& [id, entry] : std::map(world.ledger.entries())) {
        if (entry.tablet != tablet.number) continue;
        if (!in_hand.contains(id)) world.ledger.out_of_hand(id);
        if (!held.contains(id)) world.ledger.gone(id);
    }
}

}  // namespace

bool has_image(const World& world, const Tablet& tablet) {
    return fs::exists(image_of(world, tablet));
}

void keep_image(World& world, Tablet& tablet) {
    tablet.device.reset();
    const fs::path image = image_of(world, tablet);
    fs::remove_all(image);
    fs::copy(tablet.folder, image, fs::copy_options::recursive);
    tablet.keys_of_image = tablet.machine.key_store->content();
    if (auto opened = tablet.reopen(); !opened) world.check_error(tablet, "reopen", opened.error());
}

void put_back(World& world, Tablet& tablet, PutBack what) {
    const fs::path image = image_of(world, tablet);
    tablet.device.reset();
    fs::remove_all(tablet.folder / "tablet");
    fs::copy(image / "tablet", tablet.folder / "tablet", fs::copy_options::recursive);
    fs::remove_all(image);
    const bool whole = what == PutBack::whole;
    if (whole) tablet.machine.key_store->restore(tablet.keys_of_image);
    ++world.tally[whole ? "tablet: put back with its keys" : "tablet: put back"];
    world.note(tablet.name() + " is put back to an earlier state" + (whole ? " of all of it" : ""));
    if (auto opened = tablet.reopen(); !opened) {
        return world.violation(fmt::format("{} does not open after it was put back: {} ({})",
                                           tablet.name(), name(opened.error().code),
                                           opened.error().what));
    }
    if (whole) world.may_fork.insert(tablet->incarnation());
    note_in_ledger(world, tablet);
}

}  // namespace kari::sim
