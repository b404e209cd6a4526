// SPDX-License-Identifier: Apache-2.0
//
// What somebody must look at, and what people do with it.
#include "examples/kari/commands/parts.hpp"

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

std::string show(const json::object& answer, const Screen& s) {
    std::string out = banner(answer, s);
    if (list(answer, "findings").empty()) return out + wrapped(s(Label::no_findings), 2);
    for (const json::value& one : list(answer, "findings")) {
        const json::object& finding = one.as_object();
        const std::string name = s.name("finding", text(finding, "token"));
        out += "\n" + finding_words(finding, s);
        if (flag(finding, "provisional")) out += wrapped("    " + s(Label::provisional), 4);
        if (!name.empty()) out += wrapped("    " + s(Label::finding_next, name), 7);
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
        {.name = "resolve",
         .group = Group::findings,
         .help = Label::help_resolve,
         .example = "resolve 21y --outcome not-a-double --reason \"the first was spat out\"",
         .writes = true,
         .parameters = {item_of("finding"),
                        {"outcome", Label::arg_outcome, Typed::text, true},
                        k_reason},
         .run = resolve,
         .show = saved},
        {.name = "defer",
         .group = Group::findings,
         .help = Label::help_defer,
         .example = "defer 21y --until 14:00 --reason \"the doctor phones back\"",
         .writes = true,
         .parameters = {item_of("finding"),
                        {"until", Label::arg_until, Typed::time, true},
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
