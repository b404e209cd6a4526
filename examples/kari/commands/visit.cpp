// SPDX-License-Identifier: Apache-2.0
//
// Visits as they were made, planned or not.
#include "examples/kari/commands/parts.hpp"

namespace kari::app {

namespace json = boost::json;

namespace {

constexpr std::string_view k_hindrances = "no-answer refused away other";

VisitHindrance hindrance_of(const Arguments& args) {
    const std::string why = args.text("why");
    if (why == "no-answer") return VisitHindrance::no_answer;
    if (why == "refused") return VisitHindrance::refused;
    if (why == "away") return VisitHindrance::away;
    if (why == "other") return VisitHindrance::other;
    throw BadArgument(Label::wrong_choice, "why", k_hindrances);
}

VisitEntry visit_of(const Arguments& args) {
    VisitEntry out;
    out.plan.text = args.text_or("plan");
    out.starts = args.time("starts");
    out.note = args.text_or("note");
    return out;
}

Answer start(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) {
        return changed(tablet, d.care().start_visit(args.record(), visit_of(args)));
    });
}

Answer end(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) {
        return changed(tablet,
                       d.care().end_visit({args.token(), args.time("ends"), args.text_or("note")}));
    });
}

Answer hindered(Tablet& tablet, const Arguments& args) {
    const VisitHindrance why = hindrance_of(args);
    return with(tablet, [&](Device& d) {
        return changed(tablet, d.care().hindered_visit(args.record(), visit_of(args), why));
    });
}

Answer propose(Tablet& tablet, const Arguments& args) {
    const auto starts = args.time("starts");
    if (!starts) throw BadArgument(Label::wrong_missing, "starts");
    return with(tablet, [&](Device& d) {
        Answer out =
            changed(tablet, d.care().propose_visit_time({args.token(), *starts, args.time("ends"),
                                                         args.text_or("reason")}));
        if (out) (*out)["starts"] = time_text(*starts);
        return out;
    });
}

std::string show_start(const json::object& answer, const Screen& s) {
    const std::string out = s(Label::saved) + "\n" + banner(answer, s);
    const std::string name = s.name("visit", text(answer, "token"));
    return name.empty() ? out : out + wrapped("-> " + s(Label::visit_next, name), 3);
}

std::string show_proposal(const json::object& answer, const Screen& s) {
    return written(answer, s, "planned_visit") +
           wrapped(s(Label::visit_proposal_waits, s.when(text(answer, "starts"))), 2);
}

}  // namespace

std::vector<Command> visit_commands() {
    const Parameter plan{"plan", Label::arg_plan, Typed::item,
                         false,  false,           "planned_visit appointment"};
    const Parameter starts{"starts", Label::arg_starts, Typed::time};
    const Parameter ends{"ends", Label::arg_ends, Typed::time};
    return {
        {.name = "visit",
         .group = Group::charting,
         .help = Label::help_visit,
         .example = "visit 12p --plan 28f",
         .writes = true,
         .parameters = {k_record, plan, starts, k_note},
         .run = start,
         .show = show_start},
        {.name = "visit_end",
         .group = Group::charting,
         .help = Label::help_visit_end,
         .example = "visit-end 29g",
         .writes = true,
         .parameters = {item_of("visit"), ends, k_note},
         .run = end,
         .show = named<"visit">},
        {.name = "visit_hindered",
         .group = Group::charting,
         .help = Label::help_visit_hindered,
         .example = "visit-hindered 12p --why no-answer",
         .writes = true,
         .parameters = {k_record,
                        {"why", Label::arg_why, Typed::choice, true, false, k_hindrances},
                        plan,
                        starts,
                        k_note},
         .run = hindered,
         .show = named<"visit">},
        {.name = "visit_in_error",
         .group = Group::charting,
         .help = Label::help_visit_in_error,
         .example = "visit-in-error 29g --reason \"another citizen's\"",
         .writes = true,
         .parameters = {item_of("visit"), k_reason},
         .run = for_a_reason<&Care::visit_entered_in_error>,
         .show = named<"visit">},
        {.name = "visit_move",
         .group = Group::directives,
         .help = Label::help_visit_move,
         .example = "visit-move 28f --starts \"2026-03-02 10:00\" --reason \"hospital at nine\"",
         .writes = true,
         .parameters = {item_of("planned_visit"),
                        {"starts", Label::arg_new_start, Typed::time_ahead, true},
                        {"ends", Label::arg_new_end, Typed::time_ahead},
                        k_reason},
         .run = propose,
         .show = show_proposal},
    };
}

}  // namespace kari::app
