// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <boost/json.hpp>

#include <kari/device.hpp>

namespace kari::app {

// How somebody at a terminal wants to read.
struct Reading {
    Language language = Language::nb;
    bool tokens = false;  // show the tokens that the next command needs
};

// An answer for people: at most 80 columns (ids and tokens, which are for copying, may be longer),
// and no colour anywhere, so that nothing is told by colour alone.
std::string in_words(std::string_view command, const boost::json::object& answer,
                     const Reading& reading);

// Breaks at spaces; later lines are indented. Columns are counted in characters, not in bytes.
std::string wrapped(std::string_view text, std::size_t indent);

}  // namespace kari::app
