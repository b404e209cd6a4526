// SPDX-License-Identifier: Apache-2.0
//
// What a nurse may say about an order.
#include "examples/kari/commands/parts.hpp"

namespace kari::app {

namespace json = boost::json;

namespace {

Answer prescribe(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) {
        return changed(tablet, d.propose_prescription(args.prescription()));
    });
}

Answer take_down(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) {
        return changed(tablet, d.care().take_verbal_order(args.record(), args.verbal_order()));
    });
}

std::string show_verbal(const json::object& answer, const Screen& s) {
    return written(answer, s, "order") + wrapped(s(Label::verbal_order_waits), 2);
}

std::string show_stop(const json::object& answer, const Screen& s) {
    return written(answer, s, "order") + wrapped(s(Label::stopped_at_once), 2);
}

std::string show_proposal(const json::object& answer, const Screen& s) {
    return written(answer, s, "order") + wrapped(s(Label::proposal_waits), 2);
}

}  // namespace

std::vector<Command> order_commands() {
    return {
        {.name = "stop",
         .group = Group::directives,
         .help = Label::help_stop,
         .example = "stop 16t --reason \"rash; by phone with Dr Berg\"",
         .writes = true,
         .parameters = {item_of("order"), k_reason},
         .run = for_a_reason<&Device::propose_stop>,
         .show = show_stop},
        {.name = "prescribe",
         .alias = "propose",
         .group = Group::directives,
         .help = Label::help_prescribe,
         .example = "prescribe 16t --dose \"2 {tablet}\" --reason \"by phone with Dr Berg\"",
         .writes = true,
         .parameters = {item_of("order"),
                        {"medication", Label::arg_medication, Typed::coded},
                        {"strength", Label::arg_strength, Typed::quantity},
                        {"strength_per", Label::arg_strength_per, Typed::quantity},
                        {"dose", Label::arg_new_dose, Typed::quantity},
                        {"dosage_text", Label::arg_dosage_text},
                        {"times_of_day", Label::arg_times_of_day, Typed::list},
                        {"days_of_week", Label::arg_days_of_week, Typed::list},
                        k_reason,
                        {"overrides", Label::arg_overrides, Typed::override_}},
         .run = prescribe,
         .show = show_proposal},
        {.name = "verbal_order",
         .group = Group::directives,
         .help = Label::help_verbal_order,
         .example = "verbal-order 12p \"Oksykodon 5 mg\" --dose \"1 {tablet}\" --as-needed "
                    "--prescriber \"Dr Berg\" --confirm",
         .writes = true,
         .parameters = {k_record,
                        {"medication", Label::arg_medication, Typed::coded, true, true},
                        {"strength", Label::arg_strength, Typed::quantity},
                        {"strength_per", Label::arg_strength_per, Typed::quantity},
                        {"dose", Label::arg_new_dose, Typed::quantity},
                        {"dosage_text", Label::arg_dosage_text},
                        {"times_of_day", Label::arg_times_of_day, Typed::list},
                        {"days_of_week", Label::arg_days_of_week, Typed::list},
                        {"as_needed", Label::arg_as_needed, Typed::flag},
                        {"prescriber", Label::arg_prescriber, Typed::text, true},
                        {"confirm", Label::arg_read_back, Typed::flag},
                        k_note,
                        {"overrides", Label::arg_overrides, Typed::override_}},
         .run = take_down,
         .show = show_verbal},
    };
}

}  // namespace kari::app
