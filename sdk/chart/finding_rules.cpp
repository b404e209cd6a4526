// SPDX-License-Identifier: Apache-2.0
#include "sdk/chart/finding_rules.hpp"

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <string>

namespace kari::chart {
namespace {

constexpr FindingRule k_rules[] = {
#define KARI_FINDING_RULE(id, worst, mildest, resolver) \
    FindingRule{id, v1::SEVERITY_##worst, v1::SEVERITY_##mildest, Resolver::resolver, true},
#define KARI_CONTESTED_ATOM(id, severity, resolver) \
    FindingRule{id, v1::SEVERITY_##severity, v1::SEVERITY_##severity, Resolver::resolver, false},
#include "sdk/chart/finding_rules.def"
#undef KARI_FINDING_RULE
#undef KARI_CONTESTED_ATOM
};

const FindingRule* line_of(std::string_view id) {
    const auto found = std::find_if(std::begin(k_rules), std::end(k_rules),
                                    [&](const FindingRule& rule) { return rule.id == id; });
    return found == std::end(k_rules) ? nullptr : found;
}

}  // namespace

std::string_view name_of(Resolver resolver) {
    switch (resolver) {
        case Resolver::nurse:
            return "nurse";
        case Resolver::author:
            return "author";
        case Resolver::nurse_in_charge:
            return "nurse-in-charge";
        case Resolver::plan_owner:
            return "plan-owner";
        case Resolver::planner:
            return "planner";
        case Resolver::assignee:
            return "assignee";
        case Resolver::leader:
            return "leader";
        case Resolver::privacy_officer:
            return "privacy-officer";
        case Resolver::prescriber:
            return "prescriber";
        case Resolver::doctor:
            return "doctor";
    }
    throw std::logic_error("a resolver without a name");
}

const FindingRule& finding_rule(std::string_view id) {
    if (const auto* own = line_of(id)) return *own;
    for (const std::string_view end : {"-source", "-remainder"}) {
        if (id.ends_with(end)) return *line_of("merge/*" + std::string(end));
    }
    const FindingRule* best = line_of("merge/*");
    for (const FindingRule& rule : k_rules) {
        if (!rule.id.ends_with('*') || rule.id.size() < best->id.size()) continue;
        if (id.starts_with(rule.id.substr(0, rule.id.size() - 1))) best = &rule;
    }
    return *best;
}

std::vector<std::string_view> review_rules() {
    std::vector<std::string_view> ids;
    for (const FindingRule& rule : k_rules) {
        if (rule.own_sentences) ids.push_back(rule.id);
    }
    return ids;
}

std::optional<Duration> time_to_resolve(std::string_view rule, v1::Severity severity) {
    // Who is responsible for a service may be at work tomorrow only.
    if (rule == "measure/end-unconfirmed") return Duration::hours(24);
    switch (severity) {
        case v1::SEVERITY_S1:
            return Duration{};
        case v1::SEVERITY_S2:
            return Duration::hours(8);  // this shift
        case v1::SEVERITY_S3:
            return Duration::hours(7 * 24);
        default:
            return std::nullopt;
    }
}

}  // namespace kari::chart
