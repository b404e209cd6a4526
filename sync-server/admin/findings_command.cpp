// SPDX-License-Identifier: Apache-2.0
#include "sync-server/admin/findings_command.hpp"

#include <algorithm>
#include <cstdio>
#include <set>

#include <fmt/format.h>

#include "sync-server/admin/arguments.hpp"
#include "sync-server/admin/overview.hpp"
#include "sync-server/admin/runtime.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::admin {

namespace json = boost::json;

namespace {

bool is_overdue(const storage::OpenFinding& finding, Instant now) {
    return finding.due && *finding.due < now;
}

template <typename Id>
json::array texts(const std::vector<Id>& ids) {
    json::array out;
    for (const Id& id : ids)
        out.emplace_back(id.text());
    return out;
}

template <typename Id>
void add_once(std::vector<Id>& ids, const Id& id) {
    if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
}

// Takes the rows as they come: a row for each record and unit that a finding stands in.
class Look {
public:
    Look(std::size_t limit, Instant now) : limit_(limit) { seen_.now = now; }

    void take(const storage::StandingFinding& row) {
        const auto& finding = row.finding;
        if (in_unit_.emplace(row.unit, finding.issue).second) {
            seen_.tallies[{row.unit, finding.severity, finding.rule}].add(finding, seen_.now);
        }
        if (known_.insert(finding.issue).second) {
            seen_.all.add(finding, seen_.now);
            if (seen_.listed.size() < limit_) {
                place_[finding.issue] = seen_.listed.size();
                seen_.listed.push_back({finding, {}, {}});
            }
        }
        const auto place = place_.find(finding.issue);
        if (place == place_.end()) return;
        auto& listed = seen_.listed[place->second];
        listed.finding.since = std::min(listed.finding.since, finding.since);
        add_once(listed.records, row.record);
        if (row.unit) add_once(listed.units, *row.unit);
    }
    FindingsOverview done() && { return std::move(seen_); }

private:
    std::size_t limit_;
    FindingsOverview seen_;
    std::set<ResourceId> known_;
    std::set<std::pair<std::optional<UnitId>, ResourceId>> in_unit_;
    std::map<ResourceId, std::size_t> place_;
};

// "overdue 3 h", "put off, due in 5 days", "for the log".
std::string when_due(const storage::OpenFinding& finding, Instant now) {
    if (!finding.due) return "for the log";
    if (is_overdue(finding, now)) return "overdue " + in_words(now - *finding.due);
    return (finding.deferred ? "put off, due in " : "due in ") + in_words(*finding.due - now);
}

json::object tally_json(const FindingTally& tally, Instant now) {
    return {{"open", tally.open},
            {"overdue", tally.overdue},
            {"deferred", tally.deferred},
            {"oldest_s", (now - tally.oldest).ms / 1000}};
}

json::object listed_json(const ListedFinding& one, Instant now) {
    const auto& finding = one.finding;
    json::object out{{"issue", finding.issue.text()},
                     {"rule", finding.rule},
                     {"severity", fmt::format("S{}", finding.severity)},
                     {"deferred", finding.deferred},
                     {"since_ms", finding.since.ms},
                     {"age_s", (now - finding.since).ms / 1000},
                     {"overdue", is_overdue(finding, now)},
                     {"records", texts(one.records)},
                     {"units", texts(one.units)}};
    if (finding.due) out["due_ms"] = finding.due->ms;
    return out;
}

}  // namespace

void FindingTally::add(const storage::OpenFinding& finding, Instant now) {
    oldest = open == 0 ? finding.since : std::min(oldest, finding.since);
    ++open;
    if (is_overdue(finding, now)) ++overdue;
    if (finding.deferred) ++deferred;
}

Result<FindingsOverview> look_at_findings(storage::Storage& storage,
                                          const std::optional<UnitId>& unit, std::size_t limit,
                                          Instant now) {
    Look look(limit, now);
    KARI_TRY(storage.standing_findings([&](const storage::StandingFinding& row) {
        if (!unit || row.unit == unit) look.take(row);
    }));
    return std::move(look).done();
}

json::object to_json(const FindingsOverview& seen) {
    json::object out = seen.all.open == 0 ? json::object{{"open", 0}, {"overdue", 0}}
                                          : tally_json(seen.all, seen.now);
    json::array tallies;
    for (const auto& [key, tally] : seen.tallies) {
        const auto& [unit, severity, rule] = key;
        json::object one = tally_json(tally, seen.now);
        one["unit"] = unit ? json::value(unit->text()) : json::value(nullptr);
        one["severity"] = fmt::format("S{}", severity);
        one["rule"] = rule;
        tallies.push_back(std::move(one));
    }
    json::array listed;
    for (const ListedFinding& one : seen.listed)
        listed.push_back(listed_json(one, seen.now));
    out["by_rule"] = std::move(tallies);
    out["findings"] = std::move(listed);
    out["not_listed"] = seen.all.open - seen.listed.size();
    return out;
}

std::string to_text(const FindingsOverview& seen) {
    std::string out = fmt::format("open findings: {}, {} overdue, {} put off\n", seen.all.open,
                                  seen.all.overdue, seen.all.deferred);
    const std::optional<UnitId>* before = nullptr;
    for (const auto& [key, tally] : seen.tallies) {
        const auto& [unit, severity, rule] = key;
        if (before == nullptr || *before != unit) {
            out += '\n' + (unit ? "unit " + unit->text() : "in no unit's caseload") + '\n';
            out += "      open overdue put off  oldest   rule\n";
            before = &unit;
        }
        out += fmt::format("{} S{} {:>5} {:>7} {:>7}  {:<8} {}\n", tally.overdue > 0 ? '!' : ' ',
                           severity, tally.open, tally.overdue, tally.deferred,
                           in_words(seen.now - tally.oldest), rule);
    }
    if (seen.listed.empty()) return out;
    out += "\nwhichever is due first:\n";
    for (const ListedFinding& one : seen.listed) {
        out += fmt::format("{} S{} {:<24} {}\n", is_overdue(one.finding, seen.now) ? '!' : ' ',
                           one.finding.severity, when_due(one.finding, seen.now), one.finding.rule);
        out += fmt::format("     finding {}\n", one.finding.issue.text());
        for (const RecordId& record : one.records)
            out += fmt::format("     record  {}\n", record.text());
    }
    if (const auto more = seen.all.open - seen.listed.size(); more > 0) {
        out += fmt::format("and {} more (--limit lists more)\n", more);
    }
    return out;
}

Result<void> findings(const Options& options, const std::string& unit, std::size_t limit) {
    KARI_LET(const auto runtime,
             Runtime::open(options.directory, {Runtime::Opening().cache_kib, true}));
    std::optional<UnitId> of;
    if (!unit.empty()) {
        KARI_LET(const auto found, find_unit(*runtime->storage, unit));
        of = found.id;
    }
    KARI_LET(const auto seen,
             look_at_findings(*runtime->storage, of, limit, runtime->clock->wall()));
    if (options.json) {
        print(options, to_json(seen));
    } else {
        fmt::print("{}", to_text(seen));
        std::fflush(stdout);
    }
    return {};
}

}  // namespace kari::server::admin
