// SPDX-License-Identifier: Apache-2.0
//
// From words to a command: the table as options of CLI11.
#include "examples/kari/typed_words.hpp"

#include <algorithm>
#include <map>
#include <memory>

#include <CLI/CLI.hpp>

#include "examples/kari/measurement.hpp"

namespace kari::app {

namespace json = boost::json;

namespace {

// What was typed for one command.
struct Typing {
    const Command* command = nullptr;
    CLI::App* app = nullptr;
    std::map<std::string, std::string> texts;
    std::map<std::string, std::vector<std::string>> lists;
    std::map<std::string, bool> flags;
};

std::string option_name(const Parameter& parameter) {
    const std::string out = "--" + typed_name(parameter.name);
    return parameter.positional ? out + "," + std::string(parameter.name) : out;
}

void add_options(Typing& typing) {
    for (const Parameter& parameter : typing.command->parameters) {
        const std::string key(parameter.name);
        if (key == "person") continue;  // every command has it
        if (parameter.typed == Typed::flag) {
            typing.app->add_flag(option_name(parameter), typing.flags[key]);
        } else if (parameter.typed == Typed::list || parameter.typed == Typed::override_) {
            typing.app->add_option(option_name(parameter), typing.lists[key]);
        } else {
            typing.app->add_option(option_name(parameter), typing.texts[key]);
        }
    }
}

void check_choice(const Parameter& parameter, const std::string& word) {
    const std::string among = " " + std::string(parameter.choices) + " ";
    if (word.find(' ') == std::string::npos && among.find(" " + word + " ") != std::string::npos) {
        return;
    }
    throw BadArgument(Label::wrong_choice, typed_name(parameter.name), parameter.choices);
}

json::value override_of(const std::string& word) {
    const auto equals = word.find('=');
    if (equals == std::string::npos || equals == 0) throw BadArgument(Label::wrong_override);
    return json::object{{"rule", word.substr(0, equals)}, {"reason", word.substr(equals + 1)}};
}

json::value json_of(const Parameter& parameter, const std::string& word) {
    switch (parameter.typed) {
        case Typed::quantity:
            return quantity_from_words(word);
        case Typed::coded:
            return coded_from_words(word);
        case Typed::choice: {
            std::string normal = word;
            if (parameter.choices.find('_') != std::string_view::npos) {
                std::replace(normal.begin(), normal.end(), '-', '_');
            }
            check_choice(parameter, normal);
            return json::string(normal);
        }
        default:
            return json::string(word);
    }
}

// As a line of JSON would have it.
json::object as_json(const Typing& typing, Language language) {
    json::object out;
    const auto typed = [&](std::string_view name) {
        const auto found = typing.texts.find(std::string(name));
        return found == typing.texts.end() ? std::string() : found->second;
    };
    bool measured = false;
    for (const Parameter& parameter : typing.command->parameters) {
        measured = measured || parameter.typed == Typed::measurement;
    }
    if (measured) put_measurement(out, typed("code"), typed("value"), language);
    for (const Parameter& parameter : typing.command->parameters) {
        const std::string key(parameter.name);
        if (measured && (key == "code" || key == "value")) continue;
        if (const auto flag = typing.flags.find(key); flag != typing.flags.end()) {
            if (flag->second) out[key] = true;
        } else if (const auto list = typing.lists.find(key); list != typing.lists.end()) {
            json::array items;
            for (const std::string& word : list->second) {
                items.push_back(parameter.typed == Typed::override_ ? override_of(word)
                                                                    : json::value(word));
            }
            if (!items.empty()) out[key] = std::move(items);
        } else if (const std::string word = typed(key); !word.empty()) {
            out[key] = json_of(parameter, word);
        }
    }
    return out;
}

// As one word of a shell.
std::string quoted(const std::string& word) {
    constexpr std::string_view k_plain = "-_.,:/=+@%";
    const bool plain = std::all_of(word.begin(), word.end(), [&](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               k_plain.find(c) != std::string_view::npos;
    });
    if (plain && !word.empty()) return word;
    std::string out = "\"";
    for (const char c : word) {
        if (c == '"' || c == '\\' || c == '$' || c == '`') out += '\\';
        out += c;
    }
    return out + "\"";
}

// What was typed, in the order of the table: to be said again with more.
std::string typed_again(const Typing& typing) {
    std::string first = typed_name(typing.command->name);
    std::string rest;
    for (const Parameter& parameter : typing.command->parameters) {
        const std::string key(parameter.name);
        const std::string option = " --" + typed_name(parameter.name);
        if (const auto flag = typing.flags.find(key); flag != typing.flags.end()) {
            if (flag->second) rest += option;
        } else if (const auto list = typing.lists.find(key); list != typing.lists.end()) {
            for (const std::string& word : list->second)
                rest += option + " " + quoted(word);
        } else if (const auto text = typing.texts.find(key);
                   text != typing.texts.end() && !text->second.empty()) {
            (parameter.positional ? first : rest) +=
                (parameter.positional ? " " : option + " ") + quoted(text->second);
        }
    }
    return first + rest;
}

void add_globals(CLI::App& app, GlobalOptions& globals, bool in_session) {
    app.add_flag("--json", globals.as_json);
    app.add_flag("--tokens", globals.tokens);
    app.add_flag("--help,-h", globals.help);
    app.add_option("--person", globals.person)->envname("KARI_PERSON");
    if (in_session) return;
    app.add_option("--dir", globals.tablet.directory)->envname("KARI_DIR");
    app.add_option("--keys", globals.tablet.keys)->envname("KARI_KEYS");
    app.add_option("--witness", globals.tablet.witness);
    app.add_option("--language", globals.language);
    app.add_option("--pin-fd", globals.pin_fd);
    app.add_flag("--stdin", globals.from_stdin);
}

}  // namespace

const std::vector<GlobalOption>& global_options() {
    static const std::vector<GlobalOption> all{
        {"--dir", "DIR", "KARI_DIR", Label::opt_dir},
        {"--keys", "DIR", "KARI_KEYS", Label::opt_keys},
        {"--person", "WHO", "KARI_PERSON", Label::opt_person},
        {"--language", "nb|en", "KARI_LANGUAGE", Label::opt_language},
        {"--pin-fd", "N", "", Label::opt_pin_fd},
        {"--stdin", "", "", Label::opt_stdin},
        {"--json", "", "", Label::opt_json},
        {"--tokens", "", "", Label::opt_tokens},
        {"--witness", "FILE", "", Label::opt_witness},
        {"--help", "", "", Label::opt_help},
    };
    return all;
}

namespace {

// "stock receive" is "stock-receive"; "stock 112x" is the ledger itself.
void join_stock(std::vector<std::string>& words) {
    const auto at = std::find(words.begin(), words.end(), "stock");
    if (at == words.end() || at + 1 == words.end()) return;
    const std::string joined = "stock-" + *(at + 1);
    if (find_command(joined) == nullptr) return;
    *at = joined;
    words.erase(at + 1);
}

}  // namespace

TypedLine read_words(std::vector<std::string> words, const GlobalOptions& defaults, bool in_session,
                     Language language) {
    CLI::App app;
    app.set_help_flag("");
    app.fallthrough();
    app.require_subcommand(0, 1);  // a later word is never a command: it may be called like one
    TypedLine line;
    line.globals = defaults;
    add_globals(app, line.globals, in_session);
    std::vector<std::unique_ptr<Typing>> typings;
    for (const Command& command : all_commands()) {
        auto typing = std::make_unique<Typing>();
        typing->command = &command;
        typing->app = app.add_subcommand(typed_name(command.name));
        if (!command.alias.empty()) typing->app->alias(typed_name(command.alias));
        typing->app->set_help_flag("");
        add_options(*typing);
        typings.push_back(std::move(typing));
    }
    join_stock(words);
    std::reverse(words.begin(), words.end());  // as CLI11 wants them
    try {
        app.parse(words);
    } catch (const CLI::ParseError&) {
        // Its own words are English and may repeat what was typed.
        const auto found = std::find_if(typings.begin(), typings.end(),
                                        [](const auto& one) { return one->app->parsed(); });
        if (found == typings.end()) throw BadArgument(Label::wrong_command);
        throw BadArgument(Label::wrong_words, typed_name((*found)->command->name));
    }
    for (const auto& typing : typings) {
        if (!typing->app->parsed()) continue;
        line.command = typing->command;
        line.again = typed_again(*typing);
        if (!line.globals.help) line.given = as_json(*typing, language);
    }
    return line;
}

std::vector<std::string> split_words(std::string_view line) {
    std::vector<std::string> out;
    bool within = false;  // a word has begun
    char quote = 0;
    for (std::size_t at = 0; at < line.size(); ++at) {
        const char c = line[at];
        if (quote == 0 && (c == ' ' || c == '\t')) {
            within = false;
            continue;
        }
        if (!within) out.emplace_back();
        within = true;
        if (quote == 0 && (c == '"' || c == '\'')) {
            quote = c;
        } else if (c == quote) {
            quote = 0;
        } else if (c == '\\' && quote != '\'' && at + 1 < line.size()) {
            out.back() += line[++at];
        } else {
            out.back() += c;
        }
    }
    if (quote != 0) throw BadArgument(Label::wrong_quote);
    return out;
}

void require_all(const Command& command, const json::object& given) {
    for (const Parameter& parameter : command.parameters) {
        if (parameter.required && given.if_contains(parameter.name) == nullptr) {
            if (parameter.typed == Typed::choice) {
                throw BadArgument(Label::wrong_choice_missing, typed_name(parameter.name),
                                  parameter.choices);
            }
            throw BadArgument(Label::wrong_missing, typed_name(parameter.name));
        }
    }
}

}  // namespace kari::app
