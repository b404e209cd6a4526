// SPDX-License-Identifier: Apache-2.0
#include "examples/kari/commands/parts.hpp"

namespace kari::app {

namespace json = boost::json;

namespace {

Answer add(Tablet& tablet, const Arguments& args) {
    ProblemEntry entry;
    entry.code = args.coded("code").value_or(Coded{});
    entry.severity = args.coded("severity").value_or(Coded{});
    entry.onset = args.text_or("onset");
    entry.confirmed = args.flag("confirmed");
    entry.note = args.text_or("note");
    return with(tablet, [&](Device& d) {
        return changed(tablet, d.care().add_problem(args.record(), entry));
    });
}

Answer end(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) {
        return changed(tablet, d.care().resolve_problem(args.token(), args.text_or("reason")));
    });
}

Answer retract(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) {
        return changed(tablet, d.care().retract_problem(args.token(), args.text_or("reason")));
    });
}

std::string show(const json::object& answer, const Screen& s) {
    return written(answer, s, "problem");
}

}  // namespace

std::vector<Command> problem_commands() {
    return {
        {.name = "problem",
         .group = Group::charting,
         .help = Label::help_problem,
         .example = "problem 12p \"Fall risk\" --confirmed",
         .writes = true,
         .parameters = {k_record,
                        {"code", Label::arg_problem, Typed::coded, true, true},
                        {"severity", Label::arg_criticality, Typed::coded},
                        {"onset", Label::arg_onset},
                        {"confirmed", Label::arg_confirmed, Typed::flag},
                        k_note},
         .run = add,
         .show = show},
        {.name = "problem_end",
         .group = Group::charting,
         .help = Label::help_problem_end,
         .example = "problem-end 26d --reason \"healed\"",
         .writes = true,
         .parameters = {item_of("problem"), k_reason},
         .run = end,
         .show = show},
        {.name = "problem_retract",
         .group = Group::charting,
         .help = Label::help_problem_retract,
         .example = "problem-retract 26d --reason \"another citizen's\"",
         .writes = true,
         .parameters = {item_of("problem"), k_reason},
         .run = retract,
         .show = show},
    };
}

}  // namespace kari::app
