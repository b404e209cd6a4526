// SPDX-License-Identifier: Apache-2.0
#include "sdk/sync/limits_table.hpp"

#include <fmt/format.h>

#include "sdk/sync/limits.hpp"

namespace kari::sync {
namespace {

// 1179648 -> "1,179,648".
std::string grouped(std::uint64_t value) {
    std::string digits = std::to_string(value);
    for (std::size_t at = digits.size(); at > 3; at -= 3)
        digits.insert(at - 3, ",");
    return digits;
}

}  // namespace

const std::vector<LimitRow>& limit_rows() {
    static const std::vector<LimitRow> rows = {
#define KARI_LIMITS(title) {"", "", 0, title, ""},
#define KARI_LIMIT(unit, name, value, what, beyond) {#unit, #name, k_##name, what, beyond},
#include "sdk/sync/limits.def"
#undef KARI_LIMIT
#undef KARI_LIMITS
    };
    return rows;
}

std::string to_markdown(const std::vector<LimitRow>& rows) {
    std::string page;
    for (const LimitRow& row : rows) {
        if (row.name.empty()) {
            page += fmt::format(
                "\n## {}\n\n| limit | at most | of what | beyond it |\n|---|---|---|---|\n",
                row.what);
            continue;
        }
        const std::string_view unit = row.unit == "count" ? "" : row.unit;
        page += fmt::format("| `{}` | {}{}{} | {} | {} |\n", row.name, grouped(row.value),
                            unit.empty() ? "" : " ", unit, row.what, row.beyond);
    }
    return page;
}

}  // namespace kari::sync
