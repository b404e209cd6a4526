// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <kari/error.hpp>

// The one catalogue of what is said to nurses. The data stand in catalogue.def.
namespace kari::clinical {

enum class Language { bokmaal, english };

struct Sentences {
    std::string_view title;    // what it is, in a few words
    std::string_view meaning;  // what it means now
    std::string_view next;     // what to do
};

// Of a rule id. Contested atoms without an entry of their own have the common entry "merge/*".
// Returns null for a rule that the catalogue does not know.
const Sentences* sentences(std::string_view rule, Language language);

// Of a rule that asks before something is given: what it says then ("before/" and its id). What a
// finding says speaks of what was done. A rule that has no such entry says the same at both times.
const Sentences* sentences_before(std::string_view rule, Language language);

struct ErrorSentences {
    std::string_view what;  // what happened, in a few words
    std::string_view next;  // what to do
};
const ErrorSentences& sentences(ErrorCode code, Language language);
// The second of them.
std::string_view what_to_do(ErrorCode code, Language language);

// All rule ids that the catalogue has, ascending.
std::vector<std::string_view> catalogued_rules();

// "nb" or "nb-NO": bokmaal; "en": English; else bokmaal.
Language language_from(std::string_view tag);

}  // namespace kari::clinical
