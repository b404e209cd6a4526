// SPDX-License-Identifier: Apache-2.0
//
// What concerns the terminal alone; main.cpp does these itself, with no tablet.
#include "examples/kari/commands/parts.hpp"

namespace kari::app {

std::vector<Command> terminal_commands() {
    return {
        {.name = "session",
         .group = Group::terminal,
         .help = Label::help_session,
         .example = "session",
         .needs = Needs::nothing},
        {.name = "help",
         .group = Group::terminal,
         .help = Label::help_help,
         .example = "help give",
         .needs = Needs::nothing,
         .parameters = {{"command", Label::arg_command, Typed::text, false, true}}},
        {.name = "completion",
         .group = Group::terminal,
         .help = Label::help_completion,
         .example = "completion bash > ~/.local/share/bash-completion/completions/kari",
         .needs = Needs::nothing,
         .parameters = {{"shell", Label::arg_shell, Typed::choice, true, true, "bash zsh fish"}}},
        {.name = "man",
         .group = Group::terminal,
         .help = Label::help_man,
         .example = "man | man -l -",
         .needs = Needs::nothing},
    };
}

}  // namespace kari::app
