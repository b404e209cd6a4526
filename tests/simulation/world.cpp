// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/world.hpp"

#include <cstdio>
#include <stdexcept>

#include <stdlib.h>

#include <fmt/format.h>

#include "kari/v1/change.pb.h"
#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "tests/simulation/acts.hpp"
#include "tests/simulation/checks.hpp"
#include "tests/simulation/faults.hpp"
#include "tests/simulation/must.hpp"
#include "tests/simulation/rot.hpp"

namespace kari::sim {

namespace fs = std::filesystem;

namespace {

// Streams of chance that are not an op's.
constexpr std::uint64_t k_founding = 1'000'000'001;
constexpr std::uint64_t k_meanwhile = 2'000'000'000;
constexpr unsigned k_nurses = 5;
constexpr unsigned k_citizens = 4;
constexpr std::int64_t k_day_ms = 86'400'000;
// Days around which runs lie: two plain ones and both turns of the clocks.
constexpr std::int64_t k_days[] = {20'606, 20'541, 20'751, 20'700};  // 29 March, 25 October 2026

Instant first_moment(std::uint64_t seed) {
    Dice dice = dice_of(seed, k_founding + 1);
    const std::int64_t day = k_days[dice.below(std::size(k_days))];
    return {(day - 1) * k_day_ms + static_cast<std::int64_t>(dice.below(k_day_ms))};
}

// In half of the runs a record of a few changes is long already.
server::exchange::WindowChoice windows_of(std::uint64_t seed) {
    Dice dice = dice_of(seed, k_founding + 2);
    server::exchange::WindowChoice choice;
    if (dice.coin()) return choice;
    choice.above = 3 + dice.below(20);
    choice.reach = Duration::hours(1 + static_cast<std::int64_t>(dice.below(12)));
    choice.newest = dice.below(4);
    return choice;
}

}  // namespace

Dice dice_of(std::uint64_t seed, std::uint64_t what) {
    std::uint64_t mixed = seed * 0x9E3779B97F4A7C15ULL ^ what;
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9ULL;
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EBULL;
    return Dice(mixed ^ mixed >> 31);
}

Folder::Folder() {
    const fs::path memory = "/dev/shm";
    std::error_code code;
    const fs::path base = fs::is_directory(memory, code) ? memory : fs::temp_directory_path();
    std::string pattern = (base / "kari-sim-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no folder");
    path_ = pattern;
}

Folder::~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

World::World(const Options& options_in)
    : options(options_in),
      openssl(options.seed),
      now(first_moment(options.seed)),
      disk(options.seed, [this] { return now; }),
      network(options.seed, [this](Duration passed) { elapse(passed); }),
      server(folder.path() / "server", disk.add(folder.path() / "server"), options.seed * 1000, now,
             windows_of(options.seed)) {
    network.attach(k_server_address, [this](const HttpPost& post) -> Result<HttpReply> {
        auto reply = server.answer(post);
        if (server.drive().powered()) return reply;
        recover_server();
        return fail(ErrorCode::timed_out, "the server lost its power");
    });
    found();
}

World::~World() = default;

void World::found() {
    Dice dice = dice_of(options.seed, k_founding);
    unit = server.add_unit();
    for (unsigned i = 0; i < k_nurses; ++i)
        roles[nurses.emplace_back(server.add_person(unit, i))] = role_of(i);
    for (unsigned i = 0; i < k_citizens; ++i) {
        Upstream upstream(i, i + 1 == k_citizens, LocalDate{2026, 1, 1}, dice);
        const RecordId record = must(server.import(upstream));
        must(server.grant(unit, record));
        granted.insert(record);
        citizens.push_back({record, upstream});
    }
    for (unsigned i = 0; i < options.devices; ++i) {
        const fs::path place = folder.path() / ("tablet-" + std::to_string(i));
        auto& drive = disk.add(place);
        tablets.push_back(std::make_unique<Tablet>(i, place, drive, options.seed * 1000 + 1 + i,
                                                   now,
                                                   network.line("tablet " + std::to_string(i))));
        must(tablets.back()->enrol(k_server_address, server.invite(unit),
                                   {nurses[i % k_nurses], nurses[(i + 1) % k_nurses]}));
        must((*tablets.back())->sync({}));
    }
}

void World::elapse(Duration duration) {
    now = now + duration;
    server.machine.clock->advance(duration);
    for (const auto& tablet : tablets)
        tablet->machine.clock->advance(duration);
    if (op == 0 || depth_ > 0) return;
    // While somebody waits, others go on.
    Dice dice = dice_of(options.seed, k_meanwhile + static_cast<std::uint64_t>(now.ms));
    if (!dice.chance(40)) return;
    ++depth_;
    act(*this, *tablets[dice.below(tablets.size())], dice);
    --depth_;
}

bool World::clock_right(const Tablet& tablet) const {
    const std::int64_t off = tablet.machine.clock->wall().ms - now.ms;
    return off < 60'000 && off > -60'000;
}

void World::note(const std::string& line) {
    const std::string whole = fmt::format("{} {}", op, line);
    trace_ = base::sha256_of("simulation", {base::to_bytes(trace_), whole});
    history_.push_back(whole);
    if (options.tell) std::printf("%s\n", whole.c_str());
}

void World::violation(const std::string& what) {
    note("VIOLATION " + what);
    violations_.push_back(what);
}

void World::check_error(Tablet& tablet, const std::string& act_name, const Error& error) {
    note(fmt::format("{} {}: {}", tablet.name(), act_name, name(error.code)));
    ++tally["refused: " + std::string(name(error.code))];
    if (tablet.drive.counts().failures != tablet.failures_before) return;
    // A server whose disk fails at every flush says so with 500, until whoever asks gives up.
    if (error.code == ErrorCode::internal &&
        server.drive().counts().failures != server_failures_before) {
        return;
    }
    const bool shut_out = error.code == ErrorCode::device_revoked && tablet.shut_out;
    const bool of_a_stranger = error.code == ErrorCode::device_revoked ||
                               error.code == ErrorCode::device_expired ||
                               error.code == ErrorCode::device_unknown;
    const bool storage =
        error.code >= ErrorCode::storage_full && error.code <= ErrorCode::schema_too_new;
    const bool damage =
        storage && error.code != ErrorCode::storage_full && error.code != ErrorCode::storage_failed;
    if (tablet.rotten && damage) {
        tablet.damage_told = true;
        return;
    }
    if (shut_out || (advice(error.code) != Advice::defect && !storage && !of_a_stranger)) return;
    violation(fmt::format("{} {}: {} ({})", tablet.name(), act_name, name(error.code), error.what));
}

void World::recover_server() {
    if (server.drive().powered() && server.up()) return;
    ++tally["server: power lost"];
    note("the server loses its power");
    server.stop();
    server.drive().set_full(false);  // without room it does not start, and says so
    if (!server.drive().powered()) server.drive().power_up();
    server.machine.clock->reboot();
    if (auto started = server.start(); !started) {
        violation(fmt::format("the server does not start after a loss of power: {} ({})",
                              name(started.error().code), started.error().what));
    }
}

void World::recover(Tablet& tablet) {
    recover_server();
    if (tablet.busy) return;
    if (tablet.damage_told && tablet.drive.powered()) salvage(*this, tablet);
    if (tablet.drive.powered()) return;
    ++tally["tablet: power lost"];
    note(tablet.name() + " loses its power");
    tablet.device.reset();
    tablet.drive.set_full(false);
    tablet.drive.power_up();
    tablet.machine.clock->reboot();
    if (auto opened = tablet.reopen(); !opened) {
        if (tablet.rotten) return salvage(*this, tablet);
        violation(fmt::format("{} does not open after a loss of power: {} ({})", tablet.name(),
                              name(opened.error().code), opened.error().what));
        return;
    }
    if (tablet.rotten) look_for_rot(*this, tablet);  // it is looked through before it is believed
    harvest(tablet);
}

// What was durable although its call came to no end is its author's all the same.
void World::harvest(Tablet& tablet) {
    const std::string own = base::to_bytes(tablet->incarnation());
    for (const RecordId& record : must(tablet->held_records())) {
        for (const LogLine& line : must(tablet->export_log(record))) {
            v1::ChangeHeader header;
            const auto bytes = base::from_hex(line.header_hex);
            if (!bytes || !header.ParseFromString(*bytes) || header.incarnation() != own) continue;
            const auto resource = base::from_bytes<ResourceId>(header.resource());
            LedgerEntry entry{record, resource.value_or(ResourceId{}), tablet.number, op,
                              clock_right(tablet)};
            entry.told = false;
            entry.shut_out = tablet.shut_out;
            ledger.wrote(line.id, entry);
        }
    }
}

Result<void> World::back_up() {
    const unsigned before = server.backups();
    const auto done = server.backup();
    if (server.backups() > before) {
        KARI_LET(const auto records, server.records());
        for (const RecordId& record : records) {
            KARI_LET(const auto log, server.log(record));
            for (const ServerChange& change : log)
                ledger.secured(change.id);
        }
        for (const auto& [id, photo] : std::map(ledger.photos())) {
            KARI_LET(const bool there, server.has_attachment(photo.record, id));
            if (there) ledger.photo_secured(id);
        }
    }
    if (!done) return tl::unexpected(done.error());
    return {};
}

void World::run() {
    for (unsigned number = 1; number <= options.ops; ++number) {
        if (options.without.contains(number)) continue;
        op = number;
        server_failures_before = server.drive().counts().failures;
        for (const auto& tablet : tablets)
            tablet->failures_before = tablet->drive.counts().failures;
        Dice dice = dice_of(options.seed, number);
        elapse(Duration::seconds(static_cast<std::int64_t>(dice.below(900))));
        if (options.faults && dice.chance(120)) {
            fault(*this, dice);
        } else if (dice.chance(60)) {
            administer(*this, dice);
        } else if (dice.chance(50)) {
            check_under_way(*this, *tablets[dice.below(tablets.size())]);
        } else {
            act(*this, *tablets[dice.below(tablets.size())], dice);
        }
        for (const auto& tablet : tablets)
            recover(*tablet);
        if (number == options.fails_at) violation("as it was asked to");
        if (!violations_.empty()) break;
    }
    op = 0;
    if (violations_.empty()) check_at_rest(*this);
}

}  // namespace kari::sim
