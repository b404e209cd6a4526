// SPDX-License-Identifier: Apache-2.0
#include "examples/kari/commands/parts.hpp"

namespace kari::app {

namespace json = boost::json;

namespace {

Answer patients(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) { return told(d.my_patients(args.access())); });
}

Answer new_patient(Tablet& tablet, const Arguments& args) {
    return with(tablet,
                [&](Device& d) { return changed(tablet, d.create_record(args.patient())); });
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
    };
}

}  // namespace kari::app
