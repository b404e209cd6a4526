// SPDX-License-Identifier: Apache-2.0
//
// One citizen's chart.
#include "examples/kari/care_screens.hpp"
#include "examples/kari/commands/parts.hpp"
#include "examples/kari/statements.hpp"

namespace kari::app {

namespace json = boost::json;

namespace {

constexpr std::size_t k_shown = 15;
constexpr std::size_t k_notes_shown = 5;

Answer chart(Tablet& tablet, const Arguments& args) {
    return with_chart(tablet, args, [](Device&, const ChartView& view) -> Answer {
        json::object out = answer(view);
        add_citizen(out, view);
        return out;
    });
}

std::string more(std::size_t left, const Screen& s) {
    return left == 0 ? "" : s.below(s(Label::more_items, left));
}

std::string allergies(const json::object& answer, const Screen& s) {
    std::string out =
        s.heading(s(Label::allergies) + " (" + s.term(text(answer, "allergy_statement")) + ")");
    for (const json::value& one : list(answer, "allergies")) {
        const json::object& allergy = one.as_object();
        std::string said = text(part(part(allergy, "code"), "value"), "text");
        for (const char* atom : {"verification_status", "criticality"}) {
            const std::string code = text(part(allergy, atom), "value");
            if (!code.empty()) said += ", " + s.term(code);
        }
        for (const json::value& reaction : list(allergy, "reactions")) {
            if (reaction.is_string()) said += "; " + safe(reaction.get_string());
        }
        if (!flag(allergy, "active")) said += " [" + s(Label::gives_no_warning) + "]";
        out += s.item("allergy", allergy, said);
        const Say code = [&](const json::value& value) {
            return value.is_string() ? s.term(safe(value.get_string())) : "-";
        };
        for (const char* atom : {"clinical_status", "verification_status", "criticality"})
            out += contested(part(allergy, atom), s, code);
        out += contested(part(allergy, "code"), s, [](const json::value& value) {
            return value.is_object() ? text(value.get_object(), "text") : "-";
        });
        out += reservations(allergy, s);
    }
    return out;
}

std::string why_no_dose(const json::object& order, const Screen& s) {
    if (!list(part(order, "prescription"), "live").empty()) {
        return s.toned(Tone::warn, s(Label::not_cleared_up));
    }
    std::string out = s.toned(Tone::warn, s(Label::not_in_effect));
    if (const std::string who = text(order, "prescriber"); !who.empty()) out += " (" + who + ")";
    return out;
}

std::string orders(const json::object& answer, const Screen& s) {
    const Say say = [&](const json::value& value) {
        return prescription_words(value, s);
    };
    const Say status = [&](const json::value& value) {
        return value.is_string() ? s.term(safe(value.get_string())) : "-";
    };
    std::string out = s.heading(s(Label::orders));
    if (list(answer, "orders").empty()) out += s.none();
    for (const json::value& one : list(answer, "orders")) {
        const json::object& order = one.as_object();
        const json::object& prescription = part(order, "prescription");
        const json::value* value = value_at(prescription, "value");
        std::string said = value != nullptr ? say(*value) : why_no_dose(order, s);
        said += " [" + s.term(text(part(order, "status"), "value")) + "]";
        if (const std::string why = text(order, "status_reason"); !why.empty()) said += " " + why;
        out += s.item("order", order, said);
        out += contested(prescription, s, say) + contested(part(order, "status"), s, status);
        out += proposed(prescription, s, say) + proposed(part(order, "status"), s, status);
        out += reservations(order, s);
    }
    return out;
}

// Of a dose: who checked it, and what that is worth.
std::string checks(const json::object& item, const Screen& s) {
    std::string out;
    for (const json::value& one : list(item, "checks")) {
        const json::object& check = one.as_object();
        const std::string standing = text(check, "standing");
        const auto tone = standing == "holds" ? Tone::calm : Tone::warn;
        out += s.below(
            fmt::format("{} ({})", s.toned(tone, s.term("check " + standing)), author(check, s)));
    }
    return out;
}

// A list of statements, newest first, each with its time.
std::string statements(std::string_view kind, const json::array& items, const Screen& s,
                       const Say& say) {
    std::string out = items.empty() ? s.none() : "";
    std::size_t shown = 0;
    for (const json::value& one : items) {
        if (shown++ == k_shown) return out + more(items.size() - k_shown, s);
        const json::object& item = one.as_object();
        const json::object& statement = part(item, "statement");
        const json::value* value = value_at(statement, "value");
        const bool there = value != nullptr && value->is_object();
        out += s.item(kind, item,
                      there ? s.when(text(value->get_object(), "effective")) + "  " + say(*value)
                            : s.toned(Tone::warn, s(Label::not_cleared_up)));
        out += contested(statement, s, say) + checks(item, s) + after_dose(item, s) +
               reservations(item, s);
    }
    return out;
}

std::string score_words(const json::object& score, const Screen& s) {
    const json::value* total = value_at(score, "total");
    std::string out = s.when(text(score, "effective")) + "  NEWS2 ";
    const auto points = [&](std::string_view key) {
        return std::to_string(number(score, key));
    };
    if (value_at(score, "at_least") != nullptr) out += points("at_least") + "-";
    out += total == nullptr ? "(" + points("parts") + "/7)" : points("total");
    if (number(score, "scale") == 2) out += " (" + s(Label::by_scale_2) + ")";
    if (value_at(score, "by_scale_2") != nullptr) {
        out += ", " + s(Label::by_scale_2) + " " + points("by_scale_2");
    }
    const std::string level = text(score, "level");
    const auto tone = level == "low" ? Tone::calm : level == "high" ? Tone::stop : Tone::warn;
    return out + ": " + s.toned(tone, text(score, "title"));
}

// The newest, what to do about it, and the totals before it.
std::string scores(const json::object& answer, const Screen& s) {
    constexpr std::size_t k_scores_shown = 3;
    const json::array& all = list(answer, "scores");
    if (all.empty()) return "";
    std::string out = s.heading(s(Label::scores));
    for (std::size_t i = 0; i < std::min(all.size(), k_scores_shown); ++i) {
        const json::object& score = all[i].as_object();
        out += wrapped("  " + score_words(score, s), 4);
        if (i > 0) continue;
        out += s.below("-> " + text(score, "action"));
        for (const json::value& why : list(score, "reservations")) {
            out += s.below(s.toned(Tone::warn, "! " + safe(why.as_string())));
        }
    }
    return out;
}

std::string note_text(const json::object& live, const Screen& s) {
    const json::object& note = part(live, "value");
    std::string said = s.when(text(note, "date")) + "  " + author(live, s);
    if (!flag(note, "is_signed")) said += " [" + s(Label::not_signed) + "]";
    return said;
}

std::string notes(const json::object& answer, const Screen& s) {
    const json::array& all = list(answer, "notes");
    std::string out = s.heading(s(Label::notes));
    if (all.empty()) out += s.none();
    std::size_t shown = 0;
    for (const json::value& one : all) {
        if (shown++ == k_notes_shown) return out + more(all.size() - k_notes_shown, s);
        const json::object& item = one.as_object();
        std::string head;
        for (const json::value& side : list(part(item, "document"), "live")) {
            const json::object& live = side.as_object();
            const json::object& note = part(live, "value");
            const std::string line = note_text(live, s);
            out += head.empty() ? s.item("note", item, line) : s.below(line);
            head = line;
            if (const std::string title = text(note, "title"); !title.empty()) {
                out += s.below(title);
            }
            out += note_body(note, s);
        }
        out += reservations(item, s);
    }
    return out;
}

std::string show(const json::object& answer, const Screen& s) {
    std::string out = banner(answer, s) + missing(answer, s);
    for (const json::value& one : list(answer, "findings")) {
        if (text(one.as_object(), "state") == "open") out += finding_words(one.as_object(), s);
    }
    const json::object& care = part(answer, "care");
    out += treatment_limits(care, s) + allergies(answer, s) + orders(answer, s);
    out += patches(answer, s) + s.heading(s(Label::doses));
    out += statements("dose_given", list(answer, "administrations"), s,
                      [&](const json::value& value) { return dose_words(value, s); });
    out += scores(answer, s) + s.heading(s(Label::observations));
    out += statements("observation", list(answer, "observations"), s,
                      [&](const json::value& value) { return measurement_words(value, s); });
    return out + care_sections(care, s) + notes(answer, s) + left_out(answer, s);
}

}  // namespace

std::vector<Command> chart_commands() {
    return {{.name = "chart",
             .group = Group::reading,
             .help = Label::help_chart,
             .example = "chart 12p",
             .parameters = {k_record, k_purpose, k_why_read},
             .run = chart,
             .show = show}};
}

}  // namespace kari::app
