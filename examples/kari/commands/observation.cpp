// SPDX-License-Identifier: Apache-2.0
#include "examples/kari/commands/parts.hpp"
#include "examples/kari/statements.hpp"

namespace kari::app {

namespace {

Answer observe(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) {
        return changed(tablet, d.record_observation(args.record(), args.observation()));
    });
}

Answer correct(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) {
        return changed(tablet, d.correct_observation(args.token(), args.observation()));
    });
}

std::vector<Parameter> about(std::vector<Parameter> first) {
    const std::vector<Parameter> rest{
        {"code", Label::arg_observation, Typed::measurement, false, true},
        {"value", Label::arg_value, Typed::quantity, false, true},
        {"text", Label::arg_value_text},
        {"confirm", Label::arg_confirm, Typed::flag},
        k_effective,
        k_note};
    first.insert(first.end(), rest.begin(), rest.end());
    return first;
}

std::string show(const boost::json::object& answer, const Screen& s) {
    std::string out = written(answer, s, "observation");
    const boost::json::object& value = part(answer, "said");
    if (value.empty()) return out;
    return out +
           wrapped("  " + s.when(text(value, "effective")) + "  " + measurement_words(value, s), 4);
}

}  // namespace

std::vector<Command> observation_commands() {
    return {
        {.name = "observe",
         .group = Group::charting,
         .help = Label::help_observe,
         .example = "observe 12p pulse 72",
         .writes = true,
         .parameters = about({k_record}),
         .run = observe,
         .show = show},
        {.name = "correct",
         .group = Group::charting,
         .help = Label::help_correct,
         .example = "correct 23a pulse 74",
         .writes = true,
         .parameters = about({item_of("observation")}),
         .run = correct,
         .show = show},
        {.name = "observation_in_error",
         .group = Group::charting,
         .help = Label::help_observation_in_error,
         .example = "observation-in-error 23a --reason \"another citizen's\"",
         .writes = true,
         .parameters = {item_of("observation"), k_reason},
         .run = for_a_reason<&Device::observation_entered_in_error>,
         .show = show},
    };
}

}  // namespace kari::app
