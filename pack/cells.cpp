// SPDX-License-Identifier: Apache-2.0
#include "pack/cells.hpp"

#include <algorithm>

namespace kari::pack {

std::vector<std::string_view> lines_of(std::string_view text) {
    constexpr std::string_view k_mark = "\xEF\xBB\xBF";
    if (text.starts_with(k_mark)) text.remove_prefix(k_mark.size());
    std::vector<std::string_view> out;
    while (!text.empty()) {
        const auto end = text.find('\n');
        auto line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (line.ends_with('\r')) line.remove_suffix(1);
        out.push_back(line);
    }
    return out;
}

tl::expected<std::vector<std::string>, std::string> cells_of(std::string_view line) {
    std::vector<std::string> out;
    std::size_t at = 0;
    for (;;) {
        std::string cell;
        if (at < line.size() && line[at] == '"') {
            for (++at;; ++at) {
                if (at == line.size())
                    return tl::unexpected<std::string>("a quote that nothing shuts");
                if (line[at] != '"') {
                    cell += line[at];
                } else if (at + 1 < line.size() && line[at + 1] == '"') {
                    cell += line[at++];
                } else {
                    ++at;
                    break;
                }
            }
            if (at < line.size() && line[at] != ',') {
                return tl::unexpected<std::string>("text behind a quoted cell");
            }
        } else {
            const auto end = std::min(line.find(',', at), line.size());
            cell = line.substr(at, end - at);
            if (cell.find('"') != std::string::npos) {
                return tl::unexpected<std::string>("a quote inside a cell that is not quoted");
            }
            at = end;
        }
        out.push_back(std::move(cell));
        if (at == line.size()) return out;
        ++at;  // the comma
    }
}

std::vector<std::string> words_of(std::string_view cell) {
    std::vector<std::string> out;
    while (!cell.empty()) {
        const auto end = std::min(cell.find(' '), cell.size());
        if (end > 0) out.emplace_back(cell.substr(0, end));
        cell.remove_prefix(std::min(end + 1, cell.size()));
    }
    return out;
}

}  // namespace kari::pack
