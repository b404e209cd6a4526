// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "examples/kari/labels.hpp"

namespace kari::app {

// What a nurse measures every day, so that `observe 12p pulse 72` says all that a record needs.
// Codes are LOINC's, of consciousness SNOMED CT's; units UCUM's.
struct Measurement {
    std::string_view words;  // what may be typed, with blanks between; the first for completion
    Label shown = Label::none;
    std::string_view code;
    std::string_view unit;
};

const std::vector<Measurement>& measurements();

// Puts what was typed as `code` and `value` ("pulse", "72") into the command's JSON as the public
// API wants it. A word that is none of the above is a code of its own. "120/80" is a pair.
void put_measurement(boost::json::object& command, const std::string& code,
                     const std::string& value, Language language);

}  // namespace kari::app
