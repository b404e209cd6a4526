// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "examples/demo/sha256.hpp"
#include "examples/demo/story.hpp"

namespace kari::demo {
namespace {

constexpr std::uint32_t k_kind_order = 3;
constexpr std::uint32_t k_source_atom = 14;
constexpr std::size_t k_salt_bytes = 16;

// The logical id under which an order was imported; empty when this change says none.
std::string imported_id(const LogEntry& entry) {
    if (!entry.body || entry.body->size() < k_salt_bytes) return "";
    for (const Field& part : fields_of(std::string_view(*entry.body).substr(k_salt_bytes))) {
        if (part.number != 1) continue;
        for (const Field& atom : fields_of(part.bytes)) {
            if (atom.number != k_source_atom) continue;
            for (const Field& field : fields_of(atom.bytes)) {
                if (field.number == 3) return std::string(field.bytes);
            }
        }
    }
    return "";
}

const std::vector<LogEntry>& log_at(const Log& log, const std::string& record) {
    const auto found = log.find(record);
    if (found == log.end()) throw Trouble("the server lacks a record of the story");
    return found->second;
}

// The id that a label of hazards.json stands for.
std::string change_of(const Stage& stage, const Hazard& hazard, const std::string& label,
                      const Log& server) {
    if (label.starts_with("import:")) {
        const std::string logical = order_logical_id(hazard, label.substr(7));
        const LogEntry* newest = nullptr;
        for (const LogEntry& entry : log_at(server, stage.cast.at(hazard.patient).record)) {
            if (entry.kind != k_kind_order || imported_id(entry) != logical) continue;
            if (newest == nullptr || newest->position < entry.position) newest = &entry;
        }
        if (newest == nullptr) throw Trouble("the server lacks the import of " + logical);
        return newest->id;
    }
    if (label.starts_with("accept:")) {
        const Done& proposal = stage.done.at(label.substr(7));
        for (const LogEntry& entry : log_at(server, proposal.record)) {
            const bool accepts = entry.origin == k_origin_server &&
                                 entry.resource == proposal.resource &&
                                 entry.parents == std::vector<std::string>{proposal.change};
            if (accepts) return entry.id;
        }
        return "the server has not accepted " + proposal.change;
    }
    return stage.done.at(label).change;
}

Replica server_replica(const Stage& stage, Log log) {
    Replica server;
    server.name = "server";
    server.logs = std::move(log);
    server.digests = stage.server->digests();
    for (const auto& [record, entries] : server.logs) {
        const auto findings = stated_findings(entries);
        server.findings[record] = {findings.begin(), findings.end()};
    }
    return server;
}

Replica tablet_replica(Stage& stage, const std::string& name) {
    Tablet& tablet = stage.tablet(name);
    Replica replica;
    replica.name = name;
    replica.entitled = stage.team(name).caseload;
    replica.witness = tablet.witness();
    for (const auto& record : tablet.held()) {
        tablet.must({{"do", "chart"}, {"record", record}});
        replica.logs[record] = tablet.log(record);
        replica.digests[record] = tablet.digest(record);
        const auto findings = tablet.findings(record);
        replica.findings[record] = {findings.begin(), findings.end()};
    }
    return replica;
}

}  // namespace

std::vector<ExpectedFinding> expected_findings(const Stage& stage, const Log& server) {
    std::vector<ExpectedFinding> all;
    for (const Hazard& hazard : stage.hazards) {
        for (const PlantedFinding& planted : hazard.findings) {
            ExpectedFinding expected;
            expected.name = hazard.name;
            expected.record = stage.cast.at(hazard.patient).record;
            expected.finding.rule = planted.rule;
            expected.finding.severity = planted.severity;
            for (const auto& label : planted.changes) {
                expected.finding.inputs.push_back(change_of(stage, hazard, label, server));
            }
            std::sort(expected.finding.inputs.begin(), expected.finding.inputs.end());
            all.push_back(std::move(expected));
        }
    }
    return all;
}

Verdict compare_all(Stage& stage) {
    stage.tell.chapter("What everybody holds now");
    stage.tell.say(
        "The checker shares no storage or merge code with the others. It reads the "
        "raw bytes of every log, computes every digest anew and compares them with "
        "what each nurse was told.");
    Log log = stage.server->dump();
    const auto expected = expected_findings(stage, log);
    const Replica server = server_replica(stage, std::move(log));
    std::vector<Replica> tablets;
    for (const auto& [name, tablet] : stage.tablets) {
        tablets.push_back(tablet_replica(stage, name));
    }
    return check(server, tablets, stage.acknowledged, stage.groups, expected);
}

}  // namespace kari::demo
