// SPDX-License-Identifier: Apache-2.0
//
// kari(1).
#include <fmt/format.h>

#include "examples/kari/command.hpp"
#include "examples/kari/pages.hpp"
#include "examples/kari/typed_words.hpp"

namespace kari::app {

namespace {

// Text as troff reads it: a backslash and a line's first dot or quote are its own signs, and a
// hyphen in an option is a minus.
std::string troff(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\\') {
            out += "\\e";
        } else if (c == '-') {
            out += "\\-";
        } else if ((c == '.' || c == '\'') && (out.empty() || out.back() == '\n')) {
            out += "\\&";
            out += c;
        } else {
            out += c;
        }
    }
    return out;
}

std::string section(std::string_view title) {
    return ".SH \"" + troff(title) + "\"\n";
}

std::string term_of(std::string_view name, std::string_view meaning) {
    return ".TP\n\\fB" + troff(name) + "\\fR\n" + troff(meaning) + "\n";
}

std::string command_part(const Command& command, const Screen& s) {
    std::string out = ".SS \"" + troff(usage(command)) + "\"\n" + troff(s(command.help)) + "\n";
    if (!command.alias.empty()) {
        out += ".br\n" + troff(s(Label::also_called, typed_name(command.alias))) + "\n";
    }
    for (const Parameter& parameter : command.parameters) {
        std::string said = s(parameter.help);
        if (parameter.typed == Typed::choice) said += ": " + std::string(parameter.choices);
        out += term_of("--" + typed_name(parameter.name), said);
    }
    if (!command.example.empty()) {
        out += ".PP\n.EX\nkari " + troff(command.example) + "\n.EE\n";
    }
    return out;
}

}  // namespace

std::string manual_page(Language language) {
    const Screen s(Reading{language, false, false, nullptr, {}});
    std::string out = ".TH KARI 1 \"\" \"kari\" \"Kari\"\n";
    out += section(s(Label::man_name)) + "kari \\- " + troff(s(Label::about)) + "\n";
    out += section(s(Label::man_synopsis)) +
           "\\fBkari\\fR [\\fB\\-\\-dir\\fR \\fIDIR\\fR] \\fICOMMAND\\fR ...\n";
    out += section(s(Label::man_description)) + troff(s(Label::about_pin)) + "\n.PP\n" +
           troff(s(Label::about_names)) + "\n.PP\n" + troff(s(Label::about_screens)) + "\n";
    out += section(s(Label::options_of_any));
    for (const GlobalOption& option : global_options()) {
        std::string name(option.name);
        if (!option.value.empty()) name += " " + std::string(option.value);
        out += term_of(name, s(option.help));
    }
    out += section(s(Label::man_commands));
    for (const Command& command : all_commands())
        out += command_part(command, s);
    out += section(s(Label::man_environment));
    for (const GlobalOption& option : global_options()) {
        if (!option.environment.empty()) out += term_of(option.environment, s(option.help));
    }
    out += term_of("NO_COLOR", s(Label::env_no_color));
    out += section(s(Label::exit_code_list));
    for (const ExitCode& one : exit_codes())
        out += term_of(std::to_string(one.code), s(one.help));
    return out;
}

}  // namespace kari::app
