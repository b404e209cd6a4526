// SPDX-License-Identifier: Apache-2.0
#include "examples/kari/commands/parts.hpp"

namespace kari::app {

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
         .show = named<"problem">},
        {.name = "problem_end",
         .group = Group::charting,
         .help = Label::help_problem_end,
         .example = "problem-end 26d --reason \"healed\"",
         .writes = true,
         .parameters = {item_of("problem"), k_reason},
         .run = for_a_reason<&Care::resolve_problem>,
         .show = named<"problem">},
        {.name = "problem_retract",
         .group = Group::charting,
         .help = Label::help_problem_retract,
         .example = "problem-retract 26d --reason \"another citizen's\"",
         .writes = true,
         .parameters = {item_of("problem"), k_reason},
         .run = for_a_reason<&Care::retract_problem>,
         .show = named<"problem">},
    };
}

}  // namespace kari::app
