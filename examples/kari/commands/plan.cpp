// SPDX-License-Identifier: Apache-2.0
//
// Measures of the care plan, and what was done of them.
#include "examples/kari/commands/parts.hpp"

namespace kari::app {

namespace {

Answer add(Tablet& tablet, const Arguments& args) {
    MeasureEntry entry;
    entry.protective = args.flag("protective");
    entry.what = args.coded("what").value_or(Coded{});
    entry.title = args.text_or("title");
    entry.timing = args.text_or("timing");
    if (args.has("per_day")) entry.per_day = static_cast<int>(args.count("per_day", 1));
    if (args.has("people")) entry.people = static_cast<int>(args.count("people", 1));
    entry.instruction = args.text_or("instruction");
    entry.goal = args.text_or("goal");
    return with(tablet, [&](Device& d) {
        return changed(tablet, d.care().add_measure(args.record(), entry));
    });
}

Answer change(Tablet& tablet, const Arguments& args) {
    MeasureChange entry;
    entry.token = args.token();
    if (args.has("timing")) entry.timing = args.text("timing");
    if (args.has("per_day")) entry.per_day = static_cast<int>(args.count("per_day", 1));
    if (args.has("people")) entry.people = static_cast<int>(args.count("people", 1));
    if (args.has("instruction")) entry.instruction = args.text("instruction");
    entry.reason = args.text_or("reason");
    return with(tablet, [&](Device& d) { return changed(tablet, d.care().change_measure(entry)); });
}

ActEntry act(const Arguments& args) {
    return {args.token(), args.time("performed"), args.text_or("reason"), args.text_or("note")};
}

Answer acted(Tablet& tablet, const Arguments& args) {
    return with(tablet,
                [&](Device& d) { return changed(tablet, d.care().measure_done(act(args))); });
}

Answer not_acted(Tablet& tablet, const Arguments& args) {
    return with(tablet,
                [&](Device& d) { return changed(tablet, d.care().measure_not_done(act(args))); });
}

}  // namespace

std::vector<Command> plan_commands() {
    const Parameter performed{"performed", Label::arg_effective, Typed::time};
    const Parameter timing{"timing", Label::arg_timing};
    const Parameter per_day{"per_day", Label::arg_per_day, Typed::number};
    const Parameter people{"people", Label::arg_people, Typed::number};
    const Parameter instruction{"instruction", Label::arg_instruction};
    return {
        {.name = "plan",
         .group = Group::charting,
         .help = Label::help_plan,
         .example = "plan 12p \"Compression stockings\" --timing \"morning and evening\"",
         .writes = true,
         .parameters = {k_record,
                        {"what", Label::arg_measure, Typed::coded, true, true},
                        {"protective", Label::arg_protective, Typed::flag},
                        {"title", Label::arg_title},
                        timing,
                        per_day,
                        people,
                        instruction,
                        {"goal", Label::arg_goal}},
         .run = add,
         .show = named<"measure">},
        {.name = "plan_change",
         .group = Group::charting,
         .help = Label::help_plan_change,
         .example = "plan-change 27e --people 2 --reason \"cannot stand alone any more\"",
         .writes = true,
         .parameters = {item_of("measure"), timing, per_day, people, instruction, k_reason},
         .run = change,
         .show = named<"measure">},
        {.name = "plan_end",
         .group = Group::charting,
         .help = Label::help_plan_end,
         .example = "plan-end 27e --reason \"walks safely again\"",
         .writes = true,
         .parameters = {item_of("measure"), k_reason},
         .run = for_a_reason<&Care::end_measure>,
         .show = named<"measure">},
        {.name = "plan_done",
         .group = Group::charting,
         .help = Label::help_plan_done,
         .example = "plan-done 27e --performed 08:20",
         .writes = true,
         .parameters = {item_of("measure"), performed, k_note},
         .run = acted,
         .show = named<"act">},
        {.name = "plan_not_done",
         .group = Group::charting,
         .help = Label::help_plan_not_done,
         .example = "plan-not-done 27e --reason \"did not want to today\"",
         .writes = true,
         .parameters = {item_of("measure"), performed, k_reason, k_note},
         .run = not_acted,
         .show = named<"act">},
        {.name = "act_in_error",
         .group = Group::charting,
         .help = Label::help_act_in_error,
         .example = "act-in-error 35p --reason \"another citizen's\"",
         .writes = true,
         .parameters = {item_of("act"), k_reason},
         .run = for_a_reason<&Care::act_entered_in_error>,
         .show = named<"act">},
    };
}

}  // namespace kari::app
