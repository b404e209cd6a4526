// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/checks.hpp"

#include <fstream>
#include <set>

#include <fmt/format.h>

#include "tests/simulation/acts.hpp"
#include "tests/simulation/allowance_checks.hpp"
#include "tests/simulation/chart_checks.hpp"
#include "tests/simulation/faults.hpp"
#include "tests/simulation/finding_checks.hpp"
#include "tests/simulation/fold_checks.hpp"
#include "tests/simulation/fork_checks.hpp"
#include "tests/simulation/identity_checks.hpp"
#include "tests/simulation/log_checks.hpp"
#include "tests/simulation/must.hpp"
#include "tests/simulation/photo_checks.hpp"
#include "tests/simulation/record_links.hpp"
#include "tests/simulation/stock_checks.hpp"
#include "tests/simulation/window_checks.hpp"

namespace kari::sim {
namespace {

// So many rounds of syncs bring everybody everything: a round hands on what the last one brought
// in, and the server's findings about it come with the next.
constexpr unsigned k_rounds = 8;

bool quiet(const SyncReport& report) {
    const SyncProgress& done = report.progress;
    return report.complete && done.sent == 0 && done.received == 0 && report.returned == 0 &&
           done.chunks_up == 0 && done.chunks_down == 0;
}

// A record that left its caseload goes once all of it is secured.
bool left_are_gone(World& world) {
    for (const auto& tablet : world.tablets) {
        if (tablet->shut_out) continue;  // nobody tells it
        for (const RecordId& record : must((*tablet)->held_records())) {
            if (!world.granted.contains(record) && !tablet->drafted.contains(record)) return false;
        }
    }
    return true;
}

// True once nobody has anything to send or to fetch.
bool come_to_rest(World& world) {
    calm(world);
    // Before the backup nothing is secured, and nothing can be purged.
    constexpr unsigned k_backup = 2;
    for (unsigned round = 1; round <= k_rounds; ++round) {
        bool all_quiet = true;
        for (const auto& tablet : world.tablets) {
            must((*tablet)->lock());  // seals what grew
            must(tablet->unlock(tablet->nurse));
            world.elapse(Duration::minutes(2));
            const auto report = sync(world, *tablet);
            if (tablet->shut_out && !report && report.error().code == ErrorCode::device_revoked)
                continue;
            if (!report) {
                world.violation(fmt::format("{} cannot sync in peace: {} ({})", tablet->name(),
                                            name(report.error().code), report.error().what));
                return false;
            }
            for (const std::string& problem : report->problems)
                world.note(tablet->name() + " passes over " + problem);
            all_quiet = all_quiet && quiet(*report);
        }
        if (all_quiet && round > k_backup + 1 && (left_are_gone(world) || round == k_rounds))
            return true;
        if (round != k_backup) continue;
        if (must(world.server.recovering())) must(world.server.close_recovery());
        say_links_again(world);
        must(world.back_up());
    }
    world.violation("the tablets and the server do not come to rest");
    return false;
}

// What one tablet writes and sends, another has after it has asked for no more than what is new.
bool check_news_arrives(World& world) {
    Tablet* author = nullptr;
    std::optional<RecordId> record;
    for (const auto& tablet : world.tablets) {
        if (tablet->shut_out || author != nullptr) continue;
        const auto list = must((*tablet)->my_patients({Purpose::treatment, "checking"}));
        if (list.rows.empty()) continue;
        author = tablet.get();
        record = list.rows.front().record;
    }
    if (author == nullptr) return true;
    must((*author)->open_chart(*record, {Purpose::treatment, "checking"}));
    NoteEntry entry;
    entry.type = "note";
    entry.text = "The last of the day.";
    const auto written = must((*author)->write_note(*record, entry));
    world.ledger.wrote(written.change, {*record, written.resource, author->number, 0});
    must(sync(world, *author));
    for (const auto& tablet : world.tablets) {
        if (tablet->shut_out) continue;
        must(sync(world, *tablet));
        if (!must(read_log(*tablet, *record)).contains(written.change))
            world.violation(tablet->name() + " has not been told of what is new");
    }
    for (unsigned round = 1; round <= k_rounds; ++round) {
        bool all_quiet = true;
        for (const auto& tablet : world.tablets) {
            if (!tablet->shut_out) all_quiet = quiet(must(sync(world, *tablet))) && all_quiet;
        }
        if (all_quiet) return true;
    }
    world.violation("the tablets and the server do not come to rest after a note");
    return false;
}

Logs server_logs(World& world) {
    Logs out;
    for (const RecordId& record : must(world.server.records())) {
        out[record] = must(read_log(world.server, record));
        check_log(world, "the server", out[record]);
        check_forks(world, "the server", out[record]);
    }
    return out;
}

Logs tablet_logs(World& world, Tablet& tablet) {
    Logs out;
    for (const RecordId& record : must(tablet->held_records())) {
        out[record] = must(read_log(tablet, record));
        check_log(world, tablet.name(), out[record]);
    }
    return out;
}

void check_replica(World& world, Tablet& tablet, const Logs& server, const Logs& logs) {
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
        const ReadLog& there = known->second;
        for (const auto& [id, change] : held) {
            const auto same = there.find(id);
            if (same == there.end()) {
                world.violation(tablet.name() + " has a change more: " + id.text());
            } else if (same->second.header_bytes != change.header_bytes ||
                       same->second.body != change.body) {
                world.violation(tablet.name() + " has other bytes of " + id.text());
            }
        }
        if (!world.granted.contains(record)) {
            if (tablet.drafted.contains(record)) continue;
            world.violation(tablet.name() +
                            " keeps a record that left and is secured: " + record.text());
        } else if (held.size() < there.size()) {
            world.violation(fmt::format("{} lacks {} changes of {}", tablet.name(),
                                        there.size() - held.size(), record.text()));
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

// Server and tablets fold as the oracle does, and tablets show what it says.
void check_folds(World& world, const Logs& server, Tablet& tablet, const Logs& logs) {
    for (const auto& [record, held] : logs) {
        check_fold(world, tablet.name(), record, held, must(tablet->state_digest(record)));
        const auto there = server.find(record);
        if (!world.granted.contains(record) || there == server.end()) continue;
        check_whole(world, tablet, record, held, there->second);
        check_shown(world, tablet, record, held);
    }
}

// A finding is the same one everywhere, and answered everywhere or nowhere.
void check_findings_agree(World& world) {
    for (const RecordId& record : world.granted) {
        std::optional<Findings> first;
        for (const auto& tablet : world.tablets) {
            if (tablet->shut_out) continue;
            const Findings here = findings_of(*tablet, record);
            if (!first) first = here;
            if (here == *first) continue;
            world.violation(fmt::format("{} has other findings of {} than {}", tablet->name(),
                                        record.text(), world.tablets.front()->name()));
        }
    }
}

// What is held in windows, and then all of it: the other checks are about whole records.
bool become_whole(World& world) {
    const Logs server = server_logs(world);
    bool windows = false;
    for (const auto& tablet : world.tablets) {
        if (!tablet->shut_out)
            windows |= check_windows(world, *tablet, server, tablet_logs(world, *tablet));
    }
    if (!windows) return true;
    want_all(world);
    return come_to_rest(world);
}

}  // namespace

void check_at_rest(World& world) {
    if (!come_to_rest(world) || !become_whole(world) || !check_news_arrives(world)) return;
    const Logs server = server_logs(world);
    forget_what_never_came(world, server);
    check_shut_out(world, server);
    check_accepted(world, server);
    check_nothing_lost(world, server);
    for (const std::string& broken : must(world.server.verify()))
        world.violation("the server's log does not hold: " + broken);
    for (const std::string& reason : world.server.quarantined()) {
        // Half a body is kept apart, and the whole one comes again.
        const bool half = reason.starts_with("malformed");
        // What a tablet sent before its certificate ended may come again after it.
        const bool apart =
            reason.starts_with("device_expired") ||
            (reason.starts_with("device_revoked") && world.tally.contains("tablet: revoked"));
        if (!half && !apart) world.violation("the server has something in quarantine: " + reason);
    }
    check_seen(world, server);
    for (const auto& [record, log] : server)
        check_fold(world, "the server", record, log, must(world.server.state_digest(record)));
    for (const auto& tablet : world.tablets) {
        const Logs held = tablet_logs(world, *tablet);
        check_own_is_held(world, *tablet, held, Arrived::all);
        if (tablet->shut_out) continue;
        check_replica(world, *tablet, server, held);
        check_sealed(world, *tablet, server);
        check_proofs(world, *tablet);
        check_folds(world, server, *tablet, held);
        for (const RecordId& record : world.granted) {
            const auto log = held.find(record);
            if (log != held.end()) {
                check_doses(world, *tablet, record, log->second);
                check_forks_are_told(world, *tablet, record, log->second);
                check_stock_with_doses(world, *tablet, record, log->second);
            }
            check_stock(world, *tablet, record, held, Arrived::all);
            check_chart(world, *tablet, record);
            check_links(world, *tablet, record);
            const auto findings = must((*tablet)->findings(record));
            check_stated(world, tablet->name(), findings);
            check_resolved(world, tablet->name(), findings, held);
        }
    }
    check_findings_agree(world);
    check_stock_as_said(world, "the server", server);
    check_maximum(world);
    check_photos(world, server);
    check_no_plain_text(world);
    world.tally["changes"] += static_cast<unsigned>(world.ledger.entries().size());
}

void check_under_way(World& world, Tablet& tablet) {
    if (tablet.busy || !tablet.device || !tablet.drive.powered()) return;
    ++world.tally["checked under way"];
    if (tablet->locked()) {
        if (auto unlocked = tablet.unlock(tablet.nurse); !unlocked)
            return world.check_error(tablet, "unlock", unlocked.error());
    }
    const auto records = tablet->held_records();
    if (!records) return world.check_error(tablet, "held records", records.error());
    Logs held;
    for (const RecordId& record : *records) {
        auto log = read_log(tablet, record);
        if (!log) return world.check_error(tablet, "export", log.error());
        const auto state = tablet->state_digest(record);
        if (!state) return world.check_error(tablet, "state digest", state.error());
        check_log(world, tablet.name(), *log);
        check_fold(world, tablet.name(), record, *log, *state);
        check_shown(world, tablet, record, *log);
        check_doses(world, tablet, record, *log);
        check_forks_are_told(world, tablet, record, *log);
        check_safe_photos(world, tablet, record);
        check_stock_with_doses(world, tablet, record, *log);
        held.emplace(record, std::move(*log));
    }
    for (const RecordId& record : *records)
        check_stock(world, tablet, record, held, Arrived::not_all);
    check_own_is_held(world, tablet, held, Arrived::not_all);
    if (!world.server.up() || !world.server.drive().powered()) return;
    Logs there;
    for (const auto& [id, entry] : world.ledger.entries()) {
        if (!entry.acknowledged || entry.gone) continue;
        auto known = there.find(entry.record);
        if (known == there.end()) {
            auto log = read_log(world.server, entry.record);
            if (!log) return;  // its disk fails: that is seen elsewhere
            known = there.emplace(entry.record, std::move(*log)).first;
        }
        if (known->second.contains(id)) continue;
        world.violation("the server lacks what it acknowledged: " + id.text());
    }
}

std::string log_salt(const Tablet& tablet) {
    std::ifstream file(tablet.home() / "kari.db-wal", std::ios::binary);
    std::string header(24, '\0');
    file.read(header.data(), static_cast<std::streamsize>(header.size()));
    return file ? header.substr(16) : "";
}

void check_purged(World& world, Tablet& tablet, const std::vector<RecordId>& before,
                  const std::string& salt, const Result<SyncReport>& report) {
    if (!tablet.device || !tablet.drive.powered()) return;
    const auto after = tablet->held_records();
    if (!after) return;
    std::set<RecordId> gone(before.begin(), before.end());
    for (const RecordId& record : *after)
        gone.erase(record);
    if (gone.empty()) return;
    world.tally["tablet: purged"] += static_cast<unsigned>(gone.size());
    std::vector<ChangeId> purged;
    for (const auto& [id, entry] : world.ledger.entries()) {
        const bool here = entry.tablet == tablet.number && !entry.gone && !entry.out_of_hand;
        if (!here || !gone.contains(entry.record)) continue;
        purged.push_back(id);
        if (entry.secured) continue;
        world.violation(fmt::format("{} purged {}, which no backup has", tablet.name(), id.text()));
    }
    for (const ChangeId& id : purged)
        world.ledger.purged(id, true);
    for (const auto& [id, photo] : world.ledger.photos()) {
        if (!photo.secured && gone.contains(photo.record) && made_by(world, photo, tablet))
            world.violation(tablet.name() + " purged a photo, which no backup has: " + id.text());
    }
    if (tablet.drive.counts().failures != tablet.failures_before) return;
    // One of which nothing had come leaves no pages.
    if (!report || report->records_purged == 0) return;
    // Emptied, SQLite begins it anew with another salt.
    if (!salt.empty() && log_salt(tablet) == salt)
        world.violation(tablet.name() + " keeps pages of what it purged in its database's log");
}

}  // namespace kari::sim
