// SPDX-License-Identifier: Apache-2.0
#include "examples/kari/statements.hpp"

#include <algorithm>

namespace kari::app {

namespace json = boost::json;

std::string prescription_words(const json::value& value, const Screen& s) {
    if (!value.is_object()) return "-";
    const json::object& prescription = value.get_object();
    std::string out = text(part(prescription, "medication"), "text");
    const std::string strength = s.amount(part(prescription, "strength"));
    if (!strength.empty() &&
        out.find(text(part(prescription, "strength"), "value")) == std::string::npos) {
        out += " " + strength;
    }
    const std::string dosage = text(prescription, "dosage_shown");
    out += ": " + (dosage.empty() ? s.toned(Tone::warn, s(Label::no_dosage)) : dosage);
    if (const std::string route = text(prescription, "route"); !route.empty()) out += ", " + route;
    return out;
}

std::string measurement_words(const json::value& value, const Screen& s) {
    if (!value.is_object()) return "-";
    const json::object& measurement = value.get_object();
    std::string out = text(part(measurement, "code"), "text");
    if (out.empty()) out = text(part(measurement, "code"), "code");
    for (const std::string& said :
         {s.amount(part(measurement, "value")), text(measurement, "text")}) {
        if (!said.empty()) out += " " + said;
    }
    for (const json::value& one : list(measurement, "components")) {
        const json::object& component = one.as_object();
        const std::string said = s.amount(part(component, "value"));
        out += fmt::format("; {} {}", text(part(component, "code"), "text"),
                           said.empty() ? text(component, "text") : said);
    }
    for (const json::value& one : list(measurement, "notes")) {
        if (one.is_string()) out += " (" + safe(one.get_string()) + ")";
    }
    if (text(measurement, "status") == "entered-in-error") {
        out += " [" + s.term("entered-in-error") + "]";
    }
    return out;
}

std::string dose_words(const json::value& value, const Screen& s) {
    if (!value.is_object()) return "-";
    const json::object& dose = value.get_object();
    const std::string status = text(dose, "status");
    std::string out = status == "completed" ? s.term("given") : s.term(status);
    out += " " + text(part(dose, "medication"), "text");
    if (const std::string said = s.amount(part(dose, "dose")); !said.empty()) out += " " + said;
    for (const json::value& reason : list(dose, "status_reason")) {
        const json::object& why = reason.as_object();
        const std::string code = text(why, "code");
        const std::string named = s.term(code);
        out += ": " + (named != code ? named + ", " : "") + text(why, "text");
    }
    if (const std::string intake = text(dose, "intake"); !intake.empty()) {
        out += ", " + s.term(intake);
        const auto& by = list(dose, "performers");
        if (intake == "by-other" && !by.empty() && by.front().is_string()) {
            out += " " + safe(by.front().get_string());
        }
    }
    std::string label;
    for (const auto* name : {"gtin", "vnr", "lot", "expires"}) {
        const std::string said = text(part(dose, "package"), name);
        if (!said.empty()) label += (label.empty() ? "" : ", ") + said;
    }
    if (!label.empty()) out += " [" + label + "]";
    for (const json::value& one : list(dose, "overrides"))
        out += " (" + text(one.as_object(), "reason") + ")";
    for (const json::value& one : list(dose, "notes")) {
        if (one.is_string()) out += " (" + safe(one.get_string()) + ")";
    }
    return out;
}

std::string patches(const json::object& answer, const Screen& s) {
    if (list(answer, "patches").empty()) return "";
    std::string out = s.heading(s(Label::patches_on));
    for (const json::value& one : list(answer, "patches")) {
        const json::object& patch = one.as_object();
        std::string said = text(patch, "medication");
        for (const char* part : {"amount", "site"}) {
            if (const std::string words = text(patch, part); !words.empty()) said += ", " + words;
        }
        out += s.item("dose_given", patch, said);
        out += s.below(s(Label::patch_times, s.when(text(patch, "put_on")),
                         text(patch, "person_name"), s.when(text(patch, "due_off"))));
    }
    return out;
}

std::string follow_ups(const json::object& answer, const Screen& s) {
    if (list(answer, "follow_ups").empty()) return "";
    std::string out = s.heading(s(Label::follow_ups));
    for (const json::value& one : list(answer, "follow_ups")) {
        const json::object& dose = one.as_object();
        std::string said = text(dose, "medication");
        if (const std::string amount = text(dose, "amount"); !amount.empty()) said += ", " + amount;
        out += s.item("dose_given", dose, said);
        const bool over = flag(dose, "overdue");
        const std::string when = s(over ? Label::effect_was_due : Label::effect_due,
                                   s.when(text(dose, "given")), s.when(text(dose, "due")));
        out += s.below(over ? s.toned(Tone::warn, when) : when);
    }
    return out;
}

std::string after_dose(const json::object& item, const Screen& s) {
    std::string out;
    for (const json::value& one : list(item, "after")) {
        const json::object& act = one.as_object();
        const std::string what = text(act, "what");
        std::string said = s.when(text(act, "at")) + "  " + s.term(what);
        if (const std::string outcome = text(act, "outcome"); !outcome.empty()) {
            said += ": " + s.term(what + " " + outcome);
        }
        if (const std::string note = text(act, "note"); !note.empty()) said += " (" + note + ")";
        const std::string who = text(act, "person_name");
        out += s.below(said + (who.empty() ? "" : ", " + who));
        if (what == "vomited") out += s.below(s.toned(Tone::warn, "! " + s(Label::still_taken)));
    }
    return out;
}

std::string note_body(const json::object& note, const Screen& s) {
    std::string out;
    const json::value* said = value_at(note, "text");
    const std::string body =
        said != nullptr && said->is_string() ? safe(said->get_string(), true) : "";
    for (std::size_t at = 0; at < body.size();) {
        const auto end = std::min(body.find('\n', at), body.size());
        out += s.below(body.substr(at, end - at));
        at = end + 1;
    }
    return out;
}

std::string author(const json::object& live, const Screen& s) {
    std::string who = text(live, "person_name");
    if (flag(live, "by_server")) who = s(Label::the_server);
    if (who.empty()) who = s(Label::unknown_person);
    return who + ", " + s.when(text(live, "recorded"));
}

std::string contested(const json::object& field, const Screen& s, const Say& say) {
    if (!flag(field, "contested")) return "";
    std::string out;
    for (const json::value& one : list(field, "live")) {
        const json::object& live = one.as_object();
        const json::value* value = live.if_contains("value");
        out += s.below(fmt::format("{} {} ({})", s.toned(Tone::warn, s(Label::disagreement)),
                                   value == nullptr ? std::string("-") : say(*value),
                                   author(live, s)));
    }
    return out;
}

std::string proposed(const json::object& field, const Screen& s, const Say& say) {
    std::string out;
    for (const json::value& one : list(field, "proposed")) {
        const json::object& live = one.as_object();
        const json::value* value = live.if_contains("value");
        if (value == nullptr) continue;
        out += s.below(fmt::format("{} {} ({})", s.toned(Tone::calm, s(Label::proposed)),
                                   say(*value), author(live, s)));
    }
    return out;
}

std::string reservations(const json::object& item, const Screen& s) {
    std::string out;
    if (flag(item, "incomplete")) out += s.below(s.toned(Tone::warn, s(Label::item_incomplete)));
    if (flag(item, "unreadable")) out += s.below(s.toned(Tone::stop, s(Label::item_unreadable)));
    if (flag(item, "correction_unconfirmed")) {
        out += s.below(s.toned(Tone::warn, s(Label::still_counts)));
    }
    return out;
}

namespace {

std::string where_said(const json::object& statement, const Screen& s) {
    if (flag(statement, "by_server")) return s(Label::on_the_server);
    return s(flag(statement, "here") ? Label::on_this_tablet : Label::on_another_tablet);
}

}  // namespace

std::string atom_word(const std::string& atom, const Screen& s) {
    const std::string own = "atom " + atom;
    const std::string word = s.term(own);
    return word == own ? s.term(atom) : word;
}

std::string statement_words(std::size_t place, const json::object& statement, const Screen& s) {
    std::string head = author(statement, s);
    if (const std::string role = text(statement, "role"); !role.empty()) head += " (" + role + ")";
    std::string out =
        beside({{2, std::to_string(place)}, {6, head + ", " + where_said(statement, s)}});
    const auto below = [&](std::string_view words) {
        out += beside({{8, words}});
    };
    if (flag(statement, "withheld")) below(s.toned(Tone::warn, s(Label::body_not_here)));
    for (const json::value& one : list(statement, "parts")) {
        const json::object& said = one.as_object();
        const std::string value = text(said, "value");
        std::string line =
            atom_word(text(said, "atom"), s) + ": " + (value.empty() ? s(Label::cleared) : value);
        const std::string standing = text(said, "standing");
        if (!standing.empty()) line += " [" + s.term(standing) + "]";
        below(line);
    }
    if (value_at(statement, "data_age_ms") != nullptr) {
        below(s(Label::knew_as_of, s.lasting(number(statement, "data_age_ms"))));
    }
    std::string unseen;
    for (const json::value& other : list(statement, "not_seen")) {
        unseen += (unseen.empty() ? "" : ", ") + std::to_string(other.to_number<int>() + 1);
    }
    if (!unseen.empty()) below(s.toned(Tone::warn, s(Label::had_not_seen, unseen)));
    return out;
}

}  // namespace kari::app
