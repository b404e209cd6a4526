// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <future>
#include <iterator>

#include <fmt/format.h>

#include "examples/demo/acts.hpp"
#include "examples/demo/story.hpp"

namespace kari::demo {
namespace {

namespace json = boost::json;

constexpr std::size_t k_burst = 120;  // writes sent to the tablet that is killed
constexpr std::size_t k_answered_before_kill = 37;

// All at once: a tablet tries for some seconds before it gives up.
void try_offline(Stage& stage, const std::vector<std::string>& names) {
    std::map<std::string, std::future<Answer>> attempts;
    for (const auto& name : names) {
        ++stage.offline_attempts;
        attempts[name] = std::async(std::launch::async, [&tablet = stage.tablet(name)] {
            return tablet.ask({{"do", "sync"}});
        });
    }
    for (auto& [name, attempt] : attempts) {
        const Answer answer = attempt.get();
        if (!answer.ok && (answer.error == "offline" || answer.error == "timed_out")) {
            ++stage.offline_failed;
            stage.tell.event("Tablet " + name, "tries to sync: no network (" + answer.error + ")");
        } else {
            stage.tell.event("Tablet " + name,
                             fmt::format("tries to sync, and should have failed: {}",
                                         answer.ok ? "it did not" : answer.error));
        }
    }
}

// What tablet C wrote on a change, against the time that it is: three hours, or the slow clock of
// this story is none.
void look_at_the_slow_clock(Stage& stage) {
    constexpr std::int64_t k_minute = 60'000;
    const auto held = stage.tablet("C").held();
    for (const auto& [label, done] : stage.done) {
        if (std::find(held.begin(), held.end(), done.record) == held.end()) continue;
        for (const LogEntry& entry : stage.tablet("C").log(done.record)) {
            if (entry.id != done.change) continue;
            const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
                                 std::chrono::system_clock::now().time_since_epoch())
                                 .count();
            const auto slow = (now - entry.wall_ms) / k_minute;
            if (slow < 180 || slow > 190) continue;
            stage.tell.event("Tablet C", fmt::format("writes times that are {} minutes old, and "
                                                     "knows how far its clock is off",
                                                     slow));
            return;
        }
    }
    throw Trouble("tablet C's clock is not three hours slow");
}

void tell_round(const Stage& stage, const std::string& name, const RoundCount& count) {
    stage.tell.event(
        "Tablet " + name,
        fmt::format("measurements {}, doses given {}, not given {}, notes signed {}{}",
                    count.observations, count.given, count.not_given, count.notes,
                    count.warned == 0 ? std::string()
                                      : fmt::format("; held back on a warning {}", count.warned)));
}

json::object burst_write(const std::string& record, std::size_t number) {
    return {{"do", "observe"},
            {"record", record},
            {"code",
             json::object{
                 {"system", "http://loinc.org"}, {"code", "9279-1"}, {"text", "Respiratory rate"}}},
            {"value",
             json::object{
                 {"value", std::to_string(12 + number % 8)}, {"code", "/min"}, {"unit", "/min"}}}};
}

}  // namespace

void cut_the_relay(Stage& stage) {
    stage.tell.chapter("The relay cuts");
    std::size_t alive = stage.server->running() ? 1 : 0;
    stage.pids.insert(stage.server->pid());
    for (const auto& [name, tablet] : stage.tablets) {
        if (tablet->running()) ++alive;
        stage.pids.insert(tablet->pid());
    }
    if (alive != 4 || stage.pids.size() != 4) {
        throw Trouble("the server and the three tablets are not alive together");
    }
    stage.tell.say(
        "A storm takes the mast. Four processes are alive together and no tablet can "
        "reach the server.");
    stage.relay.cut();
    try_offline(stage, {"A", "B", "C"});
}

void lose_and_restore_the_server(Stage& stage) {
    stage.tell.chapter("The server's disk dies");
    stage.server->stop();
    stage.server->command({"restore", (stage.folder / "backup").string()});
    stage.server->start();
    stage.relay.set_server(stage.server->port());
    const Log restored = stage.server->dump();
    std::set<std::string> there;
    for (const auto& [record, log] : restored) {
        for (const LogEntry& entry : log)
            there.insert(entry.id);
    }
    const auto lacking = std::count_if(stage.acknowledged.begin(), stage.acknowledged.end(),
                                       [&](const std::string& id) { return !there.contains(id); });
    if (lacking == 0) throw Trouble("the backup lacks nothing: the restore shows nothing");
    stage.tell.event("Server", fmt::format("is back from its backup. It lacks {} changes that it "
                                           "had acknowledged, and one citizen of the night "
                                           "patrol's list",
                                           lacking));
}

void work_the_shift(Stage& stage) {
    stage.tell.chapter("The shift, without a network");
    std::map<std::string, std::future<RoundCount>> rounds;
    for (const auto& [name, tablet] : stage.tablets) {
        rounds[name] = std::async(std::launch::async, work_round, std::ref(stage), name);
    }
    for (auto& [name, round] : rounds)
        tell_round(stage, name, round.get());
    perform_hazards(stage, When::shift);
    look_at_the_slow_clock(stage);
}

void kill_a_tablet(Stage& stage) {
    stage.tell.chapter("A tablet dies in the middle of a write");
    Tablet& tablet = stage.tablet("B");
    const std::string record = stage.cast.begin()->second.record;
    tablet.must({{"do", "chart"}, {"record", record}});
    const std::size_t before = tablet.witness().size();
    for (std::size_t number = 0; number < k_burst; ++number) {
        tablet.send(burst_write(record, number));
    }
    std::size_t answered = 0;
    while (answered < k_answered_before_kill && tablet.answer(std::chrono::seconds(30)))
        ++answered;
    tablet.kill();
    if (answered < k_answered_before_kill) throw Trouble("tablet B does not write");
    const std::size_t promised = tablet.witness().size() - before;
    if (promised >= k_burst) throw Trouble("tablet B was not killed inside its loop");
    tablet.start();
    stage.team("B").signed_in = 0;
    const Person& nurse = stage.team("B").people.front();
    tablet.must({{"do", "unlock"}, {"person", nurse.id}, {"pin", nurse.pin}});
    stage.tell.event("Tablet B", fmt::format("was killed {} writes into a loop of {}; it starts "
                                             "again and opens its database",
                                             promised, k_burst));
    std::set<std::string> here;
    for (const LogEntry& entry : tablet.log(record))
        here.insert(entry.id);
    std::size_t missing = 0;
    const auto witness = tablet.witness();
    for (std::size_t at = before; at < witness.size(); ++at) {
        if (!here.contains(witness[at])) ++missing;
    }
    stage.tell.event("Tablet B", missing == 0 ? "has every write that had returned"
                                              : fmt::format("lacks {} writes", missing));
    try_offline(stage, {"B"});
}

void sync_until_quiet(Stage& stage) {
    constexpr int k_rounds_max = 12;
    for (int round = 0; round < k_rounds_max; ++round) {
        std::uint64_t moved = 0;
        bool complete = true;
        for (const auto& [name, tablet] : stage.tablets) {
            const auto report = tablet->must({{"do", "sync"}});
            moved += report.at("sent").to_number<std::uint64_t>() +
                     report.at("received").to_number<std::uint64_t>();
            complete = complete && report.at("complete").as_bool();
        }
        if (moved == 0 && complete) return;
    }
    throw Trouble("the tablets do not come to rest");
}

void open_the_relay(Stage& stage) {
    stage.tell.chapter("The relay opens");
    stage.relay.open();
    for (const auto& [name, tablet] : stage.tablets) {
        const auto report = tablet->must({{"do", "sync"}});
        stage.tell.event(
            "Tablet " + name,
            fmt::format(
                "sent {} changes, received {}{}", report.at("sent").to_number<std::uint64_t>(),
                report.at("received").to_number<std::uint64_t>(),
                report.at("new_epoch").as_bool() ? "; gave back what the server had lost" : ""));
    }
    sync_until_quiet(stage);
}

void close_the_recovery(Stage& stage) {
    stage.tell.chapter("Two records, one citizen");
    for (const Hazard& hazard : stage.hazards) {
        if (!hazard.linked) continue;
        const auto& citizen = stage.cast.at(hazard.patient).record;
        const auto& stranger = stage.done.at("the stranger").record;
        stage.server->command({"link", citizen, stranger});
        stage.groups[citizen] = {citizen, stranger};
        stage.groups[stranger] = {citizen, stranger};
        for (auto& [name, team] : stage.teams) {
            if (!team.caseload.contains(citizen)) continue;
            team.caseload.insert(stranger);
        }
        stage.tell.event("Office", "the stranger has been named: two records are linked");
    }
    for (const auto& [name, team] : stage.teams)
        assign_caseload(stage, team);
    stage.tell.event("Office", "writes the lists of citizens anew, from paper");
    sync_until_quiet(stage);
    stage.server->command({"recover", "--close"});
    stage.tell.event("Operator", "closes the recovery");
    sync_until_quiet(stage);
}

}  // namespace kari::demo
