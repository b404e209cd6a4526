// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json.hpp>

#include "examples/kari/command.hpp"

// What a person types for a citizen, an item or a colleague, and what it stands for. Where it may
// stand for two, the choices are listed and nothing is done.
namespace kari::app {

// Two or more fit, or none. The choices are lines for a screen.
class NotOnePick : public std::exception {
public:
    NotOnePick(Label wrong, std::string choices) : wrong_(wrong), choices_(std::move(choices)) {}
    const char* what() const noexcept override { return "not one pick"; }
    Label wrong() const { return wrong_; }
    const std::string& choices() const { return choices_; }

private:
    Label wrong_;
    std::string choices_;
};

// The nurse of this tablet that the words mean: an id, a short name or part of a name; with no
// words, the only nurse there is. Throws NotOnePick.
std::string pick_nurse(Tablet& tablet, const std::string& words);

// Puts ids and tokens in the place of what was typed, and times as ISO 8601. Requires: signed in
// when the command needs it. `by_name`: a citizen may be named by part of a name (where names do
// not stand in a process list, and only to read). Errors: as References::find; those of the
// device. Throws BadArgument and NotOnePick.
Result<void> look_up(Tablet& tablet, const Command& command, const Reading& reading, bool by_name,
                     boost::json::object& given);

}  // namespace kari::app
