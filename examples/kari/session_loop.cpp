// SPDX-License-Identifier: Apache-2.0
#include "examples/kari/session_loop.hpp"

#include <iostream>
#include <string>

#include <boost/json.hpp>

#include "examples/kari/answers.hpp"
#include "examples/kari/pages.hpp"

namespace kari::app {

namespace json = boost::json;

namespace {

constexpr std::size_t k_line_bytes_max = 1024 * 1024;
constexpr int k_idle_s = 5 * 60;
constexpr int k_unclear = 2;  // exit code of a line that cannot be understood

// "Ingrid> ", or "kari> " while it is locked.
std::string prompt(Desk& desk) {
    const auto device = desk.tablet().device();
    const auto nurse = device ? (*device)->signed_in() : std::nullopt;
    const std::string name = nurse ? safe(nurse->name) : "kari";
    return name.substr(0, name.find(' ')) + "> ";
}

void help(const json::object& given, Language language) {
    const json::value* named = given.if_contains("command");
    const Command* command =
        named != nullptr && named->is_string() ? find_command(named->get_string()) : nullptr;
    std::cout << (command != nullptr ? help_page(*command, language) : help_page(language));
}

// False: the session is to end.
bool perform(Desk& desk, const std::string& typed, const GlobalOptions& globals) {
    try {
        const auto words = split_words(typed);
        if (words.empty()) return true;
        if (words.front() == "quit" || words.front() == "exit") return false;
        TypedLine line = read_words(words, globals, true, desk.language());
        if (line.command == nullptr) {
            help({}, desk.language());
        } else if (line.globals.help) {
            std::cout << help_page(*line.command, desk.language());
        } else if (line.command->name == "help") {
            help(line.given, desk.language());
        } else if (line.command->run == nullptr) {
            throw BadArgument(Label::wrong_in_session);
        } else {
            desk.in_session(std::move(line));
        }
    } catch (const BadArgument& error) {
        desk.complain(error);
    }
    return true;
}

}  // namespace

void run_session(Tablet& tablet, std::istream& in, std::ostream& out) {
    const Language language = tablet.options().language;
    for (std::string line; std::getline(in, line);) {
        if (line.empty()) continue;
        json::object reply;
        boost::system::error_code error;
        json::value command;
        if (line.size() <= k_line_bytes_max) command = json::parse(line, error);
        if (line.size() > k_line_bytes_max) {
            reply = refused(Error{ErrorCode::too_large, "a line above 1 MiB"}, language);
        } else if (error || !command.is_object()) {
            reply = refused(Error{ErrorCode::malformed, "a line that is no JSON object"}, language);
        } else {
            const json::value* word = command.get_object().if_contains("do");
            if (word != nullptr && word->is_string() && word->get_string() == "quit") break;
            reply = run_command(tablet, command.get_object());
        }
        out << json::serialize(reply) << '\n' << std::flush;
    }
    if (auto device = tablet.device()) {
        if (!(*device)->locked()) static_cast<void>((*device)->lock());
    }
}

int run_terminal_session(Desk& desk, const GlobalOptions& globals) {
    TypedLine unlock;
    unlock.command = find_command("unlock");
    unlock.globals = globals;
    // Who is meant may be asked for; any other trouble ends it.
    const int code = desk.in_session(std::move(unlock));
    if (code != 0 && code != k_unclear) return code;
    std::cout << wrapped(label(Label::session_begins, desk.language()), 0);
    while (true) {
        std::cout << prompt(desk) << std::flush;
        const auto device = desk.tablet().device();
        if (!wait_for_input(k_idle_s) && device && !(*device)->locked()) {
            desk.lock();
            clear_screen();
            std::cout << '\n' << wrapped(label(Label::idle_locked, desk.language()), 0);
            continue;
        }
        const auto typed = read_terminal_line("");
        if (!typed || !perform(desk, *typed, globals)) break;
    }
    desk.lock();
    std::cout << label(Label::session_ends, desk.language()) << '\n';
    return 0;
}

}  // namespace kari::app
