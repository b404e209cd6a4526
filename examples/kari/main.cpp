// SPDX-License-Identifier: Apache-2.0
//
// The `kari` command: a tablet in a terminal.
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include <iostream>
#include <string>
#include <vector>

#include "examples/kari/desk.hpp"
#include "examples/kari/pages.hpp"
#include "examples/kari/session_loop.hpp"
#include "examples/kari/terminal.hpp"

namespace {

using namespace kari;
using namespace kari::app;

// The language decides how a wrong line is answered, so it is looked for before the line is read.
Language language_of(const std::vector<std::string>& words) {
    constexpr std::string_view k_option = "--language";
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string_view word = words[i];
        if (word == k_option && i + 1 < words.size()) return language_from(words[i + 1]);
        if (word.starts_with("--language=")) return language_from(word.substr(k_option.size() + 1));
    }
    return language_from("");
}

int complain(const BadArgument& error, Language language) {
    const Screen s(Reading{language, false, false, nullptr, {}});
    std::cerr << finished(refusal(refused(error, language), s), false);
    return 2;
}

// What needs no tablet.
int print_page(const TypedLine& line, Language language) {
    const auto given = [&](std::string_view key) {
        return text(line.given, key);
    };
    if (line.command != nullptr && line.command->name == "completion" && !line.globals.help) {
        require_all(*line.command, line.given);
        std::cout << completion_script(given("shell"), language);
        return 0;
    }
    if (line.command != nullptr && line.command->name == "man" && !line.globals.help) {
        std::cout << manual_page(language);
        return 0;
    }
    const Command* about = line.command;
    if (about != nullptr && about->name == "help" && !line.globals.help) {
        about = nullptr;
        if (const std::string name = given("command"); !name.empty()) {
            about = find_command(name);
            if (about == nullptr) throw BadArgument(Label::wrong_command);
        }
    }
    std::cout << (about != nullptr ? help_page(*about, language) : help_page(language));
    return 0;
}

int run(const std::vector<std::string>& words, Language language) {
    TypedLine line = read_words(words, GlobalOptions{}, false, language);
    if (line.command == nullptr && !line.globals.help) throw BadArgument(Label::wrong_command);
    const bool session = line.command != nullptr && line.command->name == "session";
    if (line.globals.help || (line.command->run == nullptr && !session)) {
        return print_page(line, language);
    }
    const GlobalOptions globals = line.globals;
    auto desk = Desk::make(globals, language);
    if (!desk) {
        const auto reply = refused(desk.error(), language);
        const Screen s(Reading{language, false, false, nullptr, {}});
        std::cerr << finished(refusal(reply, s), false);
        return exit_code(reply);
    }
    if (!session) return desk->once(std::move(line));
    if (reads_from_terminal() && !globals.as_json) return run_terminal_session(*desk, globals);
    run_session(desk->tablet(), std::cin, std::cout);
    return 0;
}

}  // namespace

int main(int count, char** words) {
    // A core dump would hold the keys of a tablet that is open.
    const rlimit no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    const std::vector<std::string> all(words + 1, words + count);
    const Language language = language_of(all);
    set_columns(columns_of_terminal());
    try {
        return run(all, language);
    } catch (const BadArgument& error) {
        return complain(error, language);
    } catch (const std::exception&) {
        std::cerr << label(Label::program_failed, language) << '\n';
        return 1;
    }
}
