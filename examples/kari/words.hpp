// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <boost/json.hpp>

#include <kari/device.hpp>

namespace kari::app {

// An answer for people: at most 80 columns, and no colour anywhere, so that nothing is told by
// colour alone.
std::string in_words(std::string_view command, const boost::json::object& answer,
                     Language language);

// Breaks at spaces; later lines are indented.
std::string wrapped(std::string_view text, std::size_t indent);

}  // namespace kari::app
