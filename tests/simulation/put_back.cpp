// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/put_back.hpp"

#include <fmt/format.h>

#include "sync-server/storage/attempt.hpp"
#include "tests/simulation/must.hpp"

namespace kari::sim {

namespace fs = std::filesystem;

namespace {

fs::path image_of(const World& world, const Tablet& tablet) {
    return world.folder.path() / ("image-" + std::to_string(tablet.number));
}

// Errors: what the tablet says to the export.
Result<std::set<ChangeId>> held_by(Tablet& tablet) {
    std::set<ChangeId> held;
    KARI_LET(const auto records, tablet->held_records());
    for (const RecordId& record : records) {
        KARI_LET(const auto log, tablet->export_log(record));
        for (const LogLine& line : log)
            held.insert(line.id);
    }
    return held;
}

}  // namespace

std::set<ChangeId> held_by(Server& server) {
    std::set<ChangeId> held;
    for (const RecordId& record : must(server.records())) {
        for (const ServerChange& change : must(server.log(record)))
            held.insert(change.id);
    }
    return held;
}

void note_lost_twice(World& world) {
    std::set<ChangeId> held = held_by(world.server);
    for (const auto& tablet : world.tablets) {
        if (!tablet->device || !tablet->drive.powered() || tablet->shut_out) continue;
        if (const auto here = held_by(*tablet)) held.insert(here->begin(), here->end());
    }
    for (const auto& [id, entry] : std::map(world.ledger.entries())) {
        if (entry.out_of_hand && !held.contains(id)) world.ledger.gone(id);
    }
}

void note_what_is_gone(World& world, Tablet& tablet) {
    const std::set<ChangeId> in_hand = must(held_by(tablet));
    std::set<ChangeId> held = held_by(world.server);
    held.insert(in_hand.begin(), in_hand.end());
    for (const auto& [id, entry] : std::map(world.ledger.entries())) {
        if (entry.tablet != tablet.number) continue;
        if (!in_hand.contains(id)) world.ledger.out_of_hand(id);
        if (!held.contains(id)) world.ledger.gone(id);
    }
    note_lost_twice(world);
}

void drop_image(const World& world, const Tablet& tablet) {
    fs::remove_all(image_of(world, tablet));
}

bool has_image(const World& world, const Tablet& tablet) {
    return fs::exists(image_of(world, tablet));
}

void keep_image(World& world, Tablet& tablet) {
    tablet.device.reset();
    const fs::path image = image_of(world, tablet);
    fs::remove_all(image);
    fs::copy(tablet.home(), image, fs::copy_options::recursive);
    tablet.keys_of_image = tablet.machine.key_store->content();
    if (auto opened = tablet.reopen(); !opened) world.check_error(tablet, "reopen", opened.error());
}

void put_back(World& world, Tablet& tablet, PutBack what) {
    const fs::path image = image_of(world, tablet);
    tablet.device.reset();
    fs::remove_all(tablet.home());
    fs::copy(image, tablet.home(), fs::copy_options::recursive);
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
    note_what_is_gone(world, tablet);
}

}  // namespace kari::sim
