// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include <rapidcheck.h>

namespace kari::test {

// Texts as nobody should write them: words of any length, Norwegian, combining and wide characters,
// control characters, marks of direction, broken UTF-8.
inline rc::Gen<std::string> any_text() {
    const auto piece = rc::gen::element<std::string>(
        "a", "Bjørn", "Åse-Marie", " ", "  ", "-", "5 mg", "0,25", "A\xCC\x8A", "\xE6\xBC\xA2",
        "\xF0\x9F\x98\x80", "\x1b[31m", "\x1b]0;x\x07", "\n", "\r", "\t", "\xE2\x80\xAE",
        "\xE2\x80\x8B", "\xC2\x9B", "\xFF", "\xEE\x80\x81", "\xC2\xA0", "!!! S1",
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaftsvertrag"
        "sentwurf");
    return rc::gen::map(rc::gen::container<std::vector<std::string>>(piece),
                        [](const std::vector<std::string>& pieces) {
                            std::string out;
                            for (const std::string& one : pieces)
                                out += one;
                            return out;
                        });
}

// Without blanks of any kind, for comparing what was wrapped with what it was.
inline std::string without_blanks(std::string text) {
    for (auto at = text.find("\xC2\xA0"); at != std::string::npos; at = text.find("\xC2\xA0"))
        text.erase(at, 2);
    std::erase_if(text, [](char c) { return c == ' ' || c == '\n'; });
    return text;
}

}  // namespace kari::test
