// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

// The text of a table in its parts (CSV, RFC 4180).
namespace kari::pack {

// Without their ends, and without the mark that some programs write before the first.
std::vector<std::string_view> lines_of(std::string_view text);

// Of one line; what is wrong with it where it has none.
tl::expected<std::vector<std::string>, std::string> cells_of(std::string_view line);

// What stands between spaces.
std::vector<std::string> words_of(std::string_view cell);

}  // namespace kari::pack
