// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <boost/json.hpp>
#include <kari/error.hpp>

#include "sync-server/admin/output.hpp"
#include "sync-server/storage/storage.hpp"

// The open findings of all citizens, for whoever follows how long they stand: rules, units, ages
// and ids. Nothing of a person and nothing that a record says.
namespace kari::server::admin {

inline constexpr std::size_t k_listed_findings = 20;
inline constexpr std::size_t k_listed_findings_max = 1000;

struct FindingTally {
    std::uint64_t open = 0;
    std::uint64_t overdue = 0;
    std::uint64_t deferred = 0;
    Instant oldest;

    void add(const storage::OpenFinding& finding, Instant now);
};

struct ListedFinding {
    storage::OpenFinding finding;
    std::vector<RecordId> records;
    std::vector<UnitId> units;  // that have one of them in their caseload
};

struct FindingsOverview {
    Instant now;
    FindingTally all;  // each finding once, in however many records and units it stands
    // By unit (nothing: in nobody's caseload), severity and rule.
    std::map<std::tuple<std::optional<UnitId>, unsigned, std::string>, FindingTally> tallies;
    std::vector<ListedFinding> listed;  // whichever is due first, so the overdue ones first
};

// `unit`: of its caseload alone. Lists `limit` at most; all are counted. Errors: storage_*.
Result<FindingsOverview> look_at_findings(storage::Storage& storage,
                                          const std::optional<UnitId>& unit, std::size_t limit,
                                          Instant now);
boost::json::object to_json(const FindingsOverview& seen);
std::string to_text(const FindingsOverview& seen);  // at most 80 columns

Result<void> findings(const Options& options, const std::string& unit, std::size_t limit);

}  // namespace kari::server::admin
