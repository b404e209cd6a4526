// SPDX-License-Identifier: Apache-2.0
#include "examples/kari/commands/parts.hpp"

namespace kari::app {

namespace json = boost::json;

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

Answer refute(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) {
        return changed(tablet, d.refute_allergy(args.token(), args.text_or("reason")));
    });
}

Answer retract(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) {
        return changed(tablet, d.retract_allergy(args.token(), args.text_or("reason")));
    });
}

std::string show(const json::object& answer, const Screen& s) {
    return written(answer, s, "allergy");
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
         .show = show},
        {.name = "evidence",
         .group = Group::charting,
         .help = Label::help_evidence,
         .example = "evidence 14r --reaction \"swollen lips\" --verification confirmed",
         .writes = true,
         .parameters = about({item_of("allergy")}),
         .run = evidence,
         .show = show},
        {.name = "refute",
         .group = Group::charting,
         .help = Label::help_refute,
         .example = "refute 14r --reason \"tested negative\"",
         .writes = true,
         .parameters = {item_of("allergy"), k_reason},
         .run = refute,
         .show = show},
        {.name = "retract",
         .alias = "allergy_retract",
         .group = Group::charting,
         .help = Label::help_retract,
         .example = "retract 14r --reason \"wrong citizen\"",
         .writes = true,
         .parameters = {item_of("allergy"), k_reason},
         .run = retract,
         .show = show},
    };
}

}  // namespace kari::app
