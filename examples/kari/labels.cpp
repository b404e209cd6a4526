// SPDX-License-Identifier: Apache-2.0
#include "examples/kari/labels.hpp"

#include <cstdlib>
#include <iterator>

namespace kari::app {

namespace {

struct Entry {
    std::string_view id;
    std::string_view nb;
    std::string_view en;
};

constexpr Entry k_entries[] = {
#define KARI_LABEL(id, nb, en) {#id, nb, en},
#define KARI_TERM(code, nb, en)
#include "examples/kari/labels.def"
#undef KARI_LABEL
#undef KARI_TERM
};
static_assert(std::size(k_entries) == k_labels);

constexpr Entry k_terms[] = {
#define KARI_LABEL(id, nb, en)
#define KARI_TERM(code, nb, en) {code, nb, en},
#include "examples/kari/labels.def"
#undef KARI_LABEL
#undef KARI_TERM
};

}  // namespace

std::string_view label(Label label, Language language) {
    const Entry& entry = k_entries[static_cast<std::size_t>(label)];
    return language == Language::nb ? entry.nb : entry.en;
}

std::string_view name(Label label) {
    return k_entries[static_cast<std::size_t>(label)].id;
}

std::string_view term(std::string_view code, Language language) {
    for (const Entry& entry : k_terms) {
        if (entry.id == code) return language == Language::nb ? entry.nb : entry.en;
    }
    return code;
}

Language language_from(std::string_view asked) {
    std::string_view tag = asked;
    for (const char* name : {"KARI_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"}) {
        if (!tag.empty()) break;
        if (const char* said = std::getenv(name)) tag = said;
    }
    return tag.starts_with("en") ? Language::en : Language::nb;
}

}  // namespace kari::app
