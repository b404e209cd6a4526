// SPDX-License-Identifier: Apache-2.0
#include "examples/kari/terminal.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <iostream>

#include "examples/kari/columns.hpp"

namespace kari::app {

namespace {

constexpr std::size_t k_secret_bytes_max = 1'000;
constexpr std::size_t k_line_bytes_max = 64 * 1024;
constexpr int k_signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

// What the terminal looked like, for whoever ends the process while echo is off.
termios shown_before{};

void show_again(int signal) {
    ::tcsetattr(STDIN_FILENO, TCSANOW, &shown_before);
    ::signal(signal, SIG_DFL);
    ::raise(signal);
}

// No echo while it lives; a signal that ends the process brings the echo back first.
class WithoutEcho {
public:
    WithoutEcho() {
        ::tcgetattr(STDIN_FILENO, &shown_before);
        for (const int signal : k_signals)
            ::signal(signal, show_again);
        termios hidden = shown_before;
        hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    }
    ~WithoutEcho() {
        ::tcsetattr(STDIN_FILENO, TCSADRAIN, &shown_before);
        for (const int signal : k_signals)
            ::signal(signal, SIG_DFL);
    }
    WithoutEcho(const WithoutEcho&) = delete;
    WithoutEcho& operator=(const WithoutEcho&) = delete;
};

std::optional<std::string> read_line(int descriptor, std::size_t most) {
    std::string out;
    for (char c = 0; out.size() <= most;) {
        const ssize_t count = ::read(descriptor, &c, 1);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return out.empty() ? std::nullopt : std::optional(out);
        if (c == '\n') return out;
        out.push_back(c);
    }
    return std::nullopt;
}

}  // namespace

bool reads_from_terminal() {
    return ::isatty(STDIN_FILENO) == 1;
}

bool writes_to_terminal() {
    return ::isatty(STDOUT_FILENO) == 1;
}

bool errors_to_terminal() {
    return ::isatty(STDERR_FILENO) == 1;
}

std::size_t columns_of_terminal() {
    winsize size{};
    const bool told = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return told ? size.ws_col : k_columns;
}

bool may_colour() {
    const char* no = std::getenv("NO_COLOR");
    const char* term = std::getenv("TERM");
    return writes_to_terminal() && (no == nullptr || *no == '\0') &&
           (term == nullptr || std::string_view(term) != "dumb");
}

std::optional<std::string> read_secret(std::string_view prompt, int descriptor) {
    if (descriptor >= 0) return read_line(descriptor, k_secret_bytes_max);
    if (!reads_from_terminal()) {
        std::string out;
        if (!std::getline(std::cin, out) || out.size() > k_secret_bytes_max) return std::nullopt;
        return out;
    }
    std::optional<std::string> out;
    {
        // Before the prompt: whoever answers at once neither shows the secret nor has it dropped.
        const WithoutEcho hidden;
        std::cerr << prompt << std::flush;
        out = read_line(STDIN_FILENO, k_secret_bytes_max);
    }
    std::cerr << '\n';
    return out;
}

std::optional<std::string> read_terminal_line(std::string_view prompt) {
    std::cout << prompt << std::flush;
    return read_line(STDIN_FILENO, k_line_bytes_max);
}

bool wait_for_input(int seconds) {
    // A clock that counts sleep: a machine that was closed for an hour is no open one when it
    // wakes.
    const auto now_ms = [] {
        timespec now{};
        ::clock_gettime(CLOCK_BOOTTIME, &now);
        return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
    };
    constexpr std::int64_t k_slice_ms = 5'000;
    const std::int64_t end = now_ms() + std::int64_t{seconds} * 1000;
    pollfd watched{STDIN_FILENO, POLLIN, 0};
    for (std::int64_t left = end - now_ms(); left > 0; left = end - now_ms()) {
        const int ready = ::poll(&watched, 1, static_cast<int>(std::min(left, k_slice_ms)));
        if (ready > 0) return now_ms() < end;
        if (ready < 0 && errno != EINTR) return true;  // reading tells what is wrong
    }
    return false;
}

void clear_screen() {
    if (writes_to_terminal()) std::cout << "\x1b[H\x1b[2J\x1b[3J" << std::flush;
}

void ProgressLine::show(std::string_view words) {
    if (!errors_to_terminal()) return;
    const std::string line = wrapped(words, 0);
    std::cerr << "\r\x1b[K" << line.substr(0, line.find('\n')) << std::flush;
    shown_ = true;
}

void ProgressLine::wipe() {
    if (shown_) std::cerr << "\r\x1b[K" << std::flush;
    shown_ = false;
}

}  // namespace kari::app
