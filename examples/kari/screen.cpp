// SPDX-License-Identifier: Apache-2.0
#include "examples/kari/screen.hpp"

#include <algorithm>
#include <cstdlib>
#include <ctime>

#include <kari/plain_digits.hpp>

namespace kari::app {

namespace json = boost::json;

namespace {

struct Sign {
    std::string_view code;
    std::string_view shown;
};
constexpr Sign k_units[] = {
    {"mm[Hg]", "mmHg"}, {"Cel", "°C"},   {"[iU]", "IE"},   {"ug", "µg"},
    {"kg/m2", "kg/m²"}, {"{score}", ""}, {"{INR}", "INR"}, {"1", ""},
};

// Private characters, which safe() lets nobody else write.
constexpr std::string_view k_tone_end = "\xEE\x80\x80";
struct ToneSign {
    Tone tone;
    std::string_view mark;
    std::string_view escape;
};
constexpr ToneSign k_tones[] = {
    {Tone::plain, k_tone_end, "\x1b[0m"},
    {Tone::stop, "\xEE\x80\x81", "\x1b[1;31m"},
    {Tone::warn, "\xEE\x80\x82", "\x1b[1;33m"},
    {Tone::calm, "\xEE\x80\x83", "\x1b[36m"},
};

std::tm local_of(std::time_t at) {
    std::tm out{};
    ::localtime_r(&at, &out);
    return out;
}

// Seconds since 1970 of "2026-03-01T08:05[:00]" at an offset; nothing but digits is looked at.
std::time_t seconds_of(std::string_view time, long offset) {
    const auto digits = [&](std::size_t at, std::size_t count) {
        return std::atoi(std::string(time.substr(at, count)).c_str());
    };
    std::tm said{};
    said.tm_year = digits(0, 4) - 1900;
    said.tm_mon = digits(5, 2) - 1;
    said.tm_mday = digits(8, 2);
    said.tm_hour = digits(11, 2);
    said.tm_min = digits(14, 2);
    return ::timegm(&said) - offset;
}

// Digits where the form has zeros, its other characters where they stand: words pass for no time.
bool has_form(std::string_view text, std::string_view form) {
    return text.size() == form.size() &&
           std::equal(text.begin(), text.end(), form.begin(),
                      [](char c, char f) { return f == '0' ? c >= '0' && c <= '9' : c == f; });
}

}  // namespace

std::string text(const json::object& object, std::string_view key) {
    const json::value* found = object.if_contains(key);
    return found != nullptr && found->is_string() ? safe(found->get_string()) : "";
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

const json::value* value_at(const json::object& object, std::string_view key) {
    const json::value* found = object.if_contains(key);
    return found == nullptr || found->is_null() ? nullptr : found;
}

std::string Screen::amount(const json::object& quantity) const {
    if (quantity.empty()) return "";
    std::string value = plain_digits(text(quantity, "value"));
    if (norwegian()) std::replace(value.begin(), value.end(), '.', ',');
    std::string unit = text(quantity, "unit");
    for (const Sign& sign : k_units) {
        if (unit == sign.code) unit = sign.shown;
    }
    if (unit.size() > 2 && unit.front() == '{' && unit.back() == '}') {
        unit = unit.substr(1, unit.size() - 2);
    }
    return unit.empty() ? value : value + "\xC2\xA0" + unit;
}

std::string Screen::date(std::string_view date) const {
    if (!norwegian() || !has_form(date, "0000-00-00")) return std::string(date);
    return fmt::format("{}.{}.{}", date.substr(8, 2), date.substr(5, 2), date.substr(0, 4));
}

std::string Screen::when(std::string_view time) const {
    if (!has_form(time.substr(0, 16), "0000-00-00T00:00")) return date(time);
    const auto at = time.find_first_of("Z+-", 11);
    std::string out = date(time.substr(0, 10)) + "\xC2\xA0" + std::string(time.substr(11, 5));
    if (at == std::string_view::npos) return out;
    const std::string_view zone = time.substr(at);
    long offset = 0;
    if (zone.size() >= 6) {
        offset = (std::atol(std::string(zone.substr(1, 2)).c_str()) * 60 +
                  std::atol(std::string(zone.substr(4, 2)).c_str())) *
                 60 * (zone.front() == '-' ? -1 : 1);
    }
    if (local_of(seconds_of(time, offset)).tm_gmtoff == offset) return out;
    return out + (zone == "Z" ? " UTC" : " " + std::string(zone));
}

std::string Screen::when_ms(std::int64_t ms) const {
    const std::tm at = local_of(static_cast<std::time_t>(ms / 1000));
    return date(fmt::format("{:04}-{:02}-{:02}", at.tm_year + 1900, at.tm_mon + 1, at.tm_mday)) +
           fmt::format("\xC2\xA0{:02}:{:02}", at.tm_hour, at.tm_min);
}

std::string Screen::lasting(std::int64_t ms) const {
    const std::int64_t minutes = std::abs(ms) / 60'000;
    if (minutes < 1) return fmt::format("{} s", std::abs(ms) / 1000);
    if (minutes < 60) return fmt::format("{} min", minutes);
    const std::int64_t hours = minutes / 60;
    const std::string hour = (*this)(Label::hour_sign);
    if (hours < 48) return fmt::format("{} {} {} min", hours, hour, minutes % 60);
    return fmt::format("{} d {} {}", hours / 24, hours % 24, hour);
}

std::string Screen::age(const json::object& answer) const {
    const json::object& age = part(answer, "age");
    const std::string tier = text(age, "tier");
    const std::string facts = text(age, "drug_facts");
    const std::string drugs = facts.empty() ? "" : wrapped(toned(Tone::warn, facts), 2);
    if (tier == "never_synced") {
        return wrapped(toned(Tone::warn, (*this)(Label::never_synced)), 2) + drugs;
    }
    const Tone tone = tier == "fresh"   ? Tone::plain
                      : tier == "aging" ? Tone::calm
                      : tier == "stale" ? Tone::warn
                                        : Tone::stop;
    std::string out = wrapped(toned(tone, (*this)(Label::as_of, when_ms(number(age, "as_of_ms")),
                                                  lasting(number(age, "age_ms")), term(tier))),
                              2);
    if (flag(age, "lease_ended")) {
        out += wrapped(toned(Tone::stop, (*this)(Label::lease_over)), 2);
    }
    return out + drugs;
}

std::string Screen::severity(std::int64_t severity) const {
    switch (severity) {
        case 1:
            return toned(Tone::stop, (*this)(Label::severity_1));
        case 2:
            return toned(Tone::warn, (*this)(Label::severity_2));
        case 3:
            return toned(Tone::calm, (*this)(Label::severity_3));
        default:
            return (*this)(Label::severity_4);
    }
}

std::string Screen::toned(Tone tone, std::string_view words) const {
    if (tone == Tone::plain) return std::string(words);
    for (const ToneSign& sign : k_tones) {
        if (sign.tone == tone) {
            return std::string(sign.mark) + std::string(words) + std::string(k_tone_end);
        }
    }
    return std::string(words);
}

std::string Screen::heading(std::string_view words) const {
    return "\n" + wrapped(words, 2);
}

std::string Screen::none() const {
    return "  " + (*this)(Label::none) + "\n";
}

std::string Screen::name(std::string_view kind, const std::string& target) const {
    if (how_.references == nullptr || kind.empty() || target.empty()) return "";
    return how_.references->name(how_.person, kind, target);
}

std::string Screen::item(std::string_view kind, const json::object& item,
                         std::string_view words) const {
    return beside({{2, name(kind, text(item, "token"))}, {k_item_column, words}}) + token(item);
}

std::string Screen::token(const json::object& item) const {
    const std::string said = text(item, "token");
    return how_.tokens && !said.empty() ? "      token: " + said + "\n" : "";
}

std::string Screen::below(std::string_view words) const {
    return beside({{k_item_column + 2, words}});
}

std::string finished(std::string_view screen, bool colour) {
    std::string out(screen);
    for (const ToneSign& sign : k_tones) {
        for (auto at = out.find(sign.mark); at != std::string::npos; at = out.find(sign.mark, at)) {
            out.replace(at, sign.mark.size(), colour ? sign.escape : "");
        }
    }
    return out;
}

std::string refusal(const json::object& answer, const Screen& s) {
    std::string out = wrapped(s.toned(Tone::stop, "! ") + text(answer, "sentence"), 2);
    return out + wrapped("-> " + text(answer, "what_to_do"), 3);
}

namespace {

// "dose: Metoprolol 50 mg, 1 tablet, 01.03.2026 08:05", a line each.
std::string about_words(const json::object& finding, const Screen& s) {
    std::string out;
    for (const json::value& one : list(finding, "about")) {
        const json::object& about = one.as_object();
        std::string line = s.term(text(about, "kind")) + ": " + text(about, "what");
        for (const std::string& said : {text(about, "amount"), s.when(text(about, "effective"))}) {
            if (!said.empty()) line += ", " + said;
        }
        out += wrapped("    " + line, 6);
    }
    return out;
}

}  // namespace

std::string finding_words(const json::object& finding, const Screen& s) {
    std::string state = s.term(text(finding, "state"));
    // One that was put off until a moment that is past is open again.
    if (const std::string until = text(finding, "deferred_until");
        !until.empty() && text(finding, "state") == "deferred") {
        state += " " + s(Label::until, s.when(until));
    }
    std::string out = wrapped(fmt::format("{}: {} ({})", s.severity(number(finding, "severity")),
                                          text(finding, "title"), state),
                              4);
    out += about_words(finding, s);
    out += wrapped("    " + text(finding, "meaning"), 4);
    return out + wrapped("    -> " + text(finding, "action"), 7);
}

}  // namespace kari::app
