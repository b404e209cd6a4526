// SPDX-License-Identifier: Apache-2.0
//
// Vaccines.
#include "examples/kari/commands/parts.hpp"

namespace kari::app {

namespace {

ImmunizationEntry entry_of(const Arguments& args) {
    ImmunizationEntry out;
    out.vaccine = args.coded("vaccine").value_or(Coded{});
    out.occurrence = args.time("occurrence");
    out.told = args.flag("told");
    out.lot = args.text_or("lot");
    out.expires = args.text_or("expires");
    out.dose = args.quantity("dose");
    out.site = args.coded("site").value_or(Coded{});
    out.note = args.text_or("note");
    out.overrides = args.overrides();
    return out;
}

Answer immunize(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) {
        return changed(tablet, d.care().immunize(args.record(), entry_of(args)));
    });
}

}  // namespace

std::vector<Command> immunization_commands() {
    return {
        {.name = "immunize",
         .group = Group::charting,
         .help = Label::help_immunize,
         .example = "immunize 12p \"Influenza vaccine\" --lot A123 --dose \"0.5 mL\"",
         .writes = true,
         .parameters = {k_record,
                        {"vaccine", Label::arg_vaccine, Typed::coded, true, true},
                        {"lot", Label::arg_lot},
                        {"expires", Label::arg_expires},
                        {"dose", Label::arg_vaccine_dose, Typed::quantity},
                        {"site", Label::arg_site, Typed::coded},
                        {"occurrence", Label::arg_effective, Typed::time},
                        {"told", Label::arg_told, Typed::flag},
                        k_note,
                        {"overrides", Label::arg_overrides, Typed::override_}},
         .run = immunize,
         .show = named<"immunization">},
        {.name = "immunization_in_error",
         .group = Group::charting,
         .help = Label::help_immunization_in_error,
         .example = "immunization-in-error 30h --reason \"another citizen's\"",
         .writes = true,
         .parameters = {item_of("immunization"), k_reason},
         .run = for_a_reason<&Care::immunization_entered_in_error>,
         .show = named<"immunization">},
    };
}

}  // namespace kari::app
