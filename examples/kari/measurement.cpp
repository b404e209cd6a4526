// SPDX-License-Identifier: Apache-2.0
#include "examples/kari/measurement.hpp"

#include <algorithm>
#include <sstream>

#include "examples/kari/arguments.hpp"

namespace kari::app {

namespace json = boost::json;

namespace {

constexpr std::string_view k_loinc = "http://loinc.org";
constexpr std::string_view k_snomed = "http://snomed.info/sct";
constexpr std::string_view k_pair = "85354-9";
constexpr std::string_view k_acvpu = "1104441000000107";

struct Half {
    Label shown;
    std::string_view code;
};
constexpr Half k_halves[] = {{Label::measured_systolic, "8480-6"},
                             {Label::measured_diastolic, "8462-4"}};
constexpr std::string_view k_pressure_unit = "mm[Hg]";

json::object coded(std::string_view code, Label shown, Language language) {
    return {{"system", code == k_acvpu ? k_snomed : k_loinc},
            {"code", code},
            {"text", label(shown, language)}};
}

const Measurement* measurement_of(std::string word) {
    std::transform(word.begin(), word.end(), word.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
    for (const Measurement& one : measurements()) {
        std::istringstream words{std::string(one.words)};
        for (std::string known; words >> known;) {
            if (known == word) return &one;
        }
    }
    return nullptr;
}

std::string known_words() {
    std::string out;
    for (const Measurement& one : measurements())
        out += (out.empty() ? "" : " ") + std::string(one.words);
    return out;
}

std::string letter_of(const std::string& value) {
    constexpr std::string_view k_letters = "ACVPU";
    std::string out = value;
    if (out.size() == 1 && out[0] >= 'a' && out[0] <= 'z') out[0] = static_cast<char>(out[0] - 32);
    if (out.size() != 1 || k_letters.find(out) == std::string_view::npos) {
        throw BadArgument(Label::wrong_acvpu);
    }
    return out;
}

json::array pair_of(const std::string& value, Language language) {
    const auto slash = value.find('/');
    if (slash == std::string::npos) throw BadArgument(Label::wrong_pair);
    const std::string halves[] = {value.substr(0, slash), value.substr(slash + 1)};
    json::array out;
    for (std::size_t i = 0; i < 2; ++i) {
        out.push_back(json::object{
            {"code", coded(k_halves[i].code, k_halves[i].shown, language)},
            {"value", quantity_from_words(halves[i] + " " + std::string(k_pressure_unit))}});
    }
    return out;
}

}  // namespace

const std::vector<Measurement>& measurements() {
    static const std::vector<Measurement> all{
        {"pulse puls", Label::measured_pulse, "8867-4", "/min"},
        {"bp bt blodtrykk", Label::measured_pressure, k_pair, ""},
        {"temp temperatur", Label::measured_temperature, "8310-5", "Cel"},
        {"resp", Label::measured_respiration, "9279-1", "/min"},
        {"spo2 saturation metning", Label::measured_saturation, "2708-6", "%"},
        {"oxygen oksygen o2", Label::measured_oxygen, "3151-8", "L/min"},
        {"acvpu bevissthet consciousness", Label::measured_consciousness, k_acvpu, ""},
        {"weight vekt", Label::measured_weight, "29463-7", "kg"},
        {"glucose glukose bs blodsukker", Label::measured_glucose, "15074-8", "mmol/L"},
        {"pain smerte", Label::measured_pain, "72514-3", "{score}"},
    };
    return all;
}

void put_measurement(json::object& command, const std::string& code, const std::string& value,
                     Language language) {
    const Measurement* known = measurement_of(code);
    if (known == nullptr) {
        // A slip in the word would take the number past every limit.
        if (!code.empty() && !value.empty() && code.find('|') == std::string::npos) {
            throw BadArgument(Label::wrong_measure, "code", known_words());
        }
        if (!code.empty()) command["code"] = coded_from_words(code);
        if (!value.empty()) command["value"] = quantity_from_words(value);
        return;
    }
    command["code"] = coded(known->code, known->shown, language);
    if (value.empty()) return;
    if (known->code == k_pair) {
        command["components"] = pair_of(value, language);
        return;
    }
    if (known->code == k_acvpu) {
        command["text"] = letter_of(value);
        return;
    }
    const bool has_unit = value.find(' ') != std::string::npos;
    command["value"] =
        quantity_from_words(has_unit ? value : value + " " + std::string(known->unit));
}

}  // namespace kari::app
