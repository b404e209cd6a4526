// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/checks.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "kari/v1/change.pb.h"
#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "tests/simulation/acts.hpp"
#include "tests/simulation/faults.hpp"
#include "tests/simulation/must.hpp"

namespace kari::sim {
namespace {

// So many rounds of syncs bring everybody everything: a round hands on what the last one brought
// in, and the server's findings about it come with the next.
constexpr unsigned k_rounds = 8;

struct Held {
    std::set<ChangeId> ids;
    std::map<ChangeId, std::string> bytes;  // header, then body
};
using Logs = std::map<RecordId, Held>;

bool quiet(const SyncReport& report) {
    return report.complete && report.progress.sent == 0 && report.progress.received == 0 &&
           report.returned == 0;
}

// True once nobody has anything to send or to fetch.
bool come_to_rest(World& world) {
    calm(world);
    for (unsigned round = 1; round <= k_rounds; ++round) {
        bool all_quiet = true;
        for (const auto& tablet : world.tablets) {
            if ((*tablet)->locked()) must(tablet->unlock(tablet->nurse));
            world.elapse(Duration::minutes(2));
            const auto report = sync(world, *tablet);
            if (!report) {
                world.violation(fmt::format("{} cannot sync in peace: {} ({})", tablet->name(),
                                            name(report.error().code), report.error().what));
                return false;
            }
            for (const std::string& problem : report->problems)
                world.note(tablet->name() + " passes over " + problem);
            all_quiet = all_quiet && quiet(*report);
        }
        if (all_quiet) return true;
        if (round == 2 && must(world.server.recovering())) must(world.server.close_recovery());
        if (round == 3) must(world.server.backup());
    }
    world.violation("the tablets and the server do not come to rest");
    return false;
}

// A change is what its id says, and its body what its header says.
void check_bytes(World& world, const std::string& where, const ChangeId& id,
                 const std::string& header_bytes, const std::optional<std::string>& body) {
    v1::ChangeHeader header;
    const bool sound = base::to_bytes(base::sha256(header_bytes)) == base::to_bytes(id) &&
                       header.ParseFromString(header_bytes) &&
                       (!body || base::to_bytes(base::sha256(*body)) == header.body_sha256());
    if (!sound) return world.violation(where + " holds a change that is not its id: " + id.text());
    if (header.origin() == v1::ORIGIN_SERVER || world.ledger.entries().contains(id)) return;
    world.violation(where + " holds a change that nobody wrote: " + id.text());
}

Logs server_logs(World& world) {
    Logs out;
    for (const RecordId& record : must(world.server.records())) {
        for (const ServerChange& change : must(world.server.log(record))) {
            const auto body = change.has_body ? std::optional(change.body) : std::nullopt;
            check_bytes(world, "the server", change.id, change.header, body);
            out[record].ids.insert(change.id);
            out[record].bytes[change.id] = change.header + change.body;
        }
    }
    return out;
}

Logs tablet_logs(World& world, Tablet& tablet) {
    Logs out;
    for (const RecordId& record : must(tablet->held_records())) {
        for (const LogLine& line : must(tablet->export_log(record))) {
            const auto header = base::from_hex(line.header_hex).value_or("");
            const auto body = line.body_hex ? base::from_hex(*line.body_hex) : std::nullopt;
            check_bytes(world, tablet.name(), line.id, header, body);
            out[record].ids.insert(line.id);
            out[record].bytes[line.id] = header + body.value_or("");
        }
    }
    return out;
}

// Everything that was durable somewhere is on the server.
void check_nothing_lost(World& world, const Logs& server) {
    for (const auto& [id, entry] : world.ledger.entries()) {
        if (entry.gone) continue;
        const auto log = server.find(entry.record);
        if (log != server.end() && log->second.ids.contains(id)) continue;
        world.violation(fmt::format("the server lacks {}, {}, written by op {} on tablet {}",
                                    id.text(),
                                    entry.acknowledged ? "which it acknowledged"
                                    : entry.told       ? "which was durable"
                                                       : "which was found after a cut",
                                    entry.op, entry.tablet));
    }
}

void check_replica(World& world, Tablet& tablet, const Logs& server) {
    const Logs logs = tablet_logs(world, tablet);
    for (const RecordId& record : world.granted) {
        if (!logs.contains(record)) {
            world.violation(tablet.name() + " lacks a record of its caseload: " + record.text());
        }
    }
    for (const auto& [record, held] : logs) {
        const auto known = server.find(record);
        if (known == server.end()) {
            world.violation(tablet.name() + " has a record that the server has not");
            continue;
        }
        const Held& there = known->second;
        for (const auto& [id, bytes] : held.bytes) {
            const auto same = there.bytes.find(id);
            if (same == there.bytes.end()) {
                world.violation(tablet.name() + " has a change more: " + id.text());
            } else if (same->second != bytes) {
                world.violation(tablet.name() + " has other bytes of " + id.text());
            }
        }
        if (!world.granted.contains(record)) continue;
        if (held.ids.size() < there.ids.size()) {
            world.violation(fmt::format("{} lacks {} changes of {}", tablet.name(),
                                        there.ids.size() - held.ids.size(), record.text()));
        } else if (must(tablet->state_digest(record)) != must(world.server.state_digest(record))) {
            world.violation(tablet.name() + " folds to another state: " + record.text());
        }
    }
}

void check_proofs(World& world, Tablet& tablet) {
    const auto report = tablet->verify();
    if (!report) return world.violation(tablet.name() + " cannot be verified");
    for (const std::string& problem : report->problems)
        world.violation(tablet.name() + ": " + problem);
    const auto status = must(tablet->sync_status());
    if (status.unsent != 0) {
        world.violation(fmt::format("{} has {} changes unsent", tablet.name(), status.unsent));
    }
    for (const QuarantinedItem& item : status.quarantined)
        world.violation(tablet.name() + " has a change in quarantine: " + item.reason);
}

// What was planted is found, wherever it is held.
void check_hazards(World& world, Tablet& tablet) {
    for (const DoubleDose& pair : world.ledger.doubles()) {
        if (!world.granted.contains(pair.record)) continue;
        must(tablet->open_chart(pair.record, {Purpose::treatment, "checking"}));
        const auto findings = must(tablet->findings(pair.record));
        const bool found = std::any_of(findings.begin(), findings.end(), [&](const auto& one) {
            const auto names = [&](const ResourceId& id) {
                return std::find(one.resources.begin(), one.resources.end(), id) !=
                       one.resources.end();
            };
            return names(pair.first) && names(pair.second);
        });
        if (!found) {
            world.violation(tablet.name() + " has no finding of a double dose: " +
                            pair.first.text() + " and " + pair.second.text());
        }
    }
}

}  // namespace

void check_at_rest(World& world) {
    if (!come_to_rest(world)) return;
    const Logs server = server_logs(world);
    check_nothing_lost(world, server);
    for (const std::string& broken : must(world.server.verify()))
        world.violation("the server's log does not hold: " + broken);
    for (const std::string& reason : world.server.quarantined()) {
        // Half a body is kept apart, and the whole one comes again.
        const bool half = reason.starts_with("malformed");
        if (!half) world.violation("the server has something in quarantine: " + reason);
    }
    for (const auto& tablet : world.tablets) {
        check_replica(world, *tablet, server);
        check_proofs(world, *tablet);
        check_hazards(world, *tablet);
    }
    world.tally["changes"] += static_cast<unsigned>(world.ledger.entries().size());
}

}  // namespace kari::sim
