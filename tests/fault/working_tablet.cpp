// SPDX-License-Identifier: Apache-2.0
//
// kari-working-tablet: a tablet as a process of its own, over real files and a real network, that
// works until it is killed. Each line on standard output is written after the call that it tells of
// has returned, so that whoever kills it knows what must be there afterwards.
#include <cstdio>
#include <fstream>
#include <iostream>
#include <random>
#include <set>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <kari/device.hpp>
#include <kari/linux_platform.hpp>

using namespace kari;

namespace {

constexpr const char* k_pin = "2580";

struct Asked {
    std::filesystem::path folder;
    std::string server;
    std::string code;
    std::string person;
    std::string witness;
    std::uint64_t seed = 1;
};

int broken(std::string_view doing, const Error& error) {
    fmt::print("broken {}: {} ({})\n", doing, name(error.code), error.what);
    return 1;
}

void tell(std::string_view line) {
    fmt::print("{}\n", line);
    std::fflush(stdout);
}

Result<Device> open(const Asked& asked, const Platform& platform) {
    auto tablet = Device::open(asked.folder / "tablet", platform);
    if (!tablet) return tablet;
    const auto person = PersonId::parse(asked.person).value_or(PersonId{});
    if (const auto in = tablet->unlock(person, k_pin); !in) return tl::unexpected(in.error());
    return tablet;
}

int enrol(const Asked& asked, const Platform& platform) {
    EnrolOptions options;
    options.directory = asked.folder / "tablet";
    options.server = asked.server;
    options.code = asked.code;
    options.device_name = asked.folder.filename().string();
    options.person = PersonId::parse(asked.person).value_or(PersonId{});
    options.pin = k_pin;
    options.pin_memory_kib = 64;
    options.pin_iterations = 1;
    auto tablet = Device::enrol(options, platform);
    if (!tablet) return broken("enrol", tablet.error());
    const auto report = tablet->sync({});
    if (!report || !report->complete) return broken("sync", report ? Error{} : report.error());
    return 0;
}

ObservationEntry reading(std::mt19937_64& dice) {
    ObservationEntry entry;
    entry.code = {"http://loinc.org", "8867-4", "Puls"};
    entry.value = Quantity{Decimal::of(static_cast<long long>(50 + dice() % 60)), "/min", "/min"};
    entry.confirmed = true;
    return entry;
}

NoteEntry note(std::mt19937_64& dice) {
    NoteEntry entry;
    entry.type = "note";
    entry.title = "Visit";
    entry.text = std::string(dice() % 6'000, 'n');
    return entry;
}

void sync(Device& tablet) {
    const auto report = tablet.sync({});
    if (!report) {
        if (advice(report.error().code) == Advice::defect) broken("sync", report.error());
        return tell(fmt::format("offline {}", name(report.error().code)));
    }
    const auto status = tablet.sync_status();
    // What is unsent now includes nothing that was written before: one thread does both.
    if (report->complete && status && status->unsent == 0) return tell("acknowledged");
    tell("partly");
}

// For ever; whatever it is told to be durable it says.
int work(const Asked& asked, Device& tablet) {
    std::mt19937_64 dice(asked.seed);
    const auto list = tablet.my_patients({});
    if (!list) return broken("list", list.error());
    std::optional<Written> last;
    for (;;) {
        if (dice() % 5 == 0) {
            sync(tablet);
            continue;
        }
        const RecordId record = list->rows[dice() % list->rows.size()].record;
        const bool corrects = last && dice() % 4 == 0;
        auto written = corrects          ? tablet.correct_observation(last->token, reading(dice))
                       : dice() % 2 == 0 ? tablet.write_note(record, note(dice))
                                         : tablet.record_observation(record, reading(dice));
        if (!written) return broken("write", written.error());
        tell(fmt::format("wrote {} {}", written->change.text(), written->record.text()));
        last = tablet.record_observation(record, reading(dice)).value();
        tell(fmt::format("wrote {} {}", last->change.text(), last->record.text()));
    }
}

// Everything that was told is in the log, and all that is there holds.
int check(const Asked& asked, Device& tablet) {
    std::set<std::string> here;
    const auto records = tablet.held_records();
    if (!records) return broken("records", records.error());
    for (const RecordId& record : *records) {
        const auto log = tablet.export_log(record);
        if (!log) return broken("log", log.error());
        for (const LogLine& line : *log)
            here.insert(line.id.text());
    }
    int status = 0;
    std::ifstream witness(asked.witness);
    for (std::string id; witness >> id;) {
        if (here.contains(id)) continue;
        tell("lacks " + id);
        status = 1;
    }
    const auto report = tablet.verify();
    if (!report) return broken("verify", report.error());
    for (const std::string& problem : report->problems) {
        tell("does not hold: " + problem);
        status = 1;
    }
    return status;
}

// All that waits is sent and all that is new is here; otherwise it says why not.
int settle(Device& tablet) {
    for (int attempt = 0; attempt < 20; ++attempt) {
        const auto report = tablet.sync({});
        if (!report) return broken("sync", report.error());
        for (const std::string& problem : report->problems)
            tell("passes over " + problem);
        const auto status = tablet.sync_status();
        if (!status) return broken("status", status.error());
        if (report->complete && status->unsent == 0 && report->progress.received == 0) return 0;
    }
    tell("does not come to rest");
    return 1;
}

}  // namespace

int main(int argc, char** argv) {
    Asked asked;
    CLI::App app{"a tablet that works until it is killed"};
    app.require_subcommand(1);
    auto* to_enrol = app.add_subcommand("enrol", "becomes the unit's");
    auto* to_work = app.add_subcommand("work", "writes and syncs for ever");
    auto* to_check = app.add_subcommand("check", "has it what it told?");
    auto* to_settle = app.add_subcommand("settle", "syncs until nothing is left");
    for (auto* one : {to_enrol, to_work, to_check, to_settle}) {
        one->add_option("--dir", asked.folder)->required();
        one->add_option("--person", asked.person)->required();
    }
    to_enrol->add_option("--server", asked.server)->required();
    to_enrol->add_option("--code", asked.code)->required();
    to_work->add_option("--seed", asked.seed);
    to_check->add_option("--witness", asked.witness)->required();
    CLI11_PARSE(app, argc, argv);
    std::filesystem::create_directories(asked.folder);
    const auto platform = platform_linux::make_platform((asked.folder / "keys").string());
    if (!platform) return broken("platform", platform.error());
    if (to_enrol->parsed()) return enrol(asked, *platform);
    auto tablet = open(asked, *platform);
    if (!tablet) return broken("open", tablet.error());
    if (to_work->parsed()) return work(asked, *tablet);
    return to_check->parsed() ? check(asked, *tablet) : settle(*tablet);
}
