// SPDX-License-Identifier: Apache-2.0
#include "examples/kari/commands/parts.hpp"

namespace kari::app {

namespace {

constexpr std::string_view k_answers = "permit deny";

Answer add(Tablet& tablet, const Arguments& args) {
    const std::string said = args.text("answer");
    if (said != "permit" && said != "deny") {
        throw BadArgument(Label::wrong_choice, "answer", k_answers);
    }
    ConsentEntry entry;
    entry.permits = said == "permit";
    entry.scope = args.coded("scope").value_or(Coded{});
    entry.text = args.text_or("text");
    entry.starts = args.text_or("starts");
    entry.ends = args.text_or("ends");
    return with(tablet, [&](Device& d) {
        Answer out = changed(tablet, d.care().record_consent(args.record(), entry));
        if (out) (*out)["waits"] = entry.permits;
        return out;
    });
}

// What restricts counts at once; a permission does not before the server has said so.
std::string show(const boost::json::object& answer, const Screen& s) {
    return written(answer, s, "consent") +
           wrapped(s(flag(answer, "waits") ? Label::consent_waits : Label::consent_at_once), 2);
}

}  // namespace

std::vector<Command> consent_commands() {
    return {
        {.name = "consent",
         .group = Group::charting,
         .help = Label::help_consent,
         .example = "consent 12p permit \"Sharing with the family\" --text \"my daughter only\"",
         .writes = true,
         .parameters = {k_record,
                        {"answer", Label::arg_answer, Typed::choice, true, true, k_answers},
                        {"scope", Label::arg_scope, Typed::coded, true, true},
                        {"text", Label::arg_own_words},
                        {"starts", Label::arg_from_date, Typed::date},
                        {"ends", Label::arg_to_date, Typed::date}},
         .run = add,
         .show = show},
        {.name = "consent_withdraw",
         .group = Group::directives,
         .help = Label::help_consent_withdraw,
         .example = "consent-withdraw 33m --reason \"changed her mind\"",
         .writes = true,
         .parameters = {item_of("consent"), k_reason},
         .run = for_a_reason<&Care::withdraw_consent>,
         .show = show},
    };
}

}  // namespace kari::app
