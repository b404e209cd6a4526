// SPDX-License-Identifier: Apache-2.0
//
// The doses of a day.
#include "examples/kari/commands/parts.hpp"
#include "examples/kari/statements.hpp"

namespace kari::app {

namespace json = boost::json;

namespace {

Answer due(Tablet& tablet, const Arguments& args) {
    return with_chart(tablet, args, [&](Device& d, const ChartView& view) -> Answer {
        const auto date = args.has("date") ? Result<LocalDate>(args.date()) : d.today();
        if (!date) return tl::unexpected(date.error());
        Answer out = told(d.doses_due(args.record(), *date));
        if (out) add_citizen(*out, view);
        return out;
    });
}

std::string slot_words(const json::object& slot, const Screen& s) {
    std::string said = text(part(slot, "medication"), "text");
    const std::string dose = s.amount(part(slot, "dose"));
    const std::string shown = text(slot, "dosage_shown");
    if (!dose.empty()) {
        said += ": " + dose;
    } else if (!shown.empty()) {
        said += ": " + shown;
    } else {
        said += ": " + s.toned(Tone::warn, s(Label::no_dosage));
    }
    if (const std::string route = text(slot, "route"); !route.empty()) said += ", " + route;
    if (const std::string why = text(slot, "reason"); !why.empty()) said += " (" + why + ")";
    return said;
}

// By whom and when, and how much: enough to ask.
std::string told_elsewhere(const json::object& dose, const json::object& slot, const Screen& s) {
    const std::string effective = text(dose, "effective");
    const std::string date = text(slot, "date");
    const bool same_day = !date.empty() && effective.size() > 16 &&
                          effective.starts_with(date + "T") &&
                          effective.find_first_not_of("0123456789:", 11) >= 16;
    std::string what = text(dose, "amount");
    const std::string medicine = text(dose, "medication");
    if (medicine != text(part(slot, "medication"), "text")) {
        what += (what.empty() ? "" : " ") + medicine;
    }
    if (what.empty()) what = s(Label::amount_unknown);
    const std::string who = text(dose, "person_name");
    return s(text(slot, "state") == "given" ? Label::elsewhere_too : Label::elsewhere,
             same_day ? effective.substr(11, 5) : s.when(effective),
             what + (who.empty() ? "" : " (" + who + ")"));
}

std::string marks(const json::object& slot, const Screen& s) {
    std::string out;
    const auto mark = [&](Tone tone, Label words) {
        out += s.below(s.toned(tone, "! " + s(words)));
    };
    if (flag(slot, "possible_double")) mark(Tone::stop, Label::possible_double);
    if (flag(slot, "given_and_not_given")) mark(Tone::stop, Label::given_and_not);
    if (flag(slot, "order_contested")) mark(Tone::stop, Label::order_contested);
    for (const json::value& one : list(slot, "elsewhere")) {
        out += s.below(s.toned(Tone::stop, "! " + told_elsewhere(one.as_object(), slot, s)));
    }
    if (const std::string how = text(slot, "how_taken"); !how.empty()) {
        const bool up = !text(slot, "vomited").empty();
        out += s.below(s.toned(up ? Tone::stop : Tone::warn, "! " + how));
    }
    if (flag(slot, "critical")) mark(Tone::warn, Label::critical_dose);
    const std::string state = text(slot, "state");
    const bool told = !list(slot, "elsewhere").empty() && text(slot, "order_status") == "active";
    if (!flag(slot, "may_give") && !told && state != "given" && state != "not-given") {
        mark(Tone::warn, Label::look_first);
    }
    return out;
}

std::string allowance_line(const json::object& allowance, const Screen& s) {
    const std::string state = text(allowance, "state");
    const std::string left = text(allowance, "amount_left");
    const std::string all = text(allowance, "amount");
    const std::string until = s.when(text(allowance, "until"));
    if (state == "elsewhere") {
        return s.below(
            s(Label::allowance_elsewhere, text(allowance, "person_name"), left, all, until));
    }
    if (state == "granted" || state == "spent") {
        return s.item("allowance", allowance, s(Label::allowance_here, left, all, until));
    }
    const std::string why = text(allowance, "reason");
    return s.item("allowance", allowance,
                  s(Label::allowance_waits, why.empty() ? s.term(state) : why));
}

// Whether it may be given without asking anybody, and how much.
std::string allowances(const json::object& dose, const Screen& s) {
    if (!flag(dose, "wants_allowance")) return "";
    std::string out;
    bool any = false;
    for (const json::value& one : list(dose, "allowances")) {
        out += allowance_line(one.as_object(), s);
        const std::string state = text(one.as_object(), "state");
        any = any || state == "granted" || state == "asked";
    }
    return any ? out : out + s.below(s(Label::allowance_wanted));
}

std::string show(const json::object& answer, const Screen& s) {
    std::string out =
        banner(answer, s) + s.heading(s(Label::doses_of, s.date(text(answer, "date"))));
    if (!flag(answer, "whole")) out += wrapped(s.toned(Tone::warn, s(Label::round_not_whole)), 2);
    if (list(answer, "slots").empty()) out += "  " + s(Label::no_slots) + "\n";
    for (const json::value& one : list(answer, "slots")) {
        const json::object& slot = one.as_object();
        const std::string state = text(slot, "state");
        const Tone tone = state == "overdue" || state == "contested" ? Tone::warn : Tone::plain;
        out += beside({{2, s.name("dose", text(slot, "token"))},
                       {k_item_column, s.term(text(slot, "nominal"))},
                       {16, s.toned(tone, s.term(state))},
                       {28, slot_words(slot, s)}});
        out += s.token(slot) + marks(slot, s);
    }
    out += patches(answer, s);
    const std::pair<const char*, Label> others[] = {{"as_needed", Label::as_needed},
                                                    {"look_at", Label::read_the_order}};
    for (const auto& [key, words] : others) {
        for (const json::value& one : list(answer, key)) {
            const json::object& dose = one.as_object();
            const std::string said = text(dose, "text");
            const std::string why = text(dose, "reason");
            const std::string last = text(dose, "last_given");
            const std::string lately = text(dose, "given_last_day");
            out += s.item("order", dose,
                          s(words) + " " + text(dose, "medication") +
                              (said.empty() ? "" : ": " + said) +
                              (why.empty() ? "" : " (" + s.term(why) + ")"));
            out += s.below(last.empty()     ? s(Label::none_given)
                           : lately.empty() ? s(Label::last_given, s.when(last))
                                            : s(Label::last_given_and_day, s.when(last), lately));
            out += allowances(dose, s);
        }
    }
    return out + follow_ups(answer, s) + wrapped("-> " + s(Label::due_next), 3);
}

}  // namespace

std::vector<Command> due_commands() {
    return {
        {.name = "due",
         .group = Group::reading,
         .help = Label::help_due,
         .example = "due 12p",
         .parameters = {k_record, {"date", Label::arg_date, Typed::date}, k_purpose, k_why_read},
         .run = due,
         .show = show}};
}

}  // namespace kari::app
