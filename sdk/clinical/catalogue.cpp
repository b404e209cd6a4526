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
#define KARI_ADVICE(name, nb, en)
#include "sdk/clinical/catalogue.def"
#undef KARI_RULE
#undef KARI_ADVICE
};

struct AdviceEntry {
    ErrorCode code;
    std::array<std::string_view, 2> said;
};

constexpr AdviceEntry k_advice[] = {
#define KARI_RULE(id, nb_title, nb_meaning, nb_next, en_title, en_meaning, en_next)
#define KARI_ADVICE(name, nb, en) AdviceEntry{ErrorCode::name, {nb, en}},
#include "sdk/clinical/catalogue.def"
#undef KARI_RULE
#undef KARI_ADVICE
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

std::string_view what_to_do(ErrorCode code, Language language) {
    for (const auto& entry : k_advice) {
        if (entry.code == code) return entry.said[at(language)];
    }
    return what_to_do(ErrorCode::internal, language);
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
