// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kari::sync {

// One row of a table of limits, or the title of a part of it (then `name` is empty).
struct LimitRow {
    std::string_view unit;
    std::string_view name;
    std::uint64_t value = 0;
    std::string_view what;  // of a title: the title
    std::string_view beyond;
};

// The rows of limits.def, in its order.
const std::vector<LimitRow>& limit_rows();
// The rows as Markdown tables.
std::string to_markdown(const std::vector<LimitRow>& rows);

}  // namespace kari::sync
