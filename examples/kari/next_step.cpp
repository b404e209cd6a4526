// SPDX-License-Identifier: Apache-2.0
//
// After a refusal: the command to run next, as it is typed.
#include <sstream>

#include "examples/kari/desk.hpp"

namespace kari::app {

namespace json = boost::json;

namespace {

// "entry/given-already, entry/dose-differs" as overrides.
std::string overrides(std::string_view rules, const Screen& s) {
    std::string out;
    std::istringstream names{std::string(rules)};
    for (std::string name; std::getline(names, name, ',');) {
        name.erase(0, name.find_first_not_of(' '));
        if (name.find('/') == std::string::npos) return {};
        out += " --overrides \"" + name + "=" + s(Label::why_word) + "\"";
    }
    return out;
}

bool has(const Command& command, std::string_view parameter) {
    for (const Parameter& one : command.parameters) {
        if (one.name == parameter) return true;
    }
    return false;
}

std::string kari_of(const std::string& start) {
    return start.substr(0, start.find("kari ") == std::string::npos ? 0 : start.rfind("kari ") + 5);
}

}  // namespace

std::string next_step(const Command& command, const json::object& reply, const std::string& start,
                      const std::string& again, const Screen& s) {
    const std::string error = text(reply, "error");
    const std::string what = text(reply, "what");
    const std::string why = " --reason \"" + s(Label::why_word) + "\"";
    const std::string kari = kari_of(start);
    if (error == "reason_required") {
        const std::string rules = what.substr(0, what.find(": "));
        if (has(command, "overrides") && rules.find('/') != std::string::npos) {
            return again + overrides(rules, s);
        }
        if (rules == "entry/late") return again + " --note \"" + s(Label::why_word) + "\"";
        return again + why;
    }
    if (error == "lease_ended") return again + why;
    if (error == "not_permitted" && has(command, "purpose")) {
        return again + " --purpose emergency" + why;
    }
    if (error == "confirmation_required") return again + " --confirm";
    if (error == "not_enrolled") {
        return kari + "enrol --server https://HOST:PORT --code CODE --person ID";
    }
    if (error == "locked") return kari + "unlock";
    if (error == "signed_text_is_final" || error == "not_the_author") {
        return kari + "addend " + start.substr(start.rfind(' ') + 1);
    }
    if (error == "view_outdated" || error == "not_found") return kari + "patients";
    if (error == "resource_incomplete") return kari + "sync";
    if (error == "offline" || error == "timed_out" || error == "server_busy") {
        return kari + "status";
    }
    if (error == "storage_corrupt" || error == "storage_truncated") return kari + "salvage";
    if (error == "invalid_argument") return kari + "help " + typed_name(command.name);
    return {};
}

}  // namespace kari::app
