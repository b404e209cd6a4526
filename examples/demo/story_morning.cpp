// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "examples/demo/acts.hpp"
#include "examples/demo/story.hpp"

namespace kari::demo {
namespace {

namespace json = boost::json;

constexpr std::size_t k_round_citizens_max = 6;

std::uint64_t number_at(const json::object& object, std::string_view key) {
    const json::value* found = object.if_contains(key);
    return found == nullptr ? 0 : found->to_number<std::uint64_t>();
}

// Of the server's report: in, by_kind, and how many were kept whole or rejected.
json::object summary_of(const json::object& report) {
    json::object summary = {{"in", number_at(report, "in")},
                            {"by_kind", report.at("by_kind")},
                            {"unmapped", report.at("unmapped")},
                            {"rejected", list_at(report, "rejected").size()}};
    return summary;
}

std::uint64_t sum_of(const json::object& counts) {
    std::uint64_t sum = 0;
    for (const auto& [name, count] : counts)
        sum += count.to_number<std::uint64_t>();
    return sum;
}

void generate_district(Stage& stage) {
    const auto folder = stage.folder / "district";
    Command command;
    command.words = {stage.programs.district.string(),
                     "--patients",
                     "12",
                     "--resources",
                     "60",
                     "--day",
                     stage.yesterday,
                     "--out",
                     folder.string()};
    const Completed done = run(command, {}, std::chrono::minutes(2));
    if (done.status != 0) throw Trouble("kari-district: " + done.errors);
    stage.options.fhir = folder / "bundles";
}

// Those without allergies and with short records first: what is planted is then not mixed with
// what was there, and a story about seven citizens need not take the longest.
void choose_cast(Stage& stage, const json::object& records) {
    std::vector<const FoundPatient*> living;
    for (const FoundPatient& patient : stage.scan.patients) {
        if (!records.contains(patient.logical_id)) continue;
        stage.citizens.push_back(
            {patient.logical_id, patient.name, text_at(records, patient.logical_id)});
        if (!patient.deceased) living.push_back(&patient);
    }
    if (living.empty()) throw Trouble("no living patient stands in the imported files");
    std::stable_sort(living.begin(), living.end(), [](const auto* a, const auto* b) {
        return std::pair(a->allergies, a->resources) < std::pair(b->allergies, b->resources);
    });
    std::size_t next = 0;
    for (const Hazard& hazard : stage.hazards) {
        if (stage.cast.contains(hazard.patient)) continue;
        const FoundPatient& chosen = *living[next++ % living.size()];
        stage.cast[hazard.patient] = {chosen.logical_id, chosen.name,
                                      text_at(records, chosen.logical_id)};
    }
}

void share_out(Stage& stage) {
    std::set<std::string> in_story;
    for (const Hazard& hazard : stage.hazards) {
        const auto& record = stage.cast.at(hazard.patient).record;
        in_story.insert(record);
        for (const auto& tablet : hazard.tablets())
            stage.team(tablet).caseload.insert(record);
    }
    std::vector<std::string> names;
    for (const auto& [name, team] : stage.teams)
        names.push_back(name);
    const bool all_in_story = in_story.size() == stage.citizens.size();
    std::size_t number = 0;
    for (const Citizen& citizen : stage.citizens) {
        if (in_story.contains(citizen.record) && !all_in_story) continue;
        Team& first = stage.team(names[number % names.size()]);
        Team& second = stage.team(names[(number + 1) % names.size()]);
        ++number;
        first.caseload.insert(citizen.record);
        second.caseload.insert(citizen.record);
        if (first.round.size() < k_round_citizens_max) first.round.push_back(citizen.record);
    }
}

void make_units(Stage& stage) {
    const auto add = [&](const std::string& tablet, const std::string& unit,
                         std::vector<Person> people) {
        Team team;
        team.tablet = tablet;
        team.unit_name = unit;
        team.people = std::move(people);
        team.unit = text_at(stage.server->command({"add-unit", "--name", unit}), "unit");
        for (Person& person : team.people) {
            person.id = text_at(stage.server->command({"add-nurse", "--unit", team.unit, "--name",
                                                       person.name, "--role", person.role}),
                                "person");
        }
        stage.teams[tablet] = std::move(team);
    };
    add("A", "Home care north",
        {{"Ingrid", "SP", "", "1204-a"}, {"Farid, pharmacist", "FA1", "", "7731-a"}});
    add("B", "Home care south", {{"Bjørn", "SP", "", "4410-b"}, {"Dr. Lie", "LE", "", "9027-b"}});
    add("C", "Night patrol", {{"Solveig", "SP", "", "3318-c"}});
}

void enrol(Stage& stage, const std::string& name, std::vector<std::string> environment) {
    Team& team = stage.team(name);
    stage.tablets[name] = std::make_unique<Tablet>(
        name, std::vector<std::string>{stage.programs.kari.string()},
        stage.folder / ("tablet-" + name), stage.folder, std::move(environment));
    Tablet& tablet = stage.tablet(name);
    tablet.start();
    const auto invitation = stage.server->command({"invite", "--unit", team.unit});
    const Person& nurse = team.people.front();
    tablet.must({{"do", "enrol"},
                 {"server", fmt::format("https://127.0.0.1:{}", stage.relay.port())},
                 {"code", text_at(invitation, "code")},
                 {"device_name", "tablet " + name},
                 {"person", nurse.id},
                 {"pin", nurse.pin}});
    for (std::size_t at = 1; at < team.people.size(); ++at) {
        const Person& colleague = team.people[at];
        const auto code =
            stage.server->command({"invite", "--unit", team.unit, "--nurse", colleague.id});
        tablet.must({{"do", "add_nurse"},
                     {"person", colleague.id},
                     {"code", text_at(code, "code")},
                     {"pin", colleague.pin}});
    }
    tablet.must({{"do", "unlock"}, {"person", nurse.id}, {"pin", nurse.pin}});
}

}  // namespace

void make_district(Stage& stage) {
    stage.tell.chapter("The district");
    if (stage.options.fhir.empty()) {
        stage.tell.say("A small made-up Norwegian district: nobody in it exists.");
        generate_district(stage);
    }
    stage.scan = scan_folder(stage.options.fhir);
    stage.tell.event("Files",
                     fmt::format("{} files hold {} resources of {} patients", stage.scan.files,
                                 stage.scan.resources, stage.scan.patients.size()));
    stage.server = std::make_unique<Server>(stage.programs.server, stage.folder / "server");
    stage.server->command({"init", "--port", "0"});
    const auto report =
        stage.server->command({"import", stage.options.fhir.string(), "--system", stage.system});
    stage.imported = summary_of(report);
    stage.tell.event("Server", fmt::format("imported {} resources; {} are of kinds that it keeps "
                                           "whole, {} were rejected",
                                           number_at(stage.imported, "in"),
                                           sum_of(stage.imported.at("unmapped").as_object()),
                                           number_at(stage.imported, "rejected")));
    choose_cast(stage, report.at("records").as_object());
    make_units(stage);
    share_out(stage);
    for (auto& [name, team] : stage.teams) {
        assign_caseload(stage, team);
        stage.tell.event("Unit", fmt::format("{} has {} citizens on its list", team.unit_name,
                                             team.caseload.size()));
    }
}

void assign_caseload(Stage& stage, const Team& team) {
    std::vector<std::string> words = {"assign", "--unit", team.unit};
    for (const auto& record : team.caseload)
        words.insert(words.end(), {"--record", record});
    stage.server->command(words);
}

void enrol_tablets(Stage& stage) {
    stage.tell.chapter("Three tablets");
    stage.tell.say(
        "Each tablet is a process of its own with its own encrypted database. It "
        "reaches the server through a relay that we hold in our hand. Tablet C's clock "
        "is three hours slow from its first word with the server.");
    stage.server->start();
    stage.relay.set_server(stage.server->port());
    stage.relay.open();
    const auto faketime = find_faketime();
    if (!faketime) throw Trouble("libfaketime is not installed (package libfaketime)");
    enrol(stage, "A", {});
    enrol(stage, "B", {});
    enrol(stage, "C",
          {"LD_PRELOAD=" + faketime->string(), "FAKETIME=-3h", "FAKETIME_DONT_FAKE_MONOTONIC=1",
           "NO_FAKE_STAT=1", "ASAN_OPTIONS=verify_asan_link_order=0"});
    sync_until_quiet(stage);
    for (const auto& [name, tablet] : stage.tablets) {
        stage.tell.event("Tablet " + name,
                         fmt::format("enrolled, holds {} records", tablet->held().size()));
    }
}

void work_the_morning(Stage& stage) {
    stage.tell.chapter("The morning, with a network");
    for (const Hazard& hazard : stage.hazards) {
        if (!hazard.linked) import_orders(stage, hazard, "");
    }
    sync_until_quiet(stage);
    stage.server->command({"backup", (stage.folder / "backup").string()});
    stage.tell.event("Server", "makes its nightly backup; what follows is not in it");
    for (const Hazard& hazard : stage.hazards) {
        if (hazard.linked) import_orders(stage, hazard, "");
    }
    // Solveig takes over one more citizen: the backup does not know that either.
    Team& night = stage.team("C");
    for (const Citizen& citizen : stage.citizens) {
        if (!night.caseload.insert(citizen.record).second) continue;
        stage.server->command({"assign", "--unit", night.unit, "--record", citizen.record});
        stage.tell.event("Server", "puts one more citizen on the night patrol's list");
        break;
    }
    perform_hazards(stage, When::morning);
    sync_until_quiet(stage);
    const Log server = stage.server->dump();
    for (const auto& [name, tablet] : stage.tablets) {
        for (const auto& record : tablet->held()) {
            for (const LogEntry& entry : tablet->log(record))
                stage.acknowledged.insert(entry.id);
        }
    }
    stage.tell.event("All", fmt::format("have met: the server holds {} records, the tablets "
                                        "{} different changes",
                                        server.size(), stage.acknowledged.size()));
}

}  // namespace kari::demo
