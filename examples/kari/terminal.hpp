// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

// The terminal itself: is there one, may it show colours, and reading what must not be seen.
namespace kari::app {

bool reads_from_terminal();  // standard input
bool writes_to_terminal();   // standard output
bool errors_to_terminal();   // standard error
// Of the terminal on standard output; 80 where there is none or it does not say.
std::size_t columns_of_terminal();
// On a terminal, unless NO_COLOR is set or the terminal is called "dumb".
bool may_colour();

// A line that is not shown while it is typed. From the file descriptor when there is one, else from
// the terminal after `prompt`, else the first line of standard input. Nothing when it ends before,
// or is longer than 1,000 bytes.
std::optional<std::string> read_secret(std::string_view prompt, int descriptor);

// A line as it is typed at the terminal, at most 64 KiB. Nothing at its end (Ctrl-D).
std::optional<std::string> read_terminal_line(std::string_view prompt);

// Waits until standard input has something, at most so long; the time that the machine slept
// counts. False: nobody typed in time.
bool wait_for_input(int seconds);

// Takes away what a terminal shows, and what it would scroll back to. Nothing elsewhere.
void clear_screen();

// A line on standard error that the next one replaces, and that is wiped before anything else is
// written. Nothing unless standard error is a terminal.
class ProgressLine {
public:
    ~ProgressLine() { wipe(); }
    void show(std::string_view words);
    void wipe();

private:
    bool shown_ = false;
};

}  // namespace kari::app
