// SPDX-License-Identifier: Apache-2.0
//
// Why is this the value: who said what, knowing what, and which rule decides.
#include <map>

#include "examples/kari/commands/parts.hpp"
#include "examples/kari/statements.hpp"

namespace kari::app {

namespace json = boost::json;

namespace {

Answer explain_item(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) -> Answer {
        const auto account = d.explain_resource(args.token(), args.access());
        if (!account) return tl::unexpected(account.error());
        json::object out = answer(*account);
        const auto view = d.open_chart(account->record, args.access());
        if (!view) return tl::unexpected(view.error());
        add_citizen(out, *view);
        add_reach(out, *view);
        return out;
    });
}

// Atoms that the same rule decides are told together.
std::string rules(const json::object& answer, const Screen& s) {
    std::map<std::string, std::pair<std::string, const json::object*>> by_rule;
    for (const json::value& one : list(answer, "atoms")) {
        const json::object& atom = one.as_object();
        auto& [atoms, said] = by_rule[text(atom, "rule")];
        atoms += (atoms.empty() ? "" : ", ") + atom_word(text(atom, "atom"), s);
        said = &atom;
    }
    std::string out;
    for (const auto& [rule, about] : by_rule) {
        const auto& [atoms, said] = about;
        const std::string title = text(*said, "title");
        out += wrapped(
            fmt::format("  {}: {}.", atoms,
                        flag(*said, "contested") ? s.toned(Tone::warn, "! " + title) : title),
            4);
        out += wrapped("    " + text(*said, "sentence"), 4);
        out += wrapped("    -> " + text(*said, "next"), 7);
    }
    return out;
}

std::string show(const json::object& answer, const Screen& s) {
    std::string out = banner(answer, s) + missing(answer, s);
    out += s.heading(s(Label::statements_of, s.term(text(answer, "kind"))));
    if (const std::int64_t older = number(answer, "left_out"); older > 0) {
        out += "  " + s(Label::older_statements, older) + "\n";
    }
    std::size_t at = 0;
    for (const json::value& one : list(answer, "statements"))
        out += statement_words(++at, one.as_object(), s);
    out += s.heading(s(Label::what_counts)) + rules(answer, s);
    const std::string since = text(answer, "on_tablet_since");
    if (since.empty()) return out;
    return out + wrapped(s(Label::of_kind_since, s.term(text(answer, "kind")),
                           s.date(since.substr(0, 10))),
                         2);
}

}  // namespace

std::vector<Command> explain_commands() {
    return {{.name = "explain",
             .group = Group::reading,
             .help = Label::help_explain,
             .example = "explain 16t",
             .parameters = {item_of(""), k_purpose, k_why_read},
             .run = explain_item,
             .show = show}};
}

}  // namespace kari::app
