// SPDX-License-Identifier: Apache-2.0
//
// Messages and calls that were made: the command records them, and sends none.
#include "examples/kari/commands/parts.hpp"

namespace kari::app {

namespace {

Answer record(Tablet& tablet, const Arguments& args) {
    CommunicationEntry entry;
    entry.recipient = args.text_or("to");
    entry.topic = args.coded("topic").value_or(Coded{});
    entry.text = args.text_or("text");
    entry.sent = args.time("sent");
    return with(tablet, [&](Device& d) {
        return changed(tablet, d.care().record_communication(args.record(), entry));
    });
}

}  // namespace

std::vector<Command> message_commands() {
    return {
        {.name = "message",
         .group = Group::charting,
         .help = Label::help_message,
         .example = "message 12p --to \"Dr Berg\" \"Pulse 44 at rest, no dizziness\"",
         .writes = true,
         .parameters = {k_record,
                        {"to", Label::arg_recipient, Typed::text, true},
                        {"topic", Label::arg_topic, Typed::coded},
                        {"sent", Label::arg_effective, Typed::time},
                        {"text", Label::arg_message_text, Typed::long_text, true, true}},
         .run = record,
         .show = named<"communication">},
        {.name = "message_read",
         .group = Group::charting,
         .help = Label::help_message_read,
         .example = "message-read 34n",
         .writes = true,
         .parameters = {item_of("communication")},
         .run =
             [](Tablet& tablet, const Arguments& args) {
                 return with(tablet, [&](Device& d) {
                     return changed(tablet, d.care().read_message(args.token()));
                 });
             },
         .show = named<"act">},
        {.name = "message_in_error",
         .group = Group::charting,
         .help = Label::help_message_in_error,
         .example = "message-in-error 34n --reason \"another citizen's\"",
         .writes = true,
         .parameters = {item_of("communication"), k_reason},
         .run = for_a_reason<&Care::communication_entered_in_error>,
         .show = named<"communication">},
    };
}

}  // namespace kari::app
