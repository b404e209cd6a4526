// SPDX-License-Identifier: Apache-2.0
#include "examples/kari/commands/parts.hpp"

namespace kari::app {

namespace json = boost::json;

namespace {

constexpr Parameter k_known{"how", Label::arg_how_known, Typed::text, true};

Answer patients(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) { return told(d.my_patients(args.access())); });
}

Answer new_patient(Tablet& tablet, const Arguments& args) {
    return with(tablet,
                [&](Device& d) { return changed(tablet, d.create_record(args.patient())); });
}

// Of the citizen as the chart that was opened just now has it.
template <typename Call>
Answer about_citizen(Tablet& tablet, const Arguments& args, Call call) {
    return with_chart(tablet, args, [&](Device& d, const ChartView& view) -> Answer {
        if (!view.patient) return fail(ErrorCode::not_found, "nobody stands in the record yet");
        Care care = d.care();
        return changed(tablet, call(care, view.patient->token));
    });
}

Answer death(Tablet& tablet, const Arguments& args) {
    return about_citizen(tablet, args, [&](Care& care, const EditToken& token) {
        return care.report_death({token, args.time("at"), args.text("how")});
    });
}

Answer alive(Tablet& tablet, const Arguments& args) {
    return about_citizen(tablet, args, [&](Care& care, const EditToken& token) {
        return care.report_alive(token, args.text("how"));
    });
}

std::string show(const json::object& answer, const Screen& s) {
    std::string out = s.age(answer);
    if (list(answer, "patients").empty()) return out + wrapped(s(Label::nobody_listed), 2);
    for (const json::value& one : list(answer, "patients")) {
        const json::object& row = one.as_object();
        std::string marks;
        if (const std::int64_t open = number(row, "open_findings"); open > 0) {
            marks =
                s(Label::open_findings, open) + ": " + s.severity(number(row, "worst_severity"));
        }
        if (flag(row, "contested_name")) marks += (marks.empty() ? "" : "; ") + s(Label::two_names);
        if (flag(row, "made_here")) marks += (marks.empty() ? "" : "; ") + s(Label::not_identified);
        out += beside({{2, s.name("record", text(row, "record"))},
                       {k_item_column, text(row, "name")},
                       {60, s.date(text(row, "birth_date"))}});
        if (!marks.empty()) out += s.below(marks);
    }
    return out + wrapped("-> " + s(Label::patients_next), 3);
}

std::string show_new(const json::object& answer, const Screen& s) {
    std::string out = saved(answer, s);
    return out + rows({{s(Label::shown_as), s.name("record", text(answer, "record"))},
                       {s(Label::record), text(answer, "record")}});
}

}  // namespace

std::vector<Command> patient_commands() {
    return {
        {.name = "patients",
         .group = Group::reading,
         .help = Label::help_patients,
         .example = "patients",
         .parameters = {k_purpose, k_why_read},
         .run = patients,
         .show = show},
        {.name = "new_patient",
         .group = Group::charting,
         .help = Label::help_new_patient,
         .example = "new-patient --family Ukjent --gender female",
         .writes = true,
         .parameters = {{"family", Label::arg_family},
                        {"given", Label::arg_given},
                        {"birth_date", Label::arg_birth_date},
                        {"gender", Label::arg_gender, Typed::choice, false, false,
                         "male female other unknown"},
                        {"identifier_system", Label::arg_identifier_system},
                        {"identifier_value", Label::arg_identifier_value},
                        {"note", Label::arg_met}},
         .run = new_patient,
         .show = show_new},
        {.name = "death",
         .group = Group::directives,
         .help = Label::help_death,
         .example = "death 12p --at 06:30 --how \"found in bed; Dr Berg is phoned\"",
         .writes = true,
         .parameters =
             {k_record, {"at", Label::arg_died, Typed::time}, k_known, k_purpose, k_why_read},
         .run = death,
         .show = saved},
        {.name = "alive",
         .group = Group::directives,
         .help = Label::help_alive,
         .example = "alive 12p --how \"the wrong person; I spoke with her at 08:00\"",
         .writes = true,
         .parameters = {k_record, k_known, k_purpose, k_why_read},
         .run = alive,
         .show = saved},
    };
}

}  // namespace kari::app
