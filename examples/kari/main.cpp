// SPDX-License-Identifier: Apache-2.0
//
// The `kari` command: a tablet in a terminal.
#include <termios.h>
#include <unistd.h>

#include <iostream>
#include <map>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include "examples/kari/answers.hpp"
#include "examples/kari/commands.hpp"
#include "examples/kari/session_loop.hpp"
#include "examples/kari/words.hpp"

namespace {

namespace json = boost::json;
using namespace kari;
using namespace kari::app;

constexpr const char* k_footer =
    "Exit codes: 0 done, 1 defect, 2 usage, 3 refused (it says what to do), 4 offline,\n"
    "5 storage, 6 locked or not enrolled, 7 server and tablet do not trust each other.\n"
    "A PIN is never an argument: it is asked for, or the first line of standard input.\n"
    "With --stdin all values come as one JSON object on standard input, so that they\n"
    "stay out of process lists.";

// What the command line says for one command.
struct Typing {
    const Command* command = nullptr;
    CLI::App* app = nullptr;
    std::map<std::string, std::string> texts;
    std::map<std::string, std::vector<std::string>> lists;
    std::map<std::string, bool> flags;
};

struct Invocation {
    TabletOptions tablet;
    std::string person;
    bool as_json = false;
    bool tokens = false;
    bool from_stdin = false;
    std::string language = "nb";
};

// A record may also be named without "--record", as in `kari chart RECORD`.
std::string option_name(std::string_view name) {
    std::string out = "--" + std::string(name);
    std::replace(out.begin(), out.end(), '_', '-');
    return name == "record" ? out + ",record" : out;
}

void add_options(Typing& typing) {
    for (const Parameter& parameter : typing.command->parameters) {
        const std::string key(parameter.name);
        if (key == "person") continue;  // every command has it
        const std::string help(parameter.help);
        if (parameter.typed == Typed::flag) {
            typing.app->add_flag(option_name(key), typing.flags[key], help);
        } else if (parameter.typed == Typed::list || parameter.typed == Typed::override_) {
            typing.app->add_option(option_name(key), typing.lists[key], help);
        } else {
            typing.app->add_option(option_name(key), typing.texts[key], help);
        }
    }
}

// The command as a line of a session would have it.
json::object typed_command(const Typing& typing) {
    json::object out;
    for (const Parameter& parameter : typing.command->parameters) {
        const std::string key(parameter.name);
        if (const auto flag = typing.flags.find(key); flag != typing.flags.end()) {
            if (flag->second) out[key] = true;
            continue;
        }
        if (const auto list = typing.lists.find(key); list != typing.lists.end()) {
            json::array items;
            for (const std::string& item : list->second) {
                const auto equals = item.find('=');
                if (parameter.typed == Typed::list) {
                    items.emplace_back(item);
                    continue;
                }
                if (equals == std::string::npos) throw BadArgument("write --overrides RULE=REASON");
                items.push_back(json::object{{"rule", item.substr(0, equals)},
                                             {"reason", item.substr(equals + 1)}});
            }
            if (!items.empty()) out[key] = std::move(items);
            continue;
        }
        const auto text = typing.texts.find(key);
        if (text == typing.texts.end() || text->second.empty()) continue;
        if (parameter.typed == Typed::quantity)
            out[key] = quantity_from_words(text->second);
        else if (parameter.typed == Typed::coded)
            out[key] = coded_from_words(text->second);
        else
            out[key] = text->second;
    }
    return out;
}

std::string read_secret(const char* prompt) {
    std::string out;
    if (!::isatty(STDIN_FILENO)) {
        std::getline(std::cin, out);
        return out;
    }
    termios shown{};
    ::tcgetattr(STDIN_FILENO, &shown);
    termios hidden = shown;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    std::cerr << prompt << std::flush;
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    std::getline(std::cin, out);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
    std::cerr << '\n';
    return out;
}

json::object read_object() {
    std::string all;
    char part[4096];
    while (std::cin.read(part, sizeof part) || std::cin.gcount() > 0) {
        all.append(part, static_cast<std::size_t>(std::cin.gcount()));
        if (all.size() > 1024 * 1024) throw BadArgument("standard input is above 1 MiB");
    }
    boost::system::error_code error;
    json::value value = json::parse(all, error);
    if (error || !value.is_object()) throw BadArgument("standard input is no JSON object");
    return std::move(value.get_object());
}

void require(const Command& command, const json::object& given) {
    for (const Parameter& parameter : command.parameters) {
        if (parameter.required && given.if_contains(parameter.name) == nullptr) {
            throw BadArgument("'" + std::string(parameter.name) + "' is missing");
        }
    }
}

json::object failed(const Error& error, const Invocation& invocation) {
    json::object out{{"ok", false}};
    const json::object rest = answer(error, invocation.tablet.language);
    out.insert(rest.begin(), rest.end());
    return out;
}

json::object run_once(const Invocation& invocation, const Typing& typing) {
    json::object command = typed_command(typing);
    if (invocation.from_stdin) {
        const json::object given = read_object();
        for (const auto& member : given)
            command[member.key()] = member.value();
    }
    if (command.if_contains("person") == nullptr && !invocation.person.empty()) {
        command["person"] = invocation.person;
    }
    require(*typing.command, command);
    command["do"] = typing.command->name;
    const std::string_view name = typing.command->name;
    const bool wants_pin = typing.command->needs_sign_in || name == "enrol" || name == "unlock" ||
                           (name == "salvage" && command.if_contains("person") != nullptr);
    if (wants_pin && command.if_contains("pin") == nullptr) {
        command["pin"] = read_secret("PIN: ");
    }
    if (typing.command->name == "add_nurse" && command.if_contains("new_pin") == nullptr) {
        command["new_pin"] = read_secret("PIN of the new nurse: ");
    }
    auto tablet = Tablet::make(invocation.tablet);
    if (!tablet) return failed(tablet.error(), invocation);
    if (typing.command->needs_sign_in) {
        json::object unlock{{"do", "unlock"}, {"pin", command["pin"]}};
        if (command.if_contains("person") != nullptr) unlock["person"] = command["person"];
        json::object unlocked = run_command(*tablet, unlock);
        if (exit_code(unlocked) != 0) return unlocked;
    }
    return run_command(*tablet, command);
}

int run_one(const Invocation& invocation, const Typing& typing) {
    json::object reply;
    try {
        reply = run_once(invocation, typing);
    } catch (const BadArgument& error) {
        reply = failed({ErrorCode::invalid_argument, error.what()}, invocation);
    }
    const int code = exit_code(reply);
    if (invocation.as_json)
        std::cout << json::serialize(reply) << '\n';
    else {
        (code == 0 ? std::cout : std::cerr) << in_words(
            typing.command->name, reply, {invocation.tablet.language, invocation.tokens});
    }
    return code;
}

int run(int count, char** words) {
    CLI::App app{"A tablet of Kari in a terminal: chart and give medicine with no network."};
    app.footer(k_footer);
    app.require_subcommand(1);
    app.fallthrough();
    Invocation invocation;
    app.add_option("--dir", invocation.tablet.directory, "the tablet's directory")->required();
    app.add_option("--keys", invocation.tablet.keys,
                   "the key store's directory (default DIR.keys)");
    app.add_option("--person", invocation.person, "id of the nurse who acts");
    app.add_option("--witness", invocation.tablet.witness,
                   "file that the id of every change made is appended to");
    app.add_option("--zone", invocation.tablet.zone, "IANA zone in which times are shown");
    app.add_option("--lang", invocation.language, "nb or en")->check(CLI::IsMember({"nb", "en"}));
    app.add_flag("--json", invocation.as_json, "answer as one line of JSON");
    app.add_flag("--tokens", invocation.tokens,
                 "show the tokens that give, correct, stop ... take");
    app.add_flag("--stdin", invocation.from_stdin, "read the values as one JSON object");

    CLI::App* session = app.add_subcommand(
        "session", "stay: one JSON object a line in ({\"do\": \"chart\", ...}), one a line out");
    std::vector<std::unique_ptr<Typing>> typings;
    for (const Command& command : all_commands()) {
        if (command.name == "lock") continue;  // a process that ends has locked
        auto typing = std::make_unique<Typing>();
        typing->command = &command;
        std::string name(command.name);
        std::replace(name.begin(), name.end(), '_', '-');
        typing->app = app.add_subcommand(name, std::string(command.help));
        if (!command.alias.empty()) {
            std::string alias(command.alias);
            std::replace(alias.begin(), alias.end(), '_', '-');
            typing->app->alias(alias);
        }
        add_options(*typing);
        typings.push_back(std::move(typing));
    }
    try {
        app.parse(count, words);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    invocation.tablet.language = invocation.language == "en" ? Language::en : Language::nb;
    if (session->parsed()) {
        auto tablet = Tablet::make(invocation.tablet);
        if (!tablet) {
            const json::object reply = failed(tablet.error(), invocation);
            std::cerr << in_words("session", reply, {invocation.tablet.language, false});
            return exit_code(reply);
        }
        run_session(*tablet, std::cin, std::cout);
        return 0;
    }
    for (const auto& typing : typings) {
        if (typing->app->parsed()) return run_one(invocation, *typing);
    }
    return 2;
}

}  // namespace

int main(int count, char** words) {
    try {
        return run(count, words);
    } catch (const std::exception&) {
        std::cerr << "kari: the program failed\n";
        return 1;
    }
}
