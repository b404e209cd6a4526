// SPDX-License-Identifier: Apache-2.0
#include "examples/kari/words.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include <fmt/format.h>

#include "examples/kari/phrases.hpp"

namespace kari::app {

namespace json = boost::json;

namespace {

constexpr std::size_t k_columns = 80;

// The Norwegian of a code that answers use; the English is the code itself, or the third word.
struct Term {
    std::string_view code;
    std::string_view nb;
    std::string_view en;
};
constexpr Term k_terms[] = {
    {"fresh", "ferskt", ""},
    {"aging", "begynner å bli gammelt", ""},
    {"stale", "gammelt", ""},
    {"old", "svært gammelt", ""},
    {"upcoming", "kommer", ""},
    {"due", "nå", ""},
    {"overdue", "forsinket", ""},
    {"given", "gitt", ""},
    {"not-given", "ikke gitt", "not given"},
    {"not-done", "ikke gitt", "not given"},
    {"contested", "uenighet", ""},
    {"active", "aktiv", ""},
    {"on-hold", "pauset", "on hold"},
    {"stopped", "stoppet", ""},
    {"cancelled", "avbrutt", ""},
    {"completed", "avsluttet", ""},
    {"draft", "utkast", ""},
    {"entered-in-error", "feilregistrert", "entered in error"},
    {"unknown", "ukjent", ""},
    {"confirmed", "bekreftet", ""},
    {"unconfirmed", "ubekreftet", ""},
    {"presumed", "antatt", ""},
    {"refuted", "avkreftet", ""},
    {"high", "alvorlig", "severe"},
    {"low", "mindre alvorlig", "less severe"},
    {"unable-to-assess", "alvorlighet ikke vurdert", "severity not assessed"},
    {"open", "åpen", ""},
    {"resolved", "løst", ""},
    {"deferred", "utsatt", ""},
    {"asserted none", "ingen kjente, slik det er opplyst", "none known, as stated"},
    {"not recorded", "ikke registrert", ""},
    {"listed", "registrert", ""},
    {"cannot tell", "kan ikke avgjøres her", ""},
    {"treatment", "behandling", ""},
    {"emergency", "nødrett", ""},
    {"administration", "administrasjon", ""},
    {"list", "liste", ""},
    {"export", "eksport", ""},
};

struct Sign {
    std::string_view code;
    std::string_view shown;
};
constexpr Sign k_units[] = {
    {"mm[Hg]", "mmHg"}, {"Cel", "°C"},   {"[iU]", "IE"},   {"ug", "µg"},
    {"kg/m2", "kg/m²"}, {"{score}", ""}, {"{INR}", "INR"}, {"1", ""},
};

// Bytes of the first so many characters.
std::size_t bytes_of(std::string_view text, std::size_t characters) {
    std::size_t at = 0;
    while (at < text.size() && characters > 0) {
        ++at;
        while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U)
            ++at;
        --characters;
    }
    return at;
}

std::size_t characters_of(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    }));
}

std::string refusal(const json::object& answer) {
    const std::string what = text(answer, "what");
    return wrapped(text(answer, "sentence") + (what.empty() ? "" : " (" + what + ")"), 2) +
           wrapped("-> " + text(answer, "what_to_do"), 3);
}

}  // namespace

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

std::int64_t number(const json::object& object, std::string_view key) {
    const json::value* found = object.if_contains(key);
    return found != nullptr && found->is_number() ? found->to_number<std::int64_t>() : 0;
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

std::string Words::term(const std::string& code) const {
    for (const Term& term : k_terms) {
        if (term.code != code) continue;
        if (nb_) return std::string(term.nb);
        return term.en.empty() ? code : std::string(term.en);
    }
    return code;
}

std::string Words::amount(const json::object& quantity) const {
    if (quantity.empty()) return "";
    std::string value = text(quantity, "value");
    if (nb_) std::replace(value.begin(), value.end(), '.', ',');
    std::string unit = text(quantity, "unit");
    for (const Sign& sign : k_units) {
        if (unit == sign.code) unit = sign.shown;
    }
    if (unit.size() > 2 && unit.front() == '{' && unit.back() == '}') {
        unit = unit.substr(1, unit.size() - 2);
    }
    return unit.empty() ? value : value + " " + unit;
}

std::string Words::when(const std::string& time) const {
    if (time.size() < 16 || time[10] != 'T') return time;
    const auto offset = time.find_first_of("Z+-", 11);
    std::string out = time.substr(0, 10) + " " + time.substr(11, 5);
    if (offset == std::string::npos) return out;
    return out + (time[offset] == 'Z' ? " UTC" : " " + time.substr(offset));
}

std::string Words::when_ms(std::int64_t ms) const {
    using namespace std::chrono;
    const sys_seconds at{floor<seconds>(milliseconds{ms})};
    const auto day = floor<days>(at);
    const year_month_day date{day};
    const hh_mm_ss clock{at - day};
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02} UTC", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       clock.hours().count(), clock.minutes().count());
}

std::string Words::lasting(std::int64_t ms) const {
    const std::int64_t minutes = std::abs(ms) / 60'000;
    if (minutes < 1) return fmt::format("{} s", std::abs(ms) / 1000);
    if (minutes < 60) return fmt::format("{} min", minutes);
    const std::int64_t hours = minutes / 60;
    if (hours < 48) return fmt::format("{} {} {} min", hours, nb_ ? "t" : "h", minutes % 60);
    return fmt::format("{} d {} {}", hours / 24, hours % 24, nb_ ? "t" : "h");
}

std::string Words::token(const json::object& item) const {
    const std::string said = text(item, "token");
    return tokens_ && !said.empty() ? "      token: " + said + "\n" : "";
}

std::string Words::age(const json::object& answer) const {
    const json::object& age = part(answer, "age");
    const std::string tier = text(age, "tier");
    if (tier == "never_synced") {
        return wrapped((*this)("Aldri synkronisert: det som vises, er bare det som er ført her.",
                               "Never synced: what is shown is only what was recorded here."),
                       2);
    }
    std::string out =
        wrapped(fmt::format("{} {} ({}).", (*this)("Oppdatert for", "Brought up to date"),
                            (*this)(lasting(number(age, "age_ms")) + " siden",
                                    lasting(number(age, "age_ms")) + " ago"),
                            term(tier)),
                2);
    if (flag(age, "lease_ended")) {
        out += wrapped((*this)("! For lenge uten server: lesing krever begrunnelse (--reason).",
                               "! Too long without the server: reading needs a --reason."),
                       2);
    }
    return out;
}

std::string rows(const std::vector<Row>& list) {
    std::size_t widest = 0;
    for (const Row& row : list)
        widest = std::max(widest, characters_of(row.label));
    std::string out;
    for (const Row& row : list) {
        const std::string gap(widest - characters_of(row.label), ' ');
        out += wrapped("  " + row.label + gap + "  " + row.value, widest + 4);
    }
    return out;
}

std::string wrapped(std::string_view text, std::size_t indent) {
    std::string out;
    std::size_t width = k_columns;
    while (characters_of(text) > width) {
        const std::size_t most = bytes_of(text, width);
        const std::size_t blank = text.find_first_not_of(' ');  // of the first line's own indent
        auto cut = text.rfind(' ', most);
        if (cut == std::string_view::npos || cut <= blank) cut = text.find(' ', blank);
        if (cut == std::string_view::npos) break;
        out += std::string(text.substr(0, cut)) + "\n" + std::string(indent, ' ');
        text.remove_prefix(std::min(text.find_first_not_of(' ', cut), text.size()));
        width = k_columns - indent;
    }
    return out + std::string(text) + "\n";
}

std::string in_words(std::string_view command, const json::object& answer, const Reading& reading) {
    const Words w(reading);
    if (!flag(answer, "ok")) return refusal(answer);
    std::string out = chart_words(command, answer, w);
    return out.empty() ? report_words(command, answer, w) : out;
}

}  // namespace kari::app
