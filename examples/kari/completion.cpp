// SPDX-License-Identifier: Apache-2.0
//
// Scripts that complete commands, options and the words that an option may take.
#include <fmt/format.h>

#include "examples/kari/command.hpp"
#include "examples/kari/measurement.hpp"
#include "examples/kari/pages.hpp"
#include "examples/kari/typed_words.hpp"

namespace kari::app {

namespace {

std::string names_of(const Command& command) {
    return typed_name(command.name) +
           (command.alias.empty() ? "" : "|" + typed_name(command.alias));
}

std::string choices_of(const Parameter& parameter) {
    std::string out;
    if (parameter.typed == Typed::choice) out = typed_name(parameter.choices);
    if (parameter.typed == Typed::measurement) {
        for (const Measurement& one : measurements()) {
            out += (out.empty() ? "" : " ") + std::string(one.words.substr(0, one.words.find(' ')));
        }
    }
    return out;
}

// The text as one word of a shell.
std::string shell_word(std::string_view text) {
    std::string out = "'";
    for (const char c : text)
        out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

std::string all_names() {
    std::string out;
    for (const Command& command : all_commands())
        out += (out.empty() ? "" : " ") + typed_name(command.name);
    return out;
}

std::string options_of(const Command& command) {
    std::string out;
    for (const Parameter& parameter : command.parameters) {
        if (parameter.name != "person") out += " --" + typed_name(parameter.name);
    }
    return out;
}

std::string global_names() {
    std::string out;
    for (const GlobalOption& option : global_options())
        out += " " + std::string(option.name);
    return out;
}

// After an option with choices, those; elsewhere the command's options.
std::string bash_script() {
    std::string cases;
    std::string values;
    for (const Command& command : all_commands()) {
        std::string positional;
        for (const Parameter& parameter : command.parameters) {
            const std::string words = choices_of(parameter);
            if (words.empty()) continue;
            if (parameter.positional) positional += " " + words;
            values += fmt::format("        {}:--{}) words='{}' ;;\n", typed_name(command.name),
                                  typed_name(parameter.name), words);
        }
        cases += fmt::format("        {}) command={} words='{}' ;;\n", names_of(command),
                             typed_name(command.name), positional + options_of(command));
    }
    return fmt::format(
        R"(# bash completion of kari, made by `kari completion bash`
_kari() {{
    local current=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}}
    local command='' words='' i
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${{COMP_WORDS[i]}} in
        {0}) ((i++)) ;;
        -*) ;;
        *) command=${{COMP_WORDS[i]}}; break ;;
        esac
    done
    case $before in
        --dir|--keys) mapfile -t COMPREPLY < <(compgen -d -- "$current"); return ;;
        --witness|--to-file) mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
        --language) mapfile -t COMPREPLY < <(compgen -W 'nb en' -- "$current"); return ;;
    esac
    case $command in
        '') words='{1}' ;;
{2}    esac
    case $command:$before in
{3}    esac
    mapfile -t COMPREPLY < <(compgen -W "$words{4}" -- "$current")
}}
complete -F _kari kari
)",
        "--dir|--keys|--person|--language|--pin-fd|--witness", all_names(), cases, values,
        global_names());
}

std::string zsh_script(const Screen& s) {
    std::string list;
    std::string cases;
    for (const Command& command : all_commands()) {
        list += fmt::format("        {}\n",
                            shell_word(typed_name(command.name) + ":" + s(command.help)));
        std::string arguments;
        for (const Parameter& parameter : command.parameters) {
            if (parameter.name == "person") continue;
            std::string said = s(parameter.help);
            for (char& c : said) {
                if (c == '[' || c == ']' || c == ':') c = ' ';
            }
            std::string value =
                parameter.typed == Typed::flag ? "" : ":" + typed_name(parameter.name);
            if (const std::string words = choices_of(parameter); !words.empty()) {
                value += ":(" + words + ")";
            } else if (!value.empty()) {
                value += parameter.typed == Typed::file ? ":_files" : ":";
            }
            arguments +=
                " \\\n                " +
                shell_word(fmt::format("--{}[{}]{}", typed_name(parameter.name), said, value));
        }
        cases += fmt::format("            {})\n                _arguments{} ;;\n",
                             names_of(command), arguments);
    }
    std::string globals;
    for (const GlobalOption& option : global_options()) {
        globals += " \\\n        " + shell_word(fmt::format("{}{}", option.name,
                                                            option.value.empty() ? "" : ":value:"));
    }
    return fmt::format(R"(#compdef kari
# zsh completion of kari, made by `kari completion zsh`
_kari() {{
    local state line
    local -a commands
    commands=(
{}    )
    _arguments -C{} \
        '1:command:->command' '*::argument:->argument'
    case $state in
        command) _describe command commands ;;
        argument)
            case $line[1] in
{}            esac ;;
    esac
}}
if [[ "$funcstack[1]" == _kari ]]; then
    _kari "$@"
else
    compdef _kari kari
fi
)",
                       list, globals, cases);
}

std::string_view takes_in_fish(const Parameter& parameter) {
    if (parameter.typed == Typed::flag) return "";
    return parameter.typed == Typed::file ? " -r -F" : " -x";
}

std::string fish_script(const Screen& s) {
    std::string out =
        "# fish completion of kari, made by `kari completion fish`\n"
        "complete -c kari -f\n";
    for (const GlobalOption& option : global_options()) {
        out += fmt::format("complete -c kari -l {} {} -d {}\n", option.name.substr(2),
                           option.value.empty() ? "" : "-r", shell_word(s(option.help)));
    }
    for (const Command& command : all_commands()) {
        std::string name = typed_name(command.name);
        if (!command.alias.empty()) name += " " + typed_name(command.alias);
        out += fmt::format("complete -c kari -n __fish_use_subcommand -a '{}' -d {}\n", name,
                           shell_word(s(command.help)));
        for (const Parameter& parameter : command.parameters) {
            if (parameter.name == "person") continue;
            const std::string words = choices_of(parameter);
            out += fmt::format(
                "complete -c kari -n '__fish_seen_subcommand_from {}' -l {}{}{} -d {}\n", name,
                typed_name(parameter.name), takes_in_fish(parameter),
                words.empty() ? "" : " -a " + shell_word(words), shell_word(s(parameter.help)));
            if (parameter.positional && !words.empty()) {
                out += fmt::format("complete -c kari -n '__fish_seen_subcommand_from {}' -a {}\n",
                                   name, shell_word(words));
            }
        }
    }
    return out;
}

}  // namespace

std::string completion_script(std::string_view shell, Language language) {
    const Screen s(Reading{language, false, false, nullptr, {}});
    if (shell == "bash") return bash_script();
    if (shell == "zsh") return zsh_script(s);
    if (shell == "fish") return fish_script(s);
    return {};
}

}  // namespace kari::app
