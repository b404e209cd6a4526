// SPDX-License-Identifier: Apache-2.0
//
// A tablet that cannot be opened is set aside, and tells what it can.
#include "examples/kari/commands/parts.hpp"

namespace kari::app {

namespace json = boost::json;

namespace {

Answer salvage(Tablet& tablet, const Arguments& args) {
    const auto person = args.has("person") ? std::optional<PersonId>(args.person()) : std::nullopt;
    const auto report = tablet.salvage(person, args.text_or("pin"));
    if (!report) return tl::unexpected(report.error());
    return answer(*report);
}

std::string show(const json::object& answer, const Screen& s) {
    std::vector<Row> told{{s(Label::because_of), text(answer, "trouble")}};
    for (const json::value& one : list(answer, "set_aside")) {
        told.push_back({s(Label::file), one.is_string() ? safe(one.get_string()) : ""});
    }
    const json::value* lost = answer.if_contains("unsent_lost");
    if (flag(answer, "readable")) {
        const auto count = [&](std::string_view key) {
            return std::to_string(number(answer, key));
        };
        told.push_back({s(Label::own_read), count("changes_read")});
        told.push_back({s(Label::own_read_unsent), count("unsent_read")});
        told.push_back({s(Label::unsent_unreadable), lost != nullptr && lost->is_number()
                                                         ? count("unsent_lost")
                                                         : s.term("unknown")});
    }
    std::string out = wrapped(s(Label::set_aside), 2) + rows(told);
    if (!flag(answer, "readable")) out += wrapped(s(Label::database_unreadable), 2);
    for (const json::value& one : list(answer, "unsent")) {
        const json::object& change = one.as_object();
        out += beside({{2, s.when(text(change, "recorded"))},
                       {20, text(change, "kind")},
                       {46, text(change, "record")}});
    }
    return out + wrapped("-> " + s(Label::salvage_next), 3);
}

}  // namespace

std::vector<Command> salvage_commands() {
    return {{.name = "salvage",
             .group = Group::tablet,
             .help = Label::help_salvage,
             .example = "salvage --person Ingrid",
             .needs = Needs::tablet,
             .parameters = {{"person", Label::arg_salvage_person, Typed::person}},
             .run = salvage,
             .show = show}};
}

}  // namespace kari::app
