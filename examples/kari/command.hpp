// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "examples/kari/arguments.hpp"
#include "examples/kari/screen.hpp"
#include "examples/kari/tablet.hpp"

namespace kari::app {

using Answer = Result<boost::json::object>;

// How an argument is typed on a command line. What a session's JSON holds stands in
// kari/actions.hpp.
enum class Typed {
    text,
    record,      // a short name ("112x") or an id; where reading, in a session, also part of a name
    item,        // a short name or an edit token
    person,      // an id, or part of a name that fits one person only
    coded,       // "system|code|text" or a text
    quantity,    // "5 mg"
    time,        // "08:05" (the last one), "2026-03-01 08:05" or ISO 8601 with an offset
    time_ahead,  // the same, where "08:05" is the next one
    date,        // "2026-03-01"
    number,
    choice,       // one of `choices`
    measurement,  // "pulse", else as coded; gives its usual unit to a value without one
    long_text,    // where it is missing at a terminal, it is typed on lines of its own
    flag,
    list,       // may be repeated
    override_,  // "rule=reason"; may be repeated
    file,
};

struct Parameter {
    std::string_view name;  // member of the JSON object; on a command line "--name"
    Label help = Label::none;
    Typed typed = Typed::text;
    bool required = false;
    bool positional = false;     // may stand without its "--name", in the order of the table
    std::string_view choices{};  // of a choice: the words; of an item: the kinds of short name
};

enum class Group { tablet, reading, charting, directives, findings, exchange, proof, terminal };
enum class Needs { nothing, tablet, sign_in };

// One thing that can be asked: by `kari NAME`, by a line of words of `kari session` and by a line
// {"do": NAME} of it, in one and the same way. Help, the manual page and the completion of shells
// are made of this table; commands/list.cpp gathers it.
struct Command {
    std::string_view name{};
    std::string_view alias{};  // empty: none
    Group group = Group::reading;
    Label help = Label::none;
    std::string_view example{};  // after "kari "
    Needs needs = Needs::sign_in;
    bool writes = false;  // a change about a citizen: who it was is shown after it
    std::vector<Parameter> parameters{};
    // Null for what main.cpp does itself.
    Answer (*run)(Tablet&, const Arguments&) = nullptr;
    // The answer as a person reads it, at most 80 columns wide.
    std::string (*show)(const boost::json::object& answer, const Screen& s) = nullptr;
};

// In the order in which help shows them.
const std::vector<Command>& all_commands();
// By name or alias, with '-' and '_' alike; null when there is none.
const Command* find_command(std::string_view name);
// As a command line has it: "not-given".
std::string typed_name(std::string_view name);

// Runs one command; never throws. The answer has "ok" and, when that is false, "error", "what",
// "sentence" and "what_to_do".
boost::json::object run_command(Tablet& tablet, const boost::json::object& command);
// The same for an error that came before or beside a command.
boost::json::object refused(const Error& error, Language language);
boost::json::object refused(const BadArgument& error, Language language);

// What a process ends with. The manual page lists them.
struct ExitCode {
    int code = 0;
    Label help = Label::none;
};
const std::vector<ExitCode>& exit_codes();
int exit_code(const boost::json::object& answer);

}  // namespace kari::app
