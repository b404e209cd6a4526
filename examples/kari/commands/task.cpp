// SPDX-License-Identifier: Apache-2.0
//
// What somebody is to do about a citizen, once.
#include "examples/kari/commands/parts.hpp"

namespace kari::app {

namespace {

Answer add(Tablet& tablet, const Arguments& args) {
    TaskEntry entry;
    entry.code = args.coded("code").value_or(Coded{});
    entry.description = args.text_or("description");
    entry.effect = args.text_or("effect");
    entry.priority = args.text_or("priority");
    entry.due = args.time("due");
    entry.note = args.text_or("note");
    return with(tablet, [&](Device& d) {
        return changed(tablet, d.care().add_task(args.record(), entry));
    });
}

Answer take(Tablet& tablet, const Arguments& args) {
    return with(tablet,
                [&](Device& d) { return changed(tablet, d.care().take_task(args.token())); });
}

Answer done_with(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) {
        return changed(tablet, d.care().task_done({args.token(), args.time("performed"), "",
                                                   args.text_or("note")}));
    });
}

}  // namespace

std::vector<Command> task_commands() {
    return {
        {.name = "task",
         .group = Group::charting,
         .help = Label::help_task,
         .example = "task 12p \"Phone the doctor\" --effect contact --due 14:00",
         .writes = true,
         .parameters = {k_record,
                        {"code", Label::arg_task, Typed::coded, true, true},
                        {"description", Label::arg_task_description},
                        {"effect", Label::arg_task_effect, Typed::choice, false, false,
                         "clinical contact welfare-check"},
                        {"priority", Label::arg_priority, Typed::choice, false, false,
                         "routine urgent asap stat"},
                        {"due", Label::arg_due, Typed::time_ahead},
                        k_note},
         .run = add,
         .show = named<"task">},
        {.name = "task_take",
         .group = Group::charting,
         .help = Label::help_task_take,
         .example = "task-take 31j",
         .writes = true,
         .parameters = {item_of("task")},
         .run = take,
         .show = named<"task">},
        {.name = "task_done",
         .group = Group::charting,
         .help = Label::help_task_done,
         .example = "task-done 31j --note \"the doctor comes on Monday\"",
         .writes = true,
         .parameters = {item_of("task"), {"performed", Label::arg_effective, Typed::time}, k_note},
         .run = done_with,
         .show = named<"act">},
        {.name = "task_cancel",
         .group = Group::charting,
         .help = Label::help_task_cancel,
         .example = "task-cancel 31j --reason \"the doctor phoned first\"",
         .writes = true,
         .parameters = {item_of("task"), k_reason},
         .run = for_a_reason<&Care::cancel_task>,
         .show = named<"task">},
    };
}

}  // namespace kari::app
