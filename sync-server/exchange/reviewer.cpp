// SPDX-License-Identifier: Apache-2.0
#include "sync-server/exchange/reviewer.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <set>

#include "kari/v1/resources.pb.h"
#include "sdk/base/id.hpp"
#include "sdk/chart/group.hpp"
#include "sdk/chart/review.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::exchange {
namespace {

constexpr int k_attempts = 8;
constexpr std::uint32_t k_statement_atom = 1;

struct GroupLogs {
    std::map<RecordId, std::shared_ptr<const RecordLog>> here;
    std::vector<RecordId> not_here;
};

using ReadLog = std::function<Result<std::shared_ptr<const RecordLog>>(const RecordId&)>;

Result<GroupLogs> read_group(Parts& parts, const RecordId& record, const ReadLog& read) {
    GroupLogs logs;
    KARI_LET(const auto members, parts.storage.group(record));
    for (const RecordId& member : members) {
        auto log = read(member);
        if (log) {
            logs.here.emplace(member, std::move(*log));
        } else if (log.error().code == ErrorCode::not_found) {
            logs.not_here.push_back(member);
        } else {
            return tl::unexpected(log.error());
        }
    }
    return logs;
}

chart::Group fold_group(const GroupLogs& logs) {
    std::vector<RecordId> records;
    std::vector<chart::ChangePtr> changes;
    for (const auto& [id, log] : logs.here) {
        records.push_back(id);
        changes.insert(changes.end(), log->changes.begin(), log->changes.end());
    }
    return chart::make_group(std::move(records), logs.not_here, changes);
}

struct ToWrite {
    ResourceId resource;
    v1::DetectedIssue issue;
    std::vector<ChangeId> parents;
};

// What the record's statements lack of what the rules find now.
std::vector<ToWrite> differences(const chart::Group& group, const RecordId& record,
                                 const std::vector<chart::Finding>& findings) {
    std::vector<ToWrite> out;
    std::set<ResourceId> found;
    for (const chart::Finding& finding : findings) {
        if (std::find(finding.records.begin(), finding.records.end(), record) ==
            finding.records.end()) {
            continue;
        }
        ToWrite wanted;
        wanted.resource = chart::issue_resource(finding.id);
        *wanted.issue.mutable_statement() = chart::statement_of(finding);
        found.insert(wanted.resource);
        const auto* known = group.find(record, wanted.resource);
        if (known != nullptr) {
            const auto said = merge::operative_as<v1::DetectedIssue>(*known);
            if (said.has_statement() && said.statement().SerializeAsString() ==
                                            wanted.issue.statement().SerializeAsString()) {
                continue;
            }
            wanted.parents = known->heads;
        }
        out.push_back(std::move(wanted));
    }
    for (const auto& resource : group.resources) {
        if (resource.kind != v1::KIND_DETECTED_ISSUE || resource.record != record ||
            found.contains(resource.id) || resource.operative_write(k_statement_atom) == nullptr) {
            continue;
        }
        ToWrite cleared{resource.id, merge::operative_as<v1::DetectedIssue>(resource),
                        resource.heads};
        if (!cleared.issue.has_statement() || cleared.issue.statement().cleared()) continue;
        const v1::FindingStatement last = cleared.issue.statement();
        cleared.issue.Clear();
        *cleared.issue.mutable_statement() = last;
        cleared.issue.mutable_statement()->set_cleared(true);
        out.push_back(std::move(cleared));
    }
    return out;
}

// When a finding was first stated in a record; nothing when that is about to be done.
std::optional<Instant> first_stated(const chart::Group& group, const RecordId& record,
                                    const FindingId& finding) {
    const auto* issue = group.find(record, chart::issue_resource(finding));
    if (issue == nullptr) return std::nullopt;
    std::optional<Instant> first;
    for (const auto& change : issue->history) {
        if (!change->from_server()) continue;
        const Instant written{change->header.recorded().wall_ms()};
        if (!first || written < *first) first = written;
    }
    return first;
}

// What stands open in a record, for the operator's counts. Ascending.
std::vector<storage::OpenFinding> open_in(const chart::Group& group, const RecordId& record,
                                          const std::vector<chart::TrackedFinding>& tracked,
                                          Instant now) {
    std::vector<storage::OpenFinding> open;
    for (const chart::TrackedFinding& one : tracked) {
        const auto& records = one.finding.records;
        if (one.state == chart::FindingState::resolved ||
            std::find(records.begin(), records.end(), record) == records.end()) {
            continue;
        }
        storage::OpenFinding row;
        row.finding = one.finding.id;
        row.severity = static_cast<unsigned>(one.finding.severity);
        row.deferred = one.state == chart::FindingState::deferred;
        row.since = first_stated(group, record, one.finding.id).value_or(now);
        open.push_back(row);
    }
    return open;
}

// What a review comes to in one record.
struct Outcome {
    std::vector<ToWrite> statements;
    std::vector<storage::OpenFinding> open;
};

// False: the log has moved on, look again.
Result<bool> state_in(Parts& parts, const RecordLog& log, const Outcome& outcome) {
    const auto& statements = outcome.statements;
    KARI_LET(const auto record, parts.storage.begin(log.record));
    if (record->state().head != log.head) return false;
    KARI_LET(const bool counted_anew, record->set_open_findings(outcome.open));
    if (statements.empty() && !counted_anew && record->state().reviewed == log.head.position) {
        return true;
    }
    for (const ToWrite& one : statements) {
        ServerStatement statement;
        statement.resource = one.resource;
        statement.kind = v1::KIND_DETECTED_ISSUE;
        statement.message = &one.issue;
        statement.parents = one.parents;
        KARI_TRY(parts.stream.write(*record, statement));
    }
    KARI_TRY(record->set_reviewed(record->state().head.position));
    KARI_TRY(parts.stream.commit(*record));
    return true;
}

Result<void> review_by(Parts& parts, const RecordId& record, const ReadLog& read) {
    for (int attempt = 0; attempt < k_attempts; ++attempt) {
        KARI_LET(const auto logs, read_group(parts, record, read));
        const chart::Group group = fold_group(logs);
        const auto findings = chart::review(group, parts.pack);
        const auto tracked = chart::track(group, findings);
        bool done = true;
        for (const auto& [id, log] : logs.here) {
            const Outcome outcome{differences(group, id, findings),
                                  open_in(group, id, tracked, parts.clock.wall())};
            KARI_LET(const bool stated, state_in(parts, *log, outcome));
            done = done && stated;
        }
        if (done) return {};
    }
    return fail(ErrorCode::in_use, "review: the log kept growing");
}

// Of these kinds rules find only what is contested, and forks of streams.
const std::vector<std::uint32_t>& lone_kinds() {
    static const std::vector<std::uint32_t> kinds = {
        v1::KIND_OBSERVATION, v1::KIND_DOCUMENT_REFERENCE, v1::KIND_OTHER_RESOURCE};
    return kinds;
}

Result<std::vector<chart::ChangePtr>> read_resource(Parts& parts, const RecordId& record,
                                                    const ResourceId& resource) {
    std::vector<chart::ChangePtr> changes;
    std::optional<Error> broken;
    KARI_TRY(parts.storage.changes_of(record, resource, [&](const storage::StoredChange& stored) {
        auto decoded = merge::decode_change(stored.header_bytes, stored.body_bytes);
        if (!decoded) {
            broken = Error{ErrorCode::storage_corrupt, "a stored change: " + decoded.error().what};
            return false;
        }
        changes.push_back(std::make_shared<merge::Change>(std::move(*decoded)));
        return true;
    }));
    if (broken) return tl::unexpected(*broken);
    return changes;
}

bool may_be_found(const std::vector<chart::ChangePtr>& changes) {
    const auto& kinds = lone_kinds();
    std::vector<const merge::Change*> raw;
    for (const auto& change : changes) {
        const std::uint32_t kind = change->header.kind();
        if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) return true;
        raw.push_back(change.get());
    }
    return merge::fold(raw).contested();
}

// The log without the resources in which no rule can find anything.
Result<std::shared_ptr<const RecordLog>> read_lean(Parts& parts, const RecordId& record) {
    KARI_LET(const auto state, parts.storage.state(record));
    if (!state) return fail(ErrorCode::not_found, "record");
    auto log = std::make_shared<RecordLog>();
    log->record = record;
    log->head = state->head;
    KARI_LET(const auto census, parts.storage.census(record, lone_kinds()));
    std::vector<ResourceId> wanted;
    std::set_union(census.resources.begin(), census.resources.end(), census.forked.begin(),
                   census.forked.end(), std::back_inserter(wanted));
    for (const ResourceId& resource : wanted) {
        KARI_LET(auto changes, read_resource(parts, record, resource));
        const bool forked =
            std::binary_search(census.forked.begin(), census.forked.end(), resource);
        if (!forked && !may_be_found(changes)) continue;
        log->changes.insert(log->changes.end(), changes.begin(), changes.end());
    }
    return std::shared_ptr<const RecordLog>(std::move(log));
}

}  // namespace

Result<void> review(Parts& parts, const RecordId& record) {
    return review_by(parts, record, [&](const RecordId& member) {
        return parts.logs.read(parts.storage, member);
    });
}

Result<void> review_lean(Parts& parts, const RecordId& record) {
    return review_by(parts, record,
                     [&](const RecordId& member) { return read_lean(parts, member); });
}

Result<std::size_t> review_owed(Parts& parts) {
    KARI_LET(const auto owed, parts.storage.unreviewed());
    for (const RecordId& record : owed)
        KARI_TRY(review(parts, record));
    return owed.size();
}

}  // namespace kari::server::exchange
