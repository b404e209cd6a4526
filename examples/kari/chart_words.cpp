// SPDX-License-Identifier: Apache-2.0
//
// The caseload, a chart, the day's doses and findings, as a nurse reads them.
#include <algorithm>

#include <fmt/format.h>

#include "examples/kari/phrases.hpp"

namespace kari::app {

namespace json = boost::json;

namespace {

constexpr std::size_t k_observations_shown = 15;
constexpr std::size_t k_doses_shown = 15;
constexpr std::size_t k_notes_shown = 5;
constexpr std::size_t k_name_columns = 26;

// To so many characters, with dots where it was longer.
std::string fitted(const std::string& text, std::size_t columns) {
    std::string out;
    std::size_t count = 0;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t next = at + 1;
        while (next < text.size() && (static_cast<unsigned char>(text[next]) & 0xC0U) == 0x80U)
            ++next;
        if (count + 1 == columns && next < text.size()) return out + "…";
        out += text.substr(at, next - at);
        ++count;
        at = next;
    }
    return out + std::string(columns - count, ' ');
}

std::string patients(const json::object& answer, const Words& w) {
    std::string out = w.age(answer);
    if (list(answer, "patients").empty()) {
        return out + w("Ingen pasienter på listen.\n", "Nobody is on the list.\n");
    }
    for (const json::value& one : list(answer, "patients")) {
        const json::object& row = one.as_object();
        const std::int64_t open = number(row, "open_findings");
        const std::string marks =
            (open == 0 ? "" : fmt::format("S{} x{}", number(row, "worst_severity"), open)) +
            (flag(row, "contested_name") ? w(" ! navn", " ! name") : "") +
            (flag(row, "made_here") ? w(" ukjent", " unknown") : "");
        std::string line = fmt::format("{}  {}{:<10}  {}", text(row, "record"),
                                       fitted(text(row, "name"), k_name_columns - 1) + " ",
                                       text(row, "birth_date"), marks);
        line.erase(line.find_last_not_of(' ') + 1);
        out += wrapped(line, 34);
    }
    return out + wrapped(w("S1 xN: det står N åpne funn, det verste av grad 1. Se `kari findings`.",
                           "S1 xN: there are N open findings, the worst of severity 1. See `kari "
                           "findings`."),
                         2);
}

std::string author(const json::object& live, const Words& w) {
    std::string who = text(live, "person_name");
    if (flag(live, "by_server")) who = w("serveren", "the server");
    if (who.empty()) who = w("ukjent", "unknown");
    return who + ", " + w.when(text(live, "recorded"));
}

// Every value that stands, with its author: a disagreement that is named but not shown helps
// nobody.
template <typename Say>
std::string contested(const json::object& field, const Words& w, Say say) {
    if (!flag(field, "contested")) return "";
    std::string out;
    for (const json::value& one : list(field, "live")) {
        const json::object& live = one.as_object();
        const json::value* value = live.if_contains("value");
        out +=
            wrapped(fmt::format("      ! {} {} ({})", w("uenighet:", "contested:"),
                                value == nullptr ? std::string("-") : say(*value), author(live, w)),
                    8);
    }
    return out;
}

// What a tablet proposed and the server has not answered yet.
template <typename Say>
std::string proposed(const json::object& field, const Words& w, Say say) {
    std::string out;
    for (const json::value& one : list(field, "proposed")) {
        const json::object& live = one.as_object();
        const json::value* value = live.if_contains("value");
        if (value == nullptr) continue;
        out += wrapped(fmt::format("      ? {} {} ({})", w("foreslått:", "proposed:"), say(*value),
                                   author(live, w)),
                       8);
    }
    return out;
}

std::string prescription_words(const json::value& value, const Words& w) {
    if (!value.is_object()) return "-";
    const json::object& prescription = value.get_object();
    std::string out = text(part(prescription, "medication"), "text");
    const std::string strength = w.amount(part(prescription, "strength"));
    if (!strength.empty() &&
        out.find(text(part(prescription, "strength"), "value")) == std::string::npos) {
        out += " " + strength;
    }
    const std::string dosage = text(prescription, "dosage_shown");
    return out + ": " +
           (dosage.empty() ? w("! dosering ikke oppgitt", "! no dosage is stated") : dosage);
}

std::string measurement_words(const json::value& value, const Words& w) {
    if (!value.is_object()) return "-";
    const json::object& measurement = value.get_object();
    std::string out = text(part(measurement, "code"), "text");
    if (out.empty()) out = text(part(measurement, "code"), "code");
    for (const std::string& said :
         {w.amount(part(measurement, "value")), text(measurement, "text")}) {
        if (!said.empty()) out += " " + said;
    }
    for (const json::value& one : list(measurement, "components")) {
        const json::object& component = one.as_object();
        const std::string said = w.amount(part(component, "value"));
        out += fmt::format("; {} {}", text(part(component, "code"), "text"),
                           said.empty() ? text(component, "text") : said);
    }
    if (text(measurement, "status") == "entered-in-error") {
        out += " [" + w.term("entered-in-error") + "]";
    }
    return out;
}

std::string dose_words(const json::value& value, const Words& w) {
    if (!value.is_object()) return "-";
    const json::object& dose = value.get_object();
    const std::string status = text(dose, "status");
    std::string out = status == "completed" ? w("gitt", "given") : w.term(status);
    out += " " + text(part(dose, "medication"), "text");
    if (const std::string said = w.amount(part(dose, "dose")); !said.empty()) out += " " + said;
    for (const json::value& reason : list(dose, "status_reason"))
        out += ": " + text(reason.as_object(), "text");
    for (const json::value& one : list(dose, "overrides"))
        out += " (" + text(one.as_object(), "reason") + ")";
    return out;
}

std::string heading(const std::string& words) {
    return "\n" + words + "\n";
}

std::string none(const Words& w) {
    return w("  ingen\n", "  none\n");
}

std::string more(std::size_t left, const Words& w) {
    return left == 0 ? ""
                     : fmt::format("  {} {}\n", left,
                                   w("til (--json viser alle)", "more (--json shows all)"));
}

std::string allergies(const json::object& answer, const Words& w) {
    std::string out = heading(w("Allergier", "Allergies") + " (" +
                              w.term(text(answer, "allergy_statement")) + ")");
    for (const json::value& one : list(answer, "allergies")) {
        const json::object& allergy = one.as_object();
        std::string said = text(part(part(allergy, "code"), "value"), "text");
        for (const char* atom : {"verification_status", "criticality"}) {
            const std::string code = text(part(allergy, atom), "value");
            if (!code.empty()) said += ", " + w.term(code);
        }
        out += wrapped(fmt::format("  {} {}", flag(allergy, "active") ? "*" : "-", said), 4);
        out += contested(part(allergy, "verification_status"), w, [&](const json::value& value) {
            return value.is_string() ? w.term(std::string(value.get_string())) : "-";
        });
        out += w.token(allergy);
    }
    return out;
}

std::string orders(const json::object& answer, const Words& w) {
    const auto say = [&](const json::value& value) {
        return prescription_words(value, w);
    };
    std::string out = heading(w("Ordinasjoner", "Orders"));
    if (list(answer, "orders").empty()) out += none(w);
    for (const json::value& one : list(answer, "orders")) {
        const json::object& order = one.as_object();
        const json::object& prescription = part(order, "prescription");
        const json::value* value = prescription.if_contains("value");
        std::string said = value == nullptr || value->is_null()
                               ? w("! ikke avklart", "! not cleared up")
                               : say(*value);
        out += wrapped(fmt::format("  {} {} [{}]", flag(order, "active") ? "*" : "-", said,
                                   w.term(text(part(order, "status"), "value"))),
                       4);
        out += contested(prescription, w, say);
        out += proposed(prescription, w, say);
        out += w.token(order);
    }
    return out;
}

// A list of statements, newest first, each with its time.
template <typename Say>
std::string statements(const json::array& items, std::size_t most, const Words& w, Say say) {
    std::string out = items.empty() ? none(w) : "";
    std::size_t shown = 0;
    for (const json::value& one : items) {
        if (shown++ == most) return out + more(items.size() - most, w);
        const json::object& statement = part(one.as_object(), "statement");
        const json::value* value = statement.if_contains("value");
        const bool there = value != nullptr && value->is_object();
        out += wrapped(
            fmt::format("  {}  {}", there ? w.when(text(value->get_object(), "effective")) : "-",
                        there ? say(*value) : w("uenighet", "contested")),
            4);
        out += contested(statement, w, say);
        out += w.token(one.as_object());
    }
    return out;
}

std::string notes(const json::object& answer, const Words& w) {
    const json::array& all = list(answer, "notes");
    std::string out = heading(w("Notater", "Notes"));
    if (all.empty()) out += none(w);
    std::size_t shown = 0;
    for (const json::value& one : all) {
        if (shown++ == k_notes_shown) return out + more(all.size() - k_notes_shown, w);
        for (const json::value& live : list(part(one.as_object(), "document"), "live")) {
            const json::object& note = part(live.as_object(), "value");
            std::string said = text(note, "title");
            said += (said.empty() ? "" : ": ") + text(note, "text");
            out += wrapped(
                fmt::format("  {}  {} [{}{}]", w.when(text(note, "date")), said,
                            author(live.as_object(), w),
                            flag(note, "is_signed") ? "" : w("; ikke signert", "; not signed")),
                4);
        }
        out += w.token(one.as_object());
    }
    return out;
}

std::string chart(const json::object& answer, const Words& w) {
    const json::object& patient = part(answer, "patient");
    std::string out = fmt::format("{}  {}\n", text(patient, "name"), text(patient, "birth_date"));
    if (flag(patient, "deceased")) out += w("Registrert død.\n", "Recorded as dead.\n");
    out += w.age(answer);
    for (const json::value& one : list(answer, "missing")) {
        out += wrapped("! " + text(one.as_object(), "advice"), 2);
    }
    for (const json::value& one : list(answer, "findings")) {
        if (text(one.as_object(), "state") == "open") out += finding_words(one.as_object(), w);
    }
    out += allergies(answer, w) + orders(answer, w);
    out += heading(w("Gitt og ikke gitt", "Given and not given"));
    out += statements(list(answer, "administrations"), k_doses_shown, w,
                      [&](const json::value& value) { return dose_words(value, w); });
    out += heading(w("Målinger", "Observations"));
    out += statements(list(answer, "observations"), k_observations_shown, w,
                      [&](const json::value& value) { return measurement_words(value, w); });
    return out + notes(answer, w);
}

std::string due(const json::object& answer, const Words& w) {
    std::string out = text(answer, "date") + "\n" + w.age(answer);
    if (list(answer, "slots").empty()) {
        out += w("  Ingen faste doser denne dagen.\n", "  No scheduled doses on this day.\n");
    }
    for (const json::value& one : list(answer, "slots")) {
        const json::object& slot = one.as_object();
        std::string said = text(part(slot, "medication"), "text");
        if (const std::string dose = w.amount(part(slot, "dose")); !dose.empty()) {
            said += " " + dose;
        } else if (!text(slot, "dosage_shown").empty()) {
            said += ": " + text(slot, "dosage_shown");
        }
        if (const std::string route = text(slot, "route"); !route.empty()) said += ", " + route;
        if (const std::string why = text(slot, "reason"); !why.empty()) said += " (" + why + ")";
        if (flag(slot, "possible_double")) said += w(" ! mulig dobbel", " ! possible double");
        const std::string state = text(slot, "state");
        if (!flag(slot, "may_give") && state != "given" && state != "not-given") {
            said += w(" ! se ordinasjonen først", " ! look at the order first");
        }
        out += wrapped(fmt::format("  {} {} {}", fitted(text(slot, "nominal"), 6),
                                   fitted(w.term(state), 10), said),
                       20);
        out += w.token(slot);
    }
    for (const char* key : {"as_needed", "look_at"}) {
        for (const json::value& one : list(answer, key)) {
            const json::object& dose = one.as_object();
            const bool look = std::string_view(key) == "look_at";
            const std::string words = text(dose, "text");
            out += wrapped(fmt::format("  {} {}{}{}",
                                       look ? w("! les ordinasjonen:", "! read the order:")
                                            : w("ved behov:", "as needed:"),
                                       text(dose, "medication"), words.empty() ? "" : ": ", words),
                           4);
            out += w.token(dose);
        }
    }
    return out;
}

std::string findings(const json::object& answer, const Words& w) {
    std::string out;
    for (const json::value& one : list(answer, "findings")) {
        out += finding_words(one.as_object(), w);
        out += "     token: " + text(one.as_object(), "token") + "\n";
    }
    return out.empty() ? w("Ingen funn.\n", "No findings.\n") : out;
}

}  // namespace

std::string finding_words(const json::object& finding, const Words& w) {
    std::string state = w.term(text(finding, "state"));
    if (const std::string until = text(finding, "deferred_until"); !until.empty()) {
        state += w(" til ", " until ") + w.when(until);
    }
    std::string out = wrapped(
        fmt::format("[S{}] {} ({})", number(finding, "severity"), text(finding, "title"), state),
        5);
    out += wrapped("     " + text(finding, "meaning"), 5);
    return out + wrapped("     -> " + text(finding, "action"), 8);
}

std::string chart_words(std::string_view command, const json::object& answer, const Words& w) {
    if (command == "patients") return patients(answer, w);
    if (command == "chart") return chart(answer, w);
    if (command == "due") return due(answer, w);
    if (command == "findings") return findings(answer, w);
    return {};
}

}  // namespace kari::app
