// SPDX-License-Identifier: Apache-2.0
#include "sync-server/admin/output.hpp"

#include <cstdio>

#include <fmt/format.h>

namespace kari::server::admin {

std::string fold(std::string_view text, std::size_t indent) {
    constexpr std::size_t k_columns = 80;
    std::string out;
    std::string before;
    while (before.size() + text.size() > k_columns) {
        const std::size_t room = k_columns - before.size();
        auto cut = text.rfind(' ', room);
        // A word that is wider than a line, a path perhaps, is not broken.
        if (text.substr(0, cut).find_first_not_of(' ') == std::string_view::npos ||
            cut == std::string_view::npos) {
            cut = text.find(' ', room);
        }
        if (cut == std::string_view::npos) break;
        out += before + std::string(text.substr(0, cut)) + '\n';
        text.remove_prefix(cut + 1);
        before.assign(indent, ' ');
    }
    return out + before + std::string(text) + '\n';
}

void print(const Options& options, const boost::json::object& result) {
    if (options.json) {
        fmt::print("{}\n", boost::json::serialize(result));
        std::fflush(stdout);
        return;
    }
    for (const auto& member : result) {
        const std::string value = member.value().is_string()
                                      ? std::string(member.value().as_string())
                                      : boost::json::serialize(member.value());
        fmt::print("{:<20} {}\n", std::string_view(member.key()), value);
    }
    std::fflush(stdout);
}

}  // namespace kari::server::admin
