// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/identity_checks.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "sdk/base/id.hpp"
#include "tests/simulation/must.hpp"

namespace kari::sim {
namespace {

bool holds(const Logs& logs, const RecordId& record, const ChangeId& id) {
    const auto log = logs.find(record);
    return log != logs.end() && log->second.contains(id);
}

void check_accepted_in(World& world, const ReadLog& log) {
    for (const auto& [id, change] : log) {
        if (change.header.origin() != v1::ORIGIN_SERVER) continue;
        const auto body = body_of(change);
        if (!body) continue;
        for (const std::string& accepted : body->accepts()) {
            const auto proposal = log.find(base::from_bytes<ChangeId>(accepted).value_or(id));
            if (proposal == log.end()) continue;
            ++world.tally["proposals accepted"];
            const v1::Author& author = proposal->second.header.author();
            const auto person = base::from_bytes<PersonId>(author.practitioner());
            const auto known = world.roles.find(person.value_or(PersonId{}));
            if (known != world.roles.end() && known->second == author.role()) continue;
            world.violation("the server accepted by a role that its author has not: " + id.text());
        }
    }
}

}  // namespace

void check_shut_out(World& world, const Logs& server) {
    const auto apart = world.server.changes_in_quarantine();
    std::map<unsigned, std::uint64_t> missing;
    for (const auto& [id, entry] : world.ledger.entries()) {
        const bool there = holds(server, entry.record, id);
        if (there && entry.shut_out)
            world.violation("the server took from a tablet that was revoked: " + id.text());
        const Tablet& tablet = *world.tablets[entry.tablet];
        if (there || !tablet.shut_out || entry.gone || entry.out_of_hand) continue;
        ++world.tally["kept apart"];
        if (entry.forgotten) continue;
        ++missing[entry.tablet];
        if (apart.contains(id)) continue;
        world.violation(
            fmt::format("{} of op {} is neither in the log nor in quarantine; {} was "
                        "revoked",
                        id.text(), entry.op, tablet.name()));
    }
    for (const auto& [number, count] : missing) {
        Tablet& tablet = *world.tablets[number];
        if (must(tablet->sync_status()).unsent >= count) continue;
        world.violation(tablet.name() + " was revoked, and does not say what it could not send");
    }
}

void check_accepted(World& world, const Logs& server) {
    for (const auto& [record, log] : server)
        check_accepted_in(world, log);
}

void forget_what_never_came(World& world, const Logs& server) {
    std::set<RecordId> wanted;
    for (const auto& [id, entry] : world.ledger.entries()) {
        if (!entry.gone && !world.tablets[entry.tablet]->shut_out) wanted.insert(entry.record);
    }
    std::erase_if(world.granted, [&](const RecordId& record) {
        return !server.contains(record) && !wanted.contains(record);
    });
}

}  // namespace kari::sim
