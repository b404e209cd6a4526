// SPDX-License-Identifier: Apache-2.0
//
// What this tablet may give as needed without asking anybody.
#include "examples/kari/commands/parts.hpp"

namespace kari::app {

namespace json = boost::json;

namespace {

Answer allowance(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) {
        AllowanceAsk ask;
        ask.token = args.token();
        ask.doses = static_cast<std::uint32_t>(args.count("doses", ask.doses));
        ask.hours = static_cast<std::uint32_t>(args.count("hours", ask.hours));
        return changed(tablet, d.care().ask_allowance(ask));
    });
}

Answer return_allowance(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) {
        return changed(tablet, d.care().return_allowance(args.token(), args.text_or("reason")));
    });
}

std::string show_asked(const json::object& answer, const Screen& s) {
    return written(answer, s, "allowance") + wrapped("-> " + s(Label::allowance_next), 3);
}

std::string show_returned(const json::object& answer, const Screen& s) {
    return written(answer, s, "allowance") + wrapped(s(Label::allowance_back), 2);
}

}  // namespace

std::vector<Command> allowance_commands() {
    return {{.name = "allowance",
             .group = Group::charting,
             .help = Label::help_allowance,
             .example = "allowance 18v --doses 2 --hours 8",
             .writes = true,
             .parameters = {item_of("order"),
                            {"doses", Label::arg_doses, Typed::number},
                            {"hours", Label::arg_hours, Typed::number}},
             .run = allowance,
             .show = show_asked},
            {.name = "return_allowance",
             .group = Group::charting,
             .help = Label::help_return_allowance,
             .example = "return-allowance 19w",
             .writes = true,
             .parameters = {item_of("allowance"), {"reason", Label::arg_reason}},
             .run = return_allowance,
             .show = show_returned}};
}

}  // namespace kari::app
