// SPDX-License-Identifier: Apache-2.0
//
// docs/formats/merge-rules.md is made from the schema and from the table of findings: this test
// makes it again and compares. To write it: unit_chart "[.write]"
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>

#include "sdk/chart/finding_rules.hpp"
#include "sdk/chart/review.hpp"
#include "sdk/clinical/catalogue.hpp"
#include "sdk/merge/schema.hpp"

namespace kari::chart {
namespace {

using merge::AtomSchema;
using merge::KindSchema;

const std::string k_page = std::string(KARI_SOURCE_DIR) + "/docs/formats/merge-rules.md";

std::string values_of(const AtomSchema& atom, const std::vector<int>& numbers) {
    const auto* field = atom.rank_field != nullptr ? atom.rank_field : atom.field;
    std::string out;
    for (const int number : numbers) {
        const auto* type = field->enum_type();
        const std::string prefix = type->FindValueByNumber(0)->name();
        const std::string name = type->FindValueByNumber(number)->name();
        const auto stem = prefix.size() - std::string("UNSPECIFIED").size();
        out += (out.empty() ? "" : " > ") + name.substr(stem);
    }
    return out;
}

std::string notes_of(const AtomSchema& atom) {
    std::string out;
    const auto add = [&out](const std::string& text) {
        out += (out.empty() ? "" : "; ") + text;
    };
    if (atom.rank_field != nullptr) add("ranked by `" + atom.rank_field->name() + "`");
    if (!atom.risk_order.empty()) add(values_of(atom, atom.risk_order));
    if (!atom.restrictive.empty()) {
        std::string listed;
        for (const int number : atom.restrictive)
            listed += (listed.empty() ? "" : ", ") + values_of(atom, {number});
        add("restrictive: " + listed);
    }
    std::string keys;
    for (const auto* key : atom.key)
        keys += (keys.empty() ? "" : ", ") + ("`" + key->name() + "`");
    if (!keys.empty()) add("key " + keys);
    return out;
}

std::string severities(const FindingRule& rule) {
    const auto name = [](v1::Severity severity) {
        return v1::Severity_Name(severity).substr(9);
    };
    return rule.worst == rule.mildest ? name(rule.worst)
                                      : name(rule.worst) + " to " + name(rule.mildest);
}

std::string within(const FindingRule& rule) {
    const auto time = time_to_resolve(rule.id, rule.worst);
    if (!time) return "-";
    if (time->ms == 0) return "at once";
    const auto hours = time->ms / Duration::hours(1).ms;
    return hours < 48 ? fmt::format("{} hours", hours) : fmt::format("{} days", hours / 24);
}

// What is acted on while an atom is contested.
std::string operative(const AtomSchema& atom) {
    switch (atom.policy) {
        case v1::POLICY_UNION:
            return "all elements";
        case v1::POLICY_FORK:
            return "none: both stand";
        case v1::POLICY_AUTHORITY:
            return atom.risk_order.empty() ? "the newest in effect"
                                           : "the first of the risk order, of those the newest";
        default:
            return atom.risk_order.empty() ? "none: all are shown"
                                           : "the first of the risk order, if one";
    }
}

bool can_be_contested(const KindSchema& kind, const AtomSchema& atom) {
    return kind.kind != v1::KIND_DETECTED_ISSUE && atom.policy != v1::POLICY_LATEST &&
           (atom.policy != v1::POLICY_UNION || !atom.key.empty());
}

std::string findings_page() {
    std::string out =
        "\n# What a conflict comes to\n\n"
        "Every rule of review: how severe what it finds is, who may resolve it, within what time "
        "after its\nnewest input, and what holds until then. When each finds something stands in "
        "`findings.md`.\n\n"
        "| rule | severity | who | within | until then |\n|---|---|---|---|---|\n";
    const auto row = [&](std::string_view id, std::string_view holds) {
        const FindingRule& rule = finding_rule(id);
        out += fmt::format("| `{}` | {} | {} | {} | {} |\n", id, severities(rule),
                           name_of(rule.resolver), within(rule), holds);
    };
    std::map<std::string, std::string> contested;
    for (const KindSchema& kind : merge::all_kinds()) {
        for (const AtomSchema& atom : kind.atoms) {
            if (!can_be_contested(kind, atom)) continue;
            contested.emplace(contested_rule(kind.kind, atom.number), operative(atom));
        }
    }
    for (const auto id : review_rules()) {
        if (contested.contains(std::string(id))) continue;
        row(id, clinical::sentences(id, clinical::Language::english)->meaning);
    }
    out +=
        "\n## A contested atom\n\n| rule | severity | who | within | acted on |\n"
        "|---|---|---|---|---|\n";
    for (const auto& [id, holds] : contested)
        row(id, holds);
    return out;
}

std::string page() {
    std::string out =
        "# How each atom merges\n\n"
        "Made from the options of `sdk/proto/kari/v1`; a test makes it again and compares. The "
        "policies are\ndefined in `merge.md`. A list with `>` is the risk order, the value to "
        "obey first; *restrictive* values\ntake effect from a tablet's proposal at once; *key* "
        "fields say that two elements speak of the same\nthing.\n";
    for (const KindSchema& kind : merge::all_kinds()) {
        out += fmt::format("\n## {} ({}{}{})\n\n| no | atom | policy | |\n|---|---|---|---|\n",
                           kind.name, static_cast<int>(kind.kind), kind.fact ? ", a fact" : "",
                           kind.safety ? ", in the safety lane" : "");
        for (const AtomSchema& atom : kind.atoms) {
            out += fmt::format("| {} | `{}` | {} | {} |\n", atom.number, atom.name,
                               v1::Policy_Name(atom.policy).substr(7), notes_of(atom));
        }
    }
    return out + findings_page();
}

TEST_CASE("docs/formats/merge-rules.md says what the schema says") {
    std::ifstream file(k_page);
    std::stringstream text;
    text << file.rdbuf();
    INFO("write it anew with: unit_chart \"[.write]\"");
    CHECK(text.str() == page());
}

TEST_CASE("write docs/formats/merge-rules.md", "[.write]") {
    std::ofstream(k_page) << page();
}

}  // namespace
}  // namespace kari::chart
