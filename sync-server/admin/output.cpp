// SPDX-License-Identifier: Apache-2.0
#include "sync-server/admin/output.hpp"

#include <cstdio>
#include <string>
#include <vector>

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

namespace {

namespace json = boost::json;

constexpr std::size_t k_value_column = 21;
// Of a long list a person reads the first, and how many there are.
constexpr std::size_t k_listed = 20;

std::string words_of(const json::value& value) {
    if (value.is_string()) return std::string(value.get_string());
    std::string out;
    if (const auto* object = value.if_object()) {
        if (object->size() > k_listed) return fmt::format("{} (--json lists them)", object->size());
        for (const auto& member : *object) {
            out += out.empty() ? "" : ", ";
            out += std::string(member.key()) + " " + words_of(member.value());
        }
    } else if (const auto* array = value.if_array()) {
        for (const json::value& one : *array)
            out += (out.empty() ? "" : ", ") + words_of(one);
    } else {
        return json::serialize(value);
    }
    return out.empty() ? "none" : out;
}

// What is listed stands a line each, unless it is a word each.
std::vector<std::string> lines_of(const json::value& value) {
    const auto* array = value.if_array();
    if (array == nullptr || array->empty() || !array->front().is_object()) return {words_of(value)};
    std::vector<std::string> out;
    for (const json::value& one : *array) {
        if (out.size() == k_listed) {
            out.push_back(fmt::format("and {} more (--json lists them)", array->size() - k_listed));
            break;
        }
        out.push_back(words_of(one));
    }
    return out;
}

}  // namespace

void print(const Options& options, const boost::json::object& result) {
    if (options.json) {
        fmt::print("{}\n", boost::json::serialize(result));
        std::fflush(stdout);
        return;
    }
    for (const auto& member : result) {
        std::string name = fmt::format("{:<20} ", std::string_view(member.key()));
        for (const std::string& line : lines_of(member.value())) {
            // One word, a code perhaps, stands beside its name however long it is.
            const bool one = line.find(' ') == std::string::npos;
            fmt::print("{}", one ? name + line + '\n' : fold(name + line, k_value_column));
            name.assign(k_value_column, ' ');
        }
    }
    std::fflush(stdout);
}

}  // namespace kari::server::admin
