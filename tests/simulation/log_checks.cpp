// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/log_checks.hpp"

#include <array>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "sdk/base/id.hpp"
#include "tests/simulation/must.hpp"

namespace kari::sim {

namespace fs = std::filesystem;

void check_log(World& world, const std::string& where, const ReadLog& log) {
    for (const auto& [id, change] : log) {
        if (!change.sound) {
            world.violation(where + " holds a change that is not its id: " + id.text());
            continue;
        }
        const bool by_server = change.header.origin() == v1::ORIGIN_SERVER;
        if (!by_server && !world.ledger.entries().contains(id))
            world.violation(where + " holds a change that nobody wrote: " + id.text());
        for (const ChangeId& parent : parents_of(change.header)) {
            if (world.beyond_reading.contains(parent) && !world.newer.contains(id)) {
                world.violation(where + " holds a change that names as seen what its program " +
                                "could not read: " + id.text());
            }
            const auto seen = log.find(parent);
            if (seen == log.end() || seen->second.header.tick() < change.header.tick()) continue;
            world.violation(
                where + " holds a change that is not later than what its author saw: " + id.text());
        }
    }
}

void check_seen(World& world, const Logs& server) {
    for (const auto& [id, entry] : world.ledger.entries()) {
        if (!entry.saw) continue;
        const auto log = server.find(entry.record);
        if (log == server.end()) continue;
        const auto change = log->second.find(id);
        if (change == log->second.end()) continue;
        const v1::ChangeHeader& header = change->second.header;
        if (parents_of(header) != *entry.saw) {
            world.violation(fmt::format(
                "{} of op {} on tablet {} names {} changes as seen; its "
                "author had {} before her, and others",
                id.text(), entry.op, entry.tablet, header.parent_size(), entry.saw->size()));
        }
        if (header.tick() <= entry.tick_then) {
            world.violation(
                fmt::format("{} of op {} on tablet {} is not later than what the "
                            "tablet held",
                            id.text(), entry.op, entry.tablet));
        }
    }
}

void check_nothing_lost(World& world, const Logs& server) {
    for (const auto& [id, entry] : world.ledger.entries()) {
        // Of a tablet that is shut out the rest stands apart (identity_checks.hpp).
        const bool apart = world.tablets[entry.tablet]->shut_out && !entry.acknowledged;
        if (entry.gone || (apart && !entry.out_of_hand)) continue;
        const auto log = server.find(entry.record);
        if (log != server.end() && log->second.contains(id)) continue;
        world.violation(fmt::format("the server lacks {}, {}, written by op {} on tablet {}",
                                    id.text(),
                                    entry.acknowledged ? "which it acknowledged"
                                    : entry.told       ? "which was durable"
                                                       : "which was found after a cut",
                                    entry.op, entry.tablet));
    }
}

void check_own_is_held(World& world, Tablet& tablet, const Logs& held, Arrived arrived) {
    for (const auto& [id, entry] : std::map(world.ledger.entries())) {
        if (entry.tablet != tablet.number || entry.gone || entry.out_of_hand) continue;
        const auto log = held.find(entry.record);
        if (log == held.end()) continue;
        if (log->second.contains(id)) {
            world.ledger.purged(id, false);
            continue;
        }
        if (entry.purged && arrived == Arrived::not_all) continue;
        world.violation(fmt::format("{} has {} no more, which it wrote in op {}", tablet.name(),
                                    id.text(), entry.op));
    }
}

void check_sealed(World& world, Tablet& tablet, const Logs& server) {
    const std::string own = base::to_bytes(tablet->incarnation());
    for (const auto& [record, log] : server) {
        const auto sealed = must(world.server.sealed(record));
        const auto through = sealed.find(tablet->incarnation());
        for (const auto& [id, change] : log) {
            if (change.header.incarnation() != own) continue;
            if (through != sealed.end() && change.header.seq() <= through->second) continue;
            // Put back to before it, the tablet has the seal no more than it had the change.
            const auto entry = world.ledger.entries().find(id);
            if (entry != world.ledger.entries().end() && entry->second.out_of_hand) continue;
            world.violation("the server has no seal over " + id.text() + " of " + tablet.name());
        }
    }
}

void check_no_plain_text(World& world) {
    constexpr std::array<std::string_view, 4> words = {"Oppdiktet", "of the last nights were bad",
                                                       "agreed by phone", "Told the daughter"};
    std::vector<fs::path> folders{world.folder.path() / "server" / "data"};
    for (const auto& tablet : world.tablets)
        folders.push_back(tablet->folder);
    for (const fs::path& folder : folders) {
        for (const auto& file : fs::recursive_directory_iterator(folder)) {
            if (!file.is_regular_file()) continue;
            std::ifstream in(file.path(), std::ios::binary);
            const std::string bytes{std::istreambuf_iterator<char>(in), {}};
            for (const std::string_view word : words) {
                if (bytes.find(word) == std::string::npos) continue;
                world.violation(file.path().filename().string() + " shows a word of a record");
            }
        }
    }
}

}  // namespace kari::sim
