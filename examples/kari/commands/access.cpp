// SPDX-License-Identifier: Apache-2.0
//
// Who looked.
#include "examples/kari/commands/parts.hpp"

namespace kari::app {

namespace json = boost::json;

namespace {

Answer access(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) -> Answer {
        if (args.has("record")) return listed("entries", d.access_entries(args.record()));
        const auto unit = d.unit_record();
        if (!unit) return tl::unexpected(unit.error());
        return listed("entries", d.access_entries(*unit));
    });
}

std::string show(const json::object& answer, const Screen& s) {
    std::string out;
    for (const json::value& one : list(answer, "entries")) {
        const json::object& line = one.as_object();
        std::string said = s.term(text(line, "purpose"));
        if (const auto listed = list(line, "listed").size(); listed > 0) {
            said += " (" + s(Label::listed_records, listed) + ")";
        }
        if (const std::string why = text(line, "reason"); !why.empty()) said += ": " + why;
        if (!flag(line, "acknowledged")) said += " [" + s(Label::not_sent) + "]";
        std::string who = text(line, "person_name");
        if (who.empty()) who = s(Label::unknown_person);
        out += beside({{2, s.when(text(line, "recorded"))}, {20, who}, {44, said}});
    }
    return out.empty() ? s.none() : out;
}

}  // namespace

std::vector<Command> access_commands() {
    Parameter record = k_record;
    record.required = false;
    return {{.name = "access",
             .group = Group::proof,
             .help = Label::help_access,
             .example = "access 12p",
             .parameters = {record},
             .run = access,
             .show = show}};
}

}  // namespace kari::app
