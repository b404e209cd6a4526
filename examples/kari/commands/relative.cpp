// SPDX-License-Identifier: Apache-2.0
#include "examples/kari/commands/parts.hpp"

namespace kari::app {

namespace {

Answer add(Tablet& tablet, const Arguments& args) {
    RelatedPersonEntry entry;
    entry.given = args.text_or("given");
    entry.family = args.text_or("family");
    entry.relationship = args.coded("relationship").value_or(Coded{});
    entry.phone = args.text_or("phone");
    if (args.has("next_of_kin")) entry.next_of_kin = args.flag("next_of_kin");
    entry.note = args.text_or("note");
    return with(tablet, [&](Device& d) {
        return changed(tablet, d.care().add_related_person(args.record(), entry));
    });
}

Answer add_phone(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) {
        return changed(tablet, d.care().add_phone(args.token(), args.text("phone")));
    });
}

}  // namespace

std::vector<Command> relative_commands() {
    return {
        {.name = "relative",
         .group = Group::charting,
         .help = Label::help_relative,
         .example = "relative 12p Kari Nordmann --relationship daughter --phone 99900000",
         .writes = true,
         .parameters = {k_record,
                        {"given", Label::arg_given, Typed::text, true, true},
                        {"family", Label::arg_family, Typed::text, false, true},
                        {"relationship", Label::arg_relationship, Typed::coded},
                        {"phone", Label::arg_phone},
                        {"next_of_kin", Label::arg_next_of_kin, Typed::flag},
                        k_note},
         .run = add,
         .show = named<"related_person">},
        {.name = "relative_phone",
         .group = Group::charting,
         .help = Label::help_relative_phone,
         .example = "relative-phone 32k 99900001",
         .writes = true,
         .parameters = {item_of("related_person"),
                        {"phone", Label::arg_phone, Typed::text, true, true}},
         .run = add_phone,
         .show = named<"related_person">},
        {.name = "do_not_contact",
         .group = Group::directives,
         .help = Label::help_do_not_contact,
         .example = "do-not-contact 32k --reason \"her own wish\"",
         .writes = true,
         .parameters = {item_of("related_person"), k_reason},
         .run = for_a_reason<&Care::do_not_contact>,
         .show = named<"related_person">},
    };
}

}  // namespace kari::app
