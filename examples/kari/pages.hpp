// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <kari/device.hpp>

// What is made of the table of commands: they cannot disagree with it, nor with each other.
namespace kari::app {

struct Command;

// All commands by group, the options of any command and the exit codes.
std::string help_page(Language language);
// One command: how it is written, what each word means, an example.
std::string help_page(const Command& command, Language language);
// "give ITEM [--dose DOSE] ..."
std::string usage(const Command& command);

// A script for bash, zsh or fish; empty for another shell.
std::string completion_script(std::string_view shell, Language language);

// kari(1), as troff with the man macros.
std::string manual_page(Language language);

}  // namespace kari::app
