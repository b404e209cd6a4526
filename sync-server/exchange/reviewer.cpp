// SPDX-License-Identifier: Apache-2.0
#include "sync-server/exchange/reviewer.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "kari/v1/care.pb.h"
#include "kari/v1/resources.pb.h"
#include "sdk/base/id.hpp"
#include "sdk/base/mutant.hpp"
#include "sdk/chart/group.hpp"
#include "sdk/chart/history.hpp"
#include "sdk/chart/review.hpp"
#include "sdk/chart/reviewed.hpp"
#include "sdk/merge/past.hpp"
#include "sync-server/exchange/open_findings.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::exchange {
namespace {

constexpr int k_attempts = 8;
constexpr std::uint32_t k_statement_atom = 1;

struct ToWrite {
    ResourceId resource;
    v1::DetectedIssue issue;
    std::vector<ChangeId> parents;
};

// What a statement about a finding has seen of the others.
std::vector<ChangeId> read_of(const chart::GroupResource& issue) {
    if (!issue.unreadable) return issue.heads;
    std::vector<const merge::Change*> changes;
    for (const auto& change : issue.history)
        changes.push_back(change.get());
    return merge::readable_heads(changes);
}

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

// What a review has before it, and which statements it looks at.
struct Scope {
    bool lean = false;                           // not all of the log, but what is worth reading
    const std::set<ResourceId>* only = nullptr;  // the resources of statements; null: all
};

std::optional<ToWrite> cleared(const chart::Group& group, const chart::GroupResource& resource,
                               const Scope& scope) {
    if (resource.operative_write(k_statement_atom) == nullptr) return std::nullopt;
    ToWrite out{resource.id, merge::operative_as<v1::DetectedIssue>(resource), read_of(resource)};
    if (!out.issue.has_statement() || out.issue.statement().cleared() ||
        (scope.lean && !inputs_here(group, out.issue.statement()))) {
        return std::nullopt;
    }
    const v1::FindingStatement last = out.issue.statement();
    out.issue.Clear();
    *out.issue.mutable_statement() = last;
    out.issue.mutable_statement()->set_cleared(true);
    return out;
}

// What a review comes to in one record.
struct Outcome {
    std::vector<ToWrite> statements;
    std::vector<storage::OpenFinding> open;
    std::optional<std::set<ResourceId>> among;  // the issues that this is said of; nothing: all
};

// A statement that a lean review could not clear stays, and stays counted.
std::optional<std::set<ResourceId>> looked_at(const std::vector<ToWrite>& statements,
                                              const std::set<ResourceId>& found,
                                              const Scope& scope) {
    if (scope.only != nullptr) return *scope.only;
    if (!scope.lean) return std::nullopt;
    std::set<ResourceId> issues = found;
    for (const ToWrite& one : statements)
        issues.insert(one.resource);
    return issues;
}

// What the record's statements lack of what the rules find now, and what of that stands open.
Outcome outcome_in(const chart::Group& group, const RecordId& record,
                   const std::vector<chart::Finding>& findings, const Scope& scope, Instant now) {
    std::vector<ToWrite> out;
    std::set<ResourceId> found;
    for (const chart::Finding& finding : findings) {
        ToWrite wanted;
        wanted.resource = chart::issue_resource(finding.id);
        if (scope.only != nullptr && !scope.only->contains(wanted.resource)) continue;
        if (std::find(finding.records.begin(), finding.records.end(), record) ==
            finding.records.end()) {
            continue;
        }
        *wanted.issue.mutable_statement() = chart::statement_of(finding);
        found.insert(wanted.resource);
        const auto* known = group.find(record, wanted.resource);
        if (known != nullptr) {
            const auto said = merge::operative_as<v1::DetectedIssue>(*known);
            if (said.has_statement() && said.statement().SerializeAsString() ==
                                            wanted.issue.statement().SerializeAsString()) {
                continue;
            }
            wanted.parents = read_of(*known);
        }
        out.push_back(std::move(wanted));
    }
    const auto clear = [&](const chart::GroupResource* resource) {
        if (resource == nullptr || resource->kind != v1::KIND_DETECTED_ISSUE ||
            resource->record != record || found.contains(resource->id)) {
            return;
        }
        if (auto one = cleared(group, *resource, scope)) out.push_back(std::move(*one));
    };
    if (scope.only != nullptr) {
        for (const ResourceId& id : *scope.only)
            clear(group.find(record, id));
    } else {
        for (const auto& resource : group.resources)
            clear(&resource);
    }
    auto among = looked_at(out, found, scope);
    return {std::move(out), open_in(group, record, findings, scope.only, now), std::move(among)};
}

// False: the log has moved on, look again.
Result<bool> state_in(Parts& parts, const RecordId& id, const storage::LogPoint& head,
                      const Outcome& outcome) {
    KARI_LET(const auto record, parts.storage.begin(id));
    if (record->state().head != head) return false;
    KARI_LET(const bool counted, record->set_open_findings(outcome.open, outcome.among));
    if (outcome.statements.empty() && !counted && record->state().reviewed == head.position) {
        return true;
    }
    for (const ToWrite& one : outcome.statements) {
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

// Of these kinds rules find only what is contested, and forks of streams.
const std::vector<std::uint32_t>& lone_kinds() {
    static const std::vector<std::uint32_t> kinds = {
        v1::KIND_OBSERVATION, v1::KIND_DOCUMENT_REFERENCE, v1::KIND_OTHER_RESOURCE,
        v1::KIND_COMMUNICATION, v1::KIND_MEDICATION_ALLOWANCE};
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

// Changes of a record's log after a position, and where it ends.
Result<std::vector<chart::ChangePtr>> read_log(Parts& parts, const RecordId& record,
                                               storage::LogPoint& head) {
    std::vector<chart::ChangePtr> changes;
    std::optional<Error> broken;
    const auto take = [&](const storage::StoredChange& stored) {
        auto decoded = merge::decode_change(stored.header_bytes, stored.body_bytes);
        if (!decoded) {
            broken = Error{ErrorCode::storage_corrupt, "a stored change: " + decoded.error().what};
            return false;
        }
        head = {stored.position, stored.chain};
        changes.push_back(std::make_shared<merge::Change>(std::move(*decoded)));
        return true;
    };
    KARI_TRY(parts.storage.changes(record, head.position, take));
    if (broken) return tl::unexpected(*broken);
    return changes;
}

// Everything anew: of records that are reviewed for the first time since the start, or in which
// something came that bears on more than the resources that it names.
Result<void> review_whole(Parts& parts, const std::vector<RecordId>& members, ReviewedGroup& kept) {
    kept.forget();
    kept.losses = parts.storage.losses();
    std::vector<RecordId> here;
    std::vector<RecordId> not_here;
    std::vector<chart::ChangePtr> changes;
    std::map<RecordId, storage::LogPoint> heads;
    for (const RecordId& member : members) {
        KARI_LET(const auto state, parts.storage.state(member));
        (state ? here : not_here).push_back(member);
        if (!state) continue;
        KARI_LET(auto log, read_log(parts, member, heads[member]));
        changes.insert(changes.end(), std::make_move_iterator(log.begin()),
                       std::make_move_iterator(log.end()));
    }
    kept.keep(chart::make_group(std::move(here), std::move(not_here), changes, parts.lift));
    kept.findings = chart::review(kept.group, parts.pack);
    kept.heads = std::move(heads);
    return {};
}

struct News {
    std::map<RecordId, storage::LogPoint> heads;
    std::set<std::pair<RecordId, ResourceId>> touched;
};

// What has come since the group was reviewed; nothing: it is to be reviewed whole.
Result<std::optional<News>> read_news(Parts& parts, const std::vector<RecordId>& members,
                                      const ReviewedGroup& kept) {
    const std::optional<News> whole;
    // After a loss the log may be the same again, without what was stated in it.
    const bool lost = kept.losses != parts.storage.losses();
    if (kept.heads.empty() || (lost && !KARI_MUTATED(review_outlives_loss))) return whole;
    News news;
    for (const RecordId& member : members) {
        KARI_LET(const auto state, parts.storage.state(member));
        const auto known = kept.heads.find(member);
        if (state.has_value() != (known != kept.heads.end())) return whole;
        if (!state) continue;
        auto& head = news.heads[member] = known->second;
        // What was read may have come to nothing.
        KARI_LET(const auto chain, parts.storage.chain_at(member, head.position));
        if (!chain || *chain != head.chain) return whole;
        KARI_LET(const auto changes, read_log(parts, member, head));
        for (const auto& change : changes) {
            if (change->header.kind() == v1::KIND_RECORD_LINK) return whole;
            KARI_LET(const auto there,
                     parts.storage.at_address(member, change->incarnation, change->header.seq()));
            if (there.size() != 1) return whole;  // a fork
            news.touched.emplace(member, change->resource);
        }
    }
    return std::optional<News>(std::move(news));
}

// Reviews what is new. Answers the resources of the statements that this bears on.
Result<std::set<ResourceId>> review_news(Parts& parts, const News& news, ReviewedGroup& kept) {
    std::set<ResourceId> statements;
    std::vector<ResourceId> touched;
    for (const auto& [record, id] : news.touched) {
        KARI_LET(auto history, read_resource(parts, record, id));
        touched.push_back(id);
        std::sort(history.begin(), history.end(),
                  [](const auto& a, const auto& b) { return a->id < b->id; });
        std::vector<const merge::Change*> raw;
        for (const auto& change : history)
            raw.push_back(change.get());
        chart::GroupResource resource{merge::fold(raw), std::move(history), false};
        chart::lift_resource(resource, parts.lift);
        if (resource.kind == v1::KIND_DETECTED_ISSUE) statements.insert(id);
        kept.put(std::move(resource));
    }
    auto after =
        chart::replaced(kept.findings, chart::review_touched(kept.group, parts.pack, touched));
    for (const auto& one : chart::unlike(kept.findings, after))
        statements.insert(chart::issue_resource(one));
    kept.findings = std::move(after);
    kept.heads = news.heads;
    return statements;
}

// False: the log has moved on, look again.
Result<bool> review_kept(Parts& parts, const std::vector<RecordId>& members, ReviewedGroup& kept) {
    KARI_LET(const auto news, read_news(parts, members, kept));
    std::set<ResourceId> statements;
    if (news) {
        KARI_LET(statements, review_news(parts, *news, kept));
    } else {
        KARI_TRY(review_whole(parts, members, kept));
    }
    const Scope scope{.only = news && kept.stated ? &statements : nullptr};
    kept.stated = false;
    bool done = true;
    for (const auto& [id, head] : kept.heads) {
        KARI_LET(const bool stated,
                 state_in(parts, id, head,
                          outcome_in(kept.group, id, kept.findings, scope, parts.clock.wall())));
        done = done && stated;
    }
    kept.stated = done;
    return done;
}

// The log without the resources in which no rule can find anything.
Result<std::vector<chart::ChangePtr>> read_lean(Parts& parts, const RecordId& record) {
    std::vector<chart::ChangePtr> lean;
    KARI_LET(const auto census, parts.storage.census(record, lone_kinds()));
    std::vector<ResourceId> wanted;
    std::set_union(census.resources.begin(), census.resources.end(), census.forked.begin(),
                   census.forked.end(), std::back_inserter(wanted));
    for (const ResourceId& resource : wanted) {
        KARI_LET(auto changes, read_resource(parts, record, resource));
        const bool forked =
            std::binary_search(census.forked.begin(), census.forked.end(), resource);
        if (!forked && !may_be_found(changes, census.resources)) continue;
        lean.insert(lean.end(), changes.begin(), changes.end());
    }
    return lean;
}

}  // namespace

Result<void> review(Parts& parts, const RecordId& record) {
    if (KARI_MUTATED(forget_review)) return {};
    for (int attempt = 0; attempt < k_attempts; ++attempt) {
        KARI_LET(const auto members, parts.storage.group(record));
        const auto kept = parts.reviewed.of(members);
        const std::lock_guard lock(kept->in_use);
        const auto done = review_kept(parts, members, *kept);
        if (!done) kept->forget();
        parts.reviewed.weigh(members, kept->bytes);
        if (!done) return tl::unexpected(done.error());
        if (*done) return {};
    }
    return fail(ErrorCode::in_use, "review: the log kept growing");
}

Result<void> review_lean(Parts& parts, const RecordId& record) {
    for (int attempt = 0; attempt < k_attempts; ++attempt) {
        KARI_LET(const auto members, parts.storage.group(record));
        std::vector<RecordId> here;
        std::vector<RecordId> not_here;
        std::vector<chart::ChangePtr> changes;
        std::map<RecordId, storage::LogPoint> heads;
        for (const RecordId& member : members) {
            KARI_LET(const auto state, parts.storage.state(member));
            (state ? here : not_here).push_back(member);
            if (!state) continue;
            heads[member] = state->head;
            KARI_LET(const auto lean, read_lean(parts, member));
            changes.insert(changes.end(), lean.begin(), lean.end());
        }
        const auto group =
            chart::make_group(std::move(here), std::move(not_here), changes, parts.lift);
        const auto findings = chart::review(group, parts.pack);
        bool done = true;
        for (const auto& [id, head] : heads) {
            KARI_LET(const bool stated,
                     state_in(parts, id, head,
                              outcome_in(group, id, findings, {.lean = true}, parts.clock.wall())));
            done = done && stated;
        }
        if (done) return {};
    }
    return fail(ErrorCode::in_use, "review: the log kept growing");
}

Result<std::size_t> review_owed(Parts& parts) {
    KARI_LET(const auto owed, parts.storage.unreviewed());
    for (const RecordId& record : owed)
        KARI_TRY(review(parts, record));
    return owed.size();
}

}  // namespace kari::server::exchange
