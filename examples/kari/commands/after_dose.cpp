// SPDX-License-Identifier: Apache-2.0
//
// What is said of a dose that another gave: that it was checked, came up again, or helped.
#include "examples/kari/commands/parts.hpp"

namespace kari::app {

namespace {

Answer check_given(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) {
        return changed(tablet, d.care().check_given_dose(args.token(), args.text_or("note")));
    });
}

Answer vomited(Tablet& tablet, const Arguments& args) {
    return with(tablet,
                [&](Device& d) { return changed(tablet, d.care().dose_vomited(args.vomited())); });
}

Answer effect(Tablet& tablet, const Arguments& args) {
    return with(tablet,
                [&](Device& d) { return changed(tablet, d.care().dose_effect(args.effect())); });
}

}  // namespace

std::vector<Command> after_dose_commands() {
    return {
        {.name = "check_given",
         .group = Group::charting,
         .help = Label::help_check_given,
         .example = "check-given 19w",
         .writes = true,
         .parameters = {item_of("dose_given"), k_note},
         .run = check_given,
         .show = named<"act">},
        {.name = "vomited",
         .group = Group::charting,
         .help = Label::help_vomited,
         .example = "vomited 19w --effective 08:40 --seen yes",
         .writes = true,
         .parameters = {item_of("dose_given"),
                        k_effective,
                        {"seen", Label::arg_seen, Typed::choice, false, false, "yes no"},
                        k_note,
                        {"overrides", Label::arg_overrides, Typed::override_}},
         .run = vomited,
         .show = named<"act">},
        {.name = "effect",
         .group = Group::charting,
         .help = Label::help_effect,
         .example = "effect 19w --outcome good --note \"NRS 7 to 3\"",
         .writes = true,
         .parameters = {item_of("dose_given"),
                        {"outcome", Label::arg_effect, Typed::choice, true, false, k_effect_words},
                        k_effective,
                        k_note,
                        {"overrides", Label::arg_overrides, Typed::override_}},
         .run = effect,
         .show = named<"act">}};
}

}  // namespace kari::app
