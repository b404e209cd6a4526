// SPDX-License-Identifier: Apache-2.0
#include <functional>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "sdk/base/id.hpp"
#include "sync-server/storage/attempt.hpp"
#include "tests/fault/campaign.hpp"
#include "tests/simulation/acts.hpp"
#include "tests/simulation/chart_acts.hpp"
#include "tests/simulation/checks.hpp"
#include "tests/simulation/must.hpp"
#include "tests/simulation/world.hpp"

namespace kari::faults {
namespace {

using platform_simulated::Drive;
using sim::must;
using sim::Tablet;
using sim::World;

const Access k_round{Purpose::treatment, "on the round"};
// An act may find nothing to write about; with other dice it does.
constexpr unsigned k_attempts = 300;
// No use case has so many calls: one that has does not end.
constexpr unsigned k_points = 5'000;
constexpr unsigned k_calls_of_a_world = 40;

struct UseCase {
    std::string name;
    bool exchange = false;                        // the server's disk has a part in it
    std::function<void(World&, Tablet&)> before;  // its work; nothing fails meanwhile
    std::function<Result<void>(World&, Tablet&)> run;
};

Result<void> record(World& world, Tablet& tablet) {
    ObservationEntry entry;
    entry.code = {"http://loinc.org", "8867-4", "Puls"};
    entry.value = Quantity{Decimal::of(72), "/min", "/min"};
    KARI_LET(const auto written, tablet->record_observation(*world.granted.begin(), entry));
    world.ledger.wrote(written.change,
                       sim::LedgerEntry{written.record, written.resource, tablet.number, 1});
    return {};
}

Result<void> write(World& world, Tablet& tablet, const sim::Act& act) {
    for (unsigned attempt = 0; attempt < k_attempts; ++attempt) {
        sim::Dice dice = sim::dice_of(world.options.seed, world.tally["attempts"]++);
        auto record_of = world.granted.begin();
        std::advance(record_of, static_cast<std::ptrdiff_t>(dice.below(world.granted.size())));
        KARI_LET(const auto chart, tablet->open_chart(*record_of, k_round));
        sim::Seen seen{world, tablet, dice, chart};
        const sim::Answer answer = act.call(seen);
        // What may not be written any more is not what is asked about here.
        if (!answer || (!*answer && answer->error().code == ErrorCode::signed_text_is_final))
            continue;
        if (!*answer) return tl::unexpected(answer->error());
        const Written& written = **answer;
        world.ledger.wrote(written.change,
                           sim::LedgerEntry{written.record, written.resource, tablet.number, 1});
        for (const ChangeId& also : written.also)
            world.ledger.wrote(also, sim::LedgerEntry{written.record, {}, tablet.number, 1});
        return {};
    }
    return fail(ErrorCode::not_found, "nothing to write about");
}

Result<void> synced(World& world, Tablet& tablet) {
    KARI_TRY(sim::sync(world, tablet));
    return {};
}

// Both have something for each other.
void write_on_both(World& world, Tablet& tablet) {
    Tablet& other = *world.tablets[tablet.number == 0 ? 1 : 0];
    must(record(world, other));
    must(record(world, other));
    must(synced(world, other));
    must(record(world, tablet));
    must(record(world, tablet));
}

// A record is on the tablet, all of it secured, and leaves the unit.
void let_one_leave(World& world, Tablet& tablet) {
    const RecordId leaving = world.citizens.back().record;
    must(world.server.grant(world.unit, leaving));
    must(synced(world, tablet));
    must(world.server.backup());
    must(synced(world, tablet));
    must(world.server.remove(world.unit, leaving));
    world.granted.erase(leaving);
}

// The server has gone back to a backup that lacks what both tablets hold.
void put_server_back(World& world, Tablet& tablet) {
    must(world.server.backup());
    write_on_both(world, tablet);
    must(synced(world, tablet));
    must(world.server.restore(world.server.backups()));
    must(world.server.close_recovery());
}

std::vector<UseCase> use_cases() {
    std::vector<UseCase> all;
    const auto nothing = [](World&, Tablet&) {
    };
    // There is always a visit to end.
    const auto begin_visit = [](World& world, Tablet& tablet) {
        for (const sim::Act& act : sim::care_acts()) {
            if (std::string_view(act.name) == "visit") must(write(world, tablet, act));
        }
    };
    for (const auto acts : {sim::medicine_acts(), sim::care_acts()}) {
        for (const sim::Act& act : acts) {
            const bool ends = std::string_view(act.name) == "end visit";
            all.push_back({std::string("write: ") + act.name, false,
                           ends ? std::function<void(World&, Tablet&)>(begin_visit) : nothing,
                           [&act](World& world, Tablet& tablet) {
                               return write(world, tablet, act);
                           }});
        }
    }
    all.push_back({"read: list", false, nothing, [](World&, Tablet& tablet) -> Result<void> {
                       KARI_TRY(tablet->my_patients(k_round));
                       return {};
                   }});
    all.push_back({"read: chart after opening", false,
                   [](World&, Tablet& tablet) { must(tablet.reopen()); },
                   [](World& world, Tablet& tablet) -> Result<void> {
                       KARI_TRY(tablet->open_chart(*world.granted.begin(), k_round));
                       return {};
                   }});
    all.push_back({"write: draft", false, nothing, [](World& world, Tablet& tablet) {
                       NoteEntry entry;
                       entry.text = "half a note";
                       return tablet->save_draft(*world.granted.begin(), "visit", entry);
                   }});
    all.push_back({"lock and unlock", false, nothing, [](World&, Tablet& tablet) -> Result<void> {
                       KARI_TRY(tablet->lock());
                       return tablet.unlock(0);
                   }});
    all.push_back({"close and open", false, nothing, [](World&, Tablet& tablet) {
                       return tablet.reopen();
                   }});
    all.push_back({"exchange: push and pull", true, write_on_both, synced});
    all.push_back({"exchange: nothing new", true, nothing, synced});
    all.push_back({"exchange: a record leaves", true, let_one_leave, synced});
    all.push_back({"exchange: a restored server", true, put_server_back, synced});
    all.push_back({"exchange: a record comes", true,
                   [](World& world, Tablet& tablet) {
                       let_one_leave(world, tablet);
                       must(synced(world, tablet));
                       must(world.server.grant(world.unit, world.citizens.back().record));
                       world.granted.insert(world.citizens.back().record);
                   },
                   synced});
    return all;
}

struct Side {
    const char* name;
    bool of_server;
    bool reads;
};
constexpr Side k_sides[] = {{"tablet's writes", false, false},
                            {"tablet's reads", false, true},
                            {"server's writes", true, false},
                            {"server's reads", true, true}};

void arm(Drive& drive, bool reads, unsigned call) {
    if (reads) {
        drive.fail_read_at(call);
    } else {
        drive.fail_at(call);
    }
}

// Own changes that are durable although their call came to no good end.
void find_unannounced(World& world, Tablet& tablet) {
    for (const RecordId& record_id : must(tablet->held_records())) {
        for (const LogLine& line : must(tablet->export_log(record_id))) {
            v1::ChangeHeader header;
            const auto bytes = base::from_hex(line.header_hex);
            if (!bytes || !header.ParseFromString(*bytes)) continue;
            if (header.incarnation() != base::to_bytes(tablet->incarnation())) continue;
            world.ledger.wrote(line.id,
                               sim::LedgerEntry{record_id, {}, tablet.number, 1, true, false});
        }
    }
}

// The worlds of one use case, one after the other: what befalls a world adds to its history, and
// one that has been restored a hundred times is no longer what a call is to be failed in.
class Worlds {
public:
    Worlds(const sim::Options& options, const UseCase& use, Told& told)
        : options_(options), use_(use), told_(told) {}

    // For one call. The world before it has been looked at at rest.
    World& next() {
        if (world_ && calls_ == k_calls_of_a_world) end();
        if (!world_) {
            calls_ = 0;
            world_.emplace(options_);
            world_->run();  // so that there is something to correct, to end and to answer
            world_->op = 0;
        }
        ++calls_;
        return *world_;
    }

    void end() {
        if (!world_) return;
        sim::check_at_rest(*world_);
        for (const std::string& one : world_->violations())
            told_.violations.push_back(use_.name + ": " + one);
        world_.reset();
    }

private:
    const sim::Options& options_;
    const UseCase& use_;
    Told& told_;
    std::optional<World> world_;
    unsigned calls_ = 0;
};

class Campaign {
public:
    Campaign(Worlds& worlds, const UseCase& use, Told& told)
        : worlds_(worlds), use_(use), told_(told) {}

    void run(const Side& side, unsigned stride) {
        for (unsigned call = 1; call < k_points; call += stride) {
            World& world = worlds_.next();
            Tablet& tablet = *world.tablets.front();
            Drive& drive = side.of_server ? world.server.drive() : tablet.drive;
            world.elapse(Duration::minutes(1));
            use_.before(world, tablet);
            const auto failures = drive.counts().failures;
            arm(drive, side.reads, call);
            const auto done = use_.run(world, tablet);
            arm(drive, side.reads, 0);
            const bool hit = drive.counts().failures != failures;
            const std::string where =
                fmt::format("{}, call {} of the {}", use_.name, call, side.name);
            judge(done, hit, where);
            go_on(world, tablet, where);
            if (!hit) return;
            ++told_.faults;
            ++told_.counts[side.name];
        }
        violation(use_.name + " does not come to an end");
    }

private:
    void violation(const std::string& what) { told_.violations.push_back(what); }

    // What is told of a failing disk: that it fails. Without one everything is done.
    void judge(const Result<void>& done, bool hit, const std::string& where) {
        if (done) return;
        const bool explained = hit && advice(done.error().code) != Advice::defect;
        if (explained) return;
        violation(fmt::format("{}: {} ({})", where, name(done.error().code), done.error().what));
    }

    // The fault has passed: the tablet and the server go on, without being started anew.
    void go_on(World& world, Tablet& tablet, const std::string& where) {
        if (!tablet.device || tablet->locked()) {
            const auto opened = tablet.device ? tablet.unlock(0) : tablet.reopen();
            if (!opened) return violation(where + ": cannot be unlocked: " + opened.error().what);
        }
        if (!world.server.up()) return violation(where + ": the server went down");
        if (const auto next = record(world, tablet); !next) {
            violation(fmt::format("{}: the next write: {} ({})", where, name(next.error().code),
                                  next.error().what));
        }
        find_unannounced(world, tablet);
    }

    Worlds& worlds_;
    const UseCase& use_;
    Told& told_;
};

}  // namespace

Told fail_calls(std::uint64_t seed, unsigned stride, const std::string& only, const Watch& watch) {
    Told told;
    sim::Options options;
    options.seed = seed;
    options.devices = 2;
    options.ops = 120;
    options.faults = false;
    for (const UseCase& use : use_cases()) {
        if (!use.name.starts_with(only)) continue;
        Worlds worlds(options, use, told);
        for (const Side& side : k_sides) {
            if (side.of_server && !use.exchange) continue;
            Campaign(worlds, use, told).run(side, stride);
        }
        worlds.end();
        ++told.counts["use cases"];
        if (watch) watch(fmt::format("{}: {} calls failed so far", use.name, told.faults));
    }
    return told;
}

}  // namespace kari::faults
