// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <boost/json.hpp>

#include "examples/kari/command.hpp"

namespace kari::app {

// What goes before or after any command.
struct GlobalOptions {
    TabletOptions tablet;
    std::string person;
    std::string language;
    int pin_fd = -1;  // where the PIN is read from; -1: the terminal, else standard input
    bool as_json = false;
    bool tokens = false;
    bool from_stdin = false;
    bool help = false;
};

// One global option, for help, the manual page and completion.
struct GlobalOption {
    std::string_view name;         // "--dir"
    std::string_view value;        // "DIR"; empty: a flag
    std::string_view environment;  // empty: none
    Label help = Label::none;
};
const std::vector<GlobalOption>& global_options();

// A command line, or a line of words in a session.
struct TypedLine {
    const Command* command = nullptr;
    boost::json::object given;  // as a line of JSON would have it; names not looked up yet
    GlobalOptions globals;
    std::string again;  // the command and all that was said to it, as a shell takes it
};

// Throws BadArgument. In a session only --json, --tokens, --person and --help are known of
// the globals.
TypedLine read_words(std::vector<std::string> words, const GlobalOptions& defaults, bool in_session,
                     Language language);

// Splits a line of a session as a shell would: blanks, quotes and backslashes. Throws BadArgument.
std::vector<std::string> split_words(std::string_view line);

// What the table says must be there. Throws BadArgument.
void require_all(const Command& command, const boost::json::object& given);

}  // namespace kari::app
