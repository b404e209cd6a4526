// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "examples/kari/arguments.hpp"
#include "examples/kari/tablet.hpp"

namespace kari::app {

// How an argument is typed on a command line.
enum class Typed { text, coded, quantity, flag, list, override_ };

struct Parameter {
    std::string_view name;  // member of the JSON object; on a command line "--name"
    std::string_view help;
    bool required = false;
    Typed typed = Typed::text;
};

// One thing that can be asked: by `kari NAME` and by a line {"do": NAME} of `kari session`, in one
// and the same way.
struct Command {
    std::string_view name;
    std::string_view alias;  // empty: none
    std::string_view help;
    bool needs_sign_in = true;
    std::vector<Parameter> parameters;
    Result<boost::json::object> (*run)(Tablet&, const Arguments&) = nullptr;
};

const std::vector<Command>& all_commands();
// By name or alias, with '-' and '_' alike; null when there is none.
const Command* find_command(std::string_view name);

// Runs one command; never throws. The answer has "ok" and, when that is false, "error", "what",
// "sentence" and "what_to_do".
boost::json::object run_command(Tablet& tablet, const boost::json::object& command);

// 0 ok, 2 usage, 3 refused, 4 offline, 5 storage, 6 locked, 7 not trusted, 1 a defect.
int exit_code(const boost::json::object& answer);

}  // namespace kari::app
