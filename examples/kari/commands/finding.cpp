// SPDX-License-Identifier: Apache-2.0
//
// What somebody must look at, and what people do with it.
#include "examples/kari/commands/parts.hpp"
#include "examples/kari/statements.hpp"

namespace kari::app {

namespace json = boost::json;

namespace {

Answer findings(Tablet& tablet, const Arguments& args) {
    return with_chart(tablet, args, [&](Device& d, const ChartView& view) -> Answer {
        Answer out = listed("findings", d.findings(args.record()));
        if (out) add_citizen(*out, view);
        return out;
    });
}

Answer finding(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) -> Answer {
        const auto in_full = d.finding_case(args.token(), args.access());
        if (!in_full) return tl::unexpected(in_full.error());
        json::object out = answer(*in_full);
        if (in_full->finding.records.empty()) return out;
        const auto view = d.open_chart(in_full->finding.records.front(), args.access());
        if (!view) return tl::unexpected(view.error());
        add_citizen(out, *view);
        add_reach(out, *view);
        return out;
    });
}

Answer resolve(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) {
        return changed(tablet, d.resolve_finding({args.token(), args.text_or("outcome"),
                                                  args.text_or("reason")}));
    });
}

Answer defer(Tablet& tablet, const Arguments& args) {
    const auto until = args.time("until");
    if (!until) throw BadArgument(Label::wrong_missing, "until");
    return with(tablet, [&](Device& d) {
        return changed(tablet, d.defer_finding(args.token(), *until, args.text_or("reason")));
    });
}

Answer assign(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) {
        return changed(tablet, d.assign_finding(args.token(), args.person("to")));
    });
}

// Who settles it, and by when.
std::string settled_by(const json::object& finding, const Screen& s) {
    const std::string who = text(finding, "resolver_name");
    if (who.empty()) return "";
    if (value_at(finding, "due_ms") == nullptr) return s(Label::settled_by, who);
    return s(Label::settled_by_when, who, s.when_ms(number(finding, "due_ms")));
}

std::string statements(const json::array& all, const Screen& s) {
    std::string out;
    std::size_t place = 0;
    for (const json::value& one : all) {
        const json::object& statement = one.as_object();
        out += beside({{2, s.term(text(statement, "kind"))}});
        out += statement_words(++place, statement, s);
    }
    return out;
}

bool acted_on(const json::array& sides) {
    const auto counts = [](const json::value& part) {
        return text(part.as_object(), "standing") == "operative";
    };
    return std::any_of(sides.begin(), sides.end(), [&](const json::value& side) {
        const json::array& parts = list(side.as_object(), "parts");
        return std::any_of(parts.begin(), parts.end(), counts);
    });
}

std::string show_case(const json::object& answer, const Screen& s) {
    const json::object& finding = part(answer, "finding");
    const json::array& sides = list(answer, "sides");
    std::string out = banner(answer, s) + missing(answer, s) + "\n" + finding_words(finding, s);
    out += wrapped("    " + settled_by(finding, s), 4);
    out += wrapped("    " + s(Label::by_rule, text(finding, "rule")), 4);
    if (flag(finding, "provisional")) out += wrapped("    " + s(Label::provisional), 4);
    out += s.heading(s(Label::case_base));
    out += list(answer, "base").empty() ? wrapped("  " + s(Label::case_no_base), 2)
                                        : statements(list(answer, "base"), s);
    out += s.heading(s(Label::case_sides)) + statements(sides, s);
    if (!acted_on(sides)) out += wrapped("  " + s.toned(Tone::warn, s(Label::case_none_counts)), 4);
    if (const auto gone = list(answer, "not_here").size(); gone > 0) {
        out += wrapped("  " + s.toned(Tone::warn, s(Label::case_not_here, gone)), 4);
    }
    for (const json::value& one : list(answer, "resolutions")) {
        const json::object& resolution = one.as_object();
        out += wrapped("  " + s(Label::case_resolved, s.term(text(resolution, "outcome")),
                                text(resolution, "reason"), author(resolution, s)),
                       4);
    }
    const std::string name = s.name("finding", text(finding, "token"));
    return name.empty() ? out : out + "\n" + wrapped("-> " + s(Label::finding_next, name), 3);
}

std::string show(const json::object& answer, const Screen& s) {
    std::string out = banner(answer, s);
    if (list(answer, "findings").empty()) return out + wrapped(s(Label::no_findings), 2);
    for (const json::value& one : list(answer, "findings")) {
        const json::object& finding = one.as_object();
        const std::string name = s.name("finding", text(finding, "token"));
        out += "\n" + finding_words(finding, s);
        if (flag(finding, "provisional")) out += wrapped("    " + s(Label::provisional), 4);
        out += wrapped("    " + settled_by(finding, s), 4);
        if (name.empty()) continue;
        out += wrapped("    " + s(Label::finding_full, name), 4);
        out += wrapped("    " + s(Label::finding_next, name), 7);
    }
    return out;
}

}  // namespace

std::vector<Command> finding_commands() {
    return {
        {.name = "findings",
         .group = Group::findings,
         .help = Label::help_findings,
         .example = "findings 12p",
         .parameters = {k_record, k_purpose, k_why_read},
         .run = findings,
         .show = show},
        {.name = "finding",
         .group = Group::findings,
         .help = Label::help_finding,
         .example = "finding 21y",
         .parameters = {item_of("finding"), k_purpose, k_why_read},
         .run = finding,
         .show = show_case},
        {.name = "resolve",
         .group = Group::findings,
         .help = Label::help_resolve,
         .example = "resolve 21y --outcome not-a-double --reason \"the first was spat out\"",
         .writes = true,
         .parameters = {item_of("finding"),
                        {"outcome", Label::arg_outcome, Typed::choice, true, false, k_outcomes},
                        k_reason},
         .run = resolve,
         .show = saved},
        {.name = "defer",
         .group = Group::findings,
         .help = Label::help_defer,
         .example = "defer 21y --until 14:00 --reason \"the doctor phones back\"",
         .writes = true,
         .parameters = {item_of("finding"),
                        {"until", Label::arg_until, Typed::time_ahead, true},
                        k_reason},
         .run = defer,
         .show = saved},
        {.name = "assign",
         .group = Group::findings,
         .help = Label::help_assign,
         .example = "assign 21y --to Bjørn",
         .writes = true,
         .parameters = {item_of("finding"), {"to", Label::arg_to, Typed::person, true}},
         .run = assign,
         .show = saved},
    };
}

}  // namespace kari::app
