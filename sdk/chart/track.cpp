// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include "sdk/base/mutant.hpp"
#include "sdk/chart/dispute.hpp"
#include "sdk/chart/review.hpp"

namespace kari::chart {
namespace {

// All that issue resources of one id say; a finding across records has one in each.
struct Issue {
    std::optional<Finding> stated;  // not when the server's rules no longer find it
    std::vector<v1::Resolution> resolutions;
    std::vector<v1::Deferral> deferrals;
    std::optional<PersonId> assigned_to;
    bool uncertain = false;  // incomplete or unreadable: nothing in it closes the finding
    std::vector<ChangeId> heads;
};

template <typename T>
void unite(std::vector<T>& into, const std::vector<T>& from) {
    into.insert(into.end(), from.begin(), from.end());
    std::sort(into.begin(), into.end());
    into.erase(std::unique(into.begin(), into.end()), into.end());
}

void add_statement(Issue& issue, const v1::FindingStatement& statement) {
    if (statement.finding().empty() || statement.cleared()) return;
    const Finding stated = finding_from(statement);
    if (!issue.stated) {
        issue.stated = stated;
        return;
    }
    unite(issue.stated->inputs, stated.inputs);
    unite(issue.stated->records, stated.records);
    if (more_severe(stated.severity, issue.stated->severity)) {
        issue.stated->severity = stated.severity;
    }
}

void add_resource(Issue& issue, const merge::Resource& resource) {
    const auto value = merge::operative_as<v1::DetectedIssue>(resource);
    add_statement(issue, value.statement());
    for (const auto& item : value.resolution().items())
        issue.resolutions.push_back(item);
    if (value.has_deferral()) issue.deferrals.push_back(value.deferral());
    if (const auto person = base::from_bytes<PersonId>(value.assignment().person())) {
        issue.assigned_to = *person;
    }
    issue.uncertain = issue.uncertain || resource.incomplete() || resource.unreadable;
    unite(issue.heads, resource.heads);
}

std::map<ResourceId, Issue> issues_of(const Group& group) {
    std::map<ResourceId, Issue> issues;
    for (const auto& resource : group.resources) {
        if (resource.kind == v1::KIND_DETECTED_ISSUE) add_resource(issues[resource.id], resource);
    }
    return issues;
}

// Whether an answer was made with this input in view, and at no milder a severity.
template <typename Answer>
bool covers(const Answer& answer, const Finding& finding, const std::string& input) {
    return !more_severe(finding.severity, answer.severity()) &&
           std::find(answer.input().begin(), answer.input().end(), input) != answer.input().end();
}

bool is_resolved(const Finding& finding, const Issue& issue) {
    if (issue.uncertain || finding.inputs.empty()) return false;
    if (KARI_MUTATED(resolved_for_ever) && !issue.resolutions.empty()) return true;
    return std::all_of(finding.inputs.begin(), finding.inputs.end(), [&](const ChangeId& input) {
        const auto bytes = base::to_bytes(input);
        return std::any_of(issue.resolutions.begin(), issue.resolutions.end(),
                           [&](const auto& each) { return covers(each, finding, bytes); });
    });
}

// A deferral that names no inputs was written before it could: it defers whatever comes.
const v1::Deferral* deferral_of(const Finding& finding, const Issue& issue) {
    if (issue.uncertain) return nullptr;
    for (const v1::Deferral& deferral : issue.deferrals) {
        const bool all =
            std::all_of(finding.inputs.begin(), finding.inputs.end(), [&](const ChangeId& input) {
                return deferral.input().empty() || covers(deferral, finding, base::to_bytes(input));
            });
        if (all) return &deferral;
    }
    return nullptr;
}

void judge(TrackedFinding& tracked, const Issue& issue) {
    tracked.resolutions = issue.resolutions;
    tracked.issue_heads = issue.heads;
    tracked.assigned_to = issue.assigned_to;
    if (is_resolved(tracked.finding, issue)) {
        tracked.state = FindingState::resolved;
    } else if (const auto* deferral = deferral_of(tracked.finding, issue)) {
        tracked.state = FindingState::deferred;
        tracked.deferred_until = deferral->until();
    }
}

TrackedFinding track_found(const Finding& found, const Issue* issue) {
    TrackedFinding tracked;
    tracked.finding = found;
    if (issue == nullptr) return tracked;
    if (issue->stated) {
        // Until the server states it anew, the worse of both counts.
        tracked.provisional =
            issue->stated->severity != found.severity || issue->stated->inputs != found.inputs;
        unite(tracked.finding.inputs, issue->stated->inputs);
        unite(tracked.finding.records, issue->stated->records);
        if (more_severe(issue->stated->severity, found.severity)) {
            tracked.finding.severity = issue->stated->severity;
        }
    }
    judge(tracked, *issue);
    return tracked;
}

TrackedFinding track_stated(const Group& group, const Issue& issue) {
    TrackedFinding tracked;
    tracked.finding = *issue.stated;
    tracked.provisional = false;
    tracked.found_here = false;
    for (const auto& resource : group.resources) {
        const bool holds = std::any_of(
            tracked.finding.inputs.begin(), tracked.finding.inputs.end(), [&](const auto& input) {
                return std::binary_search(resource.changes.begin(), resource.changes.end(), input);
            });
        if (holds) unite(tracked.finding.resources, std::vector<ResourceId>{resource.id});
    }
    judge(tracked, issue);
    return tracked;
}

}  // namespace

bool is_settled(const merge::Resource& resource) {
    Issue issue;
    add_resource(issue, resource);
    return !issue.uncertain && (!issue.stated || is_resolved(*issue.stated, issue));
}

TrackedFinding track_one(const Group& group, const Finding& found) {
    Issue issue;
    for (const RecordId& record : group.records) {
        const auto* carrier = group.find(record, issue_resource(found.id));
        if (carrier != nullptr) add_resource(issue, *carrier);
    }
    TrackedFinding tracked;
    tracked.finding = found;
    judge(tracked, issue);
    return tracked;
}

std::vector<TrackedFinding> track(const Group& group, const std::vector<Finding>& found) {
    auto issues = issues_of(group);
    std::vector<TrackedFinding> all;
    for (const auto& finding : found) {
        const auto issue = issues.find(issue_resource(finding.id));
        all.push_back(track_found(finding, issue == issues.end() ? nullptr : &issue->second));
        if (issue != issues.end()) issues.erase(issue);
    }
    for (const auto& [id, issue] : issues) {
        if (issue.stated) all.push_back(track_stated(group, issue));
    }
    set_due(group, all);
    std::sort(all.begin(), all.end(), [](const TrackedFinding& a, const TrackedFinding& b) {
        return a.finding.id < b.finding.id;
    });
    return all;
}

}  // namespace kari::chart
