// SPDX-License-Identifier: Apache-2.0
#include "examples/demo/report.hpp"

#include <fmt/format.h>

namespace kari::demo {
namespace {

namespace json = boost::json;

std::uint64_t planted_in(const Stage& stage) {
    std::uint64_t count = 0;
    for (const Hazard& hazard : stage.hazards)
        count += hazard.findings.size();
    return count;
}

std::string shown(const json::value& value) {
    if (value.is_string()) return std::string(value.get_string());
    if (value.is_double()) return fmt::format("{:.1f}", value.get_double());
    return json::serialize(value);
}

std::string listed(const json::object& object) {
    std::string out;
    for (const auto& [key, value] : object) {
        if (!out.empty()) out += ", ";
        out += fmt::format("{} {}", std::string_view(key), shown(value));
    }
    return out.empty() ? "none" : out;
}

void list_problems(const Teller& tell, const std::string& title,
                   const std::vector<std::string>& problems) {
    constexpr std::size_t k_shown = 20;
    for (std::size_t at = 0; at < problems.size() && at < k_shown; ++at) {
        tell.event(title, problems[at]);
    }
    if (problems.size() > k_shown) {
        tell.event(title, fmt::format("and {} more", problems.size() - k_shown));
    }
}

}  // namespace

json::object figures(const Stage& stage, const Verdict& verdict) {
    json::object imported = stage.imported;
    imported["in_files"] = stage.scan.resources;
    imported["unreadable_files"] = stage.scan.unreadable;
    json::object severities;
    for (const auto& [severity, count] : verdict.by_severity) {
        severities[fmt::format("S{}", severity)] = count;
    }
    json::object unexpected;
    for (const auto& [what, count] : verdict.unexpected)
        unexpected[what] = count;
    json::array pids;
    for (const auto pid : stage.pids)
        pids.emplace_back(pid);
    return {{"records", verdict.records},
            {"imported", imported},
            {"changes", verdict.changes},
            {"findings", severities},
            {"planted", planted_in(stage)},
            {"found", verdict.found},
            {"unexpected", unexpected},
            {"offline_attempts", stage.offline_attempts},
            {"offline_failed", stage.offline_failed},
            {"pids", pids},
            {"wire_bytes", stage.relay.bytes()},
            {"witnessed", verdict.witnessed},
            {"lost", verdict.lost.size()},
            {"diverged", verdict.diverged.size()},
            {"seconds", stage.tell.seconds()}};
}

int conclude(const Stage& stage, const Verdict& verdict, const json::object& figures) {
    const auto text = [&](std::string_view key) {
        return shown(figures.at(key));
    };
    const auto& imported = figures.at("imported").as_object();
    stage.tell.table(
        {{"records", fmt::format("{} with {} changes", text("records"), text("changes"))},
         {"imported",
          fmt::format("{} resources; the files hold {}; {} rejected", shown(imported.at("in")),
                      shown(imported.at("in_files")), shown(imported.at("rejected")))},
         {"planted hazards", fmt::format("{} planted, {} found on the server and every holder",
                                         text("planted"), text("found"))},
         {"findings", listed(figures.at("findings").as_object())},
         {"not planted", listed(figures.at("unexpected").as_object())},
         {"without network", fmt::format("{} attempts to sync, {} failed as they must",
                                         text("offline_attempts"), text("offline_failed"))},
         {"over the relay", fmt::format("{} bytes", text("wire_bytes"))},
         {"promised", fmt::format("{} changes that some call had returned", text("witnessed"))},
         {"lost", text("lost")},
         {"diverged", text("diverged")},
         {"seconds", text("seconds")}});
    stage.tell.say(
        "S1 wants somebody to stop and phone, S2 an answer in this shift, S3 a look, S4 is for the "
        "log. \"Not planted\" are findings that the rules raise from what the citizens and the "
        "nurses were given to do, beside those that were planted: two entries that nobody meant to "
        "clash may clash.");
    list_problems(stage.tell, "Lost", verdict.lost);
    list_problems(stage.tell, "Diverged", verdict.diverged);
    list_problems(stage.tell, "Not found", verdict.not_found);
    // What is no JSON may be rejected once or, by a reader of streams, where it breaks off.
    const auto in = imported.at("in").to_number<std::uint64_t>();
    const bool counted =
        stage.scan.unreadable == 0 ? in == stage.scan.resources : in >= stage.scan.resources;
    if (!counted) stage.tell.event("Import", "did not count what the files hold");
    const bool all_found = verdict.not_found.empty() && verdict.found == planted_in(stage);
    const bool offline =
        stage.offline_attempts > 0 && stage.offline_failed == stage.offline_attempts;
    const bool good = verdict.lost.empty() && verdict.diverged.empty() && all_found && offline &&
                      counted && verdict.witnessed > 0;
    stage.tell.say(good ? "Nothing was lost, everybody agrees, and every planted hazard is in "
                          "front of somebody."
                        : "This demonstration has FAILED; what is wrong stands above.");
    return good ? 0 : 1;
}

}  // namespace kari::demo
