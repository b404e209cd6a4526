// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "sdk/store/sqlcipher/database.hpp"
#include "sync-server/storage/attempt.hpp"
#include "tests/fault/campaign.hpp"
#include "tests/simulation/acts.hpp"
#include "tests/simulation/checks.hpp"
#include "tests/simulation/faults.hpp"
#include "tests/simulation/must.hpp"
#include "tests/simulation/world.hpp"

namespace kari::faults {
namespace {

using platform_simulated::Drive;
using sim::must;
using sim::Tablet;
using sim::World;
using store::sqlcipher::Database;

// A log that has grown makes every image dearer; then others begin anew.
constexpr unsigned k_images_of_a_world = 100;
constexpr std::uint64_t k_calls_ahead = 120;
constexpr unsigned k_acts_at_most = 400;

// Everything that this tablet has made durable is in its log or, where it left, at the server.
void check_durable(World& world, Tablet& tablet) {
    std::set<ChangeId> here;
    for (const RecordId& record : must(tablet->held_records())) {
        for (const LogLine& line : must(tablet->export_log(record)))
            here.insert(line.id);
    }
    for (const auto& [id, entry] : world.ledger.entries()) {
        if (entry.gone || entry.tablet != tablet.number || here.contains(id)) continue;
        const auto log = must(world.server.log(entry.record));
        const bool there = std::any_of(log.begin(), log.end(),
                                       [&](const auto& change) { return change.id == id; });
        if (!there) world.violation("an image lacks " + id.text());
    }
    const auto report = must(tablet->verify());
    for (const std::string& problem : report.problems)
        world.violation("an image does not hold: " + problem);
}

// What the server acknowledged, to whomever, it has.
void check_acknowledged(World& world) {
    std::set<ChangeId> here;
    for (const RecordId& record : must(world.server.records())) {
        for (const auto& change : must(world.server.log(record)))
            here.insert(change.id);
    }
    for (const auto& [id, entry] : world.ledger.entries()) {
        if (entry.acknowledged && !entry.gone && !here.contains(id)) {
            world.violation("an image of the server lacks " + id.text());
        }
    }
    for (const std::string& broken : must(world.server.verify()))
        world.violation("an image of the server does not hold: " + broken);
}

unsigned cuts(World& world) {
    return world.tally["server: power lost"] + world.tally["tablet: power lost"];
}

void one_image(World& world, unsigned number) {
    world.op = number;
    world.server_failures_before = world.server.drive().counts().failures;
    for (const auto& each : world.tablets)
        each->failures_before = each->drive.counts().failures;
    sim::Dice dice = sim::dice_of(world.options.seed, number);
    Tablet& tablet = *world.tablets[dice.below(world.tablets.size())];
    const bool of_server = dice.chance(300);
    Drive& drive = of_server ? world.server.drive() : tablet.drive;
    const unsigned before = cuts(world);
    drive.cut_power_at(1 + dice.below(k_calls_ahead));
    for (unsigned i = 0; i < k_acts_at_most && cuts(world) == before; ++i) {
        world.elapse(Duration::minutes(3));
        if (dice.chance(50)) {
            sim::administer(world, dice);
        } else {
            sim::act(world, tablet, dice);
        }
        world.recover(tablet);
    }
    if (cuts(world) == before) {
        drive.cut_power();
        world.recover(tablet);
    }
    if (of_server) {
        check_acknowledged(world);
    } else if (world.violations().empty()) {
        check_durable(world, tablet);
    }
}

struct Row {
    std::int64_t number = 0;
    std::string text;
};

Result<void> insert(Database& db, const Row& row) {
    KARI_LET(auto transaction, db.begin());
    {
        KARI_LET(auto put, db.prepare("INSERT INTO line VALUES(?1, ?2)"));
        put.bind(1, row.number).bind_blob(2, row.text);
        KARI_TRY(put.run());
    }
    return transaction.commit();
}

Result<std::set<std::int64_t>> numbers(Database& db) {
    std::set<std::int64_t> out;
    KARI_LET(auto rows, db.prepare("SELECT number FROM line"));
    for (;;) {
        KARI_LET(const bool more, rows.step());
        if (!more) return out;
        out.insert(rows.column_int(0));
    }
}

}  // namespace

Told cut_power(std::uint64_t seed, unsigned images, const Watch& watch) {
    Told told;
    while (told.faults < images && told.violations.empty()) {
        sim::Options options;
        options.seed = seed + told.faults;
        options.devices = 2;
        World world(options);
        for (unsigned n = 1; n <= k_images_of_a_world && told.faults < images; ++n) {
            one_image(world, n);
            ++told.faults;
            if (!world.violations().empty()) break;
        }
        world.op = 0;
        if (world.violations().empty()) sim::check_at_rest(world);
        for (const std::string& one : world.violations())
            told.violations.push_back(fmt::format("seed {}: {}", options.seed, one));
        for (const auto& [name, count] : world.tally)
            told.counts[name] += count;
        if (watch) watch(fmt::format("{} of {} images", told.faults, images));
    }
    return told;
}

Told cut_power_on_rows(std::uint64_t seed, unsigned images, const std::string& pragma) {
    Told told;
    const sim::Folder folder;
    platform_simulated::SimulatedDisk disk(seed, [] { return Instant{0}; });
    Drive& drive = disk.add(folder.path() / "machine");
    const std::string path = (drive.folder() / "rows.db").string();
    const std::string key(32, 'k');
    store::sqlcipher::Options options;
    options.checkpoint_pages = 30;  // so that cuts fall into checkpoints too
    {
        Database db = must(Database::create(path, key, options));
        must(db.execute("CREATE TABLE line(number INTEGER PRIMARY KEY, text BLOB)"));
    }
    std::int64_t next = 0;
    std::set<std::int64_t> durable;
    for (; told.faults < images; ++told.faults) {
        sim::Dice dice = sim::dice_of(seed, told.faults);
        {
            Database db = must(Database::open(path, key, options));
            if (!pragma.empty()) must(db.execute(pragma));
            drive.cut_power_at(1 + dice.below(k_calls_ahead));
            while (insert(db, {++next, std::string(dice.below(3'000), 'r')}))
                durable.insert(next);
        }
        drive.power_up();
        auto db = Database::open(path, key, options);
        if (!db || !db->check()) {
            told.violations.push_back(fmt::format("image {} cannot be read", told.faults));
            return told;
        }
        const auto here = must(numbers(*db));
        for (const std::int64_t number : durable) {
            if (here.contains(number)) continue;
            told.violations.push_back(fmt::format("image {} lacks row {}", told.faults, number));
        }
        durable = here;
    }
    return told;
}

}  // namespace kari::faults
