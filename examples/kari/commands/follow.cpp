// SPDX-License-Identifier: Apache-2.0
//
// Stays in step until Ctrl-C and says line by line what comes.
#include <map>
#include <set>

#include "examples/kari/commands/parts.hpp"
#include "examples/kari/interrupt.hpp"

namespace kari::app {

namespace json = boost::json;

namespace {

std::map<RecordId, std::string> names_of(Device& device, const Access& access) {
    std::map<RecordId, std::string> out;
    if (const auto patients = device.my_patients(access)) {
        for (const PatientRow& row : patients->rows)
            out[row.record] = row.name;
    }
    return out;
}

std::string_view word_of(FollowState state) {
    switch (state) {
        case FollowState::syncing:
            return "syncing";
        case FollowState::waiting:
            return "waiting";
        case FollowState::trouble:
            break;
    }
    return "trouble";
}

Answer follow(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& device) -> Answer {
        // Told on the thread that follows, which is this one.
        std::set<RecordId> moved;
        std::uint64_t told = 0;
        const auto observing = device.observe([&](const Event& event) {
            const bool concerns = event.kind == EventKind::record_changed ||
                                  event.kind == EventKind::caseload_changed;
            if (concerns && event.record != RecordId{}) moved.insert(event.record);
        });
        Cancel cancel;
        const UntilInterrupted interrupted(cancel);
        FollowOptions options;
        options.cancel = &cancel;
        options.status = [&](const FollowStatus& status) {
            json::object line{{"state", word_of(status.state)}};
            if (status.why) line["why"] = name(status.why->code);
            tablet.line(line);
        };
        options.synced = [&](const SyncReport&) {
            if (moved.empty()) return;
            const auto names = names_of(device, args.access());
            for (const RecordId& record : moved) {
                const auto named = names.find(record);
                if (named == names.end()) continue;  // the unit's own, or one that left
                tablet.line({{"changed", record.text()}, {"name", named->second}});
                ++told;
            }
            moved.clear();
        };
        if (auto ended = device.follow(options); !ended) return tl::unexpected(ended.error());
        return json::object{{"told", told}};
    });
}

std::string show_follow(const json::object& answer, const Screen& s) {
    return s(Label::followed, number(answer, "told")) + "\n";
}

}  // namespace

std::string line_of_follow(const json::object& said, const Screen& s) {
    if (value_at(said, "changed") != nullptr) {
        return wrapped("  " + s(Label::follow_changed, safe(text(said, "name"))), 4);
    }
    const std::string state = text(said, "state");
    if (state == "waiting") return wrapped("  " + s(Label::follow_waiting), 4);
    if (state == "trouble") return wrapped("  " + s(Label::follow_trouble), 4);
    return {};
}

std::vector<Command> follow_commands() {
    return {
        {.name = "follow",
         .group = Group::exchange,
         .help = Label::help_follow,
         .example = "follow",
         .parameters = {k_purpose, k_why_read},
         .run = follow,
         .show = show_follow},
    };
}

}  // namespace kari::app
