// SPDX-License-Identifier: Apache-2.0
#include "examples/kari/commands/parts.hpp"

namespace kari::app {

namespace {

Answer add(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) {
        return changed(tablet, d.add_allergy(args.record(), args.allergy()));
    });
}

Answer evidence(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) {
        return changed(tablet, d.add_allergy_evidence(args.token(), args.allergy()));
    });
}

// First what names the allergy, then what is known about it.
std::vector<Parameter> about(std::vector<Parameter> first) {
    const std::vector<Parameter> rest{
        {"criticality", Label::arg_criticality, Typed::choice, false, false,
         "low high unable-to-assess"},
        {"verification", Label::arg_verification, Typed::choice, false, false,
         "unconfirmed presumed confirmed"},
        {"type", Label::arg_allergy_type, Typed::choice, false, false, "allergy intolerance"},
        {"reaction", Label::arg_reaction},
        k_note};
    first.insert(first.end(), rest.begin(), rest.end());
    return first;
}

}  // namespace

std::vector<Command> allergy_commands() {
    return {
        {.name = "allergy",
         .alias = "allergy_add",
         .group = Group::charting,
         .help = Label::help_allergy,
         .example = "allergy 12p penicillin --criticality high --reaction \"hives\"",
         .writes = true,
         .parameters =
             about({k_record, {"code", Label::arg_allergy_code, Typed::coded, true, true}}),
         .run = add,
         .show = named<"allergy">},
        {.name = "evidence",
         .group = Group::charting,
         .help = Label::help_evidence,
         .example = "evidence 14r --reaction \"swollen lips\" --verification confirmed",
         .writes = true,
         .parameters = about({item_of("allergy")}),
         .run = evidence,
         .show = named<"allergy">},
        {.name = "refute",
         .group = Group::charting,
         .help = Label::help_refute,
         .example = "refute 14r --reason \"tested negative\"",
         .writes = true,
         .parameters = {item_of("allergy"), k_reason},
         .run = for_a_reason<&Device::refute_allergy>,
         .show = named<"allergy">},
        {.name = "retract",
         .alias = "allergy_retract",
         .group = Group::charting,
         .help = Label::help_retract,
         .example = "retract 14r --reason \"wrong citizen\"",
         .writes = true,
         .parameters = {item_of("allergy"), k_reason},
         .run = for_a_reason<&Device::retract_allergy>,
         .show = named<"allergy">},
    };
}

}  // namespace kari::app
