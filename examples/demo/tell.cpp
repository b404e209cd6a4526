// SPDX-License-Identifier: Apache-2.0
#include "examples/demo/tell.hpp"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

namespace kari::demo {
namespace {

constexpr std::size_t k_columns = 80;
constexpr std::size_t k_margin = 2;
constexpr std::size_t k_who = 10;

std::size_t columns(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U;
    }));
}

void print(std::string_view line) {
    fmt::print("{}\n", line);
    std::fflush(stdout);
}

std::string padded(std::string_view text, std::size_t width) {
    std::string out(text);
    out.append(width - std::min(width, columns(text)), ' ');
    return out;
}

}  // namespace

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
    std::vector<std::string> lines;
    std::string line;
    while (!text.empty()) {
        const auto space = text.find(' ');
        const auto word = text.substr(0, space);
        text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
        if (word.empty()) continue;
        if (!line.empty() && columns(line) + 1 + columns(word) > width) {
            lines.push_back(std::move(line));
            line.clear();
        }
        if (!line.empty()) line += ' ';
        line += word;
    }
    if (!line.empty()) lines.push_back(std::move(line));
    return lines;
}

Teller::Teller() : start_(std::chrono::steady_clock::now()) {}

double Teller::seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

void Teller::chapter(std::string_view title) {
    const std::string head = fmt::format("{}. {} ", ++chapter_, title);
    const std::string tail = fmt::format(" {:.0f} s", seconds());
    const std::size_t used = columns(head) + columns(tail);
    print("");
    print(head + std::string(k_columns - std::min(k_columns, used), '-') + tail);
}

void Teller::say(std::string_view text) const {
    for (const auto& line : wrapped(text, k_columns))
        print(line);
}

void Teller::event(std::string_view who, std::string_view what) const {
    bool first = true;
    for (const auto& line : wrapped(what, k_columns - k_margin - k_who)) {
        print(std::string(k_margin, ' ') + padded(first ? who : std::string_view(), k_who) + line);
        first = false;
    }
}

void Teller::table(const std::vector<std::pair<std::string, std::string>>& rows) const {
    std::size_t width = 0;
    for (const auto& [name, value] : rows)
        width = std::max(width, columns(name));
    print(std::string(k_columns, '-'));
    for (const auto& [name, value] : rows) {
        bool first = true;
        for (const auto& line : wrapped(value, k_columns - width - 2)) {
            print(padded(first ? name : std::string(), width + 2) + line);
            first = false;
        }
    }
    print(std::string(k_columns, '-'));
}

}  // namespace kari::demo
