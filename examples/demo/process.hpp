// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace kari::demo {

// What ends a demonstration: a program that did not do what it must. main() shows it.
class Trouble : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

struct Command {
    std::vector<std::string> words;        // the program first
    std::vector<std::string> environment;  // "NAME=value", added to ours
    std::filesystem::path errors;          // file that standard error is added to
};

// A child process with pipes to its standard input and output. Killed when it goes out of scope.
class Process {
public:
    explicit Process(const Command& command);
    Process(Process&& other) noexcept;
    Process& operator=(Process&& other) noexcept;
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    ~Process();

    pid_t pid() const { return pid_; }
    bool alive();

    // False when the process no longer reads.
    bool write(std::string_view text);
    void close_input();
    // The next line without its end; nothing when the time is up or the output ended.
    std::optional<std::string> read_line(std::chrono::milliseconds patience);
    // Everything until the output ends; Trouble when that takes longer.
    std::string read_rest(std::chrono::milliseconds patience);
    bool output_ended() const { return ended_; }

    void signal(int number);
    // Exit status, or 128 + signal. Kills the process when the time is up, and throws Trouble.
    int wait(std::chrono::milliseconds patience);

private:
    bool fill(std::chrono::milliseconds patience);
    void release();

    pid_t pid_ = -1;
    int input_ = -1;
    int output_ = -1;
    bool ended_ = false;
    std::optional<int> status_;
    std::string buffer_;
};

struct Completed {
    int status = 0;
    std::string output;
    std::string errors;
};

// Runs a program to its end. `input` is given on its standard input.
Completed run(const Command& command, std::string_view input, std::chrono::milliseconds patience);

}  // namespace kari::demo
