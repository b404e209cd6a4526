// SPDX-License-Identifier: Apache-2.0
#include "examples/demo/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "examples/demo/whole_file.hpp"

extern "C" char** environ;

namespace kari::demo {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t k_line_bytes_max = 64U << 20U;

struct Pipe {
    int read_end = -1;
    int write_end = -1;
};

Pipe make_pipe() {
    int ends[2] = {-1, -1};
    // Close-on-exec: a pipe that another child inherited would never end.
    if (::pipe2(ends, O_CLOEXEC) != 0) throw Trouble("no more pipes");
    return {ends[0], ends[1]};
}

void close_one(int& descriptor) {
    if (descriptor >= 0) ::close(descriptor);
    descriptor = -1;
}

std::vector<std::string> whole_environment(const std::vector<std::string>& added) {
    std::vector<std::string> all;
    for (char** one = environ; *one != nullptr; ++one)
        all.emplace_back(*one);
    all.insert(all.begin(), added.begin(), added.end());  // the first of a name counts
    return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> out;
    out.reserve(texts.size() + 1);
    for (auto& text : texts)
        out.push_back(text.data());
    out.push_back(nullptr);
    return out;
}

// Children start with default signals, whatever we ignore.
class Attributes {
public:
    Attributes() {
        ::posix_spawnattr_init(&value_);
        sigset_t all;
        sigfillset(&all);
        ::posix_spawnattr_setsigdefault(&value_, &all);
        sigset_t none;
        sigemptyset(&none);
        ::posix_spawnattr_setsigmask(&value_, &none);
        ::posix_spawnattr_setflags(&value_, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    }
    Attributes(const Attributes&) = delete;
    Attributes& operator=(const Attributes&) = delete;
    ~Attributes() { ::posix_spawnattr_destroy(&value_); }
    const posix_spawnattr_t* get() const { return &value_; }

private:
    posix_spawnattr_t value_{};
};

pid_t spawn(const Command& command, int input, int output) {
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    const std::string errors = command.errors.empty() ? "/dev/null" : command.errors.string();
    ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors.c_str(),
                                       O_WRONLY | O_CREAT | O_APPEND, 0600);
    auto words = command.words;
    auto environment = whole_environment(command.environment);
    const Attributes attributes;
    pid_t pid = -1;
    const int failed = ::posix_spawn(&pid, words.front().c_str(), &actions, attributes.get(),
                                     pointers(words).data(), pointers(environment).data());
    ::posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) {
        throw Trouble(fmt::format("cannot start {}: {}", command.words.front(),
                                  std::error_code(failed, std::generic_category()).message()));
    }
    return pid;
}

int ready_in(Clock::time_point end) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
    return left < 0 ? 0 : static_cast<int>(left);
}

}  // namespace

Process::Process(const Command& command) {
    // A program that has gone must not take us along when we write to it.
    ::signal(SIGPIPE, SIG_IGN);
    Pipe input = make_pipe();
    Pipe output = make_pipe();
    try {
        pid_ = spawn(command, input.read_end, output.write_end);
    } catch (...) {
        for (int* end : {&input.read_end, &input.write_end, &output.read_end, &output.write_end}) {
            close_one(*end);
        }
        throw;
    }
    close_one(input.read_end);
    close_one(output.write_end);
    input_ = input.write_end;
    output_ = output.read_end;
}

Process::Process(Process&& other) noexcept {
    *this = std::move(other);
}

Process& Process::operator=(Process&& other) noexcept {
    if (this == &other) return *this;
    release();
    pid_ = std::exchange(other.pid_, -1);
    input_ = std::exchange(other.input_, -1);
    output_ = std::exchange(other.output_, -1);
    ended_ = other.ended_;
    status_ = std::exchange(other.status_, std::nullopt);
    buffer_ = std::move(other.buffer_);
    return *this;
}

Process::~Process() {
    release();
}

void Process::release() {
    close_one(input_);
    close_one(output_);
    if (pid_ > 0 && !status_) {
        ::kill(pid_, SIGKILL);
        int status = 0;
        ::waitpid(pid_, &status, 0);
    }
    pid_ = -1;
}

bool Process::alive() {
    if (pid_ <= 0 || status_) return false;
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) != pid_) return true;
    status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return false;
}

bool Process::write(std::string_view text) {
    while (!text.empty()) {
        const ssize_t done = ::write(input_, text.data(), text.size());
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(done));
    }
    return true;
}

void Process::close_input() {
    close_one(input_);
}

// Reads what has come; waits at most `patience` for it. False when nothing came.
bool Process::fill(std::chrono::milliseconds patience) {
    if (ended_ || output_ < 0) return false;
    pollfd waiting{output_, POLLIN, 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(patience.count()));
    if (ready <= 0) return false;
    char bytes[65536];
    const ssize_t got = ::read(output_, bytes, sizeof bytes);
    if (got < 0 && errno == EINTR) return true;
    if (got <= 0) {
        ended_ = true;
        return false;
    }
    buffer_.append(bytes, static_cast<std::size_t>(got));
    if (buffer_.size() > k_line_bytes_max) throw Trouble("a program writes without end");
    return true;
}

std::optional<std::string> Process::read_line(std::chrono::milliseconds patience) {
    const auto end = Clock::now() + patience;
    std::size_t searched = 0;
    for (;;) {
        const auto at = buffer_.find('\n', searched);
        if (at != std::string::npos) {
            std::string line = buffer_.substr(0, at);
            buffer_.erase(0, at + 1);
            return line;
        }
        searched = buffer_.size();
        const int left = ready_in(end);
        if (!fill(std::chrono::milliseconds(left)) && (ended_ || left == 0)) return std::nullopt;
    }
}

std::string Process::read_rest(std::chrono::milliseconds patience) {
    const auto end = Clock::now() + patience;
    while (!ended_) {
        const int left = ready_in(end);
        if (!fill(std::chrono::milliseconds(left)) && !ended_ && left == 0) {
            throw Trouble("a program does not end");
        }
    }
    return std::exchange(buffer_, {});
}

void Process::signal(int number) {
    if (pid_ > 0 && !status_) ::kill(pid_, number);
}

int Process::wait(std::chrono::milliseconds patience) {
    const auto end = Clock::now() + patience;
    while (alive()) {
        if (ready_in(end) == 0) {
            signal(SIGKILL);
            int status = 0;
            ::waitpid(pid_, &status, 0);
            status_ = 128 + SIGKILL;
            throw Trouble(
                fmt::format("process {} did not end in {} s", pid_, patience.count() / 1000));
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return *status_;
}

Completed run(const Command& command, std::string_view input, std::chrono::milliseconds patience) {
    static std::size_t count = 0;
    Command quiet = command;
    const bool own_errors = quiet.errors.empty();
    if (own_errors) {
        quiet.errors = std::filesystem::temp_directory_path() /
                       fmt::format("kari-demo-{}-{}.errors", ::getpid(), ++count);
    }
    const auto before = std::filesystem::exists(quiet.errors)
                            ? std::filesystem::file_size(quiet.errors)
                            : std::uintmax_t{0};
    Process process(quiet);
    // Small inputs only: a pipe holds 64 KiB, and whoever reads none of it still ends.
    process.write(input);
    process.close_input();
    Completed done;
    done.output = process.read_rest(patience);
    done.status = process.wait(patience);
    done.errors = read_whole(quiet.errors, before);
    if (own_errors) std::filesystem::remove(quiet.errors);
    return done;
}

}  // namespace kari::demo
