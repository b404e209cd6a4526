// SPDX-License-Identifier: Apache-2.0
//
// docs/formats/merge-rules.md is made from the schema: this test makes it again and compares.
// To write it: unit_merge "[.write]"
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>

#include "sdk/merge/schema.hpp"

namespace kari::merge {
namespace {

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

std::string page() {
    std::string out =
        "# How each atom merges\n\n"
        "Made from the options of `sdk/proto/kari/v1`; a test makes it again and compares. The "
        "policies are\ndefined in `merge.md`. A list with `>` is the risk order, the value to "
        "obey first; *restrictive* values\ntake effect from a tablet's proposal at once; *key* "
        "fields say that two elements speak of the same\nthing.\n";
    for (const KindSchema& kind : all_kinds()) {
        out += fmt::format("\n## {} ({}{}{})\n\n| no | atom | policy | |\n|---|---|---|---|\n",
                           kind.name, static_cast<int>(kind.kind), kind.fact ? ", a fact" : "",
                           kind.safety ? ", in the safety lane" : "");
        for (const AtomSchema& atom : kind.atoms) {
            out += fmt::format("| {} | `{}` | {} | {} |\n", atom.number, atom.name,
                               v1::Policy_Name(atom.policy).substr(7), notes_of(atom));
        }
    }
    return out;
}

TEST_CASE("docs/formats/merge-rules.md says what the schema says") {
    std::ifstream file(k_page);
    std::stringstream text;
    text << file.rdbuf();
    INFO("write it anew with: unit_merge \"[.write]\"");
    CHECK(text.str() == page());
}

TEST_CASE("write docs/formats/merge-rules.md", "[.write]") {
    std::ofstream(k_page) << page();
}

}  // namespace
}  // namespace kari::merge
