// SPDX-License-Identifier: Apache-2.0
#include "examples/demo/log_reader.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "examples/demo/process.hpp"
#include "examples/demo/sha256.hpp"

namespace kari::demo {
namespace {

constexpr std::size_t k_salt_bytes = 16;

std::uint64_t varint(std::string_view message, std::size_t& at) {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (at >= message.size()) throw Trouble("a change is cut short");
        const auto byte = static_cast<unsigned char>(message[at++]);
        value |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
        if ((byte & 0x80U) == 0) return value;
    }
    throw Trouble("a change holds a number without end");
}

std::string_view piece(std::string_view message, std::size_t& at, std::uint64_t size) {
    if (size > message.size() - at) throw Trouble("a change is cut short");
    const auto found = message.substr(at, size);
    at += size;
    return found;
}

// Of a RecordedTime: field 1 is a zigzag number.
std::int64_t wall_of(std::string_view recorded) {
    std::int64_t wall = 0;
    for (const Field& field : fields_of(recorded)) {
        if (field.number != 1) continue;
        const auto half = static_cast<std::int64_t>(field.value >> 1U);
        wall = (field.value & 1U) != 0 ? -half - 1 : half;
    }
    return wall;
}

// The last field of that number: what a reader of protobuf takes.
std::string_view bytes_at(const std::vector<Field>& fields, std::uint32_t number) {
    std::string_view found;
    for (const Field& field : fields) {
        if (field.number == number) found = field.bytes;
    }
    return found;
}

bool is_statement(const LogEntry& entry) {
    return entry.origin == k_origin_server && statement_in(entry).has_value();
}

// Everything that some statement of the server has seen, however far back.
std::set<std::string> ancestors_of_statements(const std::vector<const LogEntry*>& changes) {
    std::map<std::string, const LogEntry*> by_id;
    for (const LogEntry* change : changes)
        by_id[change->id] = change;
    std::vector<std::string> queue;
    for (const LogEntry* change : changes) {
        if (!is_statement(*change)) continue;
        queue.insert(queue.end(), change->parents.begin(), change->parents.end());
    }
    std::set<std::string> seen;
    while (!queue.empty()) {
        const std::string id = std::move(queue.back());
        queue.pop_back();
        if (!seen.insert(id).second) continue;
        const auto found = by_id.find(id);
        if (found == by_id.end()) continue;
        queue.insert(queue.end(), found->second->parents.begin(), found->second->parents.end());
    }
    return seen;
}

void check_chain(const std::vector<LogEntry>& log, std::vector<std::string>& problems) {
    std::map<std::uint64_t, const LogEntry*> by_position;
    for (const LogEntry& entry : log) {
        if (entry.chain.empty()) continue;
        if (!by_position.emplace(entry.position, &entry).second) {
            problems.push_back(fmt::format("two changes at position {}", entry.position));
        }
    }
    std::string chain(32, '\0');
    std::uint64_t expected = 1;
    for (const auto& [position, entry] : by_position) {
        chain = sha256(chain + from_hex(entry->id));
        if (position != expected++ || hex(chain) != entry->chain) {
            problems.push_back(fmt::format("the record's chain breaks at position {}", position));
            return;
        }
    }
}

}  // namespace

std::vector<Field> fields_of(std::string_view message) {
    std::vector<Field> fields;
    std::size_t at = 0;
    while (at < message.size()) {
        const std::uint64_t tag = varint(message, at);
        Field field;
        field.number = static_cast<std::uint32_t>(tag >> 3U);
        switch (tag & 7U) {
            case 0:
                field.value = varint(message, at);
                break;
            case 1:
                field.bytes = piece(message, at, 8);
                break;
            case 2:
                field.bytes = piece(message, at, varint(message, at));
                break;
            case 5:
                field.bytes = piece(message, at, 4);
                break;
            default:
                throw Trouble("a change holds a field of no known type");
        }
        fields.push_back(field);
    }
    return fields;
}

LogEntry read_entry(const std::string& claimed, std::uint64_t position,
                    const std::string& header_hex, const std::optional<std::string>& body_hex) {
    LogEntry entry;
    entry.header = from_hex(header_hex);
    entry.id = hex(sha256(entry.header));
    entry.position = position;
    if (entry.id != claimed)
        throw Trouble("a change's bytes do not give the id it is listed under");
    std::string body_digest;
    for (const Field& field : fields_of(entry.header)) {
        switch (field.number) {
            case 1:
                entry.incarnation = hex(field.bytes);
                break;
            case 2:
                entry.record = hex(field.bytes);
                break;
            case 3:
                entry.seq = field.value;
                break;
            case 4:
                entry.resource = hex(field.bytes);
                break;
            case 5:
                entry.kind = static_cast<std::uint32_t>(field.value);
                break;
            case 7:
                entry.parents.push_back(hex(field.bytes));
                break;
            case 8:
                entry.tick = field.value;
                break;
            case 9:
                entry.wall_ms = wall_of(field.bytes);
                break;
            case 12:
                body_digest = std::string(field.bytes);
                break;
            case 14:
                entry.origin = static_cast<std::uint32_t>(field.value);
                break;
            case 15:
                entry.prev = hex(field.bytes);
                break;
            default:
                break;
        }
    }
    if (body_hex) {
        entry.body = from_hex(*body_hex);
        entry.body_fits = sha256(*entry.body) == body_digest;
    }
    return entry;
}

std::optional<Statement> statement_in(const LogEntry& entry) {
    if (entry.kind != k_kind_detected_issue || !entry.body) return std::nullopt;
    if (entry.body->size() < k_salt_bytes) throw Trouble("a body is cut short");
    const auto body = fields_of(std::string_view(*entry.body).substr(k_salt_bytes));
    const auto issue = fields_of(bytes_at(body, 1));
    const bool stated = std::any_of(issue.begin(), issue.end(),
                                    [](const Field& field) { return field.number == 1; });
    if (!stated) return std::nullopt;
    Statement statement;
    for (const Field& field : fields_of(bytes_at(issue, 1))) {
        switch (field.number) {
            case 2:
                statement.finding.rule = std::string(field.bytes);
                break;
            case 3:
                statement.finding.severity = static_cast<int>(field.value);
                break;
            case 5:
                statement.finding.inputs.push_back(hex(field.bytes));
                break;
            case 7:
                statement.cleared = field.value != 0;
                break;
            default:
                break;
        }
    }
    std::sort(statement.finding.inputs.begin(), statement.finding.inputs.end());
    return statement;
}

std::vector<SeenFinding> stated_findings(const std::vector<LogEntry>& log) {
    std::map<std::string, std::vector<const LogEntry*>> issues;  // by resource, all changes
    for (const LogEntry& entry : log) {
        if (entry.kind == k_kind_detected_issue) issues[entry.resource].push_back(&entry);
    }
    std::vector<SeenFinding> findings;
    for (const auto& [resource, changes] : issues) {
        const auto superseded = ancestors_of_statements(changes);
        const LogEntry* newest = nullptr;
        for (const LogEntry* change : changes) {
            if (!is_statement(*change) || superseded.contains(change->id)) continue;
            if (newest == nullptr ||
                std::tie(newest->tick, newest->id) < std::tie(change->tick, change->id)) {
                newest = change;
            }
        }
        if (newest == nullptr) continue;
        const Statement stated = *statement_in(*newest);
        if (!stated.cleared) findings.push_back(stated.finding);
    }
    std::sort(findings.begin(), findings.end());
    return findings;
}

std::vector<std::string> broken_links(const std::vector<LogEntry>& log) {
    std::vector<std::string> problems;
    std::map<std::string, std::map<std::uint64_t, const LogEntry*>> streams;
    for (const LogEntry& entry : log) {
        if (!entry.body_fits) problems.push_back("body of another digest: " + entry.id);
        streams[entry.incarnation][entry.seq] = &entry;
    }
    for (const auto& [incarnation, stream] : streams) {
        std::uint64_t expected = 1;
        std::string previous;
        for (const auto& [seq, entry] : stream) {
            if (seq != expected) {
                problems.push_back(fmt::format("stream {} lacks {}", incarnation, expected));
            } else if (entry->prev != previous) {
                problems.push_back(fmt::format("stream {} is not chained at {}", incarnation, seq));
            }
            previous = entry->id;
            expected = seq + 1;
        }
    }
    check_chain(log, problems);
    return problems;
}

}  // namespace kari::demo
