// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "examples/demo/log_reader.hpp"

namespace kari::demo {

// What one machine holds: everything the checker looks at. The server's findings are those that
// its own log states; a tablet's are what it shows.
struct Replica {
    std::string name;
    std::map<std::string, std::vector<LogEntry>> logs;      // by record
    std::map<std::string, std::string> digests;             // of the folded state, by record
    std::map<std::string, std::set<SeenFinding>> findings;  // by record, of its whole group
    std::vector<std::string> witness;                       // ids that its calls returned
    std::set<std::string> entitled;                         // records; of the server: all
};

struct ExpectedFinding {
    std::string name;  // of the hazard
    std::string record;
    SeenFinding finding;
};

struct Verdict {
    std::uint64_t witnessed = 0;  // ids that must be there
    std::vector<std::string> lost;
    std::vector<std::string> diverged;
    std::vector<std::string> not_found;  // planted, and missing somewhere
    std::uint64_t found = 0;
    std::map<std::string, std::uint64_t> unexpected;  // on the server, by "S2 rule"
    std::map<int, std::uint64_t> by_severity;         // on the server
    std::uint64_t changes = 0;
    std::uint64_t records = 0;
};

// Compares the server with every tablet. `also_witnessed`: ids that were acknowledged before the
// server was restored, whoever wrote them. `groups`: records that are one citizen, by record.
// Links neither the store nor the merge: what it knows it reads from raw bytes.
Verdict check(const Replica& server, const std::vector<Replica>& tablets,
              const std::set<std::string>& also_witnessed,
              const std::map<std::string, std::set<std::string>>& groups,
              const std::vector<ExpectedFinding>& planted);

}  // namespace kari::demo
