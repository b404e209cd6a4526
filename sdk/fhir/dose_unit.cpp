// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <string>

#include "sdk/base/quantity.hpp"
#include "sdk/fhir/resource.hpp"

namespace kari::fhir {

namespace {

using namespace std::string_view_literals;

constexpr std::string_view k_ucum = "http://unitsofmeasure.org";

// Words on labels and in notes, in lower case.
constexpr std::array k_words = {
    "tablet"sv,      "tablets"sv,      "tablett"sv,     "tabletter"sv,  "tabl"sv,
    "tab"sv,         "capsule"sv,      "capsules"sv,    "kapsel"sv,     "kapsler"sv,
    "caps"sv,        "drop"sv,         "drops"sv,       "dråpe"sv,      "dråper"sv,
    "puff"sv,        "puffs"sv,        "inhalation"sv,  "inhalasjon"sv, "dose"sv,
    "doses"sv,       "doser"sv,        "patch"sv,       "patches"sv,    "plaster"sv,
    "ampoule"sv,     "ampulle"sv,      "vial"sv,        "hetteglass"sv, "sachet"sv,
    "pose"sv,        "dosepose"sv,     "suppository"sv, "stikkpille"sv, "spray"sv,
    "unit"sv,        "units"sv,        "enhet"sv,       "enheter"sv,    "e"sv,
    "ie"sv,          "iu"sv,           "ml"sv,          "mg"sv,         "g"sv,
    "mcg"sv,         "µg"sv,           "mikrogram"sv,   "stk"sv,        "each"sv,
    "application"sv, "applications"sv, "tsp"sv,         "teaspoon"sv,   "tablespoon"sv,
    "mmol"sv};

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

}  // namespace

bool is_known_dose_unit(const Json& quantity) {
    const std::string_view system = quantity.text("system");
    const std::string_view code = quantity.text("code");
    const std::string_view unit = quantity.text("unit");
    if (!code.empty() && (system == k_ucum || system.empty())) return base::known_unit(code);
    if (!code.empty() || unit.empty()) return true;  // another system's code, or no unit at all
    return base::known_unit(unit) || std::find(k_words.begin(), k_words.end(),
                                               std::string_view(lower(unit))) != k_words.end();
}

}  // namespace kari::fhir
