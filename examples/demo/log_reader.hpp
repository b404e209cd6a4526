// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kari::demo {

// Reads changes by docs/formats/change.md alone, with nothing of the SDK or the server.

struct Field {
    std::uint32_t number = 0;
    std::uint64_t value = 0;  // of a varint
    std::string_view bytes;   // of a length-delimited field
};
// The fields of a protobuf message in the order they stand; Trouble when it is cut short.
std::vector<Field> fields_of(std::string_view message);

// One change of an exported log. Ids are lower-case hexadecimal.
struct LogEntry {
    std::string id;  // computed from the bytes, not taken from the export
    std::string record;
    std::string resource;
    std::string incarnation;
    std::string prev;
    std::uint64_t position = 0;  // as exported
    std::string chain;           // as exported; empty when the export has none
    std::uint64_t seq = 0;
    std::uint64_t tick = 0;
    std::int64_t wall_ms = 0;  // by the writer's own clock
    std::uint32_t kind = 0;
    std::uint32_t origin = 0;
    std::vector<std::string> parents;
    std::string header;               // exact bytes
    std::optional<std::string> body;  // exact bytes
    bool body_fits = true;            // its digest is the one in the header
};
// `claimed` is the id that the export states; Trouble when the bytes give another.
LogEntry read_entry(const std::string& claimed, std::uint64_t position,
                    const std::string& header_hex, const std::optional<std::string>& body_hex);

inline constexpr std::uint32_t k_kind_detected_issue = 7;
inline constexpr std::uint32_t k_origin_server = 2;

// What a finding is to the checker, wherever it was read.
struct SeenFinding {
    std::string rule;
    int severity = 0;
    std::vector<std::string> inputs;  // ascending
    auto operator<=>(const SeenFinding&) const = default;
};
// The server's statement in a DetectedIssue change; nothing when the change writes another atom or
// says that the rule no longer finds it (then `cleared` is true).
struct Statement {
    SeenFinding finding;
    bool cleared = false;
};
std::optional<Statement> statement_in(const LogEntry& entry);

// The findings that the server states in a log: of each DetectedIssue resource the statement that
// no other has seen, the newest where a restore left several; unless that one clears it.
std::vector<SeenFinding> stated_findings(const std::vector<LogEntry>& log);

// Problems of one record's log that its own bytes show: streams with holes, a `prev` that does
// not fit, a body of another digest; and where the export states a chain, a position that is
// missing or a chain that is not SHA-256(chain before || id).
std::vector<std::string> broken_links(const std::vector<LogEntry>& log);

}  // namespace kari::demo
