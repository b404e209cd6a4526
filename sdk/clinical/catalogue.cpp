// SPDX-License-Identifier: Apache-2.0
#include "sdk/clinical/catalogue.hpp"

#include <algorithm>
#include <array>

namespace kari::clinical {
namespace {

struct RuleEntry {
    std::string_view id;
    std::array<Sentences, 2> said;  // by Language
};

constexpr RuleEntry k_rules[] = {
#define KARI_RULE(id, nb_title, nb_meaning, nb_next, en_title, en_meaning, en_next) \
    RuleEntry{                                                                      \
        id, {Sentences{nb_title, nb_meaning, nb_next}, Sentences{en_title, en_meaning, en_next}}},
#define KARI_ERROR_SAID(name, nb_what, nb_next, en_what, en_next)
#include "sdk/clinical/catalogue.def"
#undef KARI_RULE
#undef KARI_ERROR_SAID
};

struct ErrorEntry {
    ErrorCode code;
    std::array<ErrorSentences, 2> said;
};

constexpr ErrorEntry k_errors[] = {
#define KARI_RULE(id, nb_title, nb_meaning, nb_next, en_title, en_meaning, en_next)
#define KARI_ERROR_SAID(name, nb_what, nb_next, en_what, en_next) \
    ErrorEntry{ErrorCode::name,                                   \
               {ErrorSentences{nb_what, nb_next}, ErrorSentences{en_what, en_next}}},
#include "sdk/clinical/catalogue.def"
#undef KARI_RULE
#undef KARI_ERROR_SAID
};

std::size_t at(Language language) {
    return language == Language::bokmaal ? 0 : 1;
}

const RuleEntry* entry_of(std::string_view rule) {
    const auto found = std::find_if(std::begin(k_rules), std::end(k_rules),
                                    [&](const RuleEntry& entry) { return entry.id == rule; });
    return found == std::end(k_rules) ? nullptr : &*found;
}

}  // namespace

const Sentences* sentences(std::string_view rule, Language language) {
    const RuleEntry* entry = entry_of(rule);
    if (entry == nullptr && rule.starts_with("merge/")) entry = entry_of("merge/*");
    return entry == nullptr ? nullptr : &entry->said[at(language)];
}

const Sentences* sentences_before(std::string_view rule, Language language) {
    const RuleEntry* entry = entry_of("before/" + std::string(rule));
    return entry == nullptr ? sentences(rule, language) : &entry->said[at(language)];
}

const ErrorSentences& sentences(ErrorCode code, Language language) {
    for (const auto& entry : k_errors) {
        if (entry.code == code) return entry.said[at(language)];
    }
    return sentences(ErrorCode::internal, language);
}

std::string_view what_to_do(ErrorCode code, Language language) {
    return sentences(code, language).next;
}

std::vector<std::string_view> catalogued_rules() {
    std::vector<std::string_view> ids;
    for (const auto& entry : k_rules)
        ids.push_back(entry.id);
    std::sort(ids.begin(), ids.end());
    return ids;
}

Language language_from(std::string_view tag) {
    return tag == "en" || tag.starts_with("en-") ? Language::english : Language::bokmaal;
}

}  // namespace kari::clinical
