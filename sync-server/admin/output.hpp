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

// The result as one line of JSON, or "key  value" lines for a person.
void print(const Options& options, const boost::json::object& result);

// An id typed by a person. Errors: invalid_argument, naming the option.
template <typename Id>
Result<Id> parse_id(std::string_view text, std::string_view option) {
    const auto id = Id::parse(text);
    if (!id) return fail(ErrorCode::invalid_argument, std::string(option) + " is no id");
    return *id;
}

}  // namespace kari::server::admin
