// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include <boost/json.hpp>

#include "examples/kari/terminal.hpp"
#include "examples/kari/typed_words.hpp"

namespace kari::app {

// A tablet and whoever sits at it: does what a line of words asks, from the PIN to the screen.
class Desk {
public:
    // Errors: as Tablet::make.
    static Result<Desk> make(GlobalOptions globals, Language language);
    Desk(Desk&&) = default;

    Tablet& tablet() { return *tablet_; }
    Language language() const { return language_; }

    // A command of its own: signs in first when it must. Returns the exit code.
    int once(TypedLine line);
    // A line of a session, by whoever is signed in.
    int in_session(TypedLine line);
    // Something that was wrong before there was a command.
    void complain(const BadArgument& error) const;
    // Seals what grew and forgets the key. Nothing when it is locked.
    void lock();

private:
    Desk(GlobalOptions globals, Language language);
    Reading reading() const;
    std::string chosen_pin(Label prompt) const;
    boost::json::object signed_in(TypedLine& line);
    boost::json::object performed(TypedLine& line);
    void compose(TypedLine& line) const;
    void add_warnings(const TypedLine& line, boost::json::object& reply);
    void add_whom(const TypedLine& line, boost::json::object& reply);
    int shown(const TypedLine& line, const boost::json::object& reply);

    GlobalOptions globals_;
    Language language_;
    std::unique_ptr<ProgressLine> progress_;
    std::unique_ptr<Tablet> tablet_;
    std::unique_ptr<References> references_;
    bool by_name_ = false;
    std::string choices_;  // of a pick that fits more than one
    std::string subject_;  // the short name that the line begins with, as typed
};

// The command that helps after a refusal, as it is typed; empty when none does.
// `start`: "kari give 18v". `again`: the same with all else that was typed (--dose, --effective):
// what only lacks a reason is said again whole, so that nothing else is recorded than was meant.
std::string next_step(const Command& command, const boost::json::object& reply,
                      const std::string& start, const std::string& again, const Screen& s);

}  // namespace kari::app
