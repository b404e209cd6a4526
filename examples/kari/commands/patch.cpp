// SPDX-License-Identifier: Apache-2.0
//
// A patch that is off.
#include "examples/kari/commands/parts.hpp"

namespace kari::app {

namespace {

Answer patch_off(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) {
        return changed(tablet, d.care().take_off_patch({args.token(), args.time("effective"),
                                                        args.flag("not_found"),
                                                        args.text_or("note"), args.overrides()}));
    });
}

}  // namespace

std::vector<Command> patch_commands() {
    return {{.name = "patch_off",
             .group = Group::charting,
             .help = Label::help_patch_off,
             .example = "patch-off 19w --effective 08:00",
             .writes = true,
             .parameters = {item_of("dose_given"),
                            k_effective,
                            {"not_found", Label::arg_not_found, Typed::flag},
                            k_note,
                            {"overrides", Label::arg_overrides, Typed::override_}},
             .run = patch_off,
             .show = named<"act">}};
}

}  // namespace kari::app
