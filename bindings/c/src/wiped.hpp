// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sdk/crypto/wipe.hpp"

namespace kari::c {

// Our copy of a PIN, overwritten when the call ends. The app's own is the app's to overwrite. Made
// in its place and never moved: a short text that moves leaves its bytes where it was.
struct Wiped {
    Wiped(const Wiped&) = delete;
    Wiped& operator=(const Wiped&) = delete;
    explicit Wiped(std::string&& given) {
        text.assign(given);
        crypto::wipe(given);
    }
    ~Wiped() { crypto::wipe(text); }

    std::string text;
};

}  // namespace kari::c
