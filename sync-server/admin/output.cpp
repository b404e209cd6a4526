// SPDX-License-Identifier: Apache-2.0
#include "sync-server/admin/output.hpp"

#include <cstdio>

#include <fmt/format.h>

namespace kari::server::admin {

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
