// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <kari/device.hpp>

// The command's own words, in both languages; the data stand in labels.def. What a rule or an error
// says comes from the SDK, in the language that the device was given.
namespace kari::app {

enum class Label {
#define KARI_LABEL(id, nb, en) id,
#define KARI_TERM(code, nb, en)
#include "examples/kari/labels.def"
#undef KARI_LABEL
#undef KARI_TERM
};

std::string_view label(Label label, Language language);
// The name of a label in labels.def.
std::string_view name(Label label);
inline constexpr std::size_t k_labels = 0
#define KARI_LABEL(id, nb, en) +1
#define KARI_TERM(code, nb, en)
#include "examples/kari/labels.def"
#undef KARI_LABEL
#undef KARI_TERM
    ;

// A code that answers use ("overdue") in the language; the code itself when it has no entry.
std::string_view term(std::string_view code, Language language);

// The first that says something of: what was asked for, KARI_LANGUAGE, LC_ALL, LC_MESSAGES, LANG.
// "en...": English; else bokmaal.
Language language_from(std::string_view asked);

}  // namespace kari::app
