// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <boost/json.hpp>

#include <kari/error.hpp>

namespace kari::server::admin {

// What every command has: the server's directory and how to print.
struct Options {
    std::string directory = "kari-server";
    bool json = false;
};

// Text broken at blanks to lines of at most 80 columns, those after the first indented. Ends with a
// line's end.
std::string fold(std::string_view text, std::size_t indent);

// The result as one line of JSON, or "key  value" lines of at most 80 columns for a person.
void print(const Options& options, const boost::json::object& result);

}  // namespace kari::server::admin
