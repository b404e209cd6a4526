// SPDX-License-Identifier: Apache-2.0
#include "examples/kari/arguments.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <utility>

#include <fmt/format.h>

namespace kari::app {

namespace json = boost::json;

namespace {

std::string text_in(const json::object& object, std::string_view key) {
    const json::value* found = object.if_contains(key);
    if (found == nullptr || found->is_null()) return {};
    if (!found->is_string()) throw BadArgument(Label::wrong_text, key);
    return std::string(found->get_string());
}

const json::object& object_in(const json::value& value, std::string_view key) {
    if (!value.is_object()) throw BadArgument(Label::wrong_object, key);
    return value.get_object();
}

Quantity quantity_in(const json::value& value, std::string_view key) {
    const json::object& object = object_in(value, key);
    const auto number = Decimal::parse(text_in(object, "value"));
    if (!number) throw BadArgument(Label::wrong_number, key);
    return {*number, text_in(object, "code"), text_in(object, "unit")};
}

Coded coded_in(const json::value& value, std::string_view key) {
    if (value.is_string()) return {"", "", std::string(value.get_string())};
    const json::object& object = object_in(value, key);
    return {text_in(object, "system"), text_in(object, "code"), text_in(object, "text")};
}

// Takes a number of so many digits from the front.
std::optional<int> take_digits(std::string_view& text, std::size_t count) {
    if (text.size() < count) return std::nullopt;
    int out = 0;
    for (const char c : text.substr(0, count)) {
        if (c < '0' || c > '9') return std::nullopt;
        out = out * 10 + (c - '0');
    }
    text.remove_prefix(count);
    return out;
}

bool take(std::string_view& text, char c) {
    if (text.empty() || text.front() != c) return false;
    text.remove_prefix(1);
    return true;
}

// The moment of a local time. Throws when the clock shows it twice on that day, or never.
std::time_t only_moment(const std::tm& local) {
    std::time_t found[2] = {-1, -1};
    for (int summer = 0; summer < 2; ++summer) {
        std::tm tried = local;
        tried.tm_isdst = summer;
        const std::time_t at = ::mktime(&tried);
        const bool kept = tried.tm_isdst == summer && tried.tm_hour == local.tm_hour &&
                          tried.tm_min == local.tm_min;
        if (kept) found[summer] = at;
    }
    if (found[0] != -1 && found[1] != -1) throw BadArgument(Label::wrong_twice);
    if (found[0] == -1 && found[1] == -1) throw BadArgument(Label::wrong_never);
    return found[0] != -1 ? found[0] : found[1];
}

}  // namespace

std::string BadArgument::words(Language language) const {
    return fmt::format(fmt::runtime(label(wrong_, language)), argument_, other_);
}

std::optional<LocalDate> parse_date(std::string_view text) {
    const auto year = take_digits(text, 4);
    if (!year || !take(text, '-')) return std::nullopt;
    const auto month = take_digits(text, 2);
    if (!month || !take(text, '-')) return std::nullopt;
    const auto day = take_digits(text, 2);
    if (!day || !text.empty()) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year{*year},
                                           std::chrono::month{static_cast<unsigned>(*month)},
                                           std::chrono::day{static_cast<unsigned>(*day)}};
    if (!date.ok()) return std::nullopt;
    return LocalDate{*year, *month, *day};
}

std::optional<ZonedInstant> parse_time(std::string_view text) {
    if (text.size() < 17 || text[10] != 'T') return std::nullopt;
    const auto date = parse_date(text.substr(0, 10));
    text.remove_prefix(11);
    const auto hour = take_digits(text, 2);
    if (!date || !hour || !take(text, ':')) return std::nullopt;
    const auto minute = take_digits(text, 2);
    if (!minute) return std::nullopt;
    int second = 0;
    if (take(text, ':')) {
        const auto read = take_digits(text, 2);
        if (!read) return std::nullopt;
        second = *read;
    }
    int offset = 0;
    if (text == "Z") {
        text.remove_prefix(1);
    } else {
        const int sign = take(text, '-') ? -1 : take(text, '+') ? 1 : 0;
        const auto hours = take_digits(text, 2);
        if (sign == 0 || !hours || !take(text, ':')) return std::nullopt;
        const auto minutes = take_digits(text, 2);
        if (!minutes || *hours > 14 || *minutes > 59) return std::nullopt;
        offset = sign * (*hours * 3600 + *minutes * 60);
    }
    if (!text.empty() || *hour > 23 || *minute > 59 || second > 59) return std::nullopt;
    const std::chrono::sys_days day = std::chrono::year{date->year} / date->month / date->day;
    ZonedInstant out;
    const std::int64_t seconds = day.time_since_epoch().count() * std::int64_t{86'400} +
                                 *hour * 3600 + *minute * 60 + second - offset;
    out.instant.ms = seconds * 1000;
    out.offset_s = offset;
    return out;
}

std::int64_t moment_ms(std::string_view text) {
    std::string whole(text);
    if (const auto dot = whole.find('.'); dot != std::string::npos) {
        whole.erase(dot, whole.find_first_not_of("0123456789", dot + 1) - dot);
    }
    if (whole.size() == 4) whole += "-01";
    if (whole.size() == 7) whole += "-01";
    if (whole.size() == 10) whole += "T00:00:00Z";
    const auto read = parse_time(whole);
    return read ? read->instant.ms : 0;
}

ZonedInstant time_from_words(std::string_view words, bool ahead) {
    if (const auto whole = parse_time(words)) return *whole;
    const std::time_t now = std::time(nullptr);
    std::tm day{};
    ::localtime_r(&now, &day);
    std::string_view clock = words;
    const bool dated = words.size() > 10 && (words[10] == ' ' || words[10] == 'T');
    if (dated) {
        const auto date = parse_date(words.substr(0, 10));
        if (!date) throw BadArgument(Label::wrong_local_time);
        day.tm_year = date->year - 1900;
        day.tm_mon = date->month - 1;
        day.tm_mday = date->day;
        clock.remove_prefix(11);
    }
    const auto hour = take_digits(clock, 2);
    if (!hour || !take(clock, ':')) throw BadArgument(Label::wrong_local_time);
    const auto minute = take_digits(clock, 2);
    if (!minute || !clock.empty() || *hour > 23 || *minute > 59) {
        throw BadArgument(Label::wrong_local_time);
    }
    day.tm_hour = *hour;
    day.tm_min = *minute;
    day.tm_sec = 0;
    std::time_t at = only_moment(day);
    if (!dated && ahead != (at > now)) {
        const std::time_t today = at;
        day.tm_mday += ahead ? 1 : -1;
        at = only_moment(day);
        // After midnight 23:50 is yesterday's; at noon 14:00 is a slip, or has a date.
        if (!ahead && now - at >= today - now) throw BadArgument(Label::wrong_not_yet);
    }
    std::tm local{};
    ::localtime_r(&at, &local);
    ZonedInstant out;
    out.instant.ms = static_cast<std::int64_t>(at) * 1000;
    out.offset_s = static_cast<std::int32_t>(local.tm_gmtoff);
    return out;
}

json::value quantity_from_words(const std::string& words) {
    const auto space = words.find(' ');
    std::string number = words.substr(0, space);
    // A decimal comma is read as one only where nothing else can be meant.
    if (std::count(number.begin(), number.end(), ',') == 1 &&
        number.find('.') == std::string::npos) {
        number[number.find(',')] = '.';
    }
    if (!Decimal::parse(number)) {
        throw BadArgument(Label::wrong_amount);
    }
    const std::string unit = space == std::string::npos ? "" : words.substr(space + 1);
    return json::object{{"value", number}, {"code", unit}, {"unit", unit}};
}

json::value coded_from_words(const std::string& words) {
    const auto first = words.find('|');
    if (first == std::string::npos) return json::object{{"text", words}};
    const auto second = words.find('|', first + 1);
    const bool named = second != std::string::npos;
    return json::object{
        {"system", words.substr(0, first)},
        {"code", words.substr(first + 1, named ? second - first - 1 : std::string::npos)},
        {"text", named ? words.substr(second + 1) : words.substr(first + 1)}};
}

const json::value* Arguments::find(std::string_view key) const {
    const json::value* found = object_.if_contains(key);
    return found == nullptr || found->is_null() ? nullptr : found;
}

bool Arguments::has(std::string_view key) const {
    return find(key) != nullptr;
}

std::string Arguments::text_or(std::string_view key, std::string otherwise) const {
    return has(key) ? text_in(object_, key) : otherwise;
}

std::string Arguments::text(std::string_view key) const {
    std::string out = text_or(key);
    if (out.empty()) throw BadArgument(Label::wrong_missing, key);
    return out;
}

bool Arguments::flag(std::string_view key) const {
    const json::value* found = find(key);
    if (found == nullptr) return false;
    if (!found->is_bool()) throw BadArgument(Label::wrong_flag, key);
    return found->get_bool();
}

RecordId Arguments::record() const {
    const auto id = RecordId::parse(text("record"));
    if (!id) throw BadArgument(Label::wrong_id, "record");
    return *id;
}

PersonId Arguments::person(std::string_view key) const {
    const auto id = PersonId::parse(text(key));
    if (!id) throw BadArgument(Label::wrong_id, key);
    return *id;
}

EditToken Arguments::token() const {
    return {text("token")};
}

Access Arguments::access() const {
    Access out;
    out.reason = text_or("reason");
    const std::string purpose = text_or("purpose", "treatment");
    if (purpose == "emergency")
        out.purpose = Purpose::emergency;
    else if (purpose == "administration")
        out.purpose = Purpose::administration;
    else if (purpose != "treatment") {
        throw BadArgument(Label::wrong_choice, "purpose", "treatment, emergency, administration");
    }
    return out;
}

std::size_t Arguments::count(std::string_view key, std::size_t otherwise) const {
    const json::value* found = find(key);
    if (found == nullptr) return otherwise;
    std::size_t out = 0;
    if (found->is_number()) {
        boost::system::error_code error;
        out = found->to_number<std::size_t>(error);
        if (error) out = 0;
    } else if (found->is_string() && found->get_string().size() < 7) {
        for (const char c : found->get_string()) {
            if (c < '0' || c > '9') throw BadArgument(Label::wrong_count, key);
            out = out * 10 + static_cast<std::size_t>(c - '0');
        }
    }
    if (out == 0 || out > 1'000'000) throw BadArgument(Label::wrong_count, key);
    return out;
}

LocalDate Arguments::date() const {
    const auto date = parse_date(text("date"));
    if (!date) throw BadArgument(Label::wrong_date, "date");
    return *date;
}

std::optional<ZonedInstant> Arguments::time(std::string_view key) const {
    if (!has(key)) return std::nullopt;
    const auto out = parse_time(text(key));
    if (!out) throw BadArgument(Label::wrong_time, key);
    return out;
}

std::optional<Quantity> Arguments::quantity(std::string_view key) const {
    const json::value* found = find(key);
    if (found == nullptr) return std::nullopt;
    return quantity_in(*found, key);
}

std::optional<Coded> Arguments::coded(std::string_view key) const {
    const json::value* found = find(key);
    if (found == nullptr) return std::nullopt;
    return coded_in(*found, key);
}

ObservationEntry Arguments::observation() const {
    ObservationEntry out;
    out.code = coded("code").value_or(Coded{});
    out.value = quantity("value");
    out.text = text_or("text");
    out.effective = time("effective");
    out.note = text_or("note");
    out.confirmed = flag("confirm");
    if (const json::value* parts = find("components")) {
        if (!parts->is_array()) throw BadArgument(Label::wrong_list, "components");
        for (const json::value& part : parts->get_array()) {
            const json::object& object = object_in(part, "components");
            ObservationPart one;
            if (const auto* code = object.if_contains("code")) one.code = coded_in(*code, "code");
            if (const auto* value = object.if_contains("value")) {
                one.value = quantity_in(*value, "value");
            }
            one.text = text_in(object, "text");
            out.components.push_back(std::move(one));
        }
    }
    return out;
}

NoteEntry Arguments::note() const {
    return {text_or("type"), text_or("title"), text("text"), time("date_time")};
}

std::vector<Override> Arguments::overrides() const {
    std::vector<Override> out;
    if (const json::value* overrides = find("overrides")) {
        if (!overrides->is_array()) throw BadArgument(Label::wrong_list, "overrides");
        for (const json::value& one : overrides->get_array()) {
            const json::object& object = object_in(one, "overrides");
            out.push_back({text_in(object, "rule"), text_in(object, "reason")});
        }
    }
    return out;
}

AllergyEntry Arguments::allergy() const {
    return {coded("code").value_or(Coded{}),
            text_or("criticality"),
            text_or("verification"),
            text_or("type"),
            text_or("reaction"),
            text_or("note")};
}

std::vector<std::string> Arguments::texts(std::string_view key) const {
    std::vector<std::string> out;
    const json::value* all = find(key);
    if (all == nullptr) return out;
    if (!all->is_array()) throw BadArgument(Label::wrong_list, key);
    for (const json::value& one : all->get_array()) {
        if (!one.is_string()) throw BadArgument(Label::wrong_text, key);
        out.emplace_back(one.get_string());
    }
    return out;
}

PrescriptionProposal Arguments::prescription() const {
    PrescriptionProposal out;
    out.token = token();
    out.medication = coded("medication");
    out.strength = quantity("strength");
    out.strength_per = quantity("strength_per");
    out.dose = quantity("dose");
    if (has("dosage_text")) out.dosage_text = text("dosage_text");
    if (find("times_of_day") != nullptr) out.times_of_day = texts("times_of_day");
    if (find("days_of_week") != nullptr) out.days_of_week = texts("days_of_week");
    out.reason = text_or("reason");
    out.overrides = overrides();
    return out;
}

VerbalOrder Arguments::verbal_order() const {
    return {coded("medication").value_or(Coded{}),
            quantity("strength"),
            quantity("strength_per"),
            quantity("dose"),
            text_or("dosage_text"),
            texts("times_of_day"),
            texts("days_of_week"),
            flag("as_needed"),
            text_or("prescriber"),
            flag("confirm"),
            text_or("note"),
            overrides()};
}

NewPatient Arguments::patient() const {
    return {text_or("family"),
            text_or("given"),
            text_or("birth_date"),
            text_or("gender"),
            text_or("identifier_system"),
            text_or("identifier_value"),
            text_or("note")};
}

}  // namespace kari::app
