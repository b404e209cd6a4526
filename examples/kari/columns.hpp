// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// Text on a terminal: how wide it is, where it breaks, and what of it may reach the screen at all.
namespace kari::app {

inline constexpr std::size_t k_columns = 80;
// A terminal of its own width is kept to: from 40 columns, and to 100, beyond which nobody reads a
// line. 80 until it is told.
void set_columns(std::size_t columns);

// Columns that a terminal takes for the text: combining marks none, wide characters two.
std::size_t width_of(std::string_view text);

// The text without what would steer the reader's terminal or turn the order of its characters:
// control characters, marks of writing direction, invisible ones and broken UTF-8 show as "�".
// A line break becomes a blank, or stays where `breaks` says so.
std::string safe(std::string_view text, bool breaks = false);

// Breaks at blanks into lines of at most the columns that there are; a word that is wider than a
// line is cut, and nothing is ever left out. Lines after the first are indented. A no-break space
// (as between an amount and its unit) is written as a blank and does not break.
std::string wrapped(std::string_view text, std::size_t indent);

// Left-aligned with blanks to so many columns; longer text is as it is.
std::string padded(std::string_view text, std::size_t columns);

// Cells beside each other, each wrapped in its own column; the last takes what is left of the line.
// On fewer than 80 columns those that have no room stand below the first.
struct Column {
    std::size_t at = 0;  // where it begins
    std::string_view text;
};
std::string beside(const std::vector<Column>& columns);

// Labels to the left in one column, values wrapped in the other.
struct Row {
    std::string label;
    std::string value;
};
std::string rows(const std::vector<Row>& list);

}  // namespace kari::app
