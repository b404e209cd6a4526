// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kari::district {

// JSON put together as text, so that a number is written exactly as it is meant: 0.500, 1e2.
// A value is JSON text; an empty one leaves its member or item out.
using Members = std::vector<std::pair<std::string_view, std::string>>;

std::string quote(std::string_view text);
std::string object(const Members& members);
std::string array(const std::vector<std::string>& items);

}  // namespace kari::district
