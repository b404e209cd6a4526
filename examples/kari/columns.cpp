// SPDX-License-Identifier: Apache-2.0
#include "examples/kari/columns.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace kari::app {

namespace {

std::size_t g_columns = k_columns;  // one process, one terminal

constexpr std::string_view k_instead = "\xEF\xBF\xBD";  // U+FFFD
constexpr char32_t k_broken = 0xFFFFFFFF;
constexpr std::string_view k_no_break = "\xC2\xA0";

struct Range {
    char32_t first;
    char32_t last;
};

// Ascending. Marks that stand on the character before them.
constexpr Range k_combining[] = {
    {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x05BF, 0x05BF}, {0x05C1, 0x05C2},
    {0x05C4, 0x05C5}, {0x05C7, 0x05C7}, {0x0610, 0x061A}, {0x064B, 0x065F}, {0x0670, 0x0670},
    {0x06D6, 0x06DC}, {0x06DF, 0x06E4}, {0x06E7, 0x06E8}, {0x06EA, 0x06ED}, {0x0711, 0x0711},
    {0x0730, 0x074A}, {0x07A6, 0x07B0}, {0x0900, 0x0902}, {0x093A, 0x093A}, {0x093C, 0x093C},
    {0x0941, 0x0948}, {0x094D, 0x094D}, {0x0951, 0x0957}, {0x0E31, 0x0E31}, {0x0E34, 0x0E3A},
    {0x0E47, 0x0E4E}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x20D0, 0x20F0}, {0x3099, 0x309A},
    {0xFE20, 0xFE2F},
};

// Two columns each.
constexpr Range k_wide[] = {
    {0x1100, 0x115F},   {0x231A, 0x231B},   {0x2329, 0x232A},   {0x23E9, 0x23EC},
    {0x23F0, 0x23F0},   {0x23F3, 0x23F3},   {0x25FD, 0x25FE},   {0x2614, 0x2615},
    {0x2648, 0x2653},   {0x267F, 0x267F},   {0x2693, 0x2693},   {0x26A1, 0x26A1},
    {0x26AA, 0x26AB},   {0x26BD, 0x26BE},   {0x26C4, 0x26C5},   {0x26CE, 0x26CE},
    {0x26D4, 0x26D4},   {0x26EA, 0x26EA},   {0x26F2, 0x26F3},   {0x26F5, 0x26F5},
    {0x26FA, 0x26FA},   {0x26FD, 0x26FD},   {0x2705, 0x2705},   {0x270A, 0x270B},
    {0x2728, 0x2728},   {0x274C, 0x274C},   {0x274E, 0x274E},   {0x2753, 0x2755},
    {0x2757, 0x2757},   {0x2795, 0x2797},   {0x27B0, 0x27B0},   {0x2B1B, 0x2B1C},
    {0x2B50, 0x2B50},   {0x2B55, 0x2B55},   {0x2E80, 0x303E},   {0x3041, 0x3098},
    {0x309B, 0x33FF},   {0x3400, 0x4DBF},   {0x4E00, 0x9FFF},   {0xA000, 0xA4CF},
    {0xA960, 0xA97C},   {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE10, 0xFE19},
    {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},   {0x16FE0, 0x18CFF},
    {0x1B000, 0x1B2FF}, {0x1F004, 0x1F004}, {0x1F0CF, 0x1F0CF}, {0x1F18E, 0x1F18E},
    {0x1F191, 0x1F19A}, {0x1F200, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F7E0, 0x1F7EB},
    {0x1F90C, 0x1F9FF}, {0x1FA70, 0x1FAFF}, {0x20000, 0x3FFFD},
};

// What must not reach a terminal: controls of C0 and C1, marks of direction and other invisible
// characters, separators of lines, and what is no character.
constexpr Range k_unsafe[] = {
    {0x0000, 0x001F},   {0x007F, 0x009F},    {0x00AD, 0x00AD},   {0x034F, 0x034F},
    {0x061C, 0x061C},   {0x115F, 0x1160},    {0x17B4, 0x17B5},   {0x180B, 0x180F},
    {0x200B, 0x200F},   {0x2028, 0x202E},    {0x2060, 0x206F},   {0x3164, 0x3164},
    {0xD800, 0xF8FF},   {0xFE00, 0xFE0F},    {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},
    {0xFFF0, 0xFFFB},   {0xFFFE, 0xFFFF},    {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A},
    {0xE0000, 0xE0FFF}, {0xF0000, k_broken},
};

template <std::size_t N>
bool in(const Range (&ranges)[N], char32_t c) {
    const auto* after = std::upper_bound(std::begin(ranges), std::end(ranges), c,
                                         [](char32_t x, const Range& r) { return x < r.first; });
    return after != std::begin(ranges) && c <= std::prev(after)->last;
}

// Takes one character from the front; k_broken for a byte that begins none.
char32_t take(std::string_view& text) {
    const auto byte = [&](std::size_t at) {
        return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
    };
    const std::uint32_t first = byte(0);
    const std::size_t size = first < 0x80                    ? 1
                             : first >= 0xC2 && first < 0xE0 ? 2
                             : first >= 0xE0 && first < 0xF0 ? 3
                             : first >= 0xF0 && first < 0xF5 ? 4
                                                             : 0;
    char32_t out = size == 1 ? first : first & (0xFFU >> (size + 1));
    for (std::size_t at = 1; at < size; ++at) {
        if ((byte(at) & 0xC0U) != 0x80U) {
            text.remove_prefix(1);
            return k_broken;
        }
        out = out << 6U | (byte(at) & 0x3FU);
    }
    constexpr char32_t k_least[] = {0, 0, 0x80, 0x800, 0x10000};
    text.remove_prefix(std::max<std::size_t>(size, 1));
    return size == 0 || out < k_least[size] || out > 0x10FFFF ? k_broken : out;
}

// Where a colour begins and ends, until the last moment: see Screen::toned.
constexpr Range k_tones{0xE000, 0xE00F};

std::size_t width_of(char32_t c) {
    if (c == k_broken) return 1;
    if (c >= k_tones.first && c <= k_tones.last) return 0;
    return in(k_combining, c) ? 0 : in(k_wide, c) ? 2 : 1;
}

// Bytes of the longest beginning that takes at most so many columns.
std::size_t fitting(std::string_view text, std::size_t columns) {
    std::string_view rest = text;
    std::size_t used = 0;
    while (!rest.empty()) {
        std::string_view after = rest;
        const std::size_t wide = width_of(take(after));
        if (used + wide > columns) break;
        used += wide;
        rest = after;
    }
    return text.size() - rest.size();
}

// Where the first line of at most so many columns ends, and where the rest begins.
std::pair<std::size_t, std::size_t> line_end(std::string_view text, std::size_t columns) {
    const std::size_t most = fitting(text, columns);
    if (most == text.size()) return {most, most};
    const std::size_t first = text.find_first_not_of(' ');  // of the line's own indent
    auto cut = text.rfind(' ', most);
    if (cut == std::string_view::npos || cut <= first) {
        // One word wider than the line. Of a single character that does not fit, take it whole.
        std::string_view one = text;
        take(one);
        const std::size_t at = std::max(most, text.size() - one.size());
        return {at, at};
    }
    const auto next = text.find_first_not_of(' ', cut);
    return {cut, next == std::string_view::npos ? text.size() : next};
}

std::vector<std::string> lines_of(std::string_view text, std::size_t first, std::size_t later) {
    std::vector<std::string> out;
    do {
        const auto [end, next] = line_end(text, out.empty() ? first : later);
        std::string line(text.substr(0, end));
        for (auto at = line.find(k_no_break); at != std::string::npos; at = line.find(k_no_break))
            line.replace(at, k_no_break.size(), " ");
        out.push_back(std::move(line));
        text.remove_prefix(next);
    } while (!text.empty());
    return out;
}

// The first two beside each other where the first is short, all others a line each below.
std::string stacked(const std::vector<Column>& columns) {
    const bool short_first = columns[1].at <= g_columns / 3;
    const std::size_t left = short_first ? columns[1].at : columns[0].at + 4;
    std::string out = short_first ? beside({columns[0], columns[1]}) : beside({columns.front()});
    for (std::size_t i = short_first ? 2 : 1; i < columns.size(); ++i) {
        if (!columns[i].text.empty()) out += beside({{left, columns[i].text}});
    }
    return out;
}

}  // namespace

void set_columns(std::size_t columns) {
    g_columns = std::clamp<std::size_t>(columns, 40, 100);
}

std::size_t width_of(std::string_view text) {
    std::size_t out = 0;
    while (!text.empty())
        out += width_of(take(text));
    return out;
}

std::string safe(std::string_view text, bool breaks) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const std::string_view before = text;
        const char32_t c = take(text);
        if (c == '\r' && text.starts_with('\n')) continue;
        if (c == '\n' || c == '\r' || c == 0x2028 || c == 0x2029) {
            out += breaks ? '\n' : ' ';
        } else if (c == '\t') {
            out += ' ';
        } else if (in(k_unsafe, c)) {
            out += k_instead;
        } else {
            out += before.substr(0, before.size() - text.size());
        }
    }
    return out;
}

std::string wrapped(std::string_view text, std::size_t indent) {
    std::string out;
    for (const std::string& line : lines_of(text, g_columns, g_columns - indent)) {
        out += (out.empty() ? "" : std::string(indent, ' ')) + line + "\n";
    }
    return out;
}

std::string padded(std::string_view text, std::size_t columns) {
    const std::size_t wide = width_of(text);
    return std::string(text) + std::string(columns > wide ? columns - wide : 0, ' ');
}

std::string beside(const std::vector<Column>& columns) {
    if (g_columns < k_columns && columns.size() > 1) {
        const std::size_t left = columns[1].at;
        if (columns.size() > 2 || left > g_columns / 3) return stacked(columns);
    }
    std::vector<std::vector<std::string>> cells;
    std::size_t height = 0;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const std::size_t end = i + 1 < columns.size() ? columns[i + 1].at - 1 : g_columns;
        const std::size_t room = end - columns[i].at;
        cells.push_back(lines_of(columns[i].text, room, room));
        height = std::max(height, cells.back().size());
    }
    std::string out;
    for (std::size_t row = 0; row < height; ++row) {
        std::string line;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            if (row >= cells[i].size()) continue;
            line = padded(line, columns[i].at) + cells[i][row];
        }
        line.erase(line.find_last_not_of(' ') + 1);
        out += line + "\n";
    }
    return out;
}

std::string rows(const std::vector<Row>& list) {
    std::size_t widest = 0;
    for (const Row& row : list)
        widest = std::max(widest, std::min<std::size_t>(width_of(row.label), 30));
    std::string out;
    for (const Row& row : list)
        out += beside({{2, row.label}, {widest + 4, row.value}});
    return out;
}

}  // namespace kari::app
