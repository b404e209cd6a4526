// SPDX-License-Identifier: Apache-2.0
#include "examples/kari/words.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace kari::app {

namespace json = boost::json;

namespace {

constexpr std::size_t k_columns = 80;

// What somebody wrote may hold control characters, which would steer the reader's terminal.
std::string text(const json::object& object, std::string_view key) {
    const json::value* found = object.if_contains(key);
    std::string out =
        found != nullptr && found->is_string() ? std::string(found->get_string()) : "";
    for (char& c : out) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7F) c = ' ';
    }
    return out;
}

bool flag(const json::object& object, std::string_view key) {
    const json::value* found = object.if_contains(key);
    return found != nullptr && found->is_bool() && found->get_bool();
}

const json::array& list(const json::object& object, std::string_view key) {
    static const json::array none;
    const json::value* found = object.if_contains(key);
    return found != nullptr && found->is_array() ? found->get_array() : none;
}

const json::object& part(const json::object& object, std::string_view key) {
    static const json::object none;
    const json::value* found = object.if_contains(key);
    return found != nullptr && found->is_object() ? found->get_object() : none;
}

// The Norwegian of a code that answers use; the English is the code itself.
struct Term {
    std::string_view code;
    std::string_view nb;
};
constexpr Term k_terms[] = {
    {"fresh", "ferske"},
    {"aging", "begynner å bli gamle"},
    {"stale", "gamle"},
    {"old", "svært gamle"},
    {"upcoming", "kommer"},
    {"due", "nå"},
    {"overdue", "forsinket"},
    {"given", "gitt"},
    {"not-given", "ikke gitt"},
    {"contested", "uenighet"},
    {"active", "aktiv"},
    {"on-hold", "pauset"},
    {"stopped", "stoppet"},
    {"cancelled", "avbrutt"},
    {"completed", "avsluttet"},
    {"draft", "utkast"},
    {"entered-in-error", "feilregistrert"},
    {"unknown", "ukjent"},
    {"confirmed", "bekreftet"},
    {"unconfirmed", "ubekreftet"},
    {"presumed", "antatt"},
    {"refuted", "avkreftet"},
    {"open", "åpen"},
    {"resolved", "løst"},
    {"deferred", "utsatt"},
    {"asserted none", "ingen kjente, slik det er opplyst"},
    {"not recorded", "ikke registrert"},
    {"listed", "registrert"},
    {"cannot tell", "kan ikke avgjøres her"},
};

// Picks the words of the language.
class Words {
public:
    explicit Words(Language language) : nb_(language == Language::nb) {}
    std::string_view operator()(std::string_view nb, std::string_view en) const {
        return nb_ ? nb : en;
    }
    std::string term(const std::string& code) const {
        if (!nb_) return code;
        for (const Term& term : k_terms) {
            if (term.code == code) return std::string(term.nb);
        }
        return code;
    }

private:
    bool nb_;
};

std::string amount(const json::object& quantity) {
    if (quantity.empty()) return "";
    return text(quantity, "value") + " " + text(quantity, "unit");
}

std::string age(const json::object& answer, const Words& w) {
    const json::object& age = part(answer, "age");
    const std::string tier = text(age, "tier");
    if (tier == "never_synced") {
        return std::string(w("Aldri synkronisert.", "Never synced.")) + "\n";
    }
    const json::value* ms = age.if_contains("age_ms");
    const std::int64_t minutes = ms != nullptr && ms->is_int64() ? ms->get_int64() / 60'000 : 0;
    std::string out =
        fmt::format("{} {} min ({}).\n", w("Data er", "The data is"), minutes, w.term(tier));
    if (flag(age, "lease_ended")) {
        out += w("For lenge uten server: lesing krever begrunnelse.\n",
                 "Too long without the server: reading needs a reason.\n");
    }
    return out;
}

std::string finding_words(const json::object& finding, const Words& w) {
    const json::value* severity = finding.if_contains("severity");
    std::string out =
        wrapped(fmt::format("[S{}] {} ({})", severity == nullptr ? 0 : severity->to_number<int>(),
                            text(finding, "title"), w.term(text(finding, "state"))),
                5);
    out += wrapped("     " + text(finding, "meaning"), 5);
    out += wrapped("     -> " + text(finding, "action"), 8);
    return out;
}

std::string patients(const json::object& answer, const Words& w) {
    std::string out = age(answer, w);
    for (const json::value& one : list(answer, "patients")) {
        const json::object& row = one.as_object();
        const json::value* count = row.if_contains("open_findings");
        const json::value* worst = row.if_contains("worst_severity");
        const int open = count == nullptr ? 0 : count->to_number<int>();
        out += fmt::format("{}  {:<28.28} {:<10}  {}\n", text(row, "record"), text(row, "name"),
                           text(row, "birth_date"),
                           open == 0 ? "" : fmt::format("S{} x{}", worst->to_number<int>(), open));
    }
    return out;
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
        const std::string author = flag(live, "by_server")
                                       ? std::string(w("serveren", "the server"))
                                       : text(live, "person_name");
        out += wrapped(fmt::format("      ! {} {} ({}, {})", w("uenighet:", "contested:"),
                                   value == nullptr ? std::string("-") : say(*value), author,
                                   text(live, "recorded").substr(0, 16)),
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
        out +=
            wrapped(fmt::format("      ? {} {} ({}, {})", w("foreslått:", "proposed:"), say(*value),
                                text(live, "person_name"), text(live, "recorded").substr(0, 16)),
                    8);
    }
    return out;
}

std::string prescription_words(const json::value& value) {
    if (!value.is_object()) return "-";
    const json::object& prescription = value.get_object();
    return text(part(prescription, "medication"), "text") + " " + text(prescription, "dosage_text");
}

std::string measurement_words(const json::value& value) {
    if (!value.is_object()) return "-";
    const json::object& measurement = value.get_object();
    std::string out = text(part(measurement, "code"), "text");
    for (const std::string& said :
         {amount(part(measurement, "value")), text(measurement, "text")}) {
        if (!said.empty()) out += " " + said;
    }
    for (const json::value& one : list(measurement, "components")) {
        const json::object& component = one.as_object();
        const std::string said = amount(part(component, "value"));
        out += fmt::format("; {} {}", text(part(component, "code"), "text"),
                           said.empty() ? text(component, "text") : said);
    }
    return out;
}

std::string chart(const json::object& answer, const Words& w) {
    const json::object& patient = part(answer, "patient");
    std::string out = fmt::format("{}  {}\n", text(patient, "name"), text(patient, "birth_date"));
    out += age(answer, w);
    for (const json::value& one : list(answer, "missing")) {
        out += wrapped("! " + text(one.as_object(), "advice"), 2);
    }
    for (const json::value& one : list(answer, "findings")) {
        if (text(one.as_object(), "state") == "open") out += finding_words(one.as_object(), w);
    }
    out += fmt::format("\n{} ({})\n", w("Allergier", "Allergies"),
                       w.term(text(answer, "allergy_statement")));
    for (const json::value& one : list(answer, "allergies")) {
        const json::object& allergy = one.as_object();
        const json::object& code = part(part(allergy, "code"), "value");
        out += wrapped(
            fmt::format("  {} {} {}", flag(allergy, "active") ? "*" : "-", text(code, "text"),
                        w.term(text(part(allergy, "verification_status"), "value"))),
            4);
        out += contested(part(allergy, "verification_status"), w, [&](const json::value& value) {
            return value.is_string() ? w.term(std::string(value.get_string())) : "-";
        });
    }
    out += fmt::format("\n{}\n", w("Ordinasjoner", "Orders"));
    for (const json::value& one : list(answer, "orders")) {
        const json::object& order = one.as_object();
        const json::object& prescription = part(order, "prescription");
        const json::value* value = prescription.if_contains("value");
        out += wrapped(fmt::format("  {} {} [{}]", flag(order, "active") ? "*" : "-",
                                   value == nullptr ? std::string("-") : prescription_words(*value),
                                   w.term(text(part(order, "status"), "value"))),
                       4);
        out += contested(prescription, w, prescription_words);
        out += proposed(prescription, w, prescription_words);
    }
    out += fmt::format("\n{}\n", w("Målinger", "Observations"));
    std::size_t shown = 0;
    for (const json::value& one : list(answer, "observations")) {
        if (++shown > 15) break;
        const json::object& statement = part(one.as_object(), "statement");
        const json::object& value = part(statement, "value");
        out += wrapped(fmt::format("  {} {}", text(value, "effective").substr(0, 16),
                                   measurement_words(value)),
                       4);
        out += contested(statement, w, measurement_words);
    }
    return out;
}

std::string due(const json::object& answer, const Words& w) {
    std::string out = age(answer, w);
    for (const json::value& one : list(answer, "slots")) {
        const json::object& slot = one.as_object();
        out +=
            wrapped(fmt::format("  {:<6} {:<16} {} {}{}", text(slot, "nominal"),
                                w.term(text(slot, "state")), text(part(slot, "medication"), "text"),
                                amount(part(slot, "dose")),
                                flag(slot, "possible_double")
                                    ? std::string(w(" ! mulig dobbel", " ! possible double"))
                                    : ""),
                    4);
    }
    for (const char* key : {"as_needed", "look_at"}) {
        for (const json::value& one : list(answer, key)) {
            const json::object& dose = one.as_object();
            out += wrapped(fmt::format("  {} {} {}",
                                       std::string_view(key) == "look_at"
                                           ? w("! les ordinasjonen:", "! read the order:")
                                           : w("ved behov:", "as needed:"),
                                       text(dose, "medication"), text(dose, "text")),
                           4);
        }
    }
    return out;
}

// Members one a line: for answers that are mostly numbers and ids.
std::string members(const json::object& answer) {
    std::string out;
    for (const auto& member : answer) {
        if (member.key() == "ok") continue;
        const json::value& value = member.value();
        if (value.is_array()) {
            for (const json::value& one : value.get_array()) {
                out += fmt::format(
                    "{}: {}\n", std::string_view(member.key()),
                    one.is_string() ? std::string(one.get_string()) : json::serialize(one));
            }
            continue;
        }
        out += fmt::format(
            "{}: {}\n", std::string_view(member.key()),
            value.is_string() ? std::string(value.get_string()) : json::serialize(value));
    }
    return out;
}

}  // namespace

std::string wrapped(std::string_view text, std::size_t indent) {
    std::string out;
    std::size_t width = k_columns;
    while (text.size() > width) {
        auto cut = text.rfind(' ', width);
        if (cut == std::string_view::npos || cut == 0) cut = text.find(' ');
        if (cut == std::string_view::npos || cut == 0) break;
        out += std::string(text.substr(0, cut)) + "\n" + std::string(indent, ' ');
        text.remove_prefix(cut + 1);
        width = k_columns - indent;
    }
    return out + std::string(text) + "\n";
}

std::string in_words(std::string_view command, const json::object& answer, Language language) {
    const Words w(language);
    if (!flag(answer, "ok")) {
        const std::string what = text(answer, "what");
        return wrapped(text(answer, "sentence") + (what.empty() ? "" : " (" + what + ")"), 2) +
               wrapped("-> " + text(answer, "what_to_do"), 3);
    }
    if (command == "patients") return patients(answer, w);
    if (command == "chart") return chart(answer, w);
    if (command == "due") return due(answer, w);
    if (command == "findings") {
        std::string out;
        for (const json::value& one : list(answer, "findings")) {
            out += finding_words(one.as_object(), w);
            out += "     token: " + text(one.as_object(), "token") + "\n";
        }
        return out.empty() ? std::string(w("Ingen funn.\n", "No findings.\n")) : out;
    }
    return members(answer);
}

}  // namespace kari::app
