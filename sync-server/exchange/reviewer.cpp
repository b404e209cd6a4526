// SPDX-License-Identifier: Apache-2.0
#include "sync-server/exchange/reviewer.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <set>

#include "kari/v1/care.pb.h"
#include "kari/v1/resources.pb.h"
#include "sdk/base/id.hpp"
#include "sdk/chart/group.hpp"
#include "sdk/chart/history.hpp"
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

// Whether a review has all of the log before it, or what is worth reading.
enum class Reach { whole, lean };

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

chart::Group fold_group(const GroupLogs& logs, chart::Lift lift) {
    std::vector<RecordId> records;
    std::vector<chart::ChangePtr> changes;
    for (const auto& [id, log] : logs.here) {
        records.push_back(id);
        changes.insert(changes.end(), log->changes.begin(), log->changes.end());
    }
    return chart::make_group(std::move(records), logs.not_here, changes, lift);
}

struct ToWrite {
    ResourceId resource;
    v1::DetectedIssue issue;
    std::vector<ChangeId> parents;
};

// True when the changes that a statement rests on are all here: only then can its rule be said to
// find it no more. A lean log leaves resources out.
bool inputs_here(const chart::Group& group, const v1::FindingStatement& statement) {
    const auto stated = chart::finding_from(statement);
    return std::all_of(stated.inputs.begin(), stated.inputs.end(), [&](const ChangeId& input) {
        return std::any_of(group.resources.begin(), group.resources.end(), [&](const auto& each) {
            return std::binary_search(each.changes.begin(), each.changes.end(), input);
        });
    });
}

// What the record's statements lack of what the rules find now.
std::vector<ToWrite> differences(const chart::Group& group, const RecordId& record,
                                 const std::vector<chart::Finding>& findings, Reach reach) {
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
        if (!cleared.issue.has_statement() || cleared.issue.statement().cleared() ||
            (reach == Reach::lean && !inputs_here(group, cleared.issue.statement()))) {
            continue;
        }
        const v1::FindingStatement last = cleared.issue.statement();
        cleared.issue.Clear();
        *cleared.issue.mutable_statement() = last;
        cleared.issue.mutable_statement()->set_cleared(true);
        out.push_back(std::move(cleared));
    }
    return out;
}

// False: the log has moved on, look again.
Result<bool> state_in(Parts& parts, const RecordLog& log, const std::vector<ToWrite>& statements) {
    KARI_LET(const auto record, parts.storage.begin(log.record));
    if (record->state().head != log.head) return false;
    if (statements.empty() && record->state().reviewed == log.head.position) return true;
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

Result<void> review_by(Parts& parts, const RecordId& record, Reach reach, const ReadLog& read) {
    for (int attempt = 0; attempt < k_attempts; ++attempt) {
        KARI_LET(const auto logs, read_group(parts, record, read));
        const chart::Group group = fold_group(logs, parts.lift);
        const auto findings = chart::review(group, parts.pack);
        bool done = true;
        for (const auto& [id, log] : logs.here) {
            KARI_LET(const bool stated,
                     state_in(parts, *log, differences(group, id, findings, reach)));
            done = done && stated;
        }
        if (done) return {};
    }
    return fail(ErrorCode::in_use, "review: the log kept growing");
}

// Of these kinds rules find only what is contested, and forks of streams.
const std::vector<std::uint32_t>& lone_kinds() {
    static const std::vector<std::uint32_t> kinds = {
        v1::KIND_OBSERVATION, v1::KIND_DOCUMENT_REFERENCE, v1::KIND_OTHER_RESOURCE,
        v1::KIND_COMMUNICATION};
    return kinds;
}

// The plan, measure or task that an act names; the zero id when it names none.
ResourceId named_by(const merge::Change& act) {
    if (act.header.kind() == v1::KIND_ENCOUNTER) {
        const auto visit = chart::said_by<v1::Encounter>(act).visit();
        return base::from_bytes<ResourceId>(visit.plan().resource()).value_or(ResourceId{});
    }
    if (act.header.kind() == v1::KIND_PROCEDURE) {
        const auto done = chart::said_by<v1::Procedure>(act).procedure();
        return base::from_bytes<ResourceId>(done.about().resource()).value_or(ResourceId{});
    }
    return {};
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

bool is_act(std::uint32_t kind) {
    return kind == v1::KIND_ENCOUNTER || kind == v1::KIND_PROCEDURE;
}

// `others`: the resources that are not left out, ascending.
bool may_be_found(const std::vector<chart::ChangePtr>& changes,
                  const std::vector<ResourceId>& others) {
    const auto& kinds = lone_kinds();
    std::vector<const merge::Change*> raw;
    for (const auto& change : changes) {
        const std::uint32_t kind = change->header.kind();
        if (is_act(kind)) {
            if (std::binary_search(others.begin(), others.end(), named_by(*change))) return true;
        } else if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) {
            return true;
        }
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
        if (!forked && !may_be_found(changes, census.resources)) continue;
        log->changes.insert(log->changes.end(), changes.begin(), changes.end());
    }
    return std::shared_ptr<const RecordLog>(std::move(log));
}

}  // namespace

Result<void> review(Parts& parts, const RecordId& record) {
    return review_by(parts, record, Reach::whole, [&](const RecordId& member) {
        return parts.logs.read(parts.storage, member);
    });
}

Result<void> review_lean(Parts& parts, const RecordId& record) {
    return review_by(parts, record, Reach::lean,
                     [&](const RecordId& member) { return read_lean(parts, member); });
}

Result<std::size_t> review_owed(Parts& parts) {
    KARI_LET(const auto owed, parts.storage.unreviewed());
    for (const RecordId& record : owed)
        KARI_TRY(review(parts, record));
    return owed.size();
}

}  // namespace kari::server::exchange
