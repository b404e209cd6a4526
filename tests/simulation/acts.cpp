// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/acts.hpp"

#include <array>

#include <fmt/format.h>

#include "tests/simulation/chart_acts.hpp"
#include "tests/simulation/checks.hpp"
#include "tests/simulation/log_reading.hpp"
#include "tests/simulation/must.hpp"
#include "tests/simulation/record_links.hpp"

namespace kari::sim {
namespace {

const Access k_round{Purpose::treatment, "on the round"};

// A record of the caseload, at random.
std::optional<RecordId> choose_record(World& world, Tablet& tablet, Dice& dice) {
    const auto list = tablet->my_patients(k_round);
    if (!list) {
        world.check_error(tablet, "list", list.error());
        return std::nullopt;
    }
    if (list->rows.empty()) return std::nullopt;
    return list->rows[dice.below(list->rows.size())].record;
}

// What the nurse acts on: the chart as it is now, or as she saw it some time ago. Now and then the
// log is read beside it.
const Sight* look(World& world, Tablet& tablet, const RecordId& record, Dice& dice) {
    const bool anew = dice.chance(400);
    const bool closely = dice.chance(300);
    const auto known = tablet.views.find(record);
    if (known != tablet.views.end() && !anew) return &known->second;
    auto chart = tablet->open_chart(record, k_round);
    if (!chart) {
        world.check_error(tablet, "chart", chart.error());
        return nullptr;
    }
    Sight sight{std::move(*chart), std::nullopt};
    if (closely) {
        const auto log = read_log(tablet, record);
        if (log) {
            sight.heads = heads_of(*log);
        } else {
            world.check_error(tablet, "export", log.error());
        }
    }
    return &tablet.views.insert_or_assign(record, std::move(sight)).first->second;
}

// As the ledger keeps it: with what its author had before her.
LedgerEntry entry_of(World& world, Tablet& tablet, const Sight& seen, const Written& written) {
    LedgerEntry entry{written.record, written.resource, tablet.number, world.op,
                      world.clock_right(tablet)};
    entry.shut_out = tablet.shut_out;
    // Who says something of a record that is linked to the one that she looked at has seen both;
    // the export was of one.
    if (!seen.heads || written.record != seen.chart.record) return entry;
    const auto heads = seen.heads->of.find(written.resource);
    entry.saw = heads == seen.heads->of.end() ? std::set<ChangeId>() : heads->second;
    entry.tick_then = seen.heads->tick;
    return entry;
}

const Act& choose_act(Dice& dice) {
    const std::array all_acts = {medicine_acts(), care_acts(),  photo_acts(),
                                 pain_acts(),     after_acts(), stock_acts()};
    unsigned all = 0;
    for (const auto acts : all_acts) {
        for (const Act& one : acts)
            all += one.weight;
    }
    std::uint64_t at = dice.below(all);
    for (const auto acts : all_acts) {
        for (const Act& one : acts) {
            if (at < one.weight) return one;
            at -= one.weight;
        }
    }
    return medicine_acts().front();
}

void chart(World& world, Tablet& tablet, Dice& dice) {
    const auto record = choose_record(world, tablet, dice);
    if (!record) return;
    const Sight* sight = look(world, tablet, *record, dice);
    if (sight == nullptr) return;
    const Sight seen_by_nurse = *sight;  // she acts on it, whatever comes meanwhile
    Seen seen{world, tablet, dice, seen_by_nurse.chart};
    const Act& chosen = choose_act(dice);
    const Answer answer = chosen.call(seen);
    if (!answer) return;
    if (!*answer) return world.check_error(tablet, chosen.name, answer->error());
    const Written& written = **answer;
    ++world.tally[std::string("wrote: ") + chosen.name];
    world.ledger.wrote(written.change, entry_of(world, tablet, seen_by_nurse, written));
    for (const ChangeId& also : written.also) {
        LedgerEntry entry{written.record, {}, tablet.number, world.op};
        entry.shut_out = tablet.shut_out;
        world.ledger.wrote(also, entry);
    }
    world.note(fmt::format("{} {} {}", tablet.name(), chosen.name, written.change.text()));
}

void draft(World& world, Tablet& tablet, Dice& dice) {
    const auto record = choose_record(world, tablet, dice);
    if (!record) return;
    NoteEntry entry;
    entry.text = fmt::format("draft {}", dice.below(100));
    if (auto saved = tablet->save_draft(*record, "visit", entry); !saved) {
        return world.check_error(tablet, "draft", saved.error());
    }
    tablet.drafted.insert(*record);
    const auto again = tablet->load_draft(*record, "visit");
    if (!again) return world.check_error(tablet, "draft", again.error());
    if (!*again || (*again)->text != entry.text) world.violation("a draft is another");
}

// Reads back in a record of which the tablet does not hold all.
void read_back(World& world, Tablet& tablet, Dice& dice) {
    const auto record = choose_record(world, tablet, dice);
    if (!record || look(world, tablet, *record, dice) == nullptr) return;
    const auto hours = Duration::hours(static_cast<std::int64_t>(dice.below(72)));
    const auto more = tablet->want_history(*record, world.now - hours);
    if (!more) return world.check_error(tablet, "history", more.error());
    if (*more) ++world.tally["asked for what is older"];
}

// Another nurse takes the tablet, or the same after a break.
void hand_over(World& world, Tablet& tablet, Dice& dice) {
    static_cast<void>(tablet->lock());
    const auto unlocked = tablet.unlock(dice.below(tablet.nurses.size()));
    if (!unlocked) return world.check_error(tablet, "unlock", unlocked.error());
    world.note(fmt::format("{} is taken by nurse {}", tablet.name(), tablet.nurse));
}

}  // namespace

void write_beside(Seen& seen, const Written& written) {
    LedgerEntry noted{written.record, written.resource, seen.tablet.number, seen.world.op,
                      seen.world.clock_right(seen.tablet)};
    noted.shut_out = seen.tablet.shut_out;
    seen.world.ledger.wrote(written.change, noted);
    for (const ChangeId& also : written.also)
        seen.world.ledger.wrote(also, noted);
}

Result<SyncReport> sync(World& world, Tablet& tablet) {
    const auto before = tablet->held_records();
    const std::string salt = log_salt(tablet);
    tablet.busy = true;
    auto report = tablet->sync({});
    tablet.busy = false;
    if (before) check_purged(world, tablet, *before, salt, report);
    if (!report) return report;
    if (tablet.shut_out) world.violation(tablet.name() + " was revoked, and is let in");
    ++world.tally["synced"];
    world.note(fmt::format("{} syncs: {} sent, {} received, {} returned, {}", tablet.name(),
                           report->progress.sent, report->progress.received, report->returned,
                           report->complete ? "complete" : "not complete"));
    if (!report->complete) return report;
    const auto status = tablet->sync_status();
    if (status && status->unsent == 0) world.ledger.acknowledged(tablet.number);
    return report;
}

void act(World& world, Tablet& tablet, Dice& dice) {
    if (!tablet.device || !tablet.drive.powered()) return;
    if (tablet->locked()) {
        if (auto unlocked = tablet.unlock(tablet.nurse); !unlocked) {
            return world.check_error(tablet, "unlock", unlocked.error());
        }
    }
    const std::uint64_t what = dice.below(100);
    if (what < 72) return chart(world, tablet, dice);
    if (what < 74) return draft(world, tablet, dice);
    if (what < 75) return read_back(world, tablet, dice);
    if (tablet.busy) return;
    if (what < 79) return hand_over(world, tablet, dice);
    if (const auto report = sync(world, tablet); !report) {
        world.check_error(tablet, "sync", report.error());
    }
}

void administer(World& world, Dice& dice) {
    if (!world.server.up()) return;
    Citizen& citizen = world.citizens[dice.below(world.citizens.size())];
    const std::uint64_t what = dice.below(12);
    Result<void> done;
    if (what < 5) {
        citizen.upstream.revise(dice);
        const auto record = world.server.import(citizen.upstream);
        if (!record) done = tl::unexpected(record.error());
        world.note("the server imports");
    } else if (what < 7) {
        done = world.back_up();
        world.note("the server is backed up");
    } else if (what < 9) {
        done = link_or_unlink(world, dice);
    } else if (world.granted.contains(citizen.record)) {
        done = world.server.remove(world.unit, citizen.record);
        if (done) world.granted.erase(citizen.record);
        world.note("a citizen leaves the unit");
    } else {
        done = world.server.grant(world.unit, citizen.record);
        if (done) world.granted.insert(citizen.record);
        world.note("a citizen comes to the unit");
    }
    ++world.tally["administered"];
    const bool troubled = world.server.drive().counts().failures != world.server_failures_before;
    if (!done && !troubled) {
        world.violation(fmt::format("the server's operator is told {} ({})",
                                    name(done.error().code), done.error().what));
    }
}

}  // namespace kari::sim
