// SPDX-License-Identifier: Apache-2.0
#include "examples/demo/checker.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

namespace kari::demo {
namespace {

using ById = std::map<std::string, const LogEntry*>;

const std::vector<LogEntry>& log_of(const Replica& replica, const std::string& record) {
    static const std::vector<LogEntry> empty;
    const auto found = replica.logs.find(record);
    return found == replica.logs.end() ? empty : found->second;
}

ById by_id(const std::vector<LogEntry>& log) {
    ById index;
    for (const LogEntry& entry : log)
        index[entry.id] = &entry;
    return index;
}

std::string brief(const std::string& id) {
    return id.substr(0, 12);
}

// An id says which header bytes they are, and the header which body bytes: equal ids with a body
// that fits are equal bytes. Compared all the same.
bool same_bytes(const LogEntry& a, const LogEntry& b) {
    return a.header == b.header && a.body == b.body && a.body.has_value() && a.body_fits &&
           b.body_fits;
}

// The set of findings of a record's whole group, as the server's logs state them.
std::set<SeenFinding> stated(const Replica& server, const std::set<std::string>& group) {
    std::set<SeenFinding> findings;
    for (const auto& record : group) {
        const auto found = server.findings.find(record);
        if (found != server.findings.end()) {
            findings.insert(found->second.begin(), found->second.end());
        }
    }
    return findings;
}

std::string words(const SeenFinding& finding) {
    std::string out = fmt::format("S{} {}", finding.severity, finding.rule);
    for (const auto& input : finding.inputs)
        out += " " + brief(input);
    return out;
}

class Comparison {
public:
    Comparison(const Replica& server, const std::vector<Replica>& tablets,
               const std::map<std::string, std::set<std::string>>& groups)
        : server_(server), tablets_(tablets), groups_(groups) {
        for (const auto& [record, log] : server.logs) {
            ++verdict_.records;
            verdict_.changes += log.size();
            for (const auto& [id, entry] : by_id(log))
                where_[id] = entry;
        }
    }

    void witnesses(const std::set<std::string>& also) {
        std::set<std::string> all = also;
        for (const Replica& tablet : tablets_) {
            all.insert(tablet.witness.begin(), tablet.witness.end());
        }
        verdict_.witnessed = all.size();
        std::map<const Replica*, std::map<std::string, ById>> held;
        for (const auto& id : all) {
            const auto on_server = where_.find(id);
            if (on_server == where_.end() || !on_server->second->body_fits) {
                verdict_.lost.push_back(brief(id) + " is not on the server");
                continue;
            }
            const LogEntry& entry = *on_server->second;
            for (const Replica& tablet : tablets_) {
                if (!tablet.entitled.contains(entry.record)) continue;
                auto& records = held[&tablet];
                if (!records.contains(entry.record)) {
                    records[entry.record] = by_id(log_of(tablet, entry.record));
                }
                const auto here = records[entry.record].find(id);
                if (here == records[entry.record].end() || !same_bytes(entry, *here->second)) {
                    verdict_.lost.push_back(brief(id) + " is not on tablet " + tablet.name);
                }
            }
        }
    }

    void replicas() {
        for (const auto& [record, log] : server_.logs) {
            note_all(record, "the server", broken_links(log));
            for (const Replica& tablet : tablets_) {
                if (tablet.entitled.contains(record)) compare(tablet, record, log);
            }
        }
        for (const Replica& tablet : tablets_) {
            for (const auto& record : tablet.entitled) {
                if (!server_.logs.contains(record)) note(record, tablet.name, "not on the server");
            }
        }
    }

    void planted(const std::vector<ExpectedFinding>& expected) {
        for (const ExpectedFinding& one : expected) {
            std::string missing;
            if (!stated(server_, group_of(one.record)).contains(one.finding)) {
                missing += " the server";
            }
            for (const Replica& tablet : tablets_) {
                if (!tablet.entitled.contains(one.record)) continue;
                const auto shown = tablet.findings.find(one.record);
                if (shown == tablet.findings.end() || !shown->second.contains(one.finding)) {
                    missing += " tablet " + tablet.name;
                }
            }
            if (missing.empty()) {
                ++verdict_.found;
            } else {
                verdict_.not_found.push_back(
                    fmt::format("{}: {} not on{}", one.name, words(one.finding), missing));
            }
        }
    }

    void count(const std::vector<ExpectedFinding>& expected) {
        std::set<SeenFinding> all;  // one that lies across records is written in each
        for (const auto& [record, findings] : server_.findings) {
            all.insert(findings.begin(), findings.end());
        }
        for (const SeenFinding& finding : all) {
            ++verdict_.by_severity[finding.severity];
            const bool known = std::any_of(expected.begin(), expected.end(),
                                           [&](const auto& one) { return one.finding == finding; });
            if (!known) {
                ++verdict_.unexpected[fmt::format("S{} {}", finding.severity, finding.rule)];
            }
        }
    }

    Verdict take() { return std::move(verdict_); }

private:
    std::set<std::string> group_of(const std::string& record) const {
        const auto found = groups_.find(record);
        return found == groups_.end() ? std::set<std::string>{record} : found->second;
    }

    void note(const std::string& record, const std::string& where, const std::string& what) {
        verdict_.diverged.push_back(fmt::format("record {} on {}: {}", brief(record), where, what));
    }

    void note_all(const std::string& record, const std::string& where,
                  const std::vector<std::string>& problems) {
        for (const auto& problem : problems)
            note(record, where, problem);
    }

    void compare(const Replica& tablet, const std::string& record,
                 const std::vector<LogEntry>& log) {
        const std::string where = "tablet " + tablet.name;
        const ById there = by_id(log);
        const ById here = by_id(log_of(tablet, record));
        std::size_t missing = 0;
        std::size_t different = 0;
        for (const auto& [id, entry] : there) {
            const auto found = here.find(id);
            if (found == here.end()) {
                ++missing;
            } else if (!same_bytes(*entry, *found->second)) {
                ++different;
            }
        }
        const std::size_t more = here.size() + missing - there.size();
        if (missing + different + more > 0) {
            note(record, where,
                 fmt::format("{} changes missing, {} of other bytes, {} too many", missing,
                             different, more));
        }
        const auto digest = tablet.digests.find(record);
        const auto expected = server_.digests.find(record);
        if (digest == tablet.digests.end() || expected == server_.digests.end() ||
            digest->second != expected->second) {
            note(record, where, "another state of the folded record");
        }
        compare_findings(tablet, record);
    }

    void compare_findings(const Replica& tablet, const std::string& record) {
        const auto theirs = stated(server_, group_of(record));
        const auto shown = tablet.findings.find(record);
        const auto ours = shown == tablet.findings.end() ? std::set<SeenFinding>{} : shown->second;
        std::vector<SeenFinding> differing;
        std::set_symmetric_difference(theirs.begin(), theirs.end(), ours.begin(), ours.end(),
                                      std::back_inserter(differing));
        for (const auto& finding : differing) {
            note(record, "tablet " + tablet.name,
                 fmt::format("{} {}", ours.contains(finding) ? "only it finds" : "it does not find",
                             words(finding)));
        }
    }

    const Replica& server_;
    const std::vector<Replica>& tablets_;
    const std::map<std::string, std::set<std::string>>& groups_;
    std::map<std::string, const LogEntry*> where_;
    Verdict verdict_;
};

}  // namespace

Verdict check(const Replica& server, const std::vector<Replica>& tablets,
              const std::set<std::string>& also_witnessed,
              const std::map<std::string, std::set<std::string>>& groups,
              const std::vector<ExpectedFinding>& planted) {
    Comparison comparison(server, tablets, groups);
    comparison.witnesses(also_witnessed);
    comparison.replicas();
    comparison.planted(planted);
    comparison.count(planted);
    return comparison.take();
}

}  // namespace kari::demo
