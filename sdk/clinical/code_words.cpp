// SPDX-License-Identifier: Apache-2.0
#include "sdk/clinical/code_words.hpp"

#include <algorithm>
#include <iterator>

namespace kari::clinical {
namespace {

struct Word {
    std::string_view type, code, nb, en;
};

constexpr Word k_words[] = {
#define KARI_CODE(type, code, nb, en) {type, code, nb, en},
#include "sdk/clinical/code_words.def"
#undef KARI_CODE
};

const Word* word_of(std::string_view type, std::string_view code) {
    const auto found = std::find_if(std::begin(k_words), std::end(k_words), [&](const Word& word) {
        return word.type == type && word.code == code;
    });
    return found == std::end(k_words) ? nullptr : &*found;
}

}  // namespace

std::string_view code_words(std::string_view type, std::string_view code, Language language) {
    const Word* word = word_of(type, code);
    if (word == nullptr) word = word_of("", code);
    if (word == nullptr) return code;
    return language == Language::bokmaal ? word->nb : word->en;
}

}  // namespace kari::clinical
