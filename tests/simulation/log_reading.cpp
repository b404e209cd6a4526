// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/log_reading.hpp"

#include <algorithm>

#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"

namespace kari::sim {
namespace {

void add(ReadLog& log, const ChangeId& id, std::string header_bytes,
         std::optional<std::string> body) {
    ReadChange change{id, std::move(header_bytes), std::move(body), {}, false};
    change.sound =
        base::to_bytes(base::sha256(change.header_bytes)) == base::to_bytes(id) &&
        change.header.ParseFromString(change.header_bytes) &&
        (!change.body || base::to_bytes(base::sha256(*change.body)) == change.header.body_sha256());
    log.emplace(id, std::move(change));
}

}  // namespace

Result<ReadLog> read_log(Tablet& tablet, const RecordId& record) {
    KARI_LET(const auto lines, tablet->export_log(record));
    ReadLog log;
    for (const LogLine& line : lines) {
        add(log, line.id, base::from_hex(line.header_hex).value_or(""),
            line.body_hex ? base::from_hex(*line.body_hex) : std::nullopt);
    }
    return log;
}

Result<ReadLog> read_log(Server& server, const RecordId& record) {
    KARI_LET(const auto changes, server.log(record));
    ReadLog log;
    for (const ServerChange& change : changes) {
        add(log, change.id, change.header,
            change.has_body ? std::optional(change.body) : std::nullopt);
    }
    return log;
}

std::optional<v1::ChangeBody> body_of(const ReadChange& change) {
    constexpr std::size_t k_salt_bytes = 16;  // random, before the message
    v1::ChangeBody body;
    if (!change.body || change.body->size() < k_salt_bytes ||
        !body.ParseFromString(change.body->substr(k_salt_bytes))) {
        return std::nullopt;
    }
    return body;
}

std::set<ChangeId> parents_of(const v1::ChangeHeader& header) {
    std::set<ChangeId> parents;
    for (const std::string& parent : header.parent()) {
        if (const auto id = base::from_bytes<ChangeId>(parent)) parents.insert(*id);
    }
    return parents;
}

Heads heads_of(const ReadLog& log) {
    Heads out;
    for (const auto& [id, change] : log) {
        out.tick = std::max(out.tick, change.header.tick());
        if (const auto resource = base::from_bytes<ResourceId>(change.header.resource()))
            out.of[*resource].insert(id);
    }
    for (const auto& [id, change] : log) {
        const auto resource = base::from_bytes<ResourceId>(change.header.resource());
        if (!resource) continue;
        for (const ChangeId& parent : parents_of(change.header))
            out.of[*resource].erase(parent);
    }
    return out;
}

}  // namespace kari::sim
