// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include <kari/time.hpp>

#include "kari/v1/resources.pb.h"

namespace kari::chart {

// Who may resolve a finding. A task of a person, not a title: a municipality says who has it.
enum class Resolver {
    nurse,            // any nurse of the citizen's
    author,           // whoever wrote it
    nurse_in_charge,  // with whoever wrote it
    plan_owner,       // who is responsible for the care plan
    planner,          // who plans visits
    assignee,         // whose task it is, or their leader
    leader,
    privacy_officer,
    prescriber,  // the doctor who orders; a nurse proposes
    doctor,
};
std::string_view name_of(Resolver resolver);  // "nurse-in-charge"

// What a rule says of every finding of its. A finding's own severity lies between these two.
struct FindingRule {
    std::string_view id;  // "merge/*" and the like stand for all that have no line of their own
    v1::Severity worst = v1::SEVERITY_UNSPECIFIED;
    v1::Severity mildest = v1::SEVERITY_UNSPECIFIED;
    Resolver resolver = Resolver::nurse;
    bool own_sentences = false;
};

// Of any rule id: its own line, else that of the longest pattern, silent sources first.
const FindingRule& finding_rule(std::string_view id);

// The rules of review that have sentences of their own. Ascending.
std::vector<std::string_view> review_rules();

// How long after its newest input a finding should be resolved; nothing: it is for the log.
std::optional<Duration> time_to_resolve(std::string_view rule, v1::Severity severity);

}  // namespace kari::chart
