// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include <kari/device.hpp>

#include "sdk/clinical/catalogue.hpp"

namespace kari {

namespace {

// An error may name rules of the catalogue before its first ": ", with ", " between them. What
// they say is then nearer to the matter than what the error's number says. Behind the ": " of a
// single rule stand the numbers that its sentences have places for.
std::vector<const clinical::Sentences*> rules_in(std::string_view what, bool before,
                                                 clinical::Language language) {
    std::string_view names = what.substr(0, what.find(": "));
    std::vector<const clinical::Sentences*> out;
    while (!names.empty()) {
        const auto comma = names.find(", ");
        const std::string_view name = names.substr(0, comma);
        const auto* said = name.find('/') == std::string_view::npos ? nullptr
                           : before ? clinical::sentences_before(name, language)
                                    : clinical::sentences(name, language);
        if (said == nullptr) return {};
        out.push_back(said);
        names = comma == std::string_view::npos ? "" : names.substr(comma + 2);
    }
    return out;
}

// The sentence with "{0}", "{1}" ... replaced by what stands after ": ".
std::string filled(std::string_view sentence, std::string_view what) {
    std::string out(sentence);
    const auto colon = what.find(": ");
    std::string_view values = colon == std::string_view::npos ? "" : what.substr(colon + 2);
    for (int place = 0; !values.empty(); ++place) {
        const auto comma = values.find(", ");
        const std::string sign = "{" + std::to_string(place) + "}";
        if (const auto at = out.find(sign); at != std::string::npos) {
            out.replace(at, sign.size(), values.substr(0, comma));
        }
        values = comma == std::string_view::npos ? "" : values.substr(comma + 2);
    }
    return out;
}

bool asks_the_author(ErrorCode code) {
    return code == ErrorCode::reason_required || code == ErrorCode::confirmation_required;
}

// Where what happened is of no use without the field, the limit or the text that the error names.
bool names_a_field(ErrorCode code) {
    return code == ErrorCode::invalid_argument || code == ErrorCode::malformed ||
           code == ErrorCode::value_out_of_range || code == ErrorCode::unit_unknown ||
           code == ErrorCode::too_large;
}

// Of the first rule: whether what it says is about what is being typed, and not about what was
// found afterwards.
bool speaks_of_the_entry(std::string_view what, clinical::Language language) {
    const std::string_view rule = what.substr(0, what.find_first_of(",:"));
    return rule.starts_with("entry/") ||
           clinical::sentences_before(rule, language) != clinical::sentences(rule, language);
}

}  // namespace

Explanation explain(const Error& error, Language language) {
    Explanation out;
    const auto spoken =
        language == Language::nb ? clinical::Language::bokmaal : clinical::Language::english;
    out.sentence = clinical::sentences(error.code, spoken).what;
    const std::string general(clinical::what_to_do(error.code, spoken));
    const auto rules = rules_in(error.what, asks_the_author(error.code), spoken);
    if (rules.empty()) {
        if (names_a_field(error.code) && !error.what.empty()) {
            out.sentence += " (" + error.what + ")";
        }
        out.what_to_do = general;
        return out;
    }
    if (!asks_the_author(error.code)) out.sentence.clear();
    const bool asked = !asks_the_author(error.code) || speaks_of_the_entry(error.what, spoken);
    for (const clinical::Sentences* rule : rules) {
        out.sentence += (out.sentence.empty() ? "" : " ") + std::string(rule->title) + ". " +
                        filled(rule->meaning, error.what);
        out.what_to_do += (out.what_to_do.empty() ? "" : " ") + std::string(rule->next);
    }
    // What a finding says to do is not yet what to do with this entry.
    if (!asked) out.what_to_do += " " + general;
    return out;
}

}  // namespace kari
