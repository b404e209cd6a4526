// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include <sys/types.h>

#include "tests/simulation/log_reading.hpp"

namespace kari::sim {

// What tests/oracle says of a record, of which it is given the exact bytes of some changes.
struct FoldedAtom {
    bool all_count = false;  // what is live counts as a whole: there is no one to act on
    bool contested = false;
    std::set<ChangeId> live;
    std::set<ChangeId> pending;
    std::optional<ChangeId> operative;
};
struct FoldedResource {
    bool complete = false;
    bool readable = false;
    std::string canonical;
    std::size_t changes = 0;
    std::vector<ChangeId> heads;
    std::map<std::string, FoldedAtom> atoms;              // by the schema's name
    std::map<FindingId, std::set<ChangeId>> about_atoms;  // what must be found, and its inputs
};
struct Folded {
    Digest state;
    std::map<ResourceId, FoldedResource> resources;
};

// The slow fold in Python, as a process beside this one that is asked line by line.
class Oracle {
public:
    Oracle();
    ~Oracle();
    Oracle(const Oracle&) = delete;
    Oracle& operator=(const Oracle&) = delete;

    // False: this machine has no python3.
    bool there() const { return process_ != 0; }
    // Requires: it is there. What was asked last of a record is not asked again. Throws when it
    // does not answer or refuses the bytes: then something is wrong with it, or with them.
    const Folded& fold(const RecordId& record, const ReadLog& log);

private:
    std::string ask(const std::string& line);

    pid_t process_ = 0;
    int end_ = -1;
    std::map<RecordId, std::pair<std::string, Folded>> known_;
};

// The one of this process.
Oracle& oracle();

}  // namespace kari::sim
