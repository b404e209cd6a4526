// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace kari::c {

// Volatile, or the compiler leaves it out.
inline void overwrite(std::string& text) {
    for (volatile char& letter : text)
        letter = 0;
    text.clear();
}

// Our copy of a PIN, overwritten when the call ends. The app's own is the app's to overwrite. Made
// in its place and never moved: a short text that moves leaves its bytes where it was.
struct Wiped {
    Wiped(const Wiped&) = delete;
    Wiped& operator=(const Wiped&) = delete;
    explicit Wiped(std::string&& given) {
        text.assign(given);
        overwrite(given);
    }
    ~Wiped() { overwrite(text); }

    std::string text;
};

}  // namespace kari::c
