// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "examples/kari/command.hpp"
#include "examples/kari/pages.hpp"
#include "examples/kari/typed_words.hpp"

namespace kari::app {

namespace {

constexpr std::size_t k_help_column = 26;

std::string upper(std::string_view name) {
    std::string out = typed_name(name);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c & ~0x20) : c; });
    return out;
}

std::string written(const Parameter& parameter) {
    const std::string name = upper(parameter.name == "token" ? "item" : parameter.name);
    std::string out = parameter.positional ? name : "--" + typed_name(parameter.name);
    if (!parameter.positional && parameter.typed != Typed::flag) out += " " + name;
    if (parameter.typed == Typed::list || parameter.typed == Typed::override_) out += "...";
    return parameter.required ? out : "[" + out + "]";
}

}  // namespace

std::string usage(const Command& command) {
    std::string out = typed_name(command.name);
    for (const Parameter& parameter : command.parameters) {
        // Where it is not required it is the option of any command.
        if (parameter.name != "person" || parameter.required) out += " " + written(parameter);
    }
    return out;
}

std::string help_page(const Command& command, Language language) {
    const Screen s(Reading{language, false, false, nullptr, {}});
    std::string out = wrapped("kari " + usage(command), 5) + "\n";
    out += wrapped("  " + s(command.help), 2);
    if (!command.alias.empty()) {
        out += wrapped("  " + s(Label::also_called, typed_name(command.alias)), 2);
    }
    if (!command.parameters.empty()) out += "\n";
    for (const Parameter& parameter : command.parameters) {
        std::string said = s(parameter.help);
        if (parameter.typed == Typed::choice) {
            said += ": " + std::string(parameter.choices);
        }
        out += beside(
            {{2, parameter.positional ? upper(parameter.name == "token" ? "item" : parameter.name)
                                      : "--" + typed_name(parameter.name)},
             {k_help_column, said}});
    }
    if (!command.example.empty()) {
        out += "\n" + s(Label::for_example) + "\n" +
               wrapped("  kari " + std::string(command.example), 7);
    }
    return out;
}

std::string help_page(Language language) {
    const Screen s(Reading{language, false, false, nullptr, {}});
    std::string out = wrapped(s(Label::about), 0);
    out += "\n" + wrapped("kari [--dir DIR] COMMAND ...", 5);
    constexpr std::pair<Group, Label> k_groups[] = {
        {Group::tablet, Label::group_tablet},     {Group::reading, Label::group_reading},
        {Group::charting, Label::group_charting}, {Group::directives, Label::group_directives},
        {Group::findings, Label::group_findings}, {Group::exchange, Label::group_exchange},
        {Group::proof, Label::group_proof},       {Group::terminal, Label::group_terminal}};
    for (const auto& [group, title] : k_groups) {
        out += "\n" + s(title) + "\n";
        for (const Command& command : all_commands()) {
            if (command.group != group) continue;
            out += beside({{2, typed_name(command.name)}, {k_help_column, s(command.help)}});
        }
    }
    out += "\n" + s(Label::options_of_any) + "\n";
    for (const GlobalOption& option : global_options()) {
        std::string said = s(option.help);
        if (!option.environment.empty()) said += " [" + std::string(option.environment) + "]";
        const std::string name = std::string(option.name) +
                                 (option.value.empty() ? "" : " " + std::string(option.value));
        out += beside({{2, name}, {k_help_column, said}});
    }
    out += "\n" + s(Label::exit_code_list) + "\n";
    for (const ExitCode& one : exit_codes())
        out += beside({{2, std::to_string(one.code)}, {6, s(one.help)}});
    return out + "\n" + wrapped(s(Label::about_pin), 0) + wrapped(s(Label::about_names), 0);
}

}  // namespace kari::app
